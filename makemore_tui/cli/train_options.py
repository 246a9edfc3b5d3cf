"""From the options of `train` and a settings file to the settings of a run."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from makemore_core.errors import SettingsError

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus
    from makemore_core.training.config import TrainConfig

DEFAULT_LIST = "@names"
DEFAULT_TYPE = "bigram"
DEFAULT_ENCODING = "utf-8"


@dataclass(frozen=True)
class Wanted:
    """What a person asked for; everything else is left to the family's defaults."""

    source: str
    type: str
    preset: str | None
    name: str | None
    model: Mapping[str, Any]
    split: Mapping[str, Any]
    training: Mapping[str, Any]
    encoding: str = DEFAULT_ENCODING
    typed: Mapping[str, str] = field(default_factory=dict)
    """The hyperparameters that were given as options of their own: what those are called, and the hyperparameters."""

    @classmethod
    def of(cls, options: Mapping[str, Any], file: Path | None, settings: Iterable[str]) -> "Wanted":
        """Put together a settings file and the options, which win. Raises SettingsError."""
        from makemore_core.presets import find_preset
        from makemore_core.training.config import HYPERPARAMETERS, preset_for, read_settings_file

        values = {**(_checked(read_settings_file(file), file) if file is not None else {}), **options}
        typed = {option: key for option, key in HYPERPARAMETERS.items() if option in options}
        model = dict(values.pop("model", {}))
        model |= {key: values.pop(option) for option, key in HYPERPARAMETERS.items() if option in values}
        model |= dict(parse_setting(text) for text in settings)
        preset = values.pop("preset", None)
        type = str(values.pop("type", DEFAULT_TYPE if preset is None else find_preset(preset).type))
        if preset is not None:
            preset_for(preset, type)
        split = {"kind": values.pop("split", None), "seed": values.pop("split_seed", None)}
        return cls(
            source=str(values.pop("input_file", DEFAULT_LIST)),
            type=type,
            preset=preset,
            name=values.pop("name", None),
            model=model,
            split={key: value for key, value in split.items() if value is not None},
            encoding=str(values.pop("encoding", DEFAULT_ENCODING)),
            training=values,
            typed=typed,
        )

    def config(self, corpus: "Corpus") -> "TrainConfig":
        """The settings of a run on this list. Imports torch. Raises SettingsError."""
        from makemore_core.models.registry import family_settings
        from makemore_core.training.config import HYPERPARAMETERS, default_config

        has = type(family_settings(self.type)).model_fields
        if foreign := [_written(option) for option, key in self.typed.items() if key not in has]:
            own = [_written(option) for option, key in HYPERPARAMETERS.items() if key in has]
            instead = f"it has {', '.join(own)}" if own else "it has none of these"
            raise SettingsError(f"{self.type} has no {' and no '.join(foreign)}: {instead}")
        return default_config(
            self.type, corpus, preset=self.preset, model=self.model, split=self.split, **self.training
        )


def _written(option: str) -> str:
    return f"--{option.replace('_', '-')}"


def _checked(values: dict[str, Any], file: Path) -> dict[str, Any]:
    """What a file holds, once its words are words and no number is written as true or false. Raises SettingsError."""
    for name, value in values.items():
        if name in ("name", "type", "input_file", "preset", "encoding") and not isinstance(value, str):
            raise SettingsError(f"{file}: {name} must be a word in quotes, not {value!r}")
        if isinstance(value, bool):
            raise SettingsError(f"{file}: {name} must not be {str(value).lower()}: no setting of training is")
    return values


def parse_setting(text: str) -> tuple[str, Any]:
    """`key=value`, the value a number, true, false, null, or else a word. Raises SettingsError."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise SettingsError(f"--set takes KEY=VALUE, not {text!r}")
    try:
        return key.replace("-", "_"), json.loads(value)
    except ValueError:
        return key.replace("-", "_"), value


def refuse_all_but(
    allowed: set[str], options: Mapping[str, Any], config: Path | None, settings: list[str] | None
) -> None:
    """Raise SettingsError where a run that goes on is told to be another one."""
    others = [f"--{name.replace('_', '-')}" for name in options if name not in allowed]
    others += ["--config"] if config is not None else []
    others += ["--set"] if settings else []
    if others:
        raise SettingsError(f"--resume goes on with the settings of the run: leave out {', '.join(others)}")
