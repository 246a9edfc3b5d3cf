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
from torch import nn
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
    step = torch.no_grad()(inspect.unwrap(AdamW.step))
    # torch would note each step for its profiler: a tenth of the time that a bigram's takes.
    step.hooked = True


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
