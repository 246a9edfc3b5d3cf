"""What is known of one pair of characters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_tui.panes.bigrams.tables import CountTable, Difference, ModelShares, Shares, one_column, one_row

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Ranked:
    """Characters by what a list of them is about, the largest first: ids and values."""

    ids: tuple[int, ...]
    values: tuple[float, ...]

    @classmethod
    def top(cls, values: Numbers, most: int) -> "Ranked":
        """The values farthest from zero; of equal ones the lower id first. Zeros are left out."""
        order = np.argsort(-np.abs(values), kind="stable")[:most]
        order = order[values[order] != 0]
        return cls(tuple(order.tolist()), tuple(values[order].tolist()))


@dataclass(frozen=True)
class PairFacts:
    """One pair: `first` and `second` are ids. Probabilities are those of the source at hand (counts or network)."""

    first: int
    second: int
    count: int
    share: float
    """P(second | first)."""
    surprisal: float
    """-ln of it, in nats; infinite where it is zero."""
    rank: int
    """1 for the likeliest character after `first`; equal ones share the best place."""
    size: int
    lift: float
    """P(second | first) / P(second): above 1 where `first` makes `second` likelier."""
    row_sum: int
    column_sum: int
    row_entropy: float
    """Of the characters after `first`, in nats."""
    after: Ranked
    """What follows `first`, with its probabilities; differences where these are shown."""
    before: Ranked
    """What comes before `second`, as parts of all pairs that end in it by count."""
    count_share: float
    """P(second | first) from the counts."""
    model_share: float | None
    """The same from the network, where there is one."""


def pair_facts(
    first: int,
    second: int,
    table: CountTable,
    shares: Shares,
    source: Shares | ModelShares | Difference,
    *,
    most: int = 60,
) -> PairFacts:
    """The facts of one pair. `source` is what the map shows; for a difference, facts are the network's. O(V)."""
    model = source if isinstance(source, ModelShares) else source.model if isinstance(source, Difference) else None
    row = one_row(model or shares, first)
    share = float(row[second])
    some = row[row > 0]
    column = one_column(table, second)
    column_share = float(table.column_sums[second]) / table.total if table.total else 0.0
    with np.errstate(divide="ignore"):
        surprisal = abs(float(np.log(share)))  # a minus would give -0 for what is certain
    return PairFacts(
        first=first,
        second=second,
        count=int(table.counts[first, second]),
        share=share,
        surprisal=surprisal,
        rank=1 + int((row > share).sum()),
        size=table.size,
        lift=share / column_share if column_share else 0.0,
        row_sum=int(table.row_sums[first]),
        column_sum=int(table.column_sums[second]),
        row_entropy=abs(float(-(some * np.log(some)).sum())),
        after=Ranked.top(one_row(source, first) if isinstance(source, Difference) else row, most),
        before=Ranked.top(column / max(1.0, float(column.sum())), most),
        count_share=float(shares.block(np.array([first]), np.array([second]))[0, 0]),
        model_share=share if model is not None else None,
    )
