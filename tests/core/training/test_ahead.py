"""Batches made ahead: those of drawing one at a time, to the bit, and so is the state that a checkpoint keeps."""

from typing import Any

import numpy as np
import pytest
import torch

from makemore_core.corpus import Corpus
from makemore_core.models.base import seeded
from makemore_core.models.mlp import Mlp, MlpSettings
from makemore_core.training import ahead as module
from makemore_core.training.ahead import Ahead
from makemore_core.training.batches import Batch, Batches, PairBatches, batch_loss, make_batches
from tests.core.models import small_corpus
from tests.core.runs.making import small_config

CORPUS = small_corpus("emma", "em", "emil", "emily", "ava", "avia", "ada", "zoe", "emma", "a", "olivia", "zara")
INDICES = np.array([9, 0, 1, 3, 4, 5, 8, 10])
KINDS: dict[str, dict[str, Any]] = {
    "items": {"type": "gru", "batch_by": "items", "targets": "next"},
    "items, smoothed": {"type": "gru", "batch_by": "items", "targets": "smoothed"},
    "positions": {"type": "mlp", "batch_by": "positions", "targets": "next"},
    "positions, smoothed": {"type": "mlp", "batch_by": "positions", "targets": "smoothed"},
    "pairs": {"type": "bigram", "batch_by": "items", "targets": "next"},
    "all": {"type": "mlp", "batch_by": "all", "targets": "next"},
}


def batches(kind: str) -> Batches:
    config = small_config(CORPUS, batch_size=5, **KINDS[kind])
    return make_batches(config, CORPUS, INDICES, {"gru": None, "mlp": 3, "bigram": 1}[KINDS[kind]["type"]])


def same(one: Batch, other: Batch) -> bool:
    pairs = ((getattr(one, name), getattr(other, name)) for name in ("ids", "targets", "shares", "places", "following"))
    if one.sizes != other.sizes:
        return False
    return all((a is None and b is None) or (a is not None and b is not None and torch.equal(a, b)) for a, b in pairs)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CELLS", 150)  # a few batches at once, so that a test sees several times a few


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_those_of_drawing_one_at_a_time(kind: str) -> None:
    one, many, ahead = seeded(3), seeded(3), Ahead(batches(kind))
    for _ in range(40):
        assert same(ahead.draw(many), batches(kind).draw(one))
        assert torch.equal(ahead.state(many), one.get_state())


@pytest.mark.parametrize("kind", KINDS)
def test_going_on_from_any_step_gives_the_same_batches(kind: str) -> None:
    generator, ahead = seeded(3), Ahead(batches(kind))
    for _ in range(7):
        ahead.draw(generator)
    state = ahead.state(generator)
    expected = [ahead.draw(generator) for _ in range(12)]
    other, again = seeded(4), Ahead(batches(kind))
    again.draw(other)  # and what was drawn before is forgotten
    again.go_on(other, state)
    assert all(same(again.draw(other), batch) for batch in expected)


@pytest.mark.parametrize("kind", ["items", "positions", "positions, smoothed"])
def test_what_a_model_foresees_changes_no_bit(kind: str) -> None:
    config = small_config(CORPUS, batch_size=400, **(KINDS[kind] | {"type": "mlp"}))
    model = Mlp(CORPUS.vocabulary.size, MlpSettings(context=3, blank_token=True), seeded(1))
    plain, ahead = (Ahead(make_batches(config, CORPUS, INDICES, 3), *given) for given in ((), (model,)))
    one, other = plain.draw(seeded(3)), ahead.draw(seeded(3))
    assert (one.foreseen is None, other.foreseen is None) == (True, False)
    with torch.no_grad():
        torch.manual_seed(2)
        expected = batch_loss(model, one)
        torch.manual_seed(2)
        assert torch.equal(batch_loss(model, other), expected)


def wide(size: int) -> Corpus:
    """A list of items of 3 characters, 4 to predict each, with a vocabulary of this size."""
    return small_corpus(*("".join(chr(0x4E00 + (n + k) % (size - 1)) for k in range(3)) for n in range(size - 1)))


@pytest.mark.parametrize(("size", "pairs"), [(16, True), (17, False), (20, False)])
def test_a_table_gets_pairs_unless_they_are_more_than_what_is_read(size: int, pairs: bool) -> None:
    """8 items of 4 characters: 32, and 16 ** 2 is 8 times as many."""
    corpus = wide(size)
    config = small_config(corpus, type="bigram", batch_by="items", batch_size=8, targets="next")
    made = make_batches(config, corpus, np.arange(size - 1), 1)
    assert corpus.vocabulary.size == size
    assert isinstance(made, PairBatches) is pairs


def made_at_once(made: Batches, steps: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many batches were made, each time that some were, for so many steps."""
    choose, counts = made.choose, []

    def count(generator: torch.Generator, count: int) -> torch.Tensor:
        counts.append(count)
        return choose(generator, count)

    monkeypatch.setattr(made, "choose", count)
    ahead, generator = Ahead(made), seeded(3)
    for _ in range(steps):
        ahead.draw(generator)
    return counts


@pytest.mark.parametrize(
    ("type", "targets", "size", "many"),
    [
        *(("gru", "next", 640, 16), ("gru", "expected", 27, 16), ("gru", "expected", 127, 16)),
        ("gru", "expected", 640, 1),  # 512 // (8 items * 4 characters * 640 // 64)
        *(("mlp", "next", 640, 16), ("mlp", "expected", 27, 16), ("mlp", "expected", 127, 16)),
        ("mlp", "expected", 640, 6),  # 512 // (8 characters * 640 // 64)
    ],
)
def test_the_more_characters_there_are_the_fewer_batches_are_made_at_once(
    type: str, targets: str, size: int, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each character that is predicted brings V shares; without them, and of few, 512 // (8 * 4) are made."""
    monkeypatch.setattr(module, "CELLS", 512)
    corpus = wide(size)
    by, context = ("items", None) if type == "gru" else ("positions", 4)
    config = small_config(corpus, type=type, batch_by=by, batch_size=8, targets=targets)
    made = make_batches(config, corpus, np.arange(size - 1), context)
    assert max(made_at_once(made, 40, monkeypatch)) == many


def test_few_batches_are_made_before_the_first_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then twice as many each time."""
    monkeypatch.setattr(module, "CELLS", 10_000)
    assert made_at_once(batches("items"), 20, monkeypatch) == [4, 8, 16]
