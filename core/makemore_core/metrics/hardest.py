"""The items that a model finds hardest: those with the highest NLL per character, their end counted; repeats once."""

from dataclasses import dataclass

import numpy as np

from makemore_core.corpus import Corpus
from makemore_core.metrics.part import Part
from makemore_core.metrics.scores import ItemLosses

MOST = 100


@dataclass(frozen=True)
class HardItem(Part):
    """One item: `nll` in nats per character, its end counted, and `total`, -ln of the probability of the item."""

    text: str
    nll: float
    total: float
    times: int
    """How often it stands on this side; repeats have the same loss and are listed once."""


def hardest_items(corpus: Corpus, items: ItemLosses, most: int = MOST) -> tuple[HardItem, ...]:
    """At most so many distinct items, the hardest first; of equals, the first of the list."""
    groups = corpus.groups()[items.indices]
    distinct, first, times = np.unique(groups, return_index=True, return_counts=True)
    means = items.totals[first] / items.characters[first]
    order = np.lexsort((distinct, -means))[:most]
    return tuple(
        HardItem(corpus.item(int(distinct[at])), float(means[at]), float(items.totals[first[at]]), int(times[at]))
        for at in order
    )
