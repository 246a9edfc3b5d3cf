"""Windows of characters against the list of positions that the data side makes."""

import torch

from makemore_core.models.base import seeded
from makemore_core.models.windows import join, windows_of
from makemore_core.positions import PADDING, padded_items, predicted_positions
from tests.core.models import small_corpus


def test_windows_end_at_their_position_and_start_with_sentinels() -> None:
    windows = windows_of(torch.tensor([[0, 5, 13, 13, 1]]), 3)
    assert windows.tolist() == [[[0, 0, 0], [0, 0, 5], [0, 5, 13], [5, 13, 13], [13, 13, 1]]]


def test_the_windows_of_a_batch_are_the_contexts_of_its_predicted_characters() -> None:
    corpus = small_corpus()
    for context in (1, 3, 8, 20):
        targets, lags = predicted_positions(corpus, context)
        ids, padded_targets = (torch.from_numpy(array) for array in padded_items(corpus, torch.arange(7).numpy()))
        real = padded_targets != PADDING
        assert padded_targets[real].tolist() == targets.tolist()
        assert windows_of(ids, context)[real].flip(1).tolist() == lags.tolist()


def test_many_windows_joined_by_tables_are_the_same_sums_and_gradients() -> None:
    random = seeded(1)
    embedding = torch.randn(5, 3, dtype=torch.float64, generator=random).requires_grad_()
    weight = torch.randn(4 * 3, 7, dtype=torch.float64, generator=random).requires_grad_()
    windows = torch.randint(5, (200, 4), generator=random)
    sums, expected = join(windows, embedding, weight), embedding[windows].flatten(1) @ weight
    torch.testing.assert_close(sums, expected)
    above = torch.randn(sums.shape, dtype=torch.float64, generator=random)
    for one, other in zip(
        torch.autograd.grad(sums, (embedding, weight), above),
        torch.autograd.grad(expected, (embedding, weight), above),
        strict=True,
    ):
        torch.testing.assert_close(one, other)
