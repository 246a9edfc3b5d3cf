"""How far two models disagree: the divergence by closed forms, and characters that only one of them knows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.disagreement import aligned, ids_in, kl_divergence
from makemore_core.vocabulary import Vocabulary

weights = st.lists(st.floats(0.001, 1.0), min_size=4, max_size=4)


def test_the_divergence_of_two_coins() -> None:
    """From the definition: a half ln 2 and a half ln 2/3 make a half ln 4/3."""
    fair, bent = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    assert kl_divergence(fair, bent) == pytest.approx(0.5 * math.log(4 / 3))
    assert kl_divergence(bent, fair) == pytest.approx(0.25 * math.log(0.5) + 0.75 * math.log(1.5))


@given(weights)
def test_from_the_uniform_guess_it_is_what_the_entropy_lacks(raw: list[float]) -> None:
    p = np.array(raw) / sum(raw)
    entropy = -float((p * np.log(p)).sum())
    assert kl_divergence(p, np.full(4, 0.25)) == pytest.approx(math.log(4) - entropy, abs=1e-12)
    assert kl_divergence(p, p) == 0


def test_what_is_impossible() -> None:
    certain, half = np.array([1.0, 0.0]), np.array([0.5, 0.5])
    assert kl_divergence(certain, half) == pytest.approx(math.log(2))
    assert kl_divergence(half, certain) == math.inf


def test_characters_are_matched_and_what_the_other_does_not_know_has_no_chance() -> None:
    own, other = Vocabulary("abd"), Vocabulary("bcd")
    ids = ids_in(other, own)
    assert ids.tolist() == [0, -1, 1, 3]
    assert aligned(np.array([0.1, 0.2, 0.3, 0.4]), ids).tolist() == [0.1, 0.0, 0.2, 0.4]
