"""Pieces of items that are too long for a model: where they lie, what follows, and that it learns by them."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from makemore_core.corpus import Corpus
from makemore_core.models import attention_parts
from makemore_core.models.base import seeded
from makemore_core.models.registry import FAMILIES, load_family
from makemore_core.positions import PADDING, padded_items
from makemore_core.runs.checkpoints import write_checkpoint
from makemore_core.runs.folder import create_run
from makemore_core.training import ahead as ahead_module
from makemore_core.training.ahead import Ahead
from makemore_core.training.batches import Batch, ItemBatches, WholeList, characters_per_step, make_batches
from makemore_core.training.beginnings import Beginnings
from makemore_core.training.checkpoint import restore, whole_state
from makemore_core.training.config import default_config
from makemore_core.training.events import Stepped
from makemore_core.training.loop import Training
from makemore_core.training.pieces import Pieces
from makemore_core.training.smoothing import Smoothing
from tests.core.models import small_corpus

lists = st.lists(st.text("abc", min_size=1, max_size=14), min_size=1, max_size=8).map(lambda items: [*items, "abcabc"])
lengths = st.integers(1, 6)


def everything(corpus: Corpus) -> Any:
    return np.arange(len(corpus))


@given(items=lists, length=lengths)
def test_every_character_lies_in_as_many_pieces_as_a_piece_is_long(items: list[str], length: int) -> None:
    """All pieces there are, against counting: none leaves its item, and those of items that fit are the whole item."""
    count = torch.tensor([len(item) + 1 for item in items])
    pieces = Pieces.of(count, length)
    assert pieces is not None
    covered: Counter[tuple[int, int]] = Counter()
    item, begin, size = (found.tolist() for found in pieces.find(torch.arange(pieces.number)))
    for index, first, many in zip(item, begin, size, strict=True):
        assert first >= 0 and 1 <= many <= length and first + many <= len(items[index]) + 1
        covered.update((index, first + time) for time in range(many))
    assert set(covered) == {(index, time) for index, text in enumerate(items) for time in range(len(text) + 1)}
    assert set(covered.values()) == {length}
    assert pieces.mean == pytest.approx(np.mean(size))


@given(items=lists, length=lengths, seed=st.integers(0, 99), targets=st.sampled_from(["next", "expected", "smoothed"]))
@settings(deadline=None)
def test_a_batch_holds_pieces_of_items_and_what_follows_them(
    items: list[str], length: int, seed: int, targets: str
) -> None:
    """Each row stands in an item as it is; its targets are those that the whole item has at the same places."""
    corpus, size = small_corpus(*items), 7
    beginnings = None
    if targets != "next":
        mixed = Smoothing(corpus, everything(corpus)) if targets == "smoothed" else None
        beginnings = Beginnings(corpus, everything(corpus), mixed)
    batches = ItemBatches(corpus, everything(corpus), size, beginnings, piece=length)
    chosen = batches.choose(seeded(seed), 1)
    batch = batches.make(chosen)[0]
    pieces = Pieces.of(torch.from_numpy(corpus.lengths + 1), length)
    assert pieces is not None and batch.ids.shape[1] <= length
    whole_ids, whole_targets = (torch.from_numpy(array) for array in padded_items(corpus, everything(corpus)))
    whole_shares = None
    if beginnings is not None:
        inside = whole_targets != PADDING
        whole_shares = torch.zeros(*whole_ids.shape, corpus.vocabulary.size)
        places = torch.from_numpy(corpus.positions(everything(corpus)))
        whole_shares[inside] = beginnings.shares(beginnings.nodes(whole_ids)[inside], whole_targets[inside], places)
    wanted, shares = [], []
    for row, (item, begin, many) in enumerate(zip(*(x.tolist() for x in pieces.find(chosen[0])), strict=True)):
        here = slice(begin, begin + many)
        padding = batch.ids.shape[1] - many
        assert batch.ids[row].tolist() == [*whole_ids[item, here].tolist(), *[0] * padding]
        assert batch.targets[row].tolist() == [*whole_targets[item, here].tolist(), *[PADDING] * padding]
        assert (begin == 0) == (batch.ids[row, 0].item() == 0)
        wanted += whole_targets[item, here].tolist()
        shares += [] if whole_shares is None else [whole_shares[item, here]]
    assert batch.asked().tolist() == (batch.targets.flatten() != PADDING).nonzero()[:, 0].tolist()
    if whole_shares is None:
        assert batch.shares is None and batch.expected().tolist() == wanted
    else:
        assert torch.equal(batch.expected(), torch.cat(shares))


@given(items=lists, seed=st.integers(0, 99))
def test_where_all_items_fit_the_batches_are_those_of_before(items: list[str], seed: int) -> None:
    corpus = small_corpus(*items)
    longest = int(corpus.lengths.max()) + 1
    plain, cut = (
        ItemBatches(corpus, everything(corpus), 5, piece=piece).draw(seeded(seed)) for piece in (None, longest)
    )
    assert torch.equal(plain.ids, cut.ids) and torch.equal(plain.targets, cut.targets)


LONG = small_corpus("abcabcabcabd" * 4, "ab", "abcabcabcabd" * 3, "cab", "d")


def long_batches(targets: str, batch_by: str = "items") -> Any:
    config = default_config(
        "transformer", LONG, model={"context": 6}, targets=targets, batch_size=5, batch_by=batch_by, max_steps=10
    )
    return make_batches(config, LONG, everything(LONG), 6)


def same(one: Batch, other: Batch) -> bool:
    pairs = ((getattr(one, name), getattr(other, name)) for name in ("ids", "targets", "shares", "places", "following"))
    return all(a is b is None or torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("targets", ["next", "expected", "smoothed"])
def test_pieces_made_ahead_are_those_of_drawing_one_at_a_time(targets: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead_module, "CELLS", 150)  # five batches at once
    batches = long_batches(targets)
    one, many, ahead = seeded(3), seeded(3), Ahead(batches)
    for _ in range(12):
        assert same(ahead.draw(many), batches.draw(one))
        assert torch.equal(ahead.state(many), one.get_state())


def test_the_whole_list_is_cut_into_pieces_that_hold_every_character_once() -> None:
    batch = long_batches("smoothed", "all").draw(seeded(0))
    assert isinstance(long_batches("next", "all"), WholeList)
    ids, targets = (torch.from_numpy(array) for array in padded_items(LONG, everything(LONG)))
    assert batch.ids.shape == (9 + 1 + 7 + 1 + 1, 6)
    assert batch.targets[batch.targets != PADDING].tolist() == targets[targets != PADDING].tolist()
    assert batch.ids[batch.targets != PADDING].tolist() == ids[targets != PADDING].tolist()
    assert batch.shares is not None and len(batch.shares) == int((LONG.lengths + 1).sum())


def test_the_characters_of_a_step_are_counted_in_pieces() -> None:
    config = default_config("transformer", LONG, model={"context": 6}, batch_size=500, max_steps=10)
    batches, generator = make_batches(config, LONG, everything(LONG), 6), seeded(1)
    asked = [len(batches.draw(generator).asked()) for _ in range(20)]
    # Of 10,000 pieces with 5.2 characters, give or take 1.5: the mean is known to 0.3%.
    assert characters_per_step(config, LONG, everything(LONG), 6) == pytest.approx(np.mean(asked), rel=0.02)


@pytest.mark.parametrize("targets", ["next", "smoothed"])
def test_resuming_gives_the_pieces_and_losses_of_never_having_stopped(
    targets: str, runs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With attention in parts, which takes the same random numbers once more for the gradient."""
    monkeypatch.setattr(ahead_module, "CELLS", 1000)
    monkeypatch.setattr(attention_parts, "CELLS", 1 << 14)  # an item of 70 characters at a time
    corpus = small_corpus(*("abcabd" * 20, "ab", "bcabda" * 30, "cabdab" * 6))
    model = {"context": 70, "embedding": 8, "layers": 1, "heads": 2, "dropout": 0.3}
    config = default_config("transformer", corpus, model=model, targets=targets, batch_size=4, split={"kind": "none"})
    folder = create_run(config, corpus, runs_home, "pieces")

    def losses(training: Training) -> list[float]:
        events = [training.update() for _ in range(6)]
        return [event.loss for event in events if isinstance(event, Stepped)]

    whole, again = (Training(config, corpus, config.split.sides(corpus)) for _ in range(2))
    losses(whole)
    write_checkpoint(folder, "last", whole_state(whole, 0.0))
    expected = losses(whole)
    restore(again, folder)
    assert losses(again) == expected
    assert len(expected) == 6


def test_only_families_that_are_dear_beyond_their_context_are_trained_in_pieces() -> None:
    assert {name for name in FAMILIES if load_family(name).in_pieces} == {"transformer"}


@pytest.mark.parametrize("targets", ["next", "expected", "smoothed"])
def test_a_transformer_learns_from_items_longer_than_its_context(targets: str) -> None:
    """What follows the three characters before it is certain but at the start and at the end of an item.

    A model that knows that and no more has to guess only there: at 1 / 37 of the characters, between few.
    """
    corpus = small_corpus(*("abcabd" * 6, "bcabda" * 6, "cabdab" * 6))
    config = default_config(
        "transformer",
        corpus,
        split={"kind": "none"},
        model={"context": 8, "embedding": 16, "layers": 1, "heads": 2, "dropout": 0.0},
        batch_size=16,
        targets=targets,
        max_steps=150,
        learning_rate=1e-2,
    )
    training = Training(config, corpus, config.split.sides(corpus))
    before = training.losses[0].measure(training.model)
    widest = 0
    forward_at = training.model.forward_at

    def seen(ids: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        nonlocal widest
        widest = max(widest, ids.shape[1])
        return forward_at(ids, places)

    training.model.forward_at = seen  # type: ignore[method-assign]
    for _ in range(150):
        training.update()
    assert before > 1.2 and training.losses[0].measure(training.model) < 0.3
    assert widest <= 8
