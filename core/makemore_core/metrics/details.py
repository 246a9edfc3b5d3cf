"""All that follows from the scores of the items of one side."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from makemore_core.corpus import Corpus
from makemore_core.metrics.by_length import LengthLoss, losses_by_length
from makemore_core.metrics.by_position import PositionLoss, losses_by_position
from makemore_core.metrics.calibration import Calibration, calibration_of
from makemore_core.metrics.confusion import Confusion, confusion_of
from makemore_core.metrics.hardest import HardItem, hardest_items
from makemore_core.metrics.leak import Leak, leak_of
from makemore_core.metrics.scores import ItemLosses, Scores
from makemore_core.positions import Indices

MOST_CHARACTERS = 2_000_000
"""Of a side that is longer, a seeded subsample of the items is looked at."""


@dataclass(frozen=True, eq=False)
class Details:
    """One side of the data, train, dev or test, character by character."""

    side: str
    items: int
    """How many items of the side were looked at."""
    of_items: int
    """How many it has: more where a subsample was looked at."""
    by_position: tuple[PositionLoss, ...]
    by_length: tuple[LengthLoss, ...]
    hardest: tuple[HardItem, ...]
    confusion: Confusion
    calibration: Calibration
    leak: Leak | None
    """None for train."""
    losses: ItemLosses
    """Of the items that were looked at: for intervals. Not in the JSON."""

    @property
    def is_whole(self) -> bool:
        """Whether all items of the side were looked at."""
        return self.items == self.of_items

    def to_json(self) -> dict[str, Any]:
        """Plain values by name."""
        return {
            "side": self.side,
            "items": self.items,
            "of_items": self.of_items,
            "nll_by_position": [row.to_json() for row in self.by_position],
            "nll_by_length": [row.to_json() for row in self.by_length],
            "hardest": [item.to_json() for item in self.hardest],
            "confusion": self.confusion.to_json(),
            "calibration": self.calibration.to_json(),
            "leak": self.leak.to_json() if self.leak is not None else None,
        }


def details_of(corpus: Corpus, side: str, scores: Scores, of_items: int, train: Indices | None = None) -> Details:
    """Everything about one side; `train` are the items that a held-out side is checked against."""
    return Details(
        side=side,
        items=len(scores.indices),
        of_items=of_items,
        by_position=losses_by_position(scores),
        by_length=losses_by_length(scores),
        hardest=hardest_items(corpus, scores.items),
        confusion=confusion_of(scores, corpus.vocabulary),
        calibration=calibration_of(scores),
        leak=leak_of(corpus, train, scores.items) if train is not None else None,
        losses=scores.items,
    )


def subsample(corpus: Corpus, indices: Indices, seed: int, most: int = MOST_CHARACTERS) -> Indices:
    """The items themselves, or where they have more characters than `most`, about as many as have; in their order.

    An item that alone has more is left out, unless there is no other.
    """
    lengths = corpus.lengths[indices] + 1
    if int(lengths.sum()) <= most:
        return indices
    fit = lengths <= most
    indices, lengths = (indices[fit], lengths[fit]) if fit.any() else (indices, lengths)
    characters = int(lengths.sum())
    if characters <= most:
        return indices
    wanted = max(int(len(indices) * most / characters), 1)
    chosen = np.random.Generator(np.random.PCG64(seed)).choice(len(indices), wanted, replace=False)
    found: Indices = indices[np.sort(chosen)]
    return found
