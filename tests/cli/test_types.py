"""`types`: what is listed of each family is what a run of it gets, and can be typed."""

import inspect
import json
import shlex
from itertools import pairwise
from typing import Any

import pytest

from makemore_core.errors import SettingsError
from makemore_core.models.registry import FAMILIES, load_family
from makemore_core.training.config import default_config
from makemore_tui.cli import families, training
from makemore_tui.cli.train_options import Wanted
from tests.cli.calling import Commands
from tests.core.models import small_corpus

commands = Commands(families, training)


def words_of(name: str) -> list[str]:
    """What `types NAME` prints, without the first and the last line, as the words of a command line."""
    return [word for line in commands.run("types", name).splitlines()[1:-2] for word in shlex.split(line, posix=False)]


def test_every_family_is_listed_within_80_columns() -> None:
    lines = commands.run("types").splitlines()
    assert max(map(len, lines)) <= 80
    for family in FAMILIES.values():
        assert f"{family.name}: {family.title}, {family.summary}" in lines


@pytest.mark.parametrize("name", FAMILIES)
def test_the_defaults_are_those_of_a_run(name: str) -> None:
    (found,) = commands.json("types", name)["types"]
    config = default_config(name, small_corpus())
    listed = {one["name"]: one["default"] for one in found["hyperparameters"]}
    longest = int(small_corpus().lengths.max()) + 1
    assert {key: longest if value is None else value for key, value in listed.items()} == config.model
    training_values = config.model_dump(mode="json")
    assert {key: training_values[key] for key in found["training"]} == found["training"]
    fields = load_family(name).Settings.model_fields
    assert all((fields[one["name"]].description or "-") in one["description"] for one in found["hyperparameters"])


@pytest.mark.parametrize("name", FAMILIES)
def test_what_is_printed_can_be_typed(name: str) -> None:
    words = words_of(name)
    known = inspect.signature(training.train).parameters
    options = [word.removeprefix("--").replace("-", "_") for word in words if word.startswith("--")]
    assert all(option in known or option == "set" for option in options)
    settings = [value for option, value in pairwise(words) if option == "--set"]
    given: dict[str, Any] = {}
    for option, value in pairwise(words):
        if option.startswith("--") and option != "--set" and value != "N":
            given[option.removeprefix("--").replace("-", "_")] = number(value)
    typed = Wanted.of({"type": name, **given}, None, settings).config(small_corpus())
    plain = default_config(name, small_corpus())
    for key, value in plain.model.items():  # five thirds have no last digit
        assert typed.model[key] == (pytest.approx(value, rel=1e-5) if isinstance(value, float) else value)
    assert typed.changed(model={}) == plain.changed(model={})


def number(word: str) -> Any:
    try:
        return json.loads(word)
    except ValueError:
        return word


def test_a_type_that_is_none() -> None:
    with pytest.raises(SettingsError, match="there is no model type 'gpt5'"):
        commands.invoke("types", "gpt5")
