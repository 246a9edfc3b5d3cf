"""What a preset is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A number that a preset is known to give, and who says so."""

    what: str
    """`parameters`; `loss`: of the batch at this step; or `train`, `dev`, `test`: of the whole side after it."""

    value: str
    """The number with the digits that its source prints."""

    source: str
    """Where it stands."""

    step: int = 0
    """Updates made before it."""


@dataclass(frozen=True)
class Preset:
    """A family with everything that decides the numbers of a run, but the list.

    What it leaves out is taken from the general defaults of training, and never from what suits the family best: a
    preset keeps its numbers when those defaults change. Hyperparameters that follow from the list are taken from it.
    """

    name: str
    title: str
    help: str
    """One paragraph: what it is, where it comes from, and where it must depart from its source."""

    type: str
    """The family's name in the registry of models."""

    model: Mapping[str, Any] = field(default_factory=dict)
    """Hyperparameters of the family."""

    training: Mapping[str, Any] = field(default_factory=dict)
    """Settings of training, by their names in `TrainConfig`."""

    split: Mapping[str, Any] = field(default_factory=dict)
    """`kind` and `seed`, as in `SplitConfig`."""

    figures: tuple[Figure, ...] = ()
    """The numbers it is known to give, on the canonical list."""

    def values(self) -> dict[str, Any]:
        """All settings by the names that a settings file gives them; the hyperparameters are the table `model`.

        What a form fills its fields with, and what `train` starts from.
        """
        split = {"split" if key == "kind" else f"split_{key}": value for key, value in self.split.items()}
        return {"type": self.type, **split, **self.training, "model": dict(self.model)}
