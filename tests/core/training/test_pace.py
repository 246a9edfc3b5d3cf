"""The time that is left, on a made-up clock."""

import pytest

from makemore_core.training.config import DataConfig, make_config
from makemore_core.training.events import Evaluated, Sampled, Stepped
from makemore_core.training.pace import Pace
from tests.core.models import small_corpus

LOOK = Evaluated(0, 1.0, 1.0, None, is_best=False)


def pace(**changes: int) -> Pace:
    return Pace(make_config({"type": "bigram", "data": DataConfig.of(small_corpus()), "max_steps": 1000, **changes}))


def test_the_looks_count_and_the_first_step_does_not() -> None:
    """990 steps of 0.1 s, and a look of 3 s and samples of 1 s at each hundredth step."""
    clock, follows = 5.0, pace(eval_interval=100, sample_interval=100)
    follows.go_on(clock)
    for event, took in ((LOOK, 3.0), (Sampled(0, ()), 1.0), (Stepped(0, 1.0), 50.0)):
        follows.record(event, clock := clock + took)
    assert follows.seconds_left(1) is None  # nothing is known of an ordinary step yet
    for step in range(1, 10):
        follows.record(Stepped(step, 1.0), clock := clock + 0.1)
        assert follows.seconds_left(step + 1) is None
    follows.record(Stepped(10, 1.0), clock := clock + 0.11)
    assert follows.seconds_left(10) == pytest.approx(990 * 1.01 / 10 + 9.9 * 4, rel=1e-6)
    assert follows.seconds_left(1000) == 0


def test_a_rest_is_no_step_and_a_new_speed_is_soon_told() -> None:
    clock, follows = 0.0, pace(eval_interval=1000, sample_interval=1000)
    follows.go_on(clock)
    for step in range(50):
        follows.record(Stepped(step, 1.0), clock := clock + 0.1)
    follows.go_on(clock := clock + 1000.0)
    follows.record(Stepped(50, 1.0), clock := clock + 0.1)
    assert follows.seconds_left(51) == pytest.approx(94.9)
    for step in range(51, 151):
        follows.record(Stepped(step, 1.0), clock := clock + 1.0)
    assert follows.seconds_left(900) == pytest.approx(100, rel=0.1)
