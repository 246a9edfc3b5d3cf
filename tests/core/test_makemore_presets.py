"""makemore.py's presets: its sizes and its settings of training."""

import pytest

from makemore_core.models.registry import build_model, family_settings
from makemore_core.presets import PRESETS
from makemore_core.presets.makemore import MAKEMORE_PRESETS
from makemore_core.training.config import DataConfig, make_config
from tests.core.models import small_corpus

PARAMETERS = {"bigram": 729, "mlp": 69_147, "rnn": 11_803, "gru": 28_315, "bow": 12_827, "transformer": 204_544}
"""What makemore.py prints for 27 characters and items of up to 15, at its default sizes."""


def test_there_is_one_for_each_type() -> None:
    assert [preset.type for preset in MAKEMORE_PRESETS] == list(PARAMETERS)
    assert all(PRESETS[f"makemore-{preset.type}"] is preset for preset in MAKEMORE_PRESETS)


@pytest.mark.parametrize("type", PARAMETERS)
def test_the_sizes_are_makemore_pys(type: str) -> None:
    preset = PRESETS[f"makemore-{type}"]
    assert family_settings(type, preset.model).parameter_count(27) == PARAMETERS[type]
    assert preset.figures[0].value == f"{PARAMETERS[type]:,}"


@pytest.mark.parametrize("type", PARAMETERS)
def test_training_is_makemore_pys(type: str) -> None:
    preset = PRESETS[f"makemore-{type}"]
    config = make_config(
        {
            "type": type,
            "model": preset.model,
            "data": DataConfig.of(small_corpus()),
            "split": preset.split,
            **preset.training,
        }
    )
    assert (config.batch_by, config.batch_size, config.optimizer) == ("items", 32, "adamw")
    assert (config.learning_rate, config.weight_decay, config.betas) == (5e-4, 0.01, (0.9, 0.99))
    assert (config.schedule, config.warmup, config.grad_clip, config.l2_mean) == ("constant", 0, None, 0.0)
    assert (config.split.kind, config.split.seed, config.seed, config.eval_interval) == ("makemore", 3407, 3407, 500)
    assert f"{config.max_steps:,} steps" in preset.help


def test_its_bigram_starts_without_an_opinion() -> None:
    assert not build_model("bigram", 27, PRESETS["makemore-bigram"].model, seed=1).state_dict()["weight"].any()
