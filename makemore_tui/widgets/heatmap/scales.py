"""From values to the levels of a colour map."""

from enum import Enum

import numpy as np

from makemore_tui.widgets.heatmap.data import Bounds, Indices, Numbers

EMPTY = -1
"""The level of a cell whose value is exactly zero: it is drawn apart from the map."""

_LOG_SPAN = 1000.0


class Scale(Enum):
    """How values are spread over the map: `log` suits counts, `sqrt` probabilities."""

    LOG = "log"
    SQRT = "sqrt"
    LINEAR = "linear"

    @property
    def next(self) -> "Scale":
        """The scale that follows in the cycle."""
        scales = list(Scale)
        return scales[(scales.index(self) + 1) % len(scales)]


def sequential_levels(values: Numbers, bounds: Bounds, scale: Scale, levels: int) -> Indices:
    """The level of each value, 0 to `levels - 1`; EMPTY for zero.

    Log spans the bounds; sqrt and linear start at zero.
    """
    low, high = bounds.smallest, bounds.largest
    if high <= 0:
        return np.full(values.shape, EMPTY)
    inside = np.clip(values, low, high)
    if scale is Scale.LOG:
        parts = np.log(inside / low) / np.log(high / low) if high > low else np.ones_like(inside)
    elif scale is Scale.SQRT:
        parts = np.sqrt(inside / high)
    else:
        parts = inside / high
    return np.where(values > 0, np.minimum((parts * levels).astype(np.int64), levels - 1), EMPTY)


def diverging_levels(values: Numbers, bounds: Bounds, scale: Scale, levels: int) -> Indices:
    """The level of each difference; the middle one stands for almost nothing, EMPTY for exactly zero.

    Log spans three powers of ten on either side.
    """
    if bounds.largest <= 0:
        return np.full(values.shape, EMPTY)
    distances = np.clip(np.abs(values) / bounds.largest, 0, 1)
    if scale is Scale.LOG:
        distances = np.log1p(distances * _LOG_SPAN) / np.log1p(_LOG_SPAN)
    elif scale is Scale.SQRT:
        distances = np.sqrt(distances)
    middle = levels // 2
    steps = np.rint(distances * middle).astype(np.int64)
    return np.where(values == 0, EMPTY, middle + np.sign(values).astype(np.int64) * steps)
