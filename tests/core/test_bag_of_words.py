"""The bag of words against averaging by a triangular matrix, as makemore.py does it."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from makemore_core.models.bag_of_words import BagOfWords, BagOfWordsSettings
from makemore_core.models.base import seeded

SETTINGS = BagOfWordsSettings(context=5, embedding=4, hidden=3)


def by_attention(model: BagOfWords, ids: Tensor) -> Tensor:
    """Attention with equal scores everywhere: (B, T) to (B, T, V), T within the context."""
    time = ids.shape[1]
    x = F.embedding(ids, model.embedding.weight) + model.places.weight[:time]
    scores = torch.zeros(time, time).masked_fill(torch.tril(torch.ones(time, time)) == 0, float("-inf"))
    x = x + scores.softmax(1) @ x
    x = x + model.project(torch.tanh(model.hidden(x)))
    logits: Tensor = model.head(x)
    return logits


def test_all_characters_so_far_get_the_same_attention() -> None:
    model = BagOfWords(7, SETTINGS, seeded(1))
    ids = torch.tensor([[0, 3, 5, 3, 6], [0, 1, 1, 2, 4]])
    torch.testing.assert_close(model(ids), by_attention(model, ids))


def test_beyond_the_context_the_window_slides() -> None:
    model = BagOfWords(7, SETTINGS, seeded(1))
    ids = torch.tensor([[0, 3, 5, 3, 6, 2, 1, 4]])
    for t in (5, 6, 7):
        torch.testing.assert_close(model(ids)[:, t], by_attention(model, ids[:, t - 4 : t + 1])[:, -1])


def test_a_long_item_can_be_stepped_through() -> None:
    model = BagOfWords(7, SETTINGS, seeded(1))
    ids = torch.randint(7, (2, 40), generator=seeded(2))
    whole, state = model(ids), model.init_state(2)
    for t in range(40):
        logits, state = model.step(ids[:, t], state)
        torch.testing.assert_close(logits, whole[:, t], rtol=1e-4, atol=1e-5)
    assert state[0].shape == (2, 5)


def test_the_sizes_of_makemore_have_its_parameters() -> None:
    assert BagOfWordsSettings(context=16, embedding=64, hidden=64).parameter_count(27) == 12_827


@pytest.mark.parametrize("values", [{"context": 0}, {"hidden": 0}, {"dropout": 1.0}])
def test_settings_out_of_range_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(values))):
        BagOfWordsSettings(**values)  # type: ignore[arg-type]
