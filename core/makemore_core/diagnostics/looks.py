"""A look into a network at one step: what each nonlinearity gave out, and how each parameter was moved.

Plain data without torch: the training process writes it, screens and commands read it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

Kind: TypeAlias = Literal["tanh", "gate", "relu", "gelu"]
"""A nonlinearity; `gate` is a sigmoid that lets a share of something through."""

LAYER, PARAMETER = "layer", "parameter"

LAYERS_A_LOOK, PARAMETERS_A_LOOK = 100, 200
"""Of a network with more of them, this many are looked at, evenly spaced from the first to the last."""


@dataclass(frozen=True)
class Histogram:
    """How often values fell into each of some equal parts of the range from `low` to `high`.

    What lies beyond the range is counted in its first and its last part.
    """

    low: float
    high: float
    counts: tuple[int, ...]

    @property
    def edges(self) -> tuple[float, ...]:
        """Where the parts begin and end: one more than there are parts."""
        width = (self.high - self.low) / len(self.counts)
        return tuple(self.low + width * part for part in range(len(self.counts) + 1))


@dataclass(frozen=True)
class Layer:
    """What a nonlinearity gave out for the batch of one step. A unit is one of its outputs, seen for each character."""

    name: str
    kind: Kind
    units: int
    mean: float
    std: float
    """Over all units and characters, as is the mean."""
    saturated: float
    """The share of its outputs where it is flat: |tanh| > 0.97; a gate below 0.03 or above 0.97; nothing let through
    by a ReLU or GELU (its output is 0 or below)."""
    dead: int
    """Units whose every output for the batch is flat: nothing that they see makes a difference."""
    histogram: Histogram

    @property
    def characters(self) -> int:
        """How many characters, or nodes of a tree over them, it was measured on."""
        return sum(self.histogram.counts) // self.units

    @property
    def dead_share(self) -> float:
        """The share of units that are dead."""
        return self.dead / self.units


@dataclass(frozen=True)
class Parameter:
    """How a parameter was moved in one step. A ratio is None where the numbers or their changes are all the same."""

    name: str
    shape: tuple[int, ...]
    std: float | None
    """The standard deviation of its numbers after the step, as in the lecture; None for a single number."""
    grad_mean: float
    grad_std: float | None
    """Of the gradient of this step's batch, before clipping."""
    grad_ratio: float | None
    """grad_std / std: the lecture's grad:data."""
    update_ratio: float | None
    """The lecture's update:data, log10(std of what the optimiser really changed / std). About -3 is good."""
    histogram: Histogram
    """Of the gradient, four of its standard deviations to each side of 0."""

    @property
    def is_matrix(self) -> bool:
        """Whether it has two dimensions or more: biases and gains start alike, and say little (the lecture, too,
        leaves them out)."""
        return len(self.shape) > 1


@dataclass(frozen=True)
class Look:
    """All layers, in the order in which data passes through them, and all parameters, in the order of the model."""

    step: int
    """The weights had seen this many updates: the update that is told of is the next."""
    layers: tuple[Layer, ...]
    parameters: tuple[Parameter, ...]


def as_detail(part: Layer | Parameter) -> dict[str, Any]:
    """The form in which the store keeps it, beside its name. Numbers are kept to six digits."""
    detail = {key: _short(value) for key, value in vars(part).items() if key not in ("name", "histogram")}
    low, high, counts = part.histogram.low, part.histogram.high, part.histogram.counts
    return {**detail, "histogram": [_short(low), _short(high), list(counts)]}


def layer_of(name: str, detail: Mapping[str, Any]) -> Layer:
    """A layer from its detail. Raises KeyError, TypeError or ValueError where another version wrote it."""
    return Layer(
        name=name,
        kind=cast(Kind, detail["kind"]),
        units=int(detail["units"]),
        mean=_number(detail["mean"]),
        std=_number(detail["std"]),
        saturated=_number(detail["saturated"]),
        dead=int(detail["dead"]),
        histogram=_histogram(detail["histogram"]),
    )


def parameter_of(name: str, detail: Mapping[str, Any]) -> Parameter:
    """A parameter from its detail. Raises KeyError, TypeError or ValueError where another version wrote it."""
    return Parameter(
        name=name,
        shape=tuple(int(size) for size in detail["shape"]),
        std=detail["std"],
        grad_mean=_number(detail["grad_mean"]),
        grad_std=detail["grad_std"],
        grad_ratio=detail["grad_ratio"],
        update_ratio=detail["update_ratio"],
        histogram=_histogram(detail["histogram"]),
    )


def look_of(step: int, rows: Iterable[tuple[str, str, Mapping[str, Any]]]) -> Look:
    """A look from rows of name, kind of row and detail. Rows that another version wrote are left out."""
    layers: list[Layer] = []
    parameters: list[Parameter] = []
    for name, kind, detail in rows:
        try:
            if kind == LAYER:
                layers.append(layer_of(name, detail))
            elif kind == PARAMETER:
                parameters.append(parameter_of(name, detail))
        except (KeyError, TypeError, ValueError):
            continue
    return Look(step, tuple(layers), tuple(parameters))


_LOOKS_A_DECADE = 10


def is_milestone(step: int, before: int | None) -> bool:
    """Whether the look at this step is kept for good, the last one that was kept being the one at `before`.

    About ten are for each power of ten, so that a run of any length keeps a few dozen. Others make room for the next.
    """
    return before is None or _decade(step) > _decade(before)


def _decade(step: int) -> int:
    return math.floor(_LOOKS_A_DECADE * math.log10(step + 1) + 1e-9)


def _short(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _number(value: float | None) -> float:
    """What the store keeps as null is not a number."""
    return math.nan if value is None else float(value)


def _histogram(stored: Any) -> Histogram:
    low, high, counts = stored
    return Histogram(_number(low), _number(high), tuple(int(count) for count in counts))
