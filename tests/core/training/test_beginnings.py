"""Targets that are expectations: against counting by hand, and with the loss and gradient of all items unchanged."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.corpus import Corpus
from makemore_core.models.base import seeded
from makemore_core.positions import PADDING, padded_items
from makemore_core.training import beginnings as module
from makemore_core.training.batches import Batch, ItemBatches, PositionBatches, batch_loss
from makemore_core.training.beginnings import Beginnings
from makemore_core.training.config import default_config
from makemore_core.training.events import Stepped
from makemore_core.training.loop import Training
from tests.core.models import small_corpus

WORDS = ["emma", "em", "emil", "emily", "ava", "avia", "ada", "zoe", "emma", "a"]
CORPUS = small_corpus(*WORDS)
ALL = np.arange(len(CORPUS))
ZERO = torch.tensor([0])


def following(corpus: Corpus, indices: Any) -> dict[tuple[int, ...], Counter[int]]:
    """How often each id follows each beginning, the sentinel in front."""
    counts: dict[tuple[int, ...], Counter[int]] = {}
    for index in indices:
        ids = (0, *corpus.vocabulary.encode(corpus.item(int(index))), 0)
        for end in range(1, len(ids)):
            counts.setdefault(ids[:end], Counter())[ids[end]] += 1
    return counts


def shares_of(counter: Counter[int], size: int) -> torch.Tensor:
    return torch.tensor([counter[id] / counter.total() for id in range(size)])


def check(beginnings: Beginnings, corpus: Corpus, indices: Any) -> None:
    """Every place of every item against counting."""
    counts = following(corpus, indices)
    ids, targets = (torch.from_numpy(array) for array in padded_items(corpus, np.asarray(indices)))
    inside = targets != PADDING
    found = beginnings.shares(beginnings.nodes(ids)[inside], targets[inside], targets[inside])
    begun = [tuple(row[: time + 1].tolist()) for row, here in zip(ids, inside, strict=True) for time in here.nonzero()]
    assert len(begun) == len(found)
    for beginning, shares in zip(begun, found, strict=True):
        torch.testing.assert_close(shares, shares_of(counts[beginning], corpus.vocabulary.size))


@given(st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=30))
def test_shares_are_those_of_counting(words: list[str]) -> None:
    corpus = small_corpus(*words, "abc")
    check(Beginnings(corpus, np.arange(len(corpus))), corpus, range(len(corpus)))


def test_only_the_items_of_the_training_side_count() -> None:
    train = np.array([0, 1, 4, 5, 7])
    check(Beginnings(CORPUS, train), CORPUS, train)
    whole, part = (Beginnings(CORPUS, indices).shares(torch.tensor([1]), ZERO, ZERO) for indices in (ALL, train))
    assert not torch.equal(whole, part)


def test_what_has_no_room_is_as_drawn() -> None:
    """Room for the sentinel alone: of all longer beginnings the targets are those of the item."""
    size = CORPUS.vocabulary.size
    beginnings = Beginnings(CORPUS, ALL, cells=2 * size)
    ids, targets = (torch.from_numpy(array) for array in padded_items(CORPUS, ALL))
    nodes = beginnings.nodes(ids)
    assert nodes[:, 0].eq(1).all() and not nodes[:, 1:].any()
    found = beginnings.shares(nodes[:, 1], targets[:, 1].clamp(min=0), targets[:, 1])
    assert torch.equal(found, torch.eye(size)[targets[:, 1].clamp(min=0)])
    expected = Counter(CORPUS.vocabulary.encode(word)[0] for word in WORDS)
    torch.testing.assert_close(
        beginnings.shares(nodes[:1, 0], targets[:1, 0], targets[:1, 0])[0], shares_of(expected, size)
    )


def test_of_a_long_list_items_all_over_it_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ITEMS", 4)
    found = Beginnings(CORPUS, ALL).shares(torch.tensor([1]), ZERO, ZERO)[0]
    first = Counter(CORPUS.vocabulary.encode(WORDS[index])[0] for index in (0, 3, 6, 9))
    torch.testing.assert_close(found, shares_of(first, CORPUS.vocabulary.size))


@pytest.mark.parametrize("family", ["transformer", "gru", "mlp"])
def test_loss_and_gradient_over_all_items_are_those_without(family: str) -> None:
    config = default_config(family, CORPUS, split={"kind": "none"}, model={"dropout": 0.0})
    model = Training(config, CORPUS, config.split.sides(CORPUS)).model
    ids, targets = (torch.from_numpy(array) for array in padded_items(CORPUS, ALL))
    inside, beginnings = targets != PADDING, Beginnings(CORPUS, ALL)
    shares = beginnings.shares(beginnings.nodes(ids)[inside], targets[inside], targets[inside])
    found, expected = (batch_loss(model, batch) for batch in (Batch(ids, targets, shares), Batch(ids, targets)))
    torch.testing.assert_close(found, expected)
    parameters = list(model.parameters())
    slopes = (torch.autograd.grad(loss, parameters, allow_unused=True) for loss in (found, expected))
    for slope, other in zip(*slopes, strict=True):
        torch.testing.assert_close(slope, other, atol=1e-6, rtol=1e-4)


def test_batches_of_items_draw_the_same_items() -> None:
    plain, expected = (ItemBatches(CORPUS, ALL, 6, given) for given in (None, Beginnings(CORPUS, ALL)))
    one, other = plain.draw(seeded(3)), expected.draw(seeded(3))
    assert torch.equal(one.ids, other.ids) and torch.equal(one.targets, other.targets)
    assert one.shares is None and other.shares is not None
    drawn = other.targets[other.targets != PADDING]
    assert (other.shares.gather(1, drawn[:, None]) > 0).all(), "what follows in the item is among what is expected"
    torch.testing.assert_close(other.shares.sum(1), torch.ones(len(drawn)))


@pytest.mark.parametrize("context", [2, 9])
def test_batches_of_positions_know_the_beginning_beyond_what_the_model_sees(context: int) -> None:
    counts = following(CORPUS, ALL)
    batch = PositionBatches(CORPUS, ALL, 200, context, Beginnings(CORPUS, ALL)).draw(seeded(5))
    seen = PositionBatches(CORPUS, ALL, 200, 9).draw(seeded(5)).ids  # with the same draws, further back
    assert batch.shares is not None and batch.ids.shape == (200, context)
    for row, shares in zip(seen.tolist(), batch.shares, strict=True):
        ids = [id for id in row if id]
        torch.testing.assert_close(shares, shares_of(counts[(0, *ids)], CORPUS.vocabulary.size))


def test_losses_vary_less_and_average_the_same() -> None:
    """Of many batches at the same weights: the mean within its error, and the variance clearly smaller."""
    losses: dict[str, list[float]] = {}
    for targets in ("next", "expected"):
        config = default_config(
            "mlp", CORPUS, split={"kind": "none"}, model={"dropout": 0.0}, batch_size=4, batch_by="items",
            optimizer="sgd", learning_rate=1e-30, max_steps=400, targets=targets, diagnostics_interval=0,
        )  # fmt: skip
        training = Training(config, CORPUS, config.split.sides(CORPUS))
        events = [training.update() for _ in range(400)]
        losses[targets] = [event.loss for event in events if isinstance(event, Stepped)]
    plain, expected = np.array(losses["next"]), np.array(losses["expected"])
    assert expected.var() < 0.8 * plain.var()
    assert abs(expected.mean() - plain.mean()) < 4 * np.sqrt(plain.var() / 400)
