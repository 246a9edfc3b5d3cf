"""Attention against the formula written out by hand."""

import numpy as np
import pytest
import torch

from makemore_core.inspection.attention import attend
from tests.core.models import FAMILY_NAMES, ready_model, small_corpus
from tests.core.test_transformer import built, by_hand


def test_it_is_that_of_the_formulas() -> None:
    model = built()
    expected = np.zeros((2, 3, 5, 5))
    by_hand(model, [0, 3, 6, 2, 5], expected)
    found = attend(model, [3, 6, 2, 5])
    assert found is not None and found.ids == (0, 3, 6, 2, 5)
    np.testing.assert_allclose(found.weights, expected, atol=1e-6)
    np.testing.assert_allclose(found.weights.sum(-1), 1, atol=1e-6)
    assert not np.triu(found.weights, 1).any()
    assert expected.std() > 0.1  # not all alike: the comparison could fail


def test_mixing_by_it_gives_the_logits_of_the_model() -> None:
    """What is shown is what is computed with: the values of the last block, mixed by it, lead to the logits."""
    model = built()
    ids = torch.tensor([[0, 3, 6, 2, 5]])
    with torch.no_grad():
        x = model.embedding(ids) + model.places.weight
        first, last = model.blocks
        x, _ = first(x)
        normed = last.attention_norm(x)
        _, _, value = last.attention.qkv(normed).view(1, 5, 3, 3, 2).permute(2, 0, 3, 1, 4)
        weights = torch.from_numpy(attend(model, [3, 6, 2, 5]).weights[1])  # type: ignore[union-attr]
        mixed = (weights @ value).transpose(1, 2).flatten(2)
        torch.testing.assert_close(last.attention.project(mixed), last.attention(normed)[0])


def test_of_a_long_text_the_last_window_is_looked_at() -> None:
    model = built()
    found = attend(model, [3, 6, 2, 5, 1, 4])
    assert found is not None
    assert found.ids == (6, 2, 5, 1, 4) and found.weights.shape == (2, 3, 5, 5)


def test_it_is_looked_at_without_dropout_and_leaves_the_mode_as_it_was() -> None:
    model = built(dropout=0.5).train()
    one, other = attend(model, [3, 6]), attend(model, [3, 6])
    assert one is not None and other is not None
    assert np.array_equal(one.weights, other.weights) and model.training


@pytest.mark.parametrize("family", [name for name in FAMILY_NAMES if name != "transformer"])
def test_no_other_family_has_any(family: str) -> None:
    assert attend(ready_model(family, small_corpus()), [1, 2]) is None
