"""What holds for every preset: it builds, its settings survive being stored, and other defaults do not reach it."""

import pytest

from makemore_core.corpus import Corpus
from makemore_core.errors import SettingsError
from makemore_core.models.registry import load_family
from makemore_core.presets import PRESETS, find_preset
from makemore_core.training.config import TrainConfig, default_config, read_config
from makemore_core.training.events import Stepped
from makemore_core.training.loop import Training
from tests.core.models import small_corpus


def alphabet() -> Corpus:
    """A small list with the vocabulary and the longest item of the canonical one."""
    return small_corpus("abcdefghijklmno", "pqrst", "uvwxyz", *("emma", "ava", "olivia", "mia") * 5)


def config_of(name: str, corpus: Corpus) -> TrainConfig:
    return default_config(find_preset(name).type, corpus, preset=name)


@pytest.mark.parametrize("name", PRESETS)
def test_it_builds_and_learns(name: str) -> None:
    corpus = alphabet()
    config = config_of(name, corpus)
    training = Training(config, corpus, config.split.sides(corpus))
    assert isinstance(training.update(), Stepped)
    parameters = {figure.value for figure in find_preset(name).figures if figure.what == "parameters"}
    assert parameters == {f"{training.model.parameter_count:,}"}


@pytest.mark.parametrize("name", PRESETS)
def test_its_settings_are_those_of_the_run_and_can_be_stored(name: str) -> None:
    preset, config = find_preset(name), config_of(name, alphabet())
    stored = read_config(config.model_dump_json())
    assert stored == config
    assert {key: getattr(stored, key) for key in preset.training} == dict(preset.training)
    assert {key: stored.model[key] for key in preset.model} == dict(preset.model)
    assert {key: getattr(stored.split, key) for key in preset.split} == dict(preset.split)


def test_what_is_asked_for_beside_it_counts() -> None:
    config = default_config(
        "mlp", alphabet(), preset="lecture-mlp", model={"hidden": 8}, split={"seed": 1}, max_steps=40
    )
    assert (config.model["hidden"], config.model["embedding"]) == (8, 10)
    assert (config.split.kind, config.split.seed) == ("lecture", 1)
    assert (config.max_steps, config.learning_rate) == (40, 0.1)
    assert config.eval_interval == 2, "a short run is looked at as often as a long one"


@pytest.mark.parametrize("name", PRESETS)
def test_what_suits_the_family_best_does_not_reach_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = config_of(name, alphabet())
    family = load_family(find_preset(name).type)
    monkeypatch.setattr(family, "training_defaults", {"grad_clip": 0.5, "warmup": 3, "ema": 0.5, "targets": "expected"})
    assert config_of(name, alphabet()) == before


@pytest.mark.parametrize("name", PRESETS)
def test_a_form_gets_every_setting_by_the_name_of_its_option(name: str) -> None:
    preset = find_preset(name)
    values = preset.values()
    assert values["model"] == dict(preset.model)
    assert values["split"] == preset.split["kind"]
    assert set(values) <= {*TrainConfig.model_fields, "split_seed"}


def test_a_name_that_is_none() -> None:
    with pytest.raises(SettingsError, match=r"^there is no preset 'gpt5': choose one of lecture-bigram, [^\n]*$"):
        default_config("mlp", alphabet(), preset="gpt5")
    with pytest.raises(SettingsError, match=r"^the preset lecture-mlp is of type mlp, not rnn: [^\n]*$"):
        default_config("rnn", alphabet(), preset="lecture-mlp")
