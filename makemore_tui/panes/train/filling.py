"""What the form of a new run is filled with beside the defaults: the settings used last, or those of another run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from makemore_core.training.config import OPTIONS, TrainConfig
from makemore_tui.panes.train.fields import MAIN, MODEL, NAME, SPLIT, Checked, value_text

if TYPE_CHECKING:
    from makemore_core.training.config import DataConfig
    from makemore_tui.panes.train.family import LoadedFamily


@dataclass(frozen=True)
class Filling:
    """What departs from the defaults of a family, or from a preset."""

    preset: str = ""
    """The preset that it departs from; empty: from the family's own defaults."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """What stands in the fields, by their keys."""
    hidden: Mapping[str, Any] = field(default_factory=dict)
    """Settings of training that the form has no field for, by their names in `TrainConfig`."""
    split: Mapping[str, Any] = field(default_factory=dict)
    """Of the split, beside its kind."""
    steps: int | None = None
    """The steps that `hidden` is meant for; with another number of them, intervals follow as they always do."""
    copy_of: str = ""
    """The run that it was taken from; empty: a person typed it."""

    @classmethod
    def read(cls, stored: Any) -> "Filling | None":
        """What `stored` gave out; None where it is something else, as in a file that was damaged."""
        kinds = {"preset": str, "texts": dict, "hidden": dict, "split": dict, "steps": int | None}
        if not isinstance(stored, dict) or not all(isinstance(stored.get(key), kind) for key, kind in kinds.items()):
            return None
        if not all(isinstance(text, str) for text in stored["texts"].values()) or not _are_settings(stored):
            return None
        return cls(**{key: stored[key] for key in kinds})

    def stored(self) -> dict[str, Any]:
        """As plain data for JSON."""
        values = asdict(self)
        del values["copy_of"]
        return values


def _are_settings(stored: Mapping[str, Any]) -> bool:
    """Whether what has no field is such that a run could have it."""
    if not (set(stored["hidden"]) <= set(OPTIONS) and set(stored["split"]) <= {"seed"}):
        return False
    anything = {"name": "", "source": "", "sha256": "", "content": "", "items": 1, "characters": ""}
    settings = {"max_steps": 1 << 40, **stored["hidden"], "split": stored["split"], "type": "", "data": anything}
    try:
        TrainConfig.model_validate(settings)
    except ValidationError:
        return False
    return True


def filling_of(family: "LoadedFamily", values: Mapping[str, str], config: TrainConfig) -> Filling:
    """What a person has filled a form with, whose fields hold `values` and amount to `config`."""
    fields = [*family.model_fields(), *family.training_fields()]
    texts = {one.key: values[one.key] for one in fields if one.key != NAME and values[one.key] != one.default}
    before = family.filling or Filling()
    return Filling(family.preset, texts, before.hidden, before.split, before.steps and config.max_steps)


def copied(family: "LoadedFamily", data: "DataConfig | None", *, run: str, config: TrainConfig) -> Filling:
    """The settings of a run, as they depart from the defaults of its family on the list at hand."""
    fields = [*family.model_fields(), *family.training_fields()]
    texts = {one.key: text for one in fields if (text := _text(config, one.key)) is not None and text != one.default}
    values = {one.key: texts.get(one.key, one.default) for one in fields}
    plain = family.check(values, data or config.data)
    split = {"seed": config.split.seed} if config.split.seed != plain_seed(plain, family) else {}
    hidden = {}
    if plain.config is not None and not family.counts:
        others = [name for name in OPTIONS if name not in MAIN]
        hidden = {
            name: getattr(config, name) for name in others if getattr(config, name) != getattr(plain.config, name)
        }
    return Filling("", texts, hidden, split, config.max_steps, run)


def plain_seed(checked: Checked, family: "LoadedFamily") -> int | None:
    """The seed of the split that the form would use by itself."""
    seed = family.split.get("seed") if checked.config is None else checked.config.split.seed
    return None if seed is None else int(seed)


def _text(config: TrainConfig, key: str) -> str | None:
    """What a field would hold; None where the run does not say."""
    if key == SPLIT:
        return config.split.kind
    if key.startswith(MODEL):
        name = key.removeprefix(MODEL)
        return value_text(config.model[name]) if name in config.model else None
    return value_text(getattr(config, key)) if key in OPTIONS else None
