"""What a loss on held-out items owes to items that also stand in train, letter for letter.

The splits of the lectures and of makemore.py leave repeats of an item on both sides: a model can know those by heart,
so the loss on the others tells more.
"""

from dataclasses import dataclass

import numpy as np

from makemore_core.corpus import Corpus
from makemore_core.metrics.part import Part
from makemore_core.metrics.scores import ItemLosses
from makemore_core.positions import Indices


@dataclass(frozen=True)
class Leak(Part):
    """The held-out items of a side (repeats counted), parted by whether train holds the same text."""

    items_in_train: int
    nll_in_train: float
    """Nats per character; NaN where there are none."""
    items_new: int
    nll_new: float
    """The same of the items that train does not hold."""


def leak_of(corpus: Corpus, train: Indices, held_out: ItemLosses) -> Leak:
    """Part the losses of held-out items."""
    groups = corpus.groups()
    learnt = np.zeros(len(corpus), bool)
    learnt[groups[train]] = True
    known = learnt[groups[held_out.indices]]
    inside, outside = (
        ItemLosses(held_out.indices[part], held_out.totals[part], held_out.characters[part]) for part in (known, ~known)
    )
    return Leak(len(inside), inside.nll, len(outside), outside.nll)
