"""Batches, against loops written as the lectures and makemore.py write them."""

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from makemore_core.corpus import Corpus
from makemore_core.errors import SettingsError
from makemore_core.evaluation import score
from makemore_core.models.base import LanguageModel, seeded
from makemore_core.models.by_time import by_time
from makemore_core.positions import PADDING
from makemore_core.training.batches import (
    Batch,
    ItemBatches,
    PairBatches,
    PositionBatches,
    WholeList,
    batch_loss,
    characters_per_step,
    make_batches,
)
from tests.core.models import ready_model, small_corpus
from tests.core.runs.making import small_config

lists = st.lists(st.text("abcdé", min_size=1, max_size=6), min_size=2, max_size=8).map(lambda items: [*items, "ab"])


def contexts(corpus: Corpus, indices: list[int], size: int) -> tuple[list[list[int]], list[int]]:
    """The lecture's build_dataset: a window that slides over each word, padded with the sentinel."""
    rows, targets = [], []
    for index in indices:
        window = [0] * size
        for character in [*corpus.ids(index).tolist(), 0]:
            rows.append(window)
            targets.append(character)
            window = [*window[1:], character]
    return rows, targets


@given(items=lists, size=st.integers(1, 4), seed=st.integers(0, 99), data=st.data())
def test_positions_are_the_rows_of_the_lecture(items: list[str], size: int, seed: int, data: Any) -> None:
    corpus = small_corpus(*items)
    chosen = data.draw(st.lists(st.integers(0, len(items) - 1), min_size=1))
    rows, targets = contexts(corpus, chosen, size)
    batch = PositionBatches(corpus, np.array(chosen), 16, size).draw(seeded(seed))
    numbers = torch.randint(0, len(rows), (16,), generator=seeded(seed)).tolist()
    assert batch.ids.tolist() == [rows[number] for number in numbers]
    assert batch.targets[:, -1].tolist() == [targets[number] for number in numbers]
    assert (batch.targets[:, :-1] == PADDING).all()


@given(items=lists, size=st.integers(1, 8), seed=st.integers(0, 99))
def test_positions_may_begin_at_the_start_of_the_item(items: list[str], size: int, seed: int) -> None:
    """For models with a vector for each place: what `forward` sees of an item, the window that slides included."""
    corpus = small_corpus(*items)
    everything = np.arange(len(items))
    windows, batch = (
        PositionBatches(corpus, everything, 16, size, None, moved).draw(seeded(seed)) for moved in (False, True)
    )
    for window, row, targets, place in zip(windows.ids, batch.ids, batch.targets, batch.asked(), strict=True):
        last = int(place) % size
        starts = int((window != 0).nonzero()[0]) - 1 if window.any() else size - 1  # of the last sentinel before
        read = window.tolist()[max(starts, 0) :]
        assert row.tolist() == [*read, *[0] * (size - len(read))] and last == len(read) - 1
        assert (targets != PADDING).nonzero().tolist() == [[last]]
    assert batch.following is not None and windows.following is not None
    assert torch.equal(batch.following, windows.following)
    assert batch.targets[batch.targets != PADDING].tolist() == windows.following.tolist()
    assert torch.equal(batch.asked() // size, torch.arange(16))


@pytest.mark.parametrize("type", ["transformer", "bow"])
def test_by_positions_a_loss_is_that_of_the_same_places_in_whole_items(type: str) -> None:
    corpus = small_corpus("emma", "a", "isabella", "mia")
    model = ready_model(type, corpus, context=5, dropout=0.0)
    config = small_config(corpus, type=type, batch_by="positions", batch_size=40)
    batches = make_batches(config, corpus, np.arange(4), 5)
    chosen = batches.choose(seeded(1), 1)
    numbers, losses = chosen[0].tolist(), [loss for n in range(4) for loss in score(model, corpus.ids(n).tolist())]
    expected = sum(losses[number] for number in numbers) / 40
    assert batch_loss(model, batches.make(chosen)[0]).item() == pytest.approx(expected, rel=1e-5)


@given(items=lists, seed=st.integers(0, 99), data=st.data())
def test_items_are_whole_and_padded_to_the_longest(items: list[str], seed: int, data: Any) -> None:
    corpus = small_corpus(*items)
    chosen = data.draw(st.lists(st.integers(0, len(items) - 1), min_size=1))
    batch = ItemBatches(corpus, np.array(chosen), 5).draw(seeded(seed))
    drawn = [chosen[number] for number in torch.randint(0, len(chosen), (5,), generator=seeded(seed)).tolist()]
    assert batch.ids.shape[1] == max(len(items[index]) for index in drawn) + 1
    for index, ids, targets in zip(drawn, batch.ids.tolist(), batch.targets.tolist(), strict=True):
        characters = corpus.ids(index).tolist()
        padding = batch.ids.shape[1] - len(characters) - 1
        assert ids == [0, *characters, *[0] * padding]
        assert targets == [*characters, 0, *[PADDING] * padding]


def loss_of_all(model: LanguageModel, corpus: Corpus, indices: list[int], size: int) -> torch.Tensor:
    rows, targets = contexts(corpus, indices, size)
    return F.cross_entropy(model(torch.tensor(rows))[:, -1], torch.tensor(targets))


@settings(deadline=None)
@given(items=lists, data=st.data())
def test_counts_of_pairs_give_the_loss_and_gradient_of_the_whole_list(items: list[str], data: Any) -> None:
    corpus = small_corpus(*items)
    chosen = data.draw(st.lists(st.integers(0, len(items) - 1), min_size=1))
    model = ready_model("bigram", corpus)
    batch = WholeList(corpus, np.array(chosen), model.context).draw(seeded(0))
    assert batch.ids.shape == (corpus.vocabulary.size, 1)
    (expected_gradient,) = torch.autograd.grad(loss_of_all(model, corpus, chosen, 1), list(model.parameters()))
    loss = batch_loss(model, batch)
    (gradient,) = torch.autograd.grad(loss, list(model.parameters()))
    torch.testing.assert_close(gradient, expected_gradient)
    torch.testing.assert_close(loss, loss_of_all(model, corpus, chosen, 1))


def test_the_whole_list_for_a_model_that_sees_more() -> None:
    corpus = small_corpus()
    model = ready_model("bigram", corpus)
    batch = WholeList(corpus, np.arange(len(corpus)), None).draw(seeded(0))
    assert batch.ids.shape == (len(corpus), 9)  # "isabella" and the sentinel
    everything = list(range(len(corpus)))
    torch.testing.assert_close(batch_loss(model, batch), loss_of_all(model, corpus, everything, 1))


def test_large_vocabularies_fit(tmp_path: Any) -> None:
    corpus = small_corpus(*(chr(0x4E00 + n) + chr(0x4E01 + n) for n in range(400)))
    assert corpus.tokens.dtype == np.uint16
    batch = ItemBatches(corpus, np.arange(400), 50).draw(seeded(0))
    assert batch.ids.max() > 255
    assert batch.ids.dtype == torch.int64


def test_what_does_not_go_together_is_told() -> None:
    corpus = small_corpus()
    with pytest.raises(SettingsError, match="batches must be of items for bigram, which remembers"):
        make_batches(small_config(corpus, batch_by="positions"), corpus, np.arange(3), None)
    with pytest.raises(SettingsError, match="nothing is left to train on"):
        make_batches(small_config(corpus), corpus, np.arange(0), 1)


@pytest.mark.parametrize(("batch_by", "context"), [("items", None), ("positions", 3), ("all", 3)])
def test_the_characters_of_a_step_are_those_that_its_batches_ask_for(batch_by: Any, context: int | None) -> None:
    corpus = small_corpus("emma", "a", "isabella", "mia")
    config, indices = small_config(corpus, type="mlp", batch_by=batch_by, batch_size=500), np.array([0, 1, 2])
    batches, generator = make_batches(config, corpus, indices, context), seeded(1)
    asked = [int((batches.draw(generator).targets != PADDING).sum()) for _ in range(20)]
    # An item drawn at random has 16/3 characters, give or take 2.9: twenty times 500 of them are within 2% or so.
    assert characters_per_step(config, corpus, indices, context) == pytest.approx(np.mean(asked), rel=0.02)


@settings(deadline=None)
@given(items=lists, seed=st.integers(0, 99), kind=st.sampled_from([ItemBatches, PositionBatches]))
def test_pairs_give_the_loss_and_gradient_of_the_batch(items: list[str], seed: int, kind: Any) -> None:
    corpus = small_corpus(*items)
    model = ready_model("bigram", corpus)
    drawn = kind(corpus, np.arange(len(items)), 5, *([1] if kind is PositionBatches else []))
    batches = (drawn.draw(seeded(seed)), PairBatches(corpus, drawn).draw(seeded(seed)))
    assert batches[1].ids.shape == (corpus.vocabulary.size, 1)
    expected, loss = (batch_loss(model, batch) for batch in batches)
    slopes = [torch.autograd.grad(value, list(model.parameters()))[0] for value in (loss, expected)]
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(slopes[0], slopes[1], rtol=1e-6, atol=1e-8)


@given(items=lists, seed=st.integers(0, 99), kind=st.sampled_from([ItemBatches, PositionBatches]))
def test_places_are_where_something_is_predicted(items: list[str], seed: int, kind: Any) -> None:
    corpus = small_corpus(*items)
    drawn = kind(corpus, np.arange(len(items)), 5, *([3] if kind is PositionBatches else []))
    for batch in drawn.make(drawn.choose(seeded(seed), 3)):
        assert batch.places.tolist() == [n for n, id in enumerate(batch.targets.flatten().tolist()) if id != PADDING]


@given(items=lists, seed=st.integers(0, 99))
def test_batches_by_time_hold_the_same_items_in_the_order_of_time(items: list[str], seed: int) -> None:
    corpus = small_corpus(*items)
    plain, ordered = (ItemBatches(corpus, np.arange(len(items)), 5, None, by_time) for by_time in (False, True))
    for one, other in zip(
        plain.make(plain.choose(seeded(seed), 3)), ordered.make(ordered.choose(seeded(seed), 3)), strict=True
    ):
        assert sorted(one.ids.tolist()) == sorted(other.ids.tolist())
        places, sizes, _ = by_time(torch.sort(other.places).values, *other.ids.shape)
        assert (other.places.tolist(), other.sizes) == (places.tolist(), sizes)
        assert one.sizes is None


@pytest.mark.parametrize("targets", ["next", "expected"])
def test_the_loss_by_time_is_that_of_the_items(targets: str) -> None:
    corpus = small_corpus()
    model, config = ready_model("gru", corpus), small_config(corpus, type="gru", batch_size=5, targets=targets)
    batch = make_batches(config, corpus, np.arange(len(corpus)), None).draw(seeded(1))
    assert batch.sizes is not None
    back = torch.argsort(batch.places)
    shares = None if batch.shares is None else batch.shares[back]
    torch.testing.assert_close(batch_loss(model, batch), batch_loss(model, Batch(batch.ids, batch.targets, shares)))
