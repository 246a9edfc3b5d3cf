"""The loss by the place in the item: what opens an item is hard to guess, what ends it is easier."""

from dataclasses import dataclass

from makemore_core.metrics.grouping import means_by
from makemore_core.metrics.part import Part
from makemore_core.metrics.scores import Scores


@dataclass(frozen=True)
class PositionLoss(Part):
    """The mean NLL in nats of all characters at one place; weighted by `characters`, they give the NLL of the side."""

    position: int
    """1 for the first character of an item; the end of an item of n characters is at n + 1."""
    characters: int
    nll: float


def losses_by_position(scores: Scores) -> tuple[PositionLoss, ...]:
    """The loss at each place that occurs, ascending."""
    groups = means_by(scores.positions, scores.nll)
    return tuple(PositionLoss(group.key, group.count, group.mean) for group in groups)
