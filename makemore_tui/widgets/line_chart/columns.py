"""From points to one low, one high and one line value for each column of dots."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from makemore_tui.widgets.line_chart.scales import Axis

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Columns:
    """The points of one series, column by column; each (columns,) float64 with NaN where there is nothing."""

    low: Floats
    """The lowest value of the raw points in the column."""
    high: Floats
    """The highest value of the raw points in the column."""
    line: Floats
    """The mean of the smoothed points in the column, interpolated across columns that hold no point."""


def reduce_columns(
    steps: Floats,
    values: Floats,
    smoothed: Floats,
    axis: Axis,
    count: int,
) -> Columns:
    """Sort points (n,) into `count` columns of the step axis.

    A column whose points are all not finite breaks the line: nothing is drawn across it. Beyond the first and the
    last column the line goes on towards the next point.
    """
    borders = np.searchsorted(steps, axis.edges(count), side="left")
    borders[-1] = np.searchsorted(steps, axis.high * (1 + 1e-12), side="right")
    filled = np.flatnonzero(np.diff(borders))
    low, high, line = (np.full(count, np.nan) for _ in range(3))
    if filled.size:
        # The columns between two filled ones hold no points, so each segment ends where the next one starts.
        starts = borders[filled] - borders[filled[0]]
        inside = slice(int(borders[filled[0]]), int(borders[filled[-1] + 1]))
        finite = np.isfinite(values[inside])
        raw = np.where(finite, values[inside], np.nan)
        low[filled] = np.fmin.reduceat(raw, starts)
        high[filled] = np.fmax.reduceat(raw, starts)
        counts = np.add.reduceat(finite, starts, dtype=np.float64)
        sums = np.add.reduceat(np.where(finite, smoothed[inside], 0.0), starts)
        with np.errstate(invalid="ignore"):
            line[filled] = sums / counts
    beside = [place for place in (int(borders[0]) - 1, int(borders[-1])) if 0 <= place < steps.size]
    outside = axis.fractions(steps[beside]) * count - 0.5
    _bridge(line, filled, outside, smoothed[beside])
    return Columns(low, high, line)


def _bridge(line: Floats, filled: NDArray[np.intp], outside: Floats, values: Floats) -> None:
    """Fill the columns between two filled ones by a straight line, except beside a gap.

    `outside` are the places of the points next to the axis on either side, in columns, and `values` theirs: the line
    goes on towards them.
    """
    placed = np.isfinite(outside)  # on a log axis, step 0 has no place
    knots = np.concatenate([filled, outside[placed]])
    if knots.size < 2:
        return
    order = np.argsort(knots, kind="stable")
    known = line[filled]
    columns = np.arange(max(int(np.ceil(knots.min())), 0), min(int(np.floor(knots.max())), line.size - 1) + 1)
    # np.interp passes NaN on to all columns beside it, which is the gap that is wanted, and to the points at its
    # ends, which are put back.
    line[columns] = np.interp(columns, knots[order], np.concatenate([known, values[placed]])[order])
    line[filled] = known
