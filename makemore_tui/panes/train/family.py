"""What the form of a new run is filled with: a family's fields with its own defaults, or with a preset's values."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from textual.content import Content

from makemore_core.models.registry import FAMILIES, family_defaults, load_family, training_defaults
from makemore_core.presets import PRESETS
from makemore_tui.panes.train.fields import (
    Checked,
    Field,
    check,
    hyperparameter_fields,
    training_fields,
    typed_value,
)
from makemore_tui.panes.train.filling import Filling
from makemore_tui.panes.train.words import many

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
    filling: Filling | None = None
    """What the fields hold at first instead of the defaults, and what goes with it."""

    @classmethod
    def load(cls, name: str, corpus: "Corpus | None" = None, preset: str = NO_PRESET) -> "LoadedFamily":
        """Import the family; some of its defaults follow the list. The values of a preset of it take their place."""
        longest = 0 if corpus is None else int(corpus.lengths.max())
        family, suited = load_family(name), family_defaults(name, longest)
        if preset == NO_PRESET:
            lengths = None if corpus is None else corpus.lengths
            return cls(name, family.Settings, suited, training_defaults(name, lengths, suited.get("context")))
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

    @property
    def copy_of(self) -> str:
        """The run that the fields were filled from; empty where there is none."""
        return self.filling.copy_of if self.filling is not None else ""

    def facts(self, parameters: Sequence[int], size: int) -> Content:
        """How large the model is, and what a uniform guess would lose; `size` is that of the vocabulary, 0: unknown.

        Of several models, `parameters` are the least and the most; none: not known.
        """
        return Content.assemble(
            (" to ".join(map(many, parameters)) or "-", "bold"),
            " cells of counts" if self.counts else " parameters",
            f"    uniform guess: ln {size} = ",
            (f"{math.log(size):.4f}" if size else "-", "bold"),
            " nats per character",
        )

    def first(self, key: str) -> str | None:
        """What a field holds at first; None: its default."""
        return self.filling.texts.get(key) if self.filling is not None else None

    def check(self, values: Mapping[str, str], data: "DataConfig") -> Checked:
        """What the words in the fields amount to on this list."""
        filling = self.filling or Filling()
        defaults, split = {**self.training_defaults, **filling.hidden}, {**self.split, **filling.split}
        same_length = typed_value(values.get("max_steps", "")) in (filling.steps, None)
        kept = filling.hidden if same_length else {}
        return check(self.name, self.settings, values, data, defaults, split, kept)


def form_note(preset: str, filling: Filling | None, changed: int) -> str:
    """What is to be said beside the choice of presets, where `changed` fields are not as they are by themselves."""
    if preset:
        return preset_note(preset, changed=bool(changed))
    return filling_note(filling, changed) or preset_note(NO_PRESET, changed=False)


def form_title(preset: str, filling: Filling | None) -> str:
    """What is to be said below it; empty where there is nothing."""
    return "; ".join(filter(None, [preset_title(preset), filling_title(filling)]))


def filling_note(filling: Filling | None, changed: int) -> str:
    """What is to be said of a form that was filled in, in 33 characters at the most."""
    if not changed and not (filling and filling.hidden):
        return ""
    if filling is not None and filling.copy_of:
        return "a copy: ctrl+r for the defaults"
    return "as last time: ctrl+r for defaults" if filling is not None else f"{changed} changed: ctrl+r goes back"


def filling_title(filling: Filling | None) -> str:
    """Where the settings are from, and those of them that have no field; empty where there is nothing to say."""
    if filling is None:
        return ""
    others = [f"{name.replace('_', ' ')} {_plain(value)}" for name, value in filling.hidden.items()]
    others += [f"split {name} {value}" for name, value in filling.split.items()]
    parts = [f"as in {filling.copy_of}"] if filling.copy_of else []
    return "; ".join([*parts, *(["with " + ", ".join(others)] if others else [])])


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple | list) else "none" if value is None else str(value)


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
