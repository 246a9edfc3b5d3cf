"""From points to one low, one high and one line value for each column of dots."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_tui.widgets.line_chart.scales import Axis


@dataclass(frozen=True, eq=False)
class Columns:
    """The points of one series, column by column; each (columns,) float64 with NaN where there is nothing."""

    low: NDArray[np.float64]
    """The lowest value of the raw points in the column."""
    high: NDArray[np.float64]
    """The highest value of the raw points in the column."""
    line: NDArray[np.float64]
    """The mean of the smoothed points in the column, interpolated across columns that hold no point."""


def reduce_columns(
    steps: NDArray[np.float64],
    values: NDArray[np.float64],
    smoothed: NDArray[np.float64],
    axis: Axis,
    count: int,
) -> Columns:
    """Sort points (n,) into `count` columns of the step axis.

    A column whose points are all not finite breaks the line: nothing is drawn across it.
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
        _bridge(line, filled)
    return Columns(low, high, line)


def _bridge(line: NDArray[np.float64], filled: NDArray[np.intp]) -> None:
    """Fill the columns between two filled ones by a straight line, except beside a gap."""
    columns = np.arange(filled[0], filled[-1] + 1)
    known = line[filled]
    # np.interp passes NaN on to all columns beside it, which is the gap that is wanted, and to the points at its
    # ends, which are put back.
    line[columns] = np.interp(columns, filled, known)
    line[filled] = known
