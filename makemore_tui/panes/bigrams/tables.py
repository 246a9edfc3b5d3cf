"""The numbers behind the map: counts, the probabilities that they give, a network's, and the difference of the two.

Each is a `Values` of the heatmap: it computes the part that is in view. Whatever has to look at all V x V cells is
computed once when the table is made; `Difference` and `loss` do it in blocks of rows, for a worker.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_core.bigrams import BigramLoss, bigram_nll, row_probabilities
from makemore_tui.widgets.heatmap import Bounds, Values

Counts = NDArray[np.int64]
Indices = NDArray[np.int64]
Numbers = NDArray[np.float64]

_BLOCK_CELLS = 1 << 20
RELIABLE_ROW = 1000
"""Rows with this many counts or more are expected to agree between counts and network."""


class CountTable:
    """Counts of pairs (V, V), with what is needed of them again and again."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        self.row_sums: Counts = counts.sum(axis=1)
        self.column_sums: Counts = counts.sum(axis=0)
        self.total = int(self.row_sums.sum())
        self._row_largest: Counts = counts.max(axis=1)
        self._row_smallest: Counts = counts.min(axis=1)
        self._row_smallest_seen = np.concatenate(
            [_smallest_above_zero(counts[rows]) for rows in row_blocks(len(counts))]
        )

    @property
    def size(self) -> int:
        """V."""
        return len(self.counts)

    @property
    def shape(self) -> tuple[int, int]:
        """V x V."""
        return self.size, self.size

    @property
    def bounds(self) -> Bounds:
        """The smallest count above zero and the largest."""
        seen = self._row_smallest_seen[self._row_smallest_seen > 0]
        return Bounds(float(seen.min(initial=1)), float(self._row_largest.max()))

    def block(self, rows: Indices, columns: Indices) -> Numbers:
        """Counts."""
        return self.counts[np.ix_(rows, columns)].astype(np.float64)

    def by_frequency(self) -> Indices:
        """The ids, the most frequent first."""
        return np.argsort(-self.row_sums, kind="stable")

    def loss(self, smoothing: float) -> BigramLoss:
        """How well these counts, smoothed, predict themselves. Takes a while for a large V."""
        log_likelihood = 0.0
        for rows in row_blocks(self.size):
            counts = self.counts[rows]
            log_likelihood += bigram_nll(counts, row_probabilities(counts, smoothing)).log_likelihood
        # 0 minus the sum: turning the sign of a sum of 0 would give -0.
        return BigramLoss((0.0 - log_likelihood) / self.total if self.total else float("nan"), log_likelihood)

    def share_bounds(self, smoothing: float) -> Bounds:
        """The smallest probability above zero and the largest, from the extremes of each row."""
        sums = self.row_sums + smoothing * self.size
        known = sums > 0
        least = (self._row_smallest if smoothing > 0 else self._row_smallest_seen)[known]
        low, high = (least + smoothing) / sums[known], (self._row_largest[known] + smoothing) / sums[known]
        return Bounds(float(low.min(initial=1.0)), float(high.max(initial=0.0)))


@dataclass(frozen=True, eq=False)
class Shares:
    """P(second | first) from counts: (count + smoothing) / (row sum + smoothing V). A row without counts is zero."""

    table: CountTable
    smoothing: float

    @property
    def shape(self) -> tuple[int, int]:
        """V x V."""
        return self.table.shape

    @property
    def bounds(self) -> Bounds:
        """The smallest probability above zero and the largest."""
        return self.table.share_bounds(self.smoothing)

    def block(self, rows: Indices, columns: Indices) -> Numbers:
        """Probabilities."""
        above = self.table.block(rows, columns) + self.smoothing
        below = (self.table.row_sums[rows] + self.smoothing * self.table.size)[:, None]
        shares: Numbers = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
        return shares


class ModelShares:
    """softmax of each row of a network's weights (V, V).

    Where weights of several steps are to be compared, `beside` holds bounds that theirs take in, so that colours stay.
    """

    def __init__(self, weights: NDArray[np.float32], beside: Bounds | None = None) -> None:
        self._logits = weights
        largest = weights.max(axis=1).astype(np.float64)
        sums = np.empty(len(weights))
        for rows in row_blocks(len(weights)):
            sums[rows] = np.exp(weights[rows].astype(np.float64) - largest[rows, None]).sum(axis=1)
        self._log_sums = largest + np.log(sums)
        least = float(np.exp(weights.min(axis=1) - self._log_sums).min())
        most = float(np.exp(largest - self._log_sums).max())
        self.bounds = Bounds(least, most if beside is None else max(most, beside.largest))

    @property
    def shape(self) -> tuple[int, int]:
        """V x V."""
        return self._logits.shape[0], self._logits.shape[1]

    def block(self, rows: Indices, columns: Indices) -> Numbers:
        """Probabilities."""
        logits = self._logits[np.ix_(rows, columns)].astype(np.float64)
        probabilities: Numbers = np.exp(logits - self._log_sums[rows][:, None])
        return probabilities


class Difference:
    """The network's probabilities minus those of the counts; where they differ most. Takes a while for a large V."""

    def __init__(self, model: ModelShares, shares: Shares) -> None:
        self.model, self.shares = model, shares
        self.largest = 0.0
        """The difference that is farthest from zero, with its sign."""
        self.row, self.column = 0, 0
        """Where it is."""
        self.largest_reliable = 0.0
        """The same among rows with `RELIABLE_ROW` counts or more."""
        columns = np.arange(self.shape[1])
        for block in row_blocks(self.shape[0]):
            rows = np.arange(block.start, block.stop)
            differences = self.block(rows, columns)
            row, column = np.unravel_index(np.abs(differences).argmax(), differences.shape)
            if abs(differences[row, column]) > abs(self.largest):
                self.largest = float(differences[row, column])
                self.row, self.column = int(rows[row]), int(column)
            reliable = np.abs(differences[shares.table.row_sums[rows] >= RELIABLE_ROW])
            self.largest_reliable = max(self.largest_reliable, float(reliable.max(initial=0.0)))

    @property
    def shape(self) -> tuple[int, int]:
        """V x V."""
        return self.shares.shape

    @property
    def bounds(self) -> Bounds:
        """How far differences go from zero."""
        return Bounds(0.0, abs(self.largest))

    def block(self, rows: Indices, columns: Indices) -> Numbers:
        """Differences of probabilities, -1 to 1."""
        differences: Numbers = self.model.block(rows, columns) - self.shares.block(rows, columns)
        return differences


def one_row(values: Values, row: int) -> Numbers:
    """A whole row (V,)."""
    block: Numbers = values.block(np.array([row]), np.arange(values.shape[1]))
    return block.ravel()


def one_column(values: Values, column: int) -> Numbers:
    """A whole column (V,)."""
    block: Numbers = values.block(np.arange(values.shape[0]), np.array([column]))
    return block.ravel()


def row_blocks(size: int) -> Iterator[slice]:
    """Rows of a size x size matrix in blocks of about a million cells."""
    step = max(1, _BLOCK_CELLS // max(1, size))
    for start in range(0, size, step):
        yield slice(start, min(start + step, size))


def _smallest_above_zero(counts: Counts) -> Counts:
    """Of each row; 0 where there is none."""
    smallest: Counts = np.where(counts > 0, counts, np.iinfo(np.int64).max).min(axis=1)
    smallest[smallest == np.iinfo(np.int64).max] = 0
    return smallest
