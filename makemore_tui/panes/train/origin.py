"""The run that another one is made from: with the same settings, or going on from one of its checkpoints."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from makemore_core.models.registry import FAMILIES, load_family
from makemore_core.runs.forking import FREE, ForkStart
from makemore_core.training.config import OPTIONS, DataConfig, TrainConfig
from makemore_tui.display import visible
from makemore_tui.panes.train.family import LoadedFamily
from makemore_tui.panes.train.fields import (
    MODEL,
    SPLIT,
    Checked,
    Field,
    check,
    hyperparameter_fields,
    training_fields,
    value_text,
)
from makemore_tui.panes.train.filling import Filling


@dataclass(frozen=True)
class Origin:
    """A run as it was when its settings were asked for."""

    run: str
    config: TrainConfig
    starts: tuple[ForkStart, ...] = ()
    """The checkpoints that a fork may begin with."""

    def start(self, name: str) -> ForkStart:
        """The checkpoint of this name; the first where there is none."""
        return next((start for start in self.starts if start.name == name), self.starts[0])

    def title(self) -> str:
        """What the run is, in a line."""
        family = FAMILIES.get(self.config.type)
        model = self.config.type if family is None else family.title
        return f"{self.run}: {model}, learnt from {visible(self.config.data.name)}"

    def kept(self) -> str:
        """What a fork cannot change: the weights would mean something else, or the losses could not be compared."""
        config = self.config
        sizes = [
            f"{name.replace('_', ' ')} {_plain(value)}" for name, value in config.model.items() if name not in FREE
        ]
        vocabulary = f"vocabulary of {len(config.data.characters) + 1:,}"
        return ", ".join([*sizes, vocabulary, f"split {config.split.kind} with seed {config.split.seed}"])


@dataclass(frozen=True)
class ForkWanted:
    """A fork that a person asked for: what differs from the run that it is made from."""

    run: str
    checkpoint: str
    name: str | None
    model: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ForkedFamily(LoadedFamily):
    """What the form of a fork needs: the fields that may differ, with what the run has as their defaults."""

    config: TrainConfig
    start: ForkStart

    @classmethod
    def of(cls, origin: Origin, start: ForkStart) -> "ForkedFamily":
        """The fields of a fork from this checkpoint. Imports torch."""
        config = origin.config
        settings: type[BaseModel] = load_family(config.type).Settings
        more = start.step + config.max_steps
        filling = Filling(texts={"max_steps": str(more)}) if config.max_steps <= start.step else None
        options = {name: getattr(config, name) for name in OPTIONS} | {"learning_rate": start.learning_rate}
        return cls(
            name=config.type,
            settings=settings,
            defaults=config.model,
            training_defaults=options,
            split=config.split.model_dump(),
            filling=filling,
            config=config,
            start=start,
        )

    def model_fields(self) -> list[Field]:
        """Those that say how a model is trained, and not what its weights mean."""
        free = [MODEL + name for name in FREE]
        return [one for one in hyperparameter_fields(self.settings, self.defaults) if one.key in free]

    def training_fields(self) -> list[Field]:
        """All but the split."""
        return [one for one in training_fields(self.training_defaults, counts=False) if one.key != SPLIT]

    def check(self, values: Mapping[str, str], data: DataConfig) -> Checked:
        """What the words in the fields amount to."""
        fixed = {MODEL + name: value_text(value) for name, value in self.config.model.items()}
        texts = {**fixed, SPLIT: self.config.split.kind, **values}
        options = self.training_defaults
        checked = check(self.name, self.settings, texts, data, options, self.split, options)
        if checked.config is None or checked.config.max_steps > self.start.step:
            return checked
        faults = {"max_steps": f"{self.start.step:,} are made: it takes more in all"}
        return Checked(None, faults, checked.parameters)


def start_title(start: ForkStart) -> str:
    """A checkpoint in the list of those to begin with."""
    return start.name if start.name.startswith("step-") else f"{start.name}, step {start.step:,}"


def start_note(start: ForkStart) -> str:
    """What it means to begin with it, in 36 characters at the most."""
    notes = {
        "best": "lowest dev; its weights alone",
        "last": "optimiser and random numbers, too",
        "final": "where it ended; its weights alone",
        "start": "where the run itself began",
    }
    return notes.get(start.name, "its weights alone")


def _plain(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value_text(value)
