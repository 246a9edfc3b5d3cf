"""How much samples differ among themselves.

Internal diversity as in MOSES (Polykovskiy et al. 2020; Benhenda 2017), with edits in the place of molecular
fingerprints: the mean, over pairs of two samples, of their Levenshtein distance over the length of the longer one. 0:
all are the same; 1: no two have anything in common. A model that repeats itself falls below real items.
"""

from dataclasses import dataclass

import numpy as np

from makemore_core.metrics.edits import mean_normalised_distance, steps_of
from makemore_core.metrics.part import Part
from makemore_core.metrics.texts import Texts

MOST_ITEMS = 1000
MOST_STEPS = 400_000_000


@dataclass(frozen=True)
class Diversity(Part):
    """The mean over all pairs among `items` of the samples, which are a seeded subsample of them."""

    value: float
    """From 0 to 1; NaN for fewer than two samples."""
    items: int


def diversity_of(texts: Texts, *, seed: int = 42, most_items: int = MOST_ITEMS) -> Diversity:
    """The internal diversity of some samples, repeats included."""
    items = list(texts.items)
    most = most_items
    if (steps := steps_of(items, items)) > MOST_STEPS:
        most = min(most, max(int(len(items) * (MOST_STEPS / steps) ** 0.5), 2))
    if len(items) > most:
        places = np.random.Generator(np.random.PCG64(seed)).choice(len(items), most, replace=False)
        items = [items[place] for place in places.tolist()]
    return Diversity(mean_normalised_distance(items), len(items))
