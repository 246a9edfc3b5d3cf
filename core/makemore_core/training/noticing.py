"""What a run notices of itself: it learns by heart, it gets no better, its loss explodes.

Plain arithmetic on losses that are measured anyway, without torch. All of it is part of each checkpoint, so that a
run that was killed and resumed notices the same at the same steps.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

CLEARLY = 0.01
"""How far above its best dev must lie to be clearly worse, in nats per character."""

AVERAGED = 0.9
"""The share of the running average of the losses that the next one leaves."""

EXPLODING, DIVERGED = 2.0, 10.0
"""The loss has exploded where it averages this many times its lowest, or the loss of a uniform guess where that is
more; it has diverged where it stays above that many times."""

RISE = 1.1
"""How much higher each loss can lift the level at which losses stay. From a uniform guess to `DIVERGED` it takes 25
of them in a row: a batch or two that spike, and are learnt from, end no run."""


@dataclass
class _Notes:
    """Numbers that go into a checkpoint and come back."""

    def as_header(self) -> dict[str, Any]:
        """For JSON, which knows neither infinity nor NaN: None in their place."""
        return {name: value if math.isfinite(value) else None for name, value in asdict(self).items()}

    @classmethod
    def from_header(cls, header: Mapping[str, Any] | None) -> Self:
        """Back from there; what is missing is as at the beginning."""
        known = {field.name for field in fields(cls)}
        given = {name: value for name, value in (header or {}).items() if name in known and value is not None}
        return cls(**given)


@dataclass
class DevNotes(_Notes):
    """Follows the loss on dev from one look to the next."""

    step: int = -1
    """Of the latest look: one that is repeated, as after resuming, counts once."""
    best_train: float = math.nan
    """The loss on train when dev was at its best."""
    looks: int = 0
    """Since then."""
    rising: int = 0
    """Looks in a row at which dev was clearly above its best, and train was not."""
    above_best: float = 0.0
    """How far dev lay above its best at the latest look."""
    told: bool = False
    """Whether it was said that dev rises; a new best begins anew."""

    def look(self, step: int, train: float, above_best: float) -> None:
        """Take in a look that was not the best: `above_best` is how far dev lies above its best."""
        if step <= self.step:
            return
        self.step, self.above_best = step, above_best
        self.looks += 1
        # An infinite dev is one prediction of 0 rather than a rise, which has a size that can be told.
        is_rising = CLEARLY <= above_best < math.inf and not train > self.best_train
        self.rising = self.rising + 1 if is_rising else 0

    def look_best(self, step: int, train: float) -> None:
        """Take in a look at which dev was lower than ever."""
        self.step, self.best_train = step, train
        self.looks = self.rising = 0
        self.above_best, self.told = 0.0, False

    def tells_overfitting(self, after: int) -> bool:
        """Whether it is to be said now that dev rises, after so many looks at which it did: once. 0: never."""
        if self.told or not 0 < after <= self.rising:
            return False
        self.told = True
        return True

    def is_out_of_patience(self, patience: int) -> bool:
        """Whether so many looks brought no better dev. 0: never."""
        return 0 < patience <= self.looks


@dataclass
class LossNotes(_Notes):
    """Follows the loss of the batches: large numbers that are finite are a divergence too."""

    average: float = math.nan
    """Of the latest losses, the newest counting most."""
    lowest: float = math.inf
    """That this average has been."""
    level: float = math.nan
    """Where losses stay: it falls with each loss below it at once, and rises slowly."""
    told: bool = False
    """Whether it was said that the loss explodes; another learning rate begins anew."""

    def see(self, loss: float) -> None:
        """Take in the loss of one batch."""
        self.average = loss if math.isnan(self.average) else AVERAGED * self.average + (1 - AVERAGED) * loss
        self.lowest = min(self.lowest, self.average)
        self.level = loss if math.isnan(self.level) else min(loss, RISE * self.level)

    def is_exploding(self, uniform: float) -> bool:
        """Whether the loss is far above both its lowest and `uniform`, that of a uniform guess."""
        return self.average > EXPLODING * max(self.lowest, uniform)

    def has_diverged(self, uniform: float) -> bool:
        """Whether it has stayed so far above them that nothing is left of what was learnt."""
        return self.level > DIVERGED * max(self.lowest, uniform)

    def tells_explosion(self, uniform: float) -> bool:
        """Whether it is to be said now that the loss explodes: once."""
        if self.told or not self.is_exploding(uniform):
            return False
        self.told = True
        return True
