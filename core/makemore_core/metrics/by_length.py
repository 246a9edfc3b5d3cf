"""The loss by the length of the item."""

from dataclasses import dataclass

import numpy as np

from makemore_core.metrics.grouping import means_by
from makemore_core.metrics.part import Part
from makemore_core.metrics.scores import Scores


@dataclass(frozen=True)
class LengthLoss(Part):
    """The mean NLL in nats per character, ends counted, of all items of one length.

    Weighted by `characters`, they give the NLL of the side.
    """

    length: int
    """In code points, without the end."""
    items: int
    characters: int
    nll: float


def losses_by_length(scores: Scores) -> tuple[LengthLoss, ...]:
    """The loss of each length that occurs, ascending."""
    counts = np.bincount(scores.lengths) if len(scores.lengths) else np.zeros(1, np.int64)
    groups = means_by(np.repeat(scores.lengths, scores.lengths + 1), scores.nll)
    return tuple(LengthLoss(group.key, int(counts[group.key]), group.count, group.mean) for group in groups)
