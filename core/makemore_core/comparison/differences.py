"""A row against another one: how much better or worse, and how far that would vary with other items."""

from dataclasses import dataclass

from makemore_core.comparison.rows import Row, SideName
from makemore_core.metrics.intervals import Interval, nll_difference

FEWEST = 10
"""Items below which nothing is clear: draws from so few are too much alike, and the interval is too narrow."""


@dataclass(frozen=True)
class Difference:
    """The NLL of a row minus that of the reference, in nats per character: below 0, the row is the better one."""

    to: str
    """The key of the reference."""
    side: SideName
    interval: Interval

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves 0 out: with other items of the same kind, the order would hardly turn."""
        return self.interval.items >= FEWEST and self.interval.excludes_zero


def difference(row: Row, reference: Row, side: SideName) -> Difference | None:
    """The difference on a side; None where one of them was not measured there, or they cannot be compared."""
    if row.ground != reference.ground or row.measured is None or reference.measured is None:
        return None
    first, second = row.measured.items.get(side), reference.measured.items.get(side)
    if first is None or second is None or not len(first) or row.key == reference.key:
        return None
    try:
        return Difference(reference.key, side, nll_difference(first, second))
    except ValueError:  # one of them is of an older measurement
        return None
