"""Which of some items repeat each other, and which stand in the data, letter for letter.

Uniqueness and novelty are those of the benchmarks of molecular generators: Brown, Fiscato, Segler and Vaucher,
GuacaMol (2019); Polykovskiy et al., Molecular Sets (MOSES) (2020).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from makemore_core.metrics.part import Part
from makemore_core.metrics.texts import Texts

if TYPE_CHECKING:
    from makemore_core.sources import Membership

Find = Callable[[str], "Membership | None"]
"""Tells where a text stands in the data, as `Source.membership`."""


@dataclass(frozen=True)
class Standing(Part):
    """Shares from 0 to 1; NaN where there are no items."""

    unique: float
    """Distinct texts among the items: fewer, the more items are drawn."""
    novelty: float
    """Distinct texts that train does not hold, among all distinct texts."""
    in_train: float
    """Items, repeats counted, that train holds."""
    in_dev: float
    in_test: float


def standing_of(texts: Texts, find: Find) -> Standing:
    """Look every distinct text up in the data, which must be at hand."""
    nothing = float("nan")
    if not len(texts):
        return Standing(nothing, nothing, nothing, nothing, nothing)
    new = train = dev = test = 0
    times = Counter(texts.items)
    for text, count in times.items():
        found = find(text)
        assert found is not None
        new += not found.in_train
        train += count * found.in_train
        dev += count * found.in_dev
        test += count * found.in_test
    items = len(texts)
    return Standing(len(times) / items, new / len(times), train / items, dev / items, test / items)
