"""The learning rate of each step, against the formulas worked out by hand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.training.config import TrainConfig
from makemore_core.training.schedule import rate_factor
from tests.core.models import small_corpus
from tests.core.runs.making import small_config

CORPUS = small_corpus()


def config(**changes: Any) -> TrainConfig:
    return small_config(CORPUS, max_steps=100, **changes)


@pytest.mark.parametrize(
    ("changes", "factors"),
    [
        ({}, {0: 1, 99: 1}),
        ({"warmup": 4}, {0: 0.25, 1: 0.5, 3: 1, 4: 1}),
        ({"schedule": "linear"}, {0: 1, 25: 0.75, 50: 0.5, 100: 0}),
        ({"schedule": "linear", "warmup": 20, "final_factor": 0.2}, {19: 1, 20: 1, 60: 0.6, 100: 0.2}),
        ({"schedule": "cosine"}, {0: 1, 25: 0.853553, 50: 0.5, 75: 0.146447, 100: 0}),
        ({"schedule": "cosine", "final_factor": 0.5}, {50: 0.75, 100: 0.5}),
        ({"schedule": "step", "decay_at": (0.5, 0.75), "decay_factor": 0.1}, {49: 1, 50: 0.1, 74: 0.1, 75: 0.01}),
    ],
)
def test_factors(changes: dict[str, Any], factors: dict[int, float]) -> None:
    settings = config(**changes)
    assert {step: rate_factor(settings, step) for step in factors} == pytest.approx(factors, abs=1e-6)


@given(
    schedule=st.sampled_from(["constant", "linear", "cosine", "step"]),
    warmup=st.integers(0, 100),
    final_factor=st.floats(0, 1),
    step=st.integers(0, 300),
)
def test_never_above_the_highest_and_never_up_after_the_warm_up(step: int, **changes: Any) -> None:
    settings = config(**changes)
    here, there = rate_factor(settings, step), rate_factor(settings, step + 1)
    assert 0 <= here <= 1
    if step >= settings.warmup:
        assert there <= here + 1e-12
