"""What the form of a new run is filled with: a family's fields with its own defaults, or with a preset's values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from makemore_core.models.registry import FAMILIES, family_defaults, load_family
from makemore_core.presets import PRESETS
from makemore_tui.panes.train.fields import Checked, Field, check, hyperparameter_fields, training_fields

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus
    from makemore_core.training.config import DataConfig

NO_PRESET = ""
_NOTE = 33
"""Characters beside the choice of presets at 80 columns."""


@dataclass(frozen=True)
class LoadedFamily:
    """What the form needs of a family; getting it imports torch, so a thread does."""

    name: str
    settings: type[BaseModel]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Hyperparameters that depart from the defaults of the class."""
    training_defaults: Mapping[str, Any] = field(default_factory=dict)
    split: Mapping[str, Any] = field(default_factory=dict)
    preset: str = NO_PRESET

    @classmethod
    def load(cls, name: str, corpus: "Corpus | None" = None, preset: str = NO_PRESET) -> "LoadedFamily":
        """Import the family; some of its defaults follow the list. The values of a preset of it take their place."""
        longest = 0 if corpus is None else int(corpus.lengths.max())
        family, suited = load_family(name), family_defaults(name, longest)
        if preset == NO_PRESET:
            return cls(name, family.Settings, suited, family.training_defaults)
        chosen = PRESETS[preset]
        return cls(name, family.Settings, {**suited, **chosen.model}, chosen.training, chosen.split, preset)

    @property
    def counts(self) -> bool:
        """Whether it is fitted by counting."""
        return FAMILIES[self.name].counts

    def model_fields(self) -> list[Field]:
        """A field for each hyperparameter."""
        return hyperparameter_fields(self.settings, self.defaults)

    def training_fields(self) -> list[Field]:
        """The fields of training."""
        return training_fields(self.training_defaults, counts=self.counts, split=self.split)

    def check(self, values: Mapping[str, str], data: "DataConfig") -> Checked:
        """What the words in the fields amount to on this list."""
        return check(self.name, self.settings, values, data, self.training_defaults, self.split)


def preset_note(preset: str, *, changed: bool) -> str:
    """What is to be expected of a preset, in 33 characters at the most."""
    if preset == NO_PRESET:
        return "what suits this model best"
    if changed:
        return "changed: expect other numbers"
    figures = [figure for figure in PRESETS[preset].figures if figure.what != "parameters"]
    notes = [f"known: {figure.what} {figure.value} at step {figure.step:,}" for figure in figures]
    return next((note for note in reversed(notes) if len(note) <= _NOTE), "")


def preset_title(preset: str) -> str:
    """What a preset is; empty where none is chosen."""
    return "" if preset == NO_PRESET else PRESETS[preset].title
