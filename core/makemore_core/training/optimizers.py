"""The optimisers of the loop: AdamW, and plain gradient descent as in the lectures.

They are torch's own but for one thing. At their first use torch's load its compiler, only to mark themselves as
something that it must leave alone: 1.6 s of the 3.5 s that a training process took to its first step. No optimiser
is compiled here, so these do without the mark. The arithmetic is torch's, to the bit; that of gradient descent without
momentum and weight decay is the lectures'.
"""

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.optim import SGD, AdamW, Optimizer

from makemore_core.models.gradient_memory import Gradients
from makemore_core.training.config import TrainConfig
from makemore_core.training.flat import Flat


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
    for small models that takes longer than the step itself. What it remembers lies side by side as the parameters do
    (`flat`), so that one call moves them all where their gradients do too.
    """

    _first_step = torch.no_grad()(inspect.unwrap(AdamW.step))
    _known: "_Known | None" = None

    def __init__(self, flat: Flat, config: TrainConfig) -> None:
        self._flat = flat
        super().__init__(
            flat.parameters, config.learning_rate, betas=config.betas, weight_decay=config.weight_decay, fused=True
        )

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        flat, gradients = self._flat, self._flat.found()
        if self._known is None:
            self._known = _Known.of(flat, self.state)
        if self._known is None or not (flat.is_filled or len(gradients) == len(flat.parameters)):
            self._first_step()
            self._known = None
            return
        known, (group,) = self._known, self.param_groups
        known.counts.add_(1)
        parameters, means, squares, steps = flat.parameters, known.means, known.squares, known.steps
        if flat.is_filled and known.is_even:
            parameters, means, squares, steps = [flat.weights], [known.mean], [known.square], steps[:1]
        elif flat.is_filled:
            gradients = flat.cut(gradients[0])
        torch._fused_adamw_(
            parameters, gradients, means, squares, [], steps,
            lr=group["lr"], beta1=group["betas"][0], beta2=group["betas"][1], weight_decay=group["weight_decay"],
            eps=group["eps"], amsgrad=False, maximize=False,
        )  # fmt: skip

    # torch would note each step for its profiler: a tenth of the time that a bigram's takes.
    step.hooked = True  # type: ignore[attr-defined]

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict(state_dict)
        self._known = None


@dataclass(frozen=True)
class _Known:
    """What AdamW remembers of each parameter, moved side by side: the running means of its gradient and its square."""

    mean: Tensor
    square: Tensor
    counts: Tensor
    """(parameters,): the steps of each."""
    means: list[Tensor]
    squares: list[Tensor]
    steps: list[Tensor]
    """Each of the three in parts."""
    is_even: bool
    """Whether all have made as many steps."""

    @classmethod
    def of(cls, flat: Flat, states: Mapping[Tensor, dict[str, Any]]) -> "_Known | None":
        """Of what torch's AdamW has made of them; None while one of them has never had a gradient."""
        each = [states[parameter] for parameter in flat.parameters if states.get(parameter)]
        if len(each) < len(flat.parameters):
            return None
        mean, square = Gradients(flat.parameters), Gradients(flat.parameters)
        counts = torch.stack([state["step"] for state in each])
        means, squares, steps = mean.parts, square.parts, list(counts.unbind())
        for name, parts in (("exp_avg", means), ("exp_avg_sq", squares), ("step", steps)):
            for state, part in zip(each, parts, strict=True):
                part.copy_(state[name])
                state[name] = part
        return cls(mean.whole, square.whole, counts, means, squares, steps, bool((counts == counts[0]).all()))


def make_optimizer(config: TrainConfig, flat: Flat) -> Optimizer:
    """The optimiser that the settings ask for."""
    parameters = flat.parameters
    if config.optimizer == "sgd" and not (config.momentum or config.weight_decay):
        return _Descent(parameters, config.learning_rate)
    if config.optimizer == "sgd":
        return _Sgd(
            parameters, config.learning_rate, momentum=config.momentum, weight_decay=config.weight_decay, fused=True
        )
    return _AdamW(flat, config)


def _spare_the_compiler() -> None:
    """Let torch believe that the marks are there. A torch that keeps them elsewhere is slower to start, no more."""
    functional = (vars(sys.modules[f"torch.optim.{name}"]).get(name) for name in ("adam", "adamw", "sgd"))
    methods = (Optimizer.add_param_group, Optimizer.zero_grad, Optimizer.state_dict, Optimizer.load_state_dict)
    marked: list[Any] = [*methods, *filter(None, functional)]
    for function in marked:
        plain = inspect.unwrap(function)
        plain.__dynamo_disable = plain


_spare_the_compiler()
