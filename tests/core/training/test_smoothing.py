"""Smoothed targets: what they are mixed of, place by place, and when a list goes without."""

import numpy as np
import pytest
import torch

from makemore_core.models.base import seeded
from makemore_core.models.registry import family_settings, load_family
from makemore_core.positions import PADDING
from makemore_core.training import smoothing as module
from makemore_core.training.batches import Batch, make_batches
from makemore_core.training.beginnings import Beginnings
from makemore_core.training.config import default_config
from makemore_core.training.smoothing import Smoothing
from tests.core.models import small_corpus

CORPUS = small_corpus("emma", "em", "emil", "emily", "ava", "avia", "ada", "zoe", "emma", "a", "olivia", "zara")
TRAIN = np.array([9, 0, 1, 3, 4, 5, 8, 10])


def drawn(targets: str, batch_by: str, seed: int = 7) -> Batch:
    config = default_config("mlp", CORPUS, batch_by=batch_by, batch_size=40, targets=targets)
    return make_batches(config, CORPUS, TRAIN, 9).draw(seeded(seed))


@pytest.mark.parametrize("batch_by", ["items", "positions", "all"])
def test_targets_are_mixed_of_what_is_expected_and_kneser_ney(batch_by: str) -> None:
    """Every row against the model itself, which is asked about the characters before that row's target."""
    model = load_family("kneser-ney")(CORPUS.vocabulary.size, family_settings("kneser-ney", {}))  # type: ignore[call-arg]
    model.fit(CORPUS, TRAIN)  # type: ignore[attr-defined]
    smoothed, expected = drawn("smoothed", batch_by), drawn("expected", batch_by)
    assert torch.equal(smoothed.ids, expected.ids)
    assert smoothed.shares is not None
    if batch_by == "all":  # where what is expected is what all items have
        assert expected.shares is None
        beginnings, inside = Beginnings(CORPUS, TRAIN), expected.targets != PADDING
        places = expected.targets[inside]
        shares = beginnings.shares(beginnings.nodes(expected.ids)[inside], places, places)
        expected = Batch(expected.ids, expected.targets, shares)
    assert expected.shares is not None
    rows, times = (smoothed.targets != PADDING).nonzero(as_tuple=True)
    for row, time, found, share in zip(rows, times, smoothed.shares, expected.shares, strict=True):
        before = [id for id in smoothed.ids[row, : time + 1].tolist() if id]
        chances = model(torch.tensor([[0, *before]]))[0, -1].exp().float()
        torch.testing.assert_close(found, 0.6 * share + 0.4 * chances)
    torch.testing.assert_close(smoothed.shares.sum(1), torch.ones(len(rows)))


def test_a_long_list_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    positions = int((CORPUS.lengths[TRAIN] + 1).sum())
    monkeypatch.setattr(module, "CELLS", positions * CORPUS.vocabulary.size)
    assert Smoothing.suits(CORPUS, TRAIN)
    monkeypatch.setattr(module, "CELLS", positions * CORPUS.vocabulary.size - 1)
    assert not Smoothing.suits(CORPUS, TRAIN)
    smoothed, expected = drawn("smoothed", "items"), drawn("expected", "items")
    assert smoothed.shares is not None and expected.shares is not None
    assert torch.equal(smoothed.shares, expected.shares)


def test_probabilities_are_kept_a_few_contexts_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Smoothing(CORPUS, TRAIN)
    monkeypatch.setattr(module, "_CONTEXTS", 3)
    places = torch.from_numpy(CORPUS.positions(TRAIN))
    shares = torch.zeros(len(places), CORPUS.vocabulary.size)
    torch.testing.assert_close(Smoothing(CORPUS, TRAIN).mix(shares, places), whole.mix(shares, places))
