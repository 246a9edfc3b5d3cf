"""What a chart is given: series of points, horizontal reference lines, and how to look at them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class Series:
    """One metric over the steps of one run.

    `steps` and `values` are one-dimensional and of one length; steps do not fall. A value that is not finite is a gap.
    """

    name: str
    steps: NDArray[Any]
    """Shape (n,); whole or floating numbers on the way in, float64 afterwards."""
    values: NDArray[Any]
    """Shape (n,); float64 afterwards."""
    noisy: bool = False
    """Draw a band from the lowest to the highest value of each column, and a smoothed line on top of it."""
    band: bool = True
    """Whether a noisy series has its band; without one, it is a line among others."""
    slot: int | None = None
    """Which colour and marker it has, wherever it is drawn; None takes its place in the chart."""
    in_legend: bool = True
    """Whether the first row names it; something beside the chart may do so."""

    def __post_init__(self) -> None:
        steps, values = _floats(self.steps), _floats(self.values)
        if steps.shape != values.shape or steps.ndim != 1:
            raise ValueError(f"series {self.name}: {steps.shape} steps and {values.shape} values do not match")
        if (steps[1:] < steps[:-1]).any():
            raise ValueError(f"series {self.name}: steps fall")
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "values", values)


@dataclass(frozen=True)
class Reference:
    """A horizontal line to compare with, such as the loss of a uniform guess."""

    value: float
    label: str


@dataclass(frozen=True)
class View:
    """How to look at the series: scales, smoothing, and the part that is shown."""

    log_x: bool = False
    log_y: bool = False
    smoothing: float = 0.95
    """Weight of the past in the moving average of noisy series, from 0 (none) to below 1."""
    band: bool = True
    x_range: tuple[float, float] | None = None
    """The steps to show; None shows all."""
    follow: bool = False
    """Move `x_range` along so that the latest step stays in it."""
    cursor: float | None = None
    """The step whose values the legend reads."""
    y_range: tuple[float, float] | None = None
    """The values to show; None follows the data."""
    last_step: float | None = None
    """Where the run will end, if known: the step axis never grows beyond it while the data do not."""


@dataclass(frozen=True, eq=False)
class Chart:
    """All that a chart shows."""

    series: tuple[Series, ...] = ()
    references: tuple[Reference, ...] = ()
    title: str = ""
    unit: str = ""
    """Of the values: behind the title where there is room."""
    note: str = ""
    """Explains the picture, at the end of the legend where there is room."""
    x_title: str = "step"
    view: View = field(default_factory=View)
    gutter: int = 0
    """Columns at the left for the labels of values, at least: charts below each other have their steps in line."""
    chosen: bool = False
    """Of several charts, the one that keys are for: its title is marked."""


def _floats(values: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64)
