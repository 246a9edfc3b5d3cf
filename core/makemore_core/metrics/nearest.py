"""How far samples lie from the nearest item of train: Levenshtein distances, 0 for what train holds itself.

Samples that lie nearer than real held-out items do are copies with a letter changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from makemore_core.metrics.edits import nearest_distances, steps_of
from makemore_core.metrics.part import Part
from makemore_core.metrics.progress import Progress, quiet

MOST_STEPS = 2_000_000_000
"""Of more work than this, a seeded subsample of the samples is done."""


@dataclass(frozen=True)
class Nearest(Part):
    """The distances of distinct texts to the nearest of the distinct items of train."""

    counts: tuple[int, ...]
    """`counts[d]` of the texts lie d away."""
    mean: float
    """NaN where there are none."""
    items: int
    """How many distinct texts were compared."""
    of_items: int
    """How many there are: more where a subsample was compared."""
    train_items: int
    """With how many distinct items of train they were compared."""
    of_train_items: int
    """How many it has: where more, distances are upper bounds."""


def nearest_of(
    distinct: Sequence[str],
    train: Sequence[str],
    of_train_items: int,
    *,
    seed: int = 42,
    most_steps: float = MOST_STEPS,
    progress: Progress = quiet,
) -> Nearest:
    """Compare distinct texts with distinct items of train, of which there may be more than are given."""
    if not distinct or not train:
        return Nearest((), float("nan"), 0, len(distinct), len(train), of_train_items)
    chosen = distinct
    if (steps := steps_of(distinct, train)) > most_steps:
        wanted = max(int(len(distinct) * most_steps / steps), 1)
        places = np.random.Generator(np.random.PCG64(seed)).choice(len(distinct), wanted, replace=False)
        chosen = [distinct[place] for place in np.sort(places).tolist()]
    known = set(train)
    others = [text for text in chosen if text not in known]
    distances = np.concatenate(
        [np.zeros(len(chosen) - len(others), np.int64), nearest_distances(others, train, progress)]
    )
    return Nearest(
        tuple(np.bincount(distances).tolist()),
        float(distances.mean()),
        len(chosen),
        len(distinct),
        len(train),
        of_train_items,
    )
