"""Everything that decides the numbers of a training run, as one value that is checked, stored and read back.

This module imports no torch; `default_config` does, since a family's own defaults stand in its class.
"""

import re
import tomllib
from collections.abc import Container, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from makemore_core.corpus import Corpus
from makemore_core.errors import NewerVersionError, SettingsError, one_line
from makemore_core.models.registry import FAMILIES
from makemore_core.positions import Indices
from makemore_core.presets import Preset, find_preset
from makemore_core.splits import split_corpus

FORMAT = 1
"""The version of the settings' form. A higher number comes from a newer program and is refused."""

BatchBy = Literal["items", "positions", "all"]
Optimizer = Literal["adamw", "sgd"]
Schedule = Literal["constant", "linear", "cosine", "step"]
Targets = Literal["next", "expected", "smoothed"]
SplitName = Literal["disjoint", "lecture", "makemore", "none"]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class DataConfig(_Settings):
    """The list that a run learns from: enough to find it again and to know that it is the same."""

    name: str = Field(description="what a person calls the list")
    source: str = Field(description="its path, @name of a built-in list, or - for standard input")
    encoding: str = Field("utf-8", description="the encoding of its bytes")
    sha256: str = Field(description="of its raw bytes")
    content: str = Field(description="SHA-256 of its ids, the same in any encoding and with any line ends")
    items: int = Field(ge=1, description="how many items it has")
    characters: str = Field(description="its vocabulary: the distinct characters, sorted")

    @classmethod
    def of(cls, corpus: Corpus) -> "DataConfig":
        """What identifies this list."""
        return cls(
            name=corpus.name,
            source=corpus.source,
            encoding=corpus.encoding,
            sha256=corpus.sha256,
            content=content_hash(corpus),
            items=len(corpus),
            characters=corpus.vocabulary.characters,
        )


def content_hash(corpus: Corpus) -> str:
    """The SHA-256 of a list's ids, in hexadecimal."""
    little_endian = corpus.tokens.astype(corpus.tokens.dtype.newbyteorder("<"), copy=False)
    return sha256(np.ascontiguousarray(little_endian).data).hexdigest()


class Sides(NamedTuple):
    """The indices of the items that a run learns from, chooses its best checkpoint by, and is measured on."""

    train: Indices
    dev: Indices
    test: Indices


class SplitConfig(_Settings):
    """How the list is split."""

    kind: SplitName = Field("disjoint", description="disjoint, lecture, makemore, or none: everything is train")
    seed: int = Field(42, ge=0, lt=1 << 64, description="of the shuffle")

    def sides(self, corpus: Corpus) -> Sides:
        """Split a list. Raises SettingsError where the list is too long for the kind."""
        if self.kind == "none":
            nothing = np.zeros(0, dtype=np.int64)
            return Sides(np.arange(len(corpus)), nothing, nothing)
        split = split_corpus(corpus, self.kind, self.seed)
        return Sides(split.train, split.dev, split.test)


class ForkedFrom(_Settings):
    """Where a run has its first weights from: another run's checkpoint, whose steps it goes on to count."""

    run: str = Field(description="what the other run was called then")
    checkpoint: str = Field(description="the name of its checkpoint")
    step: int = Field(ge=0, description="how many updates those weights had seen")


class TrainConfig(_Settings):
    """The settings of one run. Two runs with equal settings on one machine give equal numbers.

    `TrainConfig.model_validate_json(config.model_dump_json()) == config` always holds.
    """

    format: int = Field(FORMAT, ge=1, le=FORMAT)
    type: str = Field(description="the model family's name in the registry")
    model: dict[str, Any] = Field(default_factory=dict, description="the hyperparameters of the family")
    data: DataConfig
    split: SplitConfig = SplitConfig()
    forked_from: ForkedFrom | None = Field(None, description="where its first weights are from; None: from its seed")

    batch_by: BatchBy = Field("items", description="a step sees some items, some positions, or all of the list")
    batch_size: int = Field(32, ge=1, le=1 << 24, description="items or positions in a step")
    targets: Targets = Field(
        "next", description="what follows in the item drawn, after its beginning on average, or smoothed"
    )
    max_steps: int = Field(1000, ge=0, le=1 << 40, description="steps in all")
    seed: int = Field(2147483647, ge=0, lt=1 << 63, description="of initial weights, batches and samples")

    optimizer: Optimizer = Field("adamw", description="adamw, or sgd as in the lectures")
    learning_rate: float = Field(5e-4, gt=0, le=1e6, description="the highest that the schedule reaches")
    betas: tuple[float, float] = Field((0.9, 0.99), description="adamw: decay of the two running means")
    momentum: float = Field(0.0, ge=0, lt=1, description="sgd: share of the last update that is kept")
    weight_decay: float = Field(0.01, ge=0, le=1e3, description="pulls every weight towards 0")
    l2_mean: float = Field(0.0, ge=0, le=1e3, description="times the mean of W**2, added to the loss")
    grad_clip: float | None = Field(None, gt=0, description="longest gradient; longer ones are shortened to it")
    ema: float = Field(0.0, ge=0, lt=1, description="share of the weights' average that a step keeps; 0: no average")

    schedule: Schedule = Field("constant", description="how the learning rate changes after the warm-up")
    warmup: int = Field(0, ge=0, description="steps in which the learning rate rises from 0")
    final_factor: float = Field(0.0, ge=0, le=1, description="linear, cosine: share of the rate left at the end")
    decay_at: tuple[float, ...] = Field((0.5,), description="step: shares of all steps after which the rate falls")
    decay_factor: float = Field(0.1, gt=0, le=1, description="step: what the rate is multiplied by then")

    eval_interval: int = Field(500, ge=1, description="steps between two looks at train and dev loss")
    eval_items: int = Field(5000, ge=0, description="items of a side that stand for it meanwhile; 0: all of them")
    overfitting_after: int = Field(5, ge=0, description="looks in a row at a risen dev that are told; 0: never")
    patience: int = Field(0, ge=0, description="looks without a better dev that end the run early; 0: never")
    sample_interval: int = Field(500, ge=1, description="steps between two sets of samples")
    sample_items: int = Field(10, ge=0, le=1000, description="items in a set of samples")
    diagnostics_interval: int = Field(200, ge=0, description="steps between two looks inside the network; 0: never")
    snapshots: int = Field(24, ge=0, le=1000, description="weights kept for looking back, at most; 0: none")
    checkpoint_interval: int = Field(0, ge=0, description="steps between checkpoints; 0: by time, see the process")

    device: str = Field("cpu", description="cpu, cuda, cuda:N or mps")
    threads: int = Field(1, ge=1, le=256, description="processor cores that one operation may use")

    @field_validator("device")
    @classmethod
    def _is_a_device(cls, device: str) -> str:
        if not re.fullmatch(r"cpu|cuda(:\d+)?|mps", device):
            raise ValueError(f"cpu, cuda, cuda:N or mps, not {device!r}")
        return device

    @model_validator(mode="after")
    def _fits_together(self) -> "TrainConfig":
        if not all(0 <= beta < 1 for beta in self.betas):
            raise ValueError(f"betas must be at least 0 and below 1, not {self.betas}")
        if not all(0 < share < 1 for share in self.decay_at):
            raise ValueError(f"decay_at holds shares of all steps, between 0 and 1, not {self.decay_at}")
        if self.warmup > self.max_steps:
            raise ValueError(f"warmup ({self.warmup}) must not be longer than max_steps ({self.max_steps})")
        return self

    @model_validator(mode="after")
    def _suits_the_family(self) -> "TrainConfig":
        family = FAMILIES.get(self.type)
        if family is None or family.counts or self.batch_by != "positions":
            return self
        if family.remembers_all:
            raise ValueError(
                f"batches must be of items or all for {self.type}, which remembers any number of characters"
            )
        if family.normalises and self.batch_size < 2:
            raise ValueError(f"batch size must be at least 2 for {self.type}, which normalises over the positions")
        return self

    def changed(self, **changes: Any) -> "TrainConfig":
        """The same settings but for these. Raises SettingsError."""
        return make_config({**self.model_dump(), **changes})


_OTHERS = ("format", "type", "model", "data", "split", "forked_from")
OPTIONS = tuple(name for name in TrainConfig.model_fields if name not in _OTHERS)
"""The settings that are plain numbers and words: the options of `train`, the keys of a settings file."""

HYPERPARAMETERS = {
    "order": "order",
    "smoothing": "smoothing",
    "dropout": "dropout",
    "block_size": "context",
    "n_layer": "layers",
    "n_head": "heads",
    "n_embd": "embedding",
    "n_embd2": "hidden",
}
"""Options of `train` that are hyperparameters, and what the models call them: most names are makemore.py's."""


def make_config(values: Mapping[str, Any]) -> TrainConfig:
    """Check settings. Raises SettingsError with one line that names each setting that is wrong."""
    try:
        return TrainConfig.model_validate(dict(values))
    except ValidationError as error:
        raise SettingsError(one_line(error)) from None


def default_config(
    type: str,
    corpus: Corpus,
    *,
    preset: str | None = None,
    model: Mapping[str, Any] | None = None,
    split: Mapping[str, Any] | None = None,
    **changes: Any,
) -> TrainConfig:
    """The settings that a family trains with where nothing else is asked for; `changes` are what is.

    With a `preset`, what is not asked for is as in the preset. All hyperparameters are written out, so that a run keeps
    its meaning when a default changes. Imports torch. Raises SettingsError.
    """
    from makemore_core.devices import resolve_device
    from makemore_core.models.registry import family_defaults, family_settings, find_family, training_defaults

    start = None if preset is None else preset_for(preset, type)
    suited = {**family_defaults(type, int(corpus.lengths.max())), **(start.model if start else {})}
    settings = family_settings(type, {**suited, **(model or {})}).model_dump()
    values: dict[str, Any] = {"max_steps": 1} if find_family(type).counts else {}
    suits = start.training if start else training_defaults(type, corpus.lengths, settings.get("context"))
    values |= {**suits, **changes}
    if isinstance(values.get("device"), str):
        values["device"] = "cpu" if find_family(type).counts else resolve_device(values["device"])
    return make_config(
        {
            **fit_to_steps(values, changes),
            "type": type,
            "model": settings,
            "data": DataConfig.of(corpus),
            "split": {**(start.split if start else {}), **(split or {})},
        }
    )


def preset_for(name: str, type: str) -> Preset:
    """The preset of this name. Raises SettingsError where there is none, or it is of another family."""
    preset = find_preset(name)
    if preset.type != type:
        raise SettingsError(f"the preset {name} is of type {preset.type}, not {type}: leave out one of the two")
    return preset


def fit_to_steps(values: Mapping[str, Any], chosen: Container[str]) -> dict[str, Any]:
    """Settings for a run of so many steps: a short one is looked at as often as a long one, within reason, and does
    not spend itself warming up. What was `chosen` by a person stays as it is.
    """
    steps = values.get("max_steps", _field_default("max_steps"))
    if not isinstance(steps, int):
        return dict(values)
    longest = {"eval_interval": steps // 20, "sample_interval": steps // 10, "diagnostics_interval": steps // 20}
    fitted = {name: min(values.get(name, _field_default(name)), max(most, 1)) for name, most in longest.items()}
    fitted["warmup"] = min(values.get("warmup", 0), max(steps, 0))
    return {**values, **{name: value for name, value in fitted.items() if name not in chosen}}


def _field_default(name: str) -> int:
    default: int = TrainConfig.model_fields[name].default
    return default


def read_config(text: str) -> TrainConfig:
    """Settings from their JSON form. Raises SettingsError, also where a newer program wrote them."""
    try:
        return TrainConfig.model_validate_json(text)
    except ValidationError as error:
        faults = error.errors()
        if any(fault["loc"] == ("format",) and fault["type"] == "less_than_equal" for fault in faults):
            raise NewerVersionError("written by a newer version: update makemore-tui to open this run") from None
        raise SettingsError(one_line(error)) from None


def read_settings_file(path: Path) -> dict[str, Any]:
    """The settings in a TOML file, by the names of `train`'s options; the table `[model]` holds hyperparameters.

    Returns what the file holds, dashes in names turned to underscores. Raises SettingsError where it cannot be read
    or holds a name that is no option.
    """
    of_the_list = {"input_file", "encoding", "split", "split_seed"}
    known = {*OPTIONS, *HYPERPARAMETERS, *of_the_list, "preset", "type", "name", "model"}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: the settings cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: this is not a TOML file: {error}") from None
    settings = {name.replace("-", "_"): value for name, value in values.items()}
    for name in settings:
        if name not in known:
            raise SettingsError(f"{path}: there is no setting '{name}': it is one of {', '.join(sorted(known))}")
    if not isinstance(settings.get("model", {}), dict):
        raise SettingsError(f"{path}: model is a table of hyperparameters: write them below [model]")
    return settings


def choices(option: str) -> tuple[str, ...]:
    """The words that an option takes; none where it takes a number."""
    words: Mapping[str, Any] = {
        "batch_by": BatchBy,
        "targets": Targets,
        "optimizer": Optimizer,
        "schedule": Schedule,
        "split": SplitName,
    }
    return get_args(words[option]) if option in words else ()
