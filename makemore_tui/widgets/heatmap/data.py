"""What a heatmap shows: plain numbers with labels."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Indices = NDArray[np.int64]
Numbers = NDArray[np.float64]


class Notation(Enum):
    """What the values are, and so how they are written."""

    COUNT = "count"
    SHARE = "share"
    """0 to 1, written in percent."""
    DIFFERENCE = "difference"
    """Of two shares: -1 to 1, written in percentage points with a sign."""
    NUMBER = "number"
    """Any number, written with a sign; where there is little room, in tenths."""

    @property
    def has_sign(self) -> bool:
        """Whether values lie on both sides of zero."""
        return self in (Notation.DIFFERENCE, Notation.NUMBER)


class Values(Protocol):
    """A matrix that can be asked for a part of itself, so that a large one need not be computed as a whole."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""

    def block(self, rows: Indices, columns: Indices) -> Numbers:
        """The values (len(rows), len(columns)) at these rows and columns."""


@dataclass(frozen=True)
class Bounds:
    """What the colour map spans: the smallest and the largest value above zero.

    Where values have a sign `largest` is the largest distance from zero on either side, and `smallest` is not used.
    """

    smallest: float
    largest: float

    @classmethod
    def of(cls, values: ArrayLike) -> "Bounds":
        """The bounds of an array, by looking at all of it."""
        distances = np.abs(np.asarray(values, np.float64))
        some = distances[distances > 0]
        return cls(float(some.min()), float(some.max())) if some.size else cls(0.0, 0.0)


@dataclass(frozen=True, eq=False)
class ArrayValues:
    """An array (rows, columns) as values."""

    array: NDArray[np.generic]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.array.shape[0], self.array.shape[1]

    def block(self, rows: Indices, columns: Indices) -> Numbers:
        """The values at these rows and columns."""
        return self.array[np.ix_(rows, columns)].astype(np.float64)


@dataclass(frozen=True, eq=False)
class HeatmapData:
    """A matrix to draw. Labels must be fit to be shown: visible characters, no control characters.

    `row_order` and `column_order` are the indices of rows and columns in the order in which they are shown; where
    they are missing, the order is that of the values.
    """

    values: Values
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    bounds: Bounds
    notation: Notation = Notation.COUNT
    row_totals: NDArray[np.int64] | None = None
    column_totals: NDArray[np.int64] | None = None
    row_order: Indices | None = None
    column_order: Indices | None = None

    def __post_init__(self) -> None:
        rows, columns = self.values.shape
        if (len(self.row_labels), len(self.column_labels)) != (rows, columns):
            raise ValueError(f"a matrix of {rows} x {columns} needs as many labels")

    @classmethod
    def of(
        cls,
        array: ArrayLike,
        row_labels: tuple[str, ...],
        column_labels: tuple[str, ...],
        notation: Notation = Notation.COUNT,
    ) -> "HeatmapData":
        """The data of a whole array; counts come with their totals."""
        values = np.asarray(array)
        counts = notation is Notation.COUNT
        return cls(
            ArrayValues(values),
            row_labels,
            column_labels,
            Bounds.of(values),
            notation,
            row_totals=values.sum(axis=1) if counts else None,
            column_totals=values.sum(axis=0) if counts else None,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.values.shape

    @cached_property
    def row_ids(self) -> Indices:
        """The rows in the order in which they are shown."""
        return np.arange(self.shape[0]) if self.row_order is None else self.row_order

    @cached_property
    def column_ids(self) -> Indices:
        """The columns in the order in which they are shown."""
        return np.arange(self.shape[1]) if self.column_order is None else self.column_order
