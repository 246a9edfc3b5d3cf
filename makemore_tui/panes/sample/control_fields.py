"""All controls of sampling as fields to type in: what each means, and what is wrong with the words in it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from makemore_core.errors import SettingsError
from makemore_tui.display import character_label

if TYPE_CHECKING:
    from makemore_core.sampling import Controls
    from makemore_core.vocabulary import Vocabulary

Kind = Literal["number", "whole", "text", "choice"]
PROMPT = "prompt"
NO, YES = "no", "yes"


@dataclass(frozen=True)
class ControlField:
    """One line of the form: a field of `Controls`, or the prompt."""

    name: str
    title: str
    hint: str
    kind: Kind = "number"
    off: str = "off"
    """What an empty field means."""


FIELDS = (
    ControlField("temperature", "temperature", "below 1 sharper, 0 the most probable", off="1"),
    ControlField("top_k", "top-k", "keep the k most probable", "whole"),
    ControlField("top_p", "top-p", "keep the most probable up to p together"),
    ControlField("min_p", "min-p", "at least this share of the most probable"),
    ControlField("repetition_penalty", "repetition", "above 1: what stands there comes less"),
    ControlField(PROMPT, "prompt", "every new item begins with it", "text", off="none"),
    ControlField("banned", "banned", "characters that are never drawn", "text", off="none"),
    ControlField("min_length", "least length", "the end is not drawn before", "whole", off="0"),
    ControlField("max_length", "largest length", "items are cut off there", "whole", off="500"),
    ControlField("only_new", "only new", "no item that stands in the data", "choice"),
)


@dataclass(frozen=True)
class CheckedControls:
    """What the words in the form amount to."""

    controls: "Controls | None"
    """None where something is wrong."""

    prompt: str
    faults: Mapping[str, str]
    """What is wrong, by the name of the field; under the empty name what is wrong with several together."""


def texts_of(controls: "Controls", prompt: str) -> dict[str, str]:
    """What stands in the fields; empty is a control at rest."""
    from makemore_core.sampling import Controls

    rest, texts = Controls(), {}
    for field in FIELDS:
        value = prompt if field.name == PROMPT else getattr(controls, field.name)
        at_rest = "" if field.name == PROMPT else getattr(rest, field.name)
        if field.kind == "choice":
            texts[field.name] = YES if value else NO
        else:
            texts[field.name] = "" if value == at_rest or value is None else _written(value)
    return texts


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def check(texts: Mapping[str, str], base: "Controls", vocabulary: "Vocabulary") -> CheckedControls:
    """Read the words of all fields; what has no field, as the kind of draw, is that of `base`."""
    from makemore_core.sampling import Controls

    rest = Controls()
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for field in FIELDS:
        try:
            value = _read(field, texts[field.name], None if field.name == PROMPT else getattr(rest, field.name))
            if field.kind == "text":
                _check_known(value, vocabulary)
            if field.name != PROMPT:
                replace(rest, **{field.name: value})
            values[field.name] = value
        except SettingsError as error:
            faults[field.name] = str(error)
    prompt = values.pop(PROMPT, "")
    if faults:
        return CheckedControls(None, prompt, faults)
    try:
        controls = replace(base, **values)
        if len(prompt) >= controls.max_length:
            raise SettingsError(
                f"the prompt has {len(prompt)} characters and items are cut off at {controls.max_length}"
            )
    except SettingsError as error:
        return CheckedControls(None, prompt, {"": str(error)})
    return CheckedControls(controls, prompt, {})


def _read(field: ControlField, text: str, at_rest: object) -> Any:
    """The value that a text stands for. Raises SettingsError."""
    if field.kind == "text":
        return text
    if field.kind == "choice":
        return text == YES
    if not text.strip():
        return at_rest
    try:
        number = int(text.replace(",", "")) if field.kind == "whole" else float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise SettingsError("a whole number is needed" if field.kind == "whole" else "a number is needed")
    return number


def _check_known(text: str, vocabulary: "Vocabulary") -> None:
    for character in text:
        if character not in vocabulary:
            raise SettingsError(f"the model knows no '{character_label(character)}'")


def changed_words(controls: "Controls", prompt: str) -> tuple[str, ...]:
    """The controls that have no slider and are not at rest, each in a word or two."""
    from makemore_core.sampling import Controls

    rest = Controls()
    words = []
    if prompt:
        words.append(f"prompt {_labels(prompt)}")
    if controls.min_p != rest.min_p:
        words.append(f"min-p {controls.min_p:g}")
    if controls.repetition_penalty != rest.repetition_penalty:
        words.append(f"rep {controls.repetition_penalty:g}")
    if controls.banned:
        words.append(f"no {_labels(controls.banned)}")
    if (controls.min_length, controls.max_length) != (rest.min_length, rest.max_length):
        words.append(f"length {controls.min_length} to {controls.max_length}")
    if controls.only_new:
        words.append("only new")
    return tuple(words)


def _labels(text: str) -> str:
    return "".join(character_label(character) for character in text)
