"""The map of the characters against numbers that are known."""

import numpy as np
import pytest
import torch

from makemore_core.inspection.embeddings import character_map, principal
from makemore_core.models.base import CountModel
from tests.core.learning import tiny_model
from tests.core.models import FAMILY_NAMES, ready_model, small_corpus


def test_points_on_a_slanted_rectangle() -> None:
    """Corners at distance 10 along (3, 4) / 5 and 2 across it: variances in the ratio of 25 to 1, and no third."""
    along, across = np.array([3.0, 4.0, 0.0]) / 5, np.array([-4.0, 3.0, 0.0]) / 5
    corners = [(5, 1), (5, -1), (-5, 1), (-5, -1)]
    vectors = np.array([a * along + b * across for a, b in corners]) + np.array([7.0, -2.0, 1.0])
    points, explained = principal(vectors)
    assert explained == pytest.approx((25 / 26, 1 / 26))
    # The largest number of a direction is positive: 4/5 of the first, and -4/5 of the second turns it round.
    np.testing.assert_allclose(points, [[a, -b] for a, b in corners], atol=1e-12)


def test_it_is_the_eigenvectors_of_the_covariance() -> None:
    vectors = np.random.default_rng(1).normal(size=(27, 8)) * np.arange(1, 9)
    points, explained = principal(vectors)
    variances, _ = np.linalg.eigh(np.cov(vectors.T))
    assert points.var(0, ddof=1) == pytest.approx(variances[::-1][:2])
    assert explained == pytest.approx(variances[::-1][:2] / variances.sum())
    assert points[:, 0] @ points[:, 1] == pytest.approx(0, abs=1e-9)
    # Distances in the plane are never longer than between the vectors themselves.
    apart = np.linalg.norm(vectors[0] - vectors, axis=1)
    assert (np.linalg.norm(points[0] - points, axis=1) <= apart + 1e-9).all()


@pytest.mark.parametrize("size", [1, 2])
def test_few_numbers_are_enough(size: int) -> None:
    model = tiny_model("mlp", 7, embedding=size)
    found = character_map(model)
    assert found is not None and found.points.shape == (7, 2)
    assert sum(found.explained) == pytest.approx(1)


def test_the_first_two_numbers_are_those_of_the_table() -> None:
    model = tiny_model("mlp", 7, blank_token=True)
    found = character_map(model, "first two")
    assert found is not None
    np.testing.assert_allclose(found.points, model.embedding.detach()[:7, :2])  # type: ignore[operator, index]
    variances = model.embedding.detach()[:7].double().var(0, correction=0)  # type: ignore[operator, index]
    assert found.explained == pytest.approx((variances[:2] / variances.sum()).tolist(), rel=1e-6)


def test_directions_stay_the_same_way_round() -> None:
    """A map that is nearly the same as one before looks nearly the same, though the table was turned to its mirror."""
    model = tiny_model("rnn", 9)
    before = character_map(model)
    assert before is not None
    turned = before.points * [-1, 1]
    again = character_map(model, like=turned)
    assert again is not None
    np.testing.assert_allclose(again.points, turned)


def test_a_neural_bigram_has_a_row_of_logits_for_each_character() -> None:
    model = tiny_model("bigram", 5)
    assert torch.equal(model.character_vectors(), model.weight)  # type: ignore[arg-type]


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_network_has_vectors_and_no_table_of_counts(family: str) -> None:
    corpus = small_corpus()
    model = ready_model(family, corpus)
    found = character_map(model)
    assert (found is None) == isinstance(model, CountModel)
    assert found is None or found.points.shape == (corpus.vocabulary.size, 2)


def test_a_sentinel_far_out_does_not_crowd_the_characters() -> None:
    """The directions are those of the characters alone; by the eigenvectors of their covariance."""
    model = tiny_model("rnn", 20)
    table = model.character_vectors()
    assert table is not None
    with torch.no_grad():
        table[0] *= 100
    found = character_map(model)
    assert found is not None
    vectors = table.detach().double().numpy()
    variances, directions = np.linalg.eigh(np.cov(vectors[1:].T))
    assert found.points[1:].var(0, ddof=1) == pytest.approx(variances[::-1][:2])
    expected = (vectors[0] - vectors[1:].mean(0)) @ directions[:, ::-1][:, :2]
    np.testing.assert_allclose(np.abs(found.points[0]), np.abs(expected), rtol=1e-6)
