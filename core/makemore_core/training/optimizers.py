"""The optimisers of the loop: AdamW, and plain gradient descent as in the lectures.

They are torch's own but for one thing. At their first use torch's load its compiler, only to mark themselves as
something that it must leave alone: 1.6 s of the 3.5 s that a training process took to its first step. No optimiser
is compiled here, so these do without the mark. The arithmetic is torch's, to the bit; that of gradient descent without
momentum and weight decay is the lectures'.
"""

import inspect
import sys
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, AdamW, Optimizer

from makemore_core.training.config import TrainConfig


class _Sgd(SGD):
    step = torch.no_grad()(inspect.unwrap(SGD.step))


class _Descent(SGD):
    """`p.data += -rate * p.grad`, as the lectures write it: the product is rounded, and then it is added.

    torch's SGD adds the product unrounded. That last bit is enough for another run where a network magnifies small
    differences, as the lectures' first MLP does; with this step it goes on as its notebook would on this machine.
    """

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            moved = [parameter for parameter in group["params"] if parameter.grad is not None]
            updates = torch._foreach_mul([parameter.grad for parameter in moved], -group["lr"])
            torch._foreach_add_(moved, updates)


class _AdamW(AdamW):
    """torch's AdamW, which from its second step on knows what it will move.

    torch goes through all parameters and what it remembers of each, and sorts them by device and type, at every step:
    for small models that takes longer than the step itself.
    """

    _first_step = torch.no_grad()(inspect.unwrap(AdamW.step))
    _known: tuple[list[Tensor], ...] | None = None
    _steps: Tensor  # (parameters,) what `step` counts for each, in one tensor

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        (group,) = self.param_groups
        parameters = group["params"]
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        if self._known is None or len(gradients) < len(parameters):
            self._first_step()
            self._known = self._get_to_know(parameters)
            return
        means, squares, steps = self._known
        self._steps += 1
        torch._fused_adamw_(
            parameters, gradients, means, squares, [], steps,
            lr=group["lr"], beta1=group["betas"][0], beta2=group["betas"][1], weight_decay=group["weight_decay"],
            eps=group["eps"], amsgrad=False, maximize=False,
        )  # fmt: skip

    def _get_to_know(self, parameters: list[nn.Parameter]) -> tuple[list[Tensor], ...] | None:
        """The two running means and the step count of each; None while one of them has never had a gradient."""
        states = [self.state[parameter] for parameter in parameters if self.state.get(parameter)]
        if len(states) < len(parameters):
            return None
        self._steps = torch.stack([state["step"] for state in states])
        for state, count in zip(states, self._steps.unbind(), strict=True):
            state["step"] = count
        return tuple([state[part] for state in states] for part in ("exp_avg", "exp_avg_sq", "step"))

    # torch would note each step for its profiler: a tenth of the time that a bigram's takes.
    step.hooked = True  # type: ignore[attr-defined]

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict(state_dict)
        self._known = None


def make_optimizer(config: TrainConfig, parameters: list[nn.Parameter]) -> Optimizer:
    """The optimiser that the settings ask for."""
    if config.optimizer == "sgd" and not (config.momentum or config.weight_decay):
        return _Descent(parameters, config.learning_rate)
    if config.optimizer == "sgd":
        return _Sgd(
            parameters, config.learning_rate, momentum=config.momentum, weight_decay=config.weight_decay, fused=True
        )
    return _AdamW(parameters, config.learning_rate, betas=config.betas, weight_decay=config.weight_decay, fused=True)


def _spare_the_compiler() -> None:
    """Let torch believe that the marks are there. A torch that keeps them elsewhere is slower to start, no more."""
    functional = (vars(sys.modules[f"torch.optim.{name}"]).get(name) for name in ("adam", "adamw", "sgd"))
    methods = (Optimizer.add_param_group, Optimizer.zero_grad, Optimizer.state_dict, Optimizer.load_state_dict)
    marked: list[Any] = [*methods, *filter(None, functional)]
    for function in marked:
        plain = inspect.unwrap(function)
        plain.__dynamo_disable = plain


_spare_the_compiler()
