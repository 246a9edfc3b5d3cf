"""The form as data: fields from the settings' own descriptions, and one plain line for each fault."""

import math
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from makemore_core.models.registry import FAMILIES
from makemore_core.presets import PRESETS
from makemore_core.training.config import DataConfig, TrainConfig
from makemore_tui.panes.train.family import LoadedFamily, preset_note
from makemore_tui.panes.train.fields import (
    check,
    hyperparameter_fields,
    number_text,
    training_fields,
    unused,
)
from makemore_tui.panes.train.words import clock, loss, many, memory, short, shortened, speed
from tests.tui.train_views import small_corpus


class Sizes(BaseModel):
    """Settings of a family that exists only here."""

    width: int = Field(200, ge=1, le=1000, description="of the hidden layer")
    dropout: float = Field(0.0, ge=0, lt=1)
    kind: Literal["tanh", "relu"] = Field("tanh", title="nonlinearity")
    bias: bool = True

    def parameter_count(self, vocab_size: int) -> int:
        return self.width * vocab_size


DATA = DataConfig.of(small_corpus())
DEFAULTS = {"optimizer": "sgd", "learning_rate": 50.0}


def values(**changes: str) -> dict[str, str]:
    fields = [*hyperparameter_fields(Sizes, {}), *training_fields(DEFAULTS, counts=False)]
    return {field.key: field.default for field in fields} | {key.replace("__", "."): v for key, v in changes.items()}


def checked(**changes: str):
    return check("bigram", Sizes, values(**changes), DATA, DEFAULTS)


def test_fields_come_from_the_settings():
    width, dropout, kind, bias = hyperparameter_fields(Sizes, {"width": 64})
    assert (width.key, width.title, width.default, width.description) == (
        "model.width",
        "width",
        "64",
        "of the hidden layer",
    )
    assert dropout.default == "0"
    assert (kind.title, kind.choices) == ("nonlinearity", ("tanh", "relu"))
    assert (bias.default, bias.choices) == ("yes", ("yes", "no"))


def test_training_fields_start_with_the_familys_own_settings():
    fields = {field.key: field for field in training_fields(DEFAULTS, counts=False)}
    assert fields["learning_rate"].default == "50"
    assert fields["optimizer"].choices == ("adamw", "sgd")
    assert fields["split"].choices == ("disjoint", "lecture", "makemore", "none")
    assert list(fields)[-1] == "name"


def test_counts_are_not_asked_for_a_learning_rate():
    keys = [field.key for field in training_fields({}, counts=True)]
    assert keys == ["split", "seed", "name"]


def test_untouched_fields_give_the_settings_and_the_parameter_count():
    result = checked()
    assert result.faults == {}
    assert isinstance(result.config, TrainConfig)
    assert result.config.learning_rate == 50
    assert result.config.model == {"width": 200, "dropout": 0.0, "kind": "tanh", "bias": True}
    assert result.parameters == 200 * (len(DATA.characters) + 1)


def test_what_is_typed_becomes_the_settings():
    config = checked(
        max_steps="12,000", model__width="7", model__bias="no", split="lecture", weight_decay="1e-2"
    ).config
    assert config is not None
    assert (config.max_steps, config.model["width"], config.model["bias"]) == (12_000, 7, False)
    assert (config.split.kind, config.weight_decay) == ("lecture", 0.01)


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("model__width", "0", "must be at least 1"),
        ("model__width", "1001", "must be at most 1,000"),
        ("model__width", "two", "a whole number is needed"),
        ("model__width", "1.5", "a whole number is needed"),
        ("model__width", "", "a whole number is needed"),
        ("model__dropout", "1", "must be below 1"),
        ("learning_rate", "0", "must be above 0"),
        ("learning_rate", "fast", "a number is needed"),
        ("learning_rate", "nan", "a number is needed"),
        ("max_steps", "-5", "must be at least 0"),
        ("seed", "-1", "must be at least 0"),
    ],
)
def test_each_fault_is_one_plain_line_at_its_field(key, text, words):
    result = checked(**{key: text})
    assert result.config is None
    assert dict(result.faults) == {key.replace("__", "."): words}


def test_a_short_run_is_looked_at_often_and_does_not_spend_itself_warming_up():
    defaults = {**DEFAULTS, "warmup": 200, "eval_interval": 500}
    result = check("bigram", Sizes, values(max_steps="100"), DATA, defaults)
    assert result.config is not None
    assert (result.config.warmup, result.config.eval_interval, result.config.sample_interval) == (100, 5, 10)
    longer = check("bigram", Sizes, values(max_steps="100000"), DATA, defaults).config
    assert longer is not None and (longer.warmup, longer.eval_interval) == (200, 500)


def test_several_faults_stand_beside_each_other():
    assert set(checked(max_steps="x", model__width="x").faults) == {"max_steps", "model.width"}


def test_the_batch_size_does_not_count_for_steps_on_the_whole_list():
    assert set(unused({"batch_by": "all"})) == {"batch_size"}
    assert unused({"batch_by": "items"}) == {}


@pytest.mark.parametrize("name", list(FAMILIES))
def test_every_family_has_a_form_whose_defaults_are_right(name):
    family = LoadedFamily.load(name)
    entry = FAMILIES[name]
    fields = [
        *hyperparameter_fields(family.settings, family.defaults),
        *training_fields(family.training_defaults, counts=entry.counts),
    ]
    assert len({field.key for field in fields}) == len(fields)
    for field in fields:
        assert not field.choices or field.default in field.choices, field
        assert field.description
    texts = {field.key: field.default for field in fields}
    result = check(name, family.settings, texts, DATA, family.training_defaults)
    assert result.faults == {}
    assert result.parameters is not None and result.parameters > 0


@pytest.mark.parametrize("name", list(FAMILIES))
def test_what_a_field_means_fits_beside_it_at_80_columns(name):
    """Of 80 columns, 2 are padding and 1 is the scroll bar; 17 hold the title, 16 the field, and 2 part the note."""
    family = LoadedFamily.load(name)
    for field in [*family.model_fields(), *family.training_fields()]:
        assert len(field.title) < 17, field
        assert all(len(word) <= 13 for word in field.choices), field
        for value in field.choices or (field.default,):
            assert len(field.hint(value)) <= 42, field
    assert len(FAMILIES[name].title) <= 18
    assert len(FAMILIES[name].summary) <= 36


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5 / 3, "5/3"),
        (50.0, "50"),
        (1e-5, "1e-05"),
        (0.1, "0.1"),
        (999999.5, "999999.5"),
        (0.123456789, "0.123456789"),
    ],
)
def test_a_number_is_the_shortest_text_that_reads_back(value, text):
    assert number_text(value) == text
    assert checked(learning_rate=text).config.learning_rate == value


@pytest.mark.parametrize("text", ["1/0", "/3", "5/", "1/2/3"])
def test_half_a_fraction_is_no_number(text):
    assert checked(learning_rate=text).faults == {"learning_rate": "a number is needed"}


@pytest.mark.parametrize("name", list(PRESETS))
def test_an_untouched_preset_gives_its_very_values(name):
    preset = PRESETS[name]
    family = LoadedFamily.load(preset.type, small_corpus(), name)
    texts = {field.key: field.default for field in [*family.model_fields(), *family.training_fields()]}
    result = family.check(texts, DATA)
    assert result.faults == {}
    assert result.config is not None
    for key, value in preset.model.items():
        assert result.config.model[key] == value, key
    # A run too short for the intervals is looked at more often.
    for key, value in preset.training.items():
        if key not in ("eval_interval", "sample_interval", "warmup"):
            assert getattr(result.config, key) == value, key
    assert {key: getattr(result.config.split, key) for key in preset.split} == dict(preset.split)
    assert len(name) <= 21 and len(preset.title) <= 60
    assert len(preset_note(name, changed=False)) <= 33


def test_numbers_in_words():
    assert [clock(s) for s in (0, 17.4, 725, 10_800, None, math.inf)] == ["0:00", "0:17", "12:05", "3:00:00", "-", "-"]
    assert [loss(v) for v in (2.45401, None, math.nan)] == ["2.4540", "-", "NaN"]
    assert [short(v) for v in (50.0, 0.000312, None)] == ["50", "0.000312", "-"]
    assert [speed(v) for v in (0.75, 1840.2)] == ["0.8", "1,840"]
    assert [shortened(v) for v in (0.75, 15_721.3, 99_949, 182_600, 999_600, 16e6, 2.5e9)] == [
        "0.8",
        "15,721",
        "99,949",
        "183k",
        "1M",
        "16M",
        "2.5G",
    ]
    assert [memory(v) for v in (211_800_000, 999_400_000, 1_250_000_000)] == ["212 MB", "999 MB", "1.2 GB"]
    assert [many(v) for v in (729, 14_348_907, 3**40, None)] == ["729", "14,348,907", "1.22e+19", "-"]
