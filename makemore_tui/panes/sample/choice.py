"""Which model to sample from, as a person chose it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SourceChoice:
    """Counts of the loaded list, a run, or a uniform guess."""

    kind: Literal["counts", "run", "uniform"] = "counts"
    order: int = 2
    smoothing: float = 1.0
    run: str = ""
    checkpoint: str = "best"
    step: int | None = None
    """Of a run: the step to look back at, if one was chosen, in place of the checkpoint."""


@dataclass(frozen=True)
class TakenAway:
    """A model beside the first one that is to go: 0 for the nearest."""

    place: int
