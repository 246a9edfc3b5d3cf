"""The expected calibration error, against closed forms and a plain loop."""

import math
import random

import numpy as np
import pytest

from makemore_core.metrics.calibration import calibration_of
from makemore_core.metrics.scores import Scores
from makemore_core.metrics.scoring import score_items
from makemore_core.models.uniform import Uniform
from tests.core.models import small_corpus


def scores(confidences: list[float], right: list[bool]) -> Scores:
    """One item of so many characters; a choice that is right is the target, 1, and another is 2."""
    choices = np.where(right, 1, 2)
    count = len(confidences)
    return Scores(
        np.zeros(1, np.int64), np.array([count - 1]), np.ones(count, np.int64), np.zeros(count), choices,
        np.array(confidences),
    )  # fmt: skip


def test_a_uniform_guess_errs_by_how_far_the_share_of_ends_lies_from_1_over_v() -> None:
    """Its first choice is always the end, held 1 / V probable: 5 characters of 17, V = 4."""
    corpus = small_corpus("abc", "aab", "ab", "ba", "cc")
    found = calibration_of(score_items(Uniform(4), corpus, np.arange(5)))
    assert found.accuracy == pytest.approx(5 / 17)
    assert found.confidence == pytest.approx(1 / 4)
    assert found.ece == pytest.approx(5 / 17 - 1 / 4)


def test_who_is_right_as_often_as_sure_does_not_err() -> None:
    found = calibration_of(scores([0.75] * 4 + [0.5] * 2, [True, True, True, False, True, False]))
    assert found.ece == pytest.approx(0)
    assert found.accuracy == pytest.approx(4 / 6) == found.confidence


def test_errors_of_bins_do_not_cancel_out() -> None:
    """Half of the characters are held 0.9 probable and never come, half 0.1 and always do."""
    found = calibration_of(scores([0.9, 0.9, 0.1, 0.1], [False, False, True, True]))
    assert found.ece == pytest.approx(0.9)
    assert found.accuracy == pytest.approx(found.confidence)


def test_a_bin_holds_its_upper_edge() -> None:
    found = calibration_of(scores([5 / 15, 5 / 15 + 1e-9, 1.0], [True, True, True]))
    assert [number for number, bin in enumerate(found.bins) if bin.characters] == [4, 5, 14]
    assert [bin.low for bin in found.bins] == pytest.approx([number / 15 for number in range(15)])
    assert math.isnan(found.bins[0].accuracy)


def test_against_a_plain_loop() -> None:
    rng = random.Random(1)
    confidences = [rng.random() for _ in range(500)]
    right = [rng.random() < confidence**2 for confidence in confidences]
    error = 0.0
    for number in range(15):
        held = [at for at in range(500) if number / 15 < confidences[at] <= (number + 1) / 15]
        if held:
            accuracy = sum(right[at] for at in held) / len(held)
            error += len(held) / 500 * abs(accuracy - sum(confidences[at] for at in held) / len(held))
    assert calibration_of(scores(confidences, right)).ece == pytest.approx(error)


def test_of_nothing_there_is_no_error() -> None:
    corpus = small_corpus("ab", "ba")
    found = calibration_of(score_items(Uniform(3), corpus, np.zeros(0, np.int64)))
    assert math.isnan(found.ece) and len(found.bins) == 15
