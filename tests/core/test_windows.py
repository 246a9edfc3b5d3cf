"""Windows of characters against the list of positions that the data side makes."""

import torch

from makemore_core.models.windows import windows_at, windows_of, windows_of_many
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


def test_windows_at_some_places_alone() -> None:
    ids = torch.arange(1, 13).view(3, 4)
    for context in (1, 3, 6):
        places = torch.tensor([0, 3, 4, 5, 11])
        expected = windows_of(ids, context)[[0, 0, 1, 1, 2], [0, 3, 0, 1, 3]]
        assert windows_at(ids, places, context).tolist() == expected.tolist()


def test_windows_of_many_batches() -> None:
    batches = [(torch.arange(1, 13).view(3, 4), torch.tensor([0, 3, 4, 11]), None)]
    batches += [
        (torch.arange(20, 22).view(2, 1), torch.tensor([1]), None),
        (torch.ones(1, 7).long(), torch.arange(7), None),
    ]
    for context in (1, 3, 9):
        expected = torch.cat([windows_at(ids, places, context) for ids, places, _ in batches])
        assert windows_of_many(batches, context).tolist() == expected.tolist()
