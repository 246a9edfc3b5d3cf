"""Taking a look during one step of training, without changing a bit of it.

    look = Measuring(model)
    with look.layers():
        loss = batch_loss(model, batch)     the forward pass, and what it shows
    loss.backward()
    look.gradients()                        before they are clipped
    optimizer.step()
    result = look.finish(step)

No random number is drawn and no tensor of the model is written to, so that training goes on as if nobody had looked.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn

from makemore_core.diagnostics.looks import (
    LAYERS_A_LOOK,
    PARAMETERS_A_LOOK,
    Histogram,
    Kind,
    Layer,
    Look,
    Parameter,
)
from makemore_core.models.observing import observing

BINS = 40

FLAT = 0.97
"""The lecture's bound: a tanh beyond it passes on less than 6% of a gradient, a gate beyond it (or as near to 0) less
than 12% of what it can."""

_GRADIENT_STDS = 4.0

T = TypeVar("T")


class Measuring:
    """One look. The methods are called in the order above."""

    def __init__(self, model: nn.Module) -> None:
        named = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
        self._parameters = _evenly(named, PARAMETERS_A_LOOK)
        self._layers: list[Layer] = []
        self._seen: Counter[str] = Counter()
        self._gradients: dict[str, _Gradient] = {}

    @contextmanager
    def layers(self) -> Iterator[None]:
        """Look on at the forward pass that is made meanwhile."""
        with observing(self):
            yield

    def see(self, name: str, kind: Kind, values: Tensor) -> None:
        """Measure what a layer shows: (N, H)."""
        self._seen[name] += 1
        self._layers.append(measure_layer(f"{name}{self._seen[name]}", kind, values))

    @torch.no_grad()
    def gradients(self) -> None:
        """Measure the gradients, and remember the parameters as they are before the update."""
        for name, parameter in self._parameters:
            if parameter.grad is not None:
                self._gradients[name] = _Gradient.of(parameter)

    @torch.no_grad()
    def finish(self, step: int) -> Look:
        """What was seen, now that the parameters have been updated."""
        moved = [(name, parameter) for name, parameter in self._parameters if name in self._gradients]
        parameters = tuple(self._gradients[name].parameter(name, parameter) for name, parameter in moved)
        return Look(step, tuple(_evenly(self._layers, LAYERS_A_LOOK)), parameters)


@torch.no_grad()
def measure_layer(name: str, kind: Kind, values: Tensor) -> Layer:
    """What is to be said of outputs (N, H) of H units for N characters."""
    match kind:
        case "tanh":
            flat, low, high = values.abs() > FLAT, -1.0, 1.0
        case "gate":
            flat, low, high = (values - 0.5).abs() > FLAT - 0.5, 0.0, 1.0
        case "relu" | "gelu":
            flat, (low, high) = values <= 0, (bound.item() for bound in values.aminmax())
    return Layer(
        name=name,
        kind=kind,
        units=values.shape[1],
        mean=values.mean().item(),
        std=_std(values) or 0.0,
        saturated=flat.float().mean().item(),
        dead=int(flat.all(0).sum()),
        histogram=_histogram(values, low, high),
    )


@dataclass(frozen=True)
class _Gradient:
    """A parameter before its update, and what its gradient was."""

    before: Tensor
    mean: float
    std: float | None
    histogram: Histogram

    @classmethod
    def of(cls, parameter: nn.Parameter) -> "_Gradient":
        gradient = parameter.grad
        assert gradient is not None
        std = _std(gradient)
        reach = _GRADIENT_STDS * (std or gradient.abs().max().item())
        return cls(parameter.detach().clone(), gradient.mean().item(), std, _histogram(gradient, -reach, reach))

    def parameter(self, name: str, after: nn.Parameter) -> Parameter:
        std, update = _std(after), _std(after - self.before)
        return Parameter(
            name=name,
            shape=tuple(after.shape),
            std=std,
            grad_mean=self.mean,
            grad_std=self.std,
            grad_ratio=self.std / std if self.std is not None and std else None,
            update_ratio=math.log10(update / std) if update and std else None,
            histogram=self.histogram,
        )


def _std(values: Tensor) -> float | None:
    """The deviation, divided by n - 1 as in the lecture; None for a single number."""
    return values.std().item() if values.numel() > 1 else None


def _histogram(values: Tensor, low: float, high: float) -> Histogram:
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        high = low = 0.0 if not math.isfinite(low) else low
        return Histogram(low, high, (*[0] * (BINS // 2), values.numel(), *[0] * (BINS - BINS // 2 - 1)))
    counts = torch.histc(values.detach().float().clamp(low, high), BINS, low, high)
    return Histogram(low, high, tuple(int(count) for count in counts.tolist()))


def _evenly(everything: Sequence[T], most: int) -> list[T]:
    """At most so many of them, evenly spaced from the first to the last."""
    if len(everything) <= most:
        return list(everything)
    return [everything[round(number * (len(everything) - 1) / (most - 1))] for number in range(most)]
