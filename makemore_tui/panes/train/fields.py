"""The fields of the form, made from the settings' own descriptions, and what is wrong with the words in them.

Nothing here knows a model family: a field's title, bounds, choices and default come from the pydantic model.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from makemore_core.errors import SettingsError
from makemore_core.runs.folder import check_name
from makemore_core.training.config import DataConfig, SplitConfig, TrainConfig, choices, fit_to_steps

MODEL = "model."
SPLIT = "split"
NAME = "name"
MAIN = (
    "max_steps",
    "batch_by",
    "batch_size",
    "optimizer",
    "learning_rate",
    "schedule",
    "weight_decay",
    "l2_mean",
    "seed",
)
"""The settings of training that the form offers; the others keep the family's defaults."""
FOR_COUNTS = ("seed",)
"""Those that matter to a family that is fitted by counting."""
_RATIO = re.compile(r"(-?\d+\.?\d*) */ *(\d+\.?\d*)", re.ASCII)
_LONG = 12
"""A number of this many characters is written as a fraction where it is one."""
_TITLES = {"max_steps": "steps", "batch_by": "batches of", "batch_size": "batch size", "l2_mean": "regularisation"}
_HINTS = {
    ("split", "disjoint"): "repeats of an item stay on one side",
    ("split", "lecture"): "as in the lectures: repeats leak into dev",
    ("split", "makemore"): "as in makemore.py: repeats leak into test",
    ("split", "none"): "everything is train",
    ("batch_by", "items"): "whole items in each step",
    ("batch_by", "positions"): "single characters in each step",
    ("batch_by", "all"): "the whole list in each step",
    ("optimizer", "adamw"): "a step size of its own for each weight",
    ("optimizer", "sgd"): "one step size, as in the lectures",
    ("schedule", "constant"): "the learning rate stays",
    ("schedule", "linear"): "the rate falls on a straight line",
    ("schedule", "cosine"): "the rate falls slowly, fast, slowly",
    ("schedule", "step"): "the rate falls once, half-way",
}


@dataclass(frozen=True)
class Field:
    """One line of the form."""

    key: str
    """`model.<name>` for a hyperparameter, the name in `TrainConfig` for the others."""
    title: str
    description: str
    default: str
    choices: tuple[str, ...] = ()
    """The words to choose from; none where something is typed."""

    def hint(self, value: str) -> str:
        """What the field, or the word chosen in it, means."""
        return _HINTS.get((self.key, value), self.description)


@dataclass(frozen=True)
class Checked:
    """What the words in the form amount to."""

    config: TrainConfig | None
    faults: Mapping[str, str] = field(default_factory=dict)
    """What is wrong, in one line, by the key of the field; the key "" is for the settings as a whole."""
    parameters: int | None = None


def hyperparameter_fields(settings: type[BaseModel], defaults: Mapping[str, Any]) -> list[Field]:
    """A field for each hyperparameter of a family; `defaults` override those of the class."""
    return [
        _field(MODEL + name, name, info, defaults.get(name, info.default))
        for name, info in settings.model_fields.items()
    ]


def training_fields(
    defaults: Mapping[str, Any], *, counts: bool, split: Mapping[str, Any] | None = None
) -> list[Field]:
    """The fields of training; `defaults` are those of the family or preset, by their names in `TrainConfig`."""
    kind = SplitConfig.model_fields["kind"]
    chosen = str((split or {}).get("kind", kind.default))
    sides = Field(SPLIT, "split", kind.description or "", chosen, choices(SPLIT))
    rest = [
        _field(name, name, TrainConfig.model_fields[name], defaults.get(name, TrainConfig.model_fields[name].default))
        for name in (FOR_COUNTS if counts else MAIN)
    ]
    name = Field(NAME, "name", "of the run; empty: the next free one", "")
    return [sides, *rest, name]


def check(
    family: str,
    settings: type[BaseModel],
    values: Mapping[str, str],
    data: DataConfig,
    defaults: Mapping[str, Any],
    split: Mapping[str, Any] | None = None,
    kept: Mapping[str, Any] | None = None,
) -> Checked:
    """Check what stands in the form: the text of each field by its key.

    `defaults` are the settings of training, and `split` those of the split, that the family or a preset brings; what
    the form does not show is taken from them. What is `kept` stays as it is whatever the number of steps.
    """
    faults: dict[str, str] = {}
    model: BaseModel | None = None
    words = {key.removeprefix(MODEL): typed_value(text) for key, text in values.items() if key.startswith(MODEL)}
    try:
        model = settings.model_validate(words)
    except ValidationError as error:
        faults |= faults_of(error, MODEL)
    training = {key: typed_value(text) for key, text in values.items() if key in MAIN}
    config: TrainConfig | None = None
    try:
        config = TrainConfig.model_validate(
            {
                **fit_to_steps({**defaults, **(kept or {}), **training}, {**(kept or {}), **training}),
                "type": family,
                "model": model.model_dump() if model else {},
                "data": data,
                "split": {**(split or {}), "kind": values.get(SPLIT, "disjoint")},
            }
        )
    except ValidationError as error:
        faults |= faults_of(error, "")
    count = getattr(model, "parameter_count", None)
    parameters = count(len(data.characters) + 1) if count else None
    return Checked(None if faults else config, faults, parameters)


def unused(values: Mapping[str, str]) -> dict[str, str]:
    """The fields that do not count beside what is chosen in others, with the reason."""
    return {"batch_size": "each step sees the whole list"} if values.get("batch_by") == "all" else {}


def name_fault(name: str, home: Path) -> str | None:
    """What is wrong with the name of a run; None where nothing is, or the next free one is to be taken."""
    if not name:
        return None
    try:
        check_name(name)
    except SettingsError:
        return "letters, digits and . _ + - only" if name[0].isalnum() else "a letter or digit must come first"
    return "this name is taken" if (home / name).exists() else None


def fault_text(fault: Mapping[str, Any]) -> str:
    """One fault of pydantic's in a few plain words."""
    context = fault.get("ctx", {})
    match fault["type"]:
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return "a whole number is needed"
        case "float_parsing" | "float_type" | "finite_number":
            return "a number is needed"
        case "greater_than":
            return f"must be above {_number(context['gt'])}"
        case "greater_than_equal":
            return f"must be at least {_number(context['ge'])}"
        case "less_than":
            return f"must be below {_number(context['lt'])}"
        case "less_than_equal":
            return f"must be at most {_number(context['le'])}"
        case "value_error":
            return str(context["error"])
    message = str(fault["msg"]).removeprefix("Input should be ")
    return message[:1].lower() + message[1:]


def faults_of(error: ValidationError, prefix: str) -> dict[str, str]:
    """What is wrong, by the key of the field."""
    found: dict[str, str] = {}
    for fault in error.errors():
        location: Iterable[Any] = fault["loc"]
        key = next((prefix + str(part) for part in location), "")
        found.setdefault(key, fault_text(dict(fault)))
    return found


def _field(key: str, name: str, info: FieldInfo, default: Any) -> Field:
    title = info.title or _TITLES.get(name, name.replace("_", " "))
    return Field(key, title, info.description or "", value_text(default), _words(info, name))


def _words(info: FieldInfo, name: str) -> tuple[str, ...]:
    annotation = info.annotation
    if annotation is bool:
        return ("yes", "no")
    if get_origin(annotation) is Literal:
        return tuple(map(str, get_args(annotation)))
    return choices(name)


def value_text(value: Any) -> str:
    """A setting as it stands in a field."""
    if value is None or value is NoneType:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number_text(value) if isinstance(value, float) else str(value)


def number_text(value: float) -> str:
    """The shortest text that the form reads back as this very number; a fraction where that is shorter: 5/3."""
    text = next((rounded for rounded in (f"{value:g}", f"{value:.0f}") if float(rounded) == value), repr(value))
    if len(text) < _LONG or value != value:
        return text
    ratio = Fraction(value).limit_denominator(100)
    exact = ratio.denominator > 1 and ratio.numerator / ratio.denominator == value
    return f"{ratio.numerator}/{ratio.denominator}" if exact else text


def typed_value(text: str) -> str | int | float | None:
    """What pydantic is given: it reads other numbers and yes or no from text itself; nothing is None."""
    plain = text.strip().replace(",", "")
    if (ratio := _RATIO.fullmatch(plain)) is not None and float(ratio[2]):
        return float(ratio[1]) / float(ratio[2])
    return int(plain) if plain.isascii() and plain.isdecimal() else plain or None


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) and value < 1_000_000_000 else f"{value:g}"
