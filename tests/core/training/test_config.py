"""The settings of a run: one line for what is wrong, the same value back from JSON, files of settings."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.corpus import corpus_from_bytes
from makemore_core.errors import SettingsError
from makemore_core.models.base import CountModel
from makemore_core.models.batch_norm import BatchNorm
from makemore_core.models.registry import FAMILIES, build_model, load_family
from makemore_core.training.config import (
    OPTIONS,
    DataConfig,
    SplitConfig,
    choices,
    default_config,
    make_config,
    read_config,
    read_settings_file,
)
from makemore_core.training.events import Stepped
from makemore_core.training.loop import Training
from tests.core.models import small_corpus

CORPUS = small_corpus()
BASE = {"type": "bigram", "data": DataConfig.of(CORPUS)}


@given(
    learning_rate=st.floats(1e-9, 1e6),
    seed=st.integers(0, (1 << 63) - 1),
    decay_at=st.lists(st.floats(0.01, 0.99), max_size=3).map(tuple),
    clip=st.none() | st.floats(1e-6, 1e6),
    model=st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.text(max_size=5)),
)
def test_json_gives_the_same_settings(**values: Any) -> None:
    values["grad_clip"] = values.pop("clip")
    config = make_config({**BASE, **values})
    assert read_config(config.model_dump_json()) == config


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"batch_size": 0}, "batch_size must be greater than or equal to 1, not 0"),
        ({"learning_rate": -1}, "learning_rate must be greater than 0, not -1"),
        ({"learning_rate": float("nan")}, "learning_rate must be a finite number, not nan"),
        ({"schedule": "up"}, "schedule must be 'constant', 'linear', 'cosine' or 'step', not 'up'"),
        ({"batchsize": 3}, "there is no setting 'batchsize'"),
        ({"split": {"kind": "thirds"}}, r"split\.kind must be 'disjoint'"),
        ({"warmup": 11, "max_steps": 10}, r"warmup \(11\) must not be longer than max_steps \(10\)"),
        ({"betas": (0.9, 1.0)}, "betas must be at least 0 and below 1"),
        ({"decay_at": (2.0,)}, "decay_at holds shares of all steps"),
        ({"device": "tpu"}, "device: cpu, cuda, cuda:N or mps, not 'tpu'"),
        ({"batch_size": 0, "momentum": 1}, "batch_size must .*; momentum must"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(values: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message) as error:
        make_config({**BASE, **values})
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("type", ["rnn", "gru", "lstm"])
def test_what_remembers_everything_is_not_trained_by_positions(type: str) -> None:
    for make in (lambda **values: make_config({**BASE, **values, "type": type}), partial(default_config, type, CORPUS)):
        with pytest.raises(SettingsError, match=f"^batches must be of items or all for {type}, which remembers any"):
            make(batch_by="positions")
        assert make(batch_by="all").batch_by == "all"


@pytest.mark.parametrize("type", ["batchnorm", "wavenet"])
def test_what_is_normalised_over_the_batch_needs_two_positions(type: str) -> None:
    with pytest.raises(SettingsError, match=f"^batch size must be at least 2 for {type}, which normalises over"):
        default_config(type, CORPUS, batch_by="positions", batch_size=1)
    assert default_config(type, CORPUS, batch_by="positions", batch_size=2).batch_size == 2
    assert default_config(type, CORPUS, batch_by="items", batch_size=1).batch_size == 1
    assert default_config("mlp", CORPUS, batch_by="positions", batch_size=1).batch_size == 1


@pytest.mark.parametrize("type", FAMILIES)
def test_what_the_registry_says_of_a_family_holds(type: str) -> None:
    """A new family with BatchNorm, or without a limit to its context, has to say so."""
    model, family = build_model(type, 5, seed=1), FAMILIES[type]
    assert family.remembers_all == (model.context is None)
    assert family.normalises == any(isinstance(module, BatchNorm) for module in model.modules())


@pytest.mark.parametrize("type", [name for name, family in FAMILIES.items() if not family.counts])
@pytest.mark.parametrize("batch_by", ["items", "positions", "all"])
def test_what_is_not_refused_makes_a_step(type: str, batch_by: str) -> None:
    """With the smallest batch that the settings let through."""
    for size in (1, 2):
        try:
            config = default_config(type, CORPUS, batch_by=batch_by, batch_size=size, split={"kind": "none"})
        except SettingsError:
            continue
        assert isinstance(Training(config, CORPUS, config.split.sides(CORPUS)).update(), Stepped)


def test_settings_of_a_newer_program_are_refused() -> None:
    text = make_config(BASE).model_dump_json().replace('"format":1', '"format":2')
    with pytest.raises(SettingsError, match="newer version"):
        read_config(text)


def test_a_family_brings_its_own_defaults_and_options_win() -> None:
    config = default_config("bigram", CORPUS, split={"kind": "none"}, max_steps=40)
    assert (config.schedule, config.weight_decay, config.batch_by) == ("linear", 0.0, "all")
    assert (config.max_steps, config.split.kind) == (40, "none")
    assert config.model == {"init_std": 0.01}  # written out, so that a later default does not change this run
    assert default_config("counts", CORPUS).max_steps == 1
    with pytest.raises(SettingsError, match="no model type 'gpt5'"):
        default_config("gpt5", CORPUS)
    with pytest.raises(SettingsError, match="there is no setting 'depth'"):
        default_config("bigram", CORPUS, model={"depth": 3})


def test_a_short_run_is_looked_at_as_often_as_a_long_one() -> None:
    for steps, interval in ((1, 1), (100, 5), (2000, 100), (10**6, 500)):
        assert default_config("bigram", CORPUS, max_steps=steps).eval_interval == interval


def test_a_short_run_does_not_spend_itself_warming_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_family("bigram"), "training_defaults", {"warmup": 100})
    assert default_config("bigram", CORPUS, max_steps=1000).warmup == 100
    assert default_config("bigram", CORPUS, max_steps=10).warmup == 10
    with pytest.raises(SettingsError, match="must not be longer than max_steps"):
        default_config("bigram", CORPUS, max_steps=10, warmup=20)
    with pytest.raises(SettingsError, match="max_steps must be a valid integer"):
        default_config("bigram", CORPUS, max_steps="many")


def test_a_batch_of_pieces_is_smaller_than_one_of_names() -> None:
    """2,048 characters; of a piece of an item with 1,000 characters 256 * 1001 / (1001 + 255) are predicted."""
    long = small_corpus(*("ab" * 500 for _ in range(3)))
    assert default_config("transformer", long).batch_size == int(2048 / (256 * 1001 / 1256)) == 10
    assert default_config("transformer", long, batch_size=64).batch_size == 64
    assert default_config("transformer", long, model={"context": 1024}).batch_size == 64  # all fit
    assert default_config("transformer", long, model={"context": 1001}).batch_size == 64
    assert default_config("transformer", long, model={"context": 1000}).batch_size == int(2048 / (1001_000 / 2000))
    assert default_config("transformer", long, preset="makemore-transformer").batch_size == 32
    assert default_config("transformer", CORPUS, model={"context": 4}).batch_size == 64
    assert default_config("gru", long).batch_size == 64


def test_content_is_told_by_its_ids_alone() -> None:
    def content(text: bytes, encoding: str = "utf-8") -> str:
        return DataConfig.of(corpus_from_bytes(text, name="x", source="-", encoding=encoding)).content

    same = content("é\na\n".encode())
    assert content("é\r\n\r\n a".encode("latin-1"), "latin-1") == same
    assert content("a\né\n".encode()) != same


def test_no_split_means_that_everything_is_train() -> None:
    train, dev, test = SplitConfig(kind="none").sides(CORPUS)
    assert train.tolist() == list(range(len(CORPUS)))
    assert len(dev) == len(test) == 0


@pytest.mark.parametrize("kind", ["disjoint", "lecture", "makemore"])
def test_every_item_is_on_a_side(kind: Any) -> None:
    corpus = small_corpus(*(f"{letter}{other}" for letter in "abcdef" for other in "ghijkl"))
    train, dev, test = SplitConfig(kind=kind, seed=3).sides(corpus)
    held_out = set(dev.tolist()) | set(test.tolist())
    assert sorted({*train.tolist(), *held_out}) == list(range(len(corpus)))
    assert held_out.isdisjoint(train.tolist())


def test_a_settings_file_takes_the_names_of_the_options(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text('type = "bigram"\nlearning-rate = 0.5\nmax_steps = 7\n[model]\ninit_std = 2.0\n')
    assert read_settings_file(path) == {
        "type": "bigram",
        "learning_rate": 0.5,
        "max_steps": 7,
        "model": {"init_std": 2.0},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lerning-rate = 1", "there is no setting 'lerning_rate'"),
        ("type =", "not a TOML file"),
        ("a = '\xff'", "not a TOML"),
        ("model = 3", "model is a table"),
    ],
)
def test_a_settings_file_that_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "run.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError, match=message):
        read_settings_file(path)


def test_a_settings_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        read_settings_file(tmp_path / "none.toml")


def test_choices_are_those_that_the_settings_take() -> None:
    for option in OPTIONS:
        for word in choices(option):
            make_config({**BASE, option: word})
    assert choices("split") == ("disjoint", "lecture", "makemore", "none")
    assert choices("batch_size") == ()


@pytest.mark.parametrize("type", ["transformer", "bow"])
@pytest.mark.parametrize(("longest", "context"), [(5, 6), (40, 41), (3000, 256)])
def test_there_is_a_place_for_each_character_of_the_longest_item(type: str, longest: int, context: int) -> None:
    corpus = small_corpus("abc", "b" * longest)
    assert default_config(type, corpus).model["context"] == context
    assert default_config(type, corpus, model={"context": 7}).model["context"] == 7


@pytest.mark.parametrize("name", FAMILIES)
def test_the_registry_knows_which_families_count(name: str) -> None:
    assert FAMILIES[name].counts == issubclass(load_family(name), CountModel)
