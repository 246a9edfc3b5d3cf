"""How far a loss, or the difference of two, would vary with other items of the same kind: the bootstrap over items.

Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: items are drawn with replacement, as many as
there are, again and again; the interval reaches between two percentiles of what comes out. Characters of one item hang
together, so whole items are drawn; the loss of a draw is still an exact average over its characters, the ratio of two
sums. Of two models the same items are drawn for both, so that what is hard for both cancels out.
"""

from dataclasses import dataclass

import numpy as np

from makemore_core.metrics.part import Part
from makemore_core.metrics.scores import Floats, Ints, ItemLosses

RESAMPLES = 2000
LEVEL = 0.95
SEED = 42
_CELLS = 4_000_000


@dataclass(frozen=True)
class Interval(Part):
    """A value in nats per character, and the percentile interval around it. Infinite losses have none: NaN."""

    value: float
    low: float
    high: float
    level: float
    items: int
    resamples: int

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of 0: for a difference, whether one model is likely the better."""
        return self.low > 0 or self.high < 0


def nll_interval(losses: ItemLosses, *, resamples: int = RESAMPLES, level: float = LEVEL, seed: int = SEED) -> Interval:
    """The NLL of a model on these items."""
    return _bootstrap(losses.totals, losses.characters, resamples, level, seed)


def nll_difference(
    first: ItemLosses, second: ItemLosses, *, resamples: int = RESAMPLES, level: float = LEVEL, seed: int = SEED
) -> Interval:
    """The NLL of one model minus that of another, on the same items: below 0, the first is the better one.

    Raises ValueError where they are not the same items in the same order.
    """
    if not np.array_equal(first.indices, second.indices) or not np.array_equal(first.characters, second.characters):
        raise ValueError("the two losses are not of the same items")
    if not (np.isfinite(first.totals).all() and np.isfinite(second.totals).all()):
        nothing = float("nan")
        return Interval(first.nll - second.nll, nothing, nothing, level, len(first), resamples)
    return _bootstrap(first.totals - second.totals, first.characters, resamples, level, seed)


def _bootstrap(totals: Floats, characters: Ints, resamples: int, level: float, seed: int) -> Interval:
    """The ratio of the two sums, (items,) each, and the percentiles of that ratio over draws of the items."""
    items, nothing = len(totals), float("nan")
    if not items or not np.isfinite(totals).all():
        value = float(totals.sum() / characters.sum()) if items else nothing
        return Interval(value, nothing, nothing, level, items, resamples)
    generator = np.random.Generator(np.random.PCG64(seed))
    ratios = np.empty(resamples)
    rows = max(_CELLS // items, 1)
    for start in range(0, resamples, rows):
        drawn = generator.integers(0, items, (min(rows, resamples - start), items))
        ratios[start : start + rows] = totals[drawn].sum(1) / characters[drawn].sum(1)
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2]).tolist()
    return Interval(float(totals.sum() / characters.sum()), low, high, level, items, resamples)
