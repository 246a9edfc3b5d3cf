"""Real items in the place of samples: what a metric says of them is what samples that are like real items would have.

One thing comes from the split and not from the items: the disjoint one keeps all repeats of an item on one side, so
that no item of dev stands in train, while a model that knew the true distribution would repeat items of train.

Samples are compared with held-out items, the reference. So that real items can be measured in the same way, the
reference is test and the yardstick dev. Where there is one held-out side alone it is cut into two halves, and where
nothing is held out, train is.
"""

from dataclasses import dataclass

import numpy as np

from makemore_core.corpus import Corpus
from makemore_core.metrics.details import subsample
from makemore_core.positions import Indices
from makemore_core.training.config import Sides

MOST_REFERENCE = 100_000


@dataclass(frozen=True, eq=False)
class Yardstick:
    """Indices of items, and which side they are from."""

    reference: Indices
    """What samples are compared with."""
    reference_side: str
    items: Indices
    """What is measured beside samples: at most as many as those."""
    items_side: str


def yardstick_of(corpus: Corpus, sides: Sides, most: int, seed: int = 42) -> Yardstick:
    """Choose the reference and at most so many items to measure beside samples, by this seed.

    Of long items fewer: each of the two has about as many characters as `details.MOST_CHARACTERS` at the most.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    if len(sides.dev) and len(sides.test) and not np.array_equal(sides.dev, sides.test):
        reference, items, names = sides.test, sides.dev, ("test", "dev")
    else:
        name = "test" if len(sides.test) else "dev" if len(sides.dev) else "train"
        side = generator.permutation(getattr(sides, name))
        reference, items, names = side[: len(side) // 2], side[len(side) // 2 :], (name, name)
    reference, items = _some(reference, MOST_REFERENCE, generator), _some(items, most, generator)
    return Yardstick(subsample(corpus, reference, seed), names[0], subsample(corpus, items, seed), names[1])


def _some(indices: Indices, most: int, generator: np.random.Generator) -> Indices:
    """At most so many of them, without order."""
    if len(indices) <= most:
        return indices
    chosen: Indices = generator.choice(indices, most, replace=False)
    return chosen
