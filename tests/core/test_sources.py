"""Models opened by name: which weights they have, and where an item stands in the data."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save

from makemore_core.errors import RunError
from makemore_core.models.neural_bigram import NeuralBigram
from makemore_core.runs.checkpoints import MODEL, write_checkpoint
from makemore_core.runs.folder import RunFolder
from makemore_core.sources import Membership, open_source
from tests.core.models import small_corpus
from tests.core.runs.making import make_run

ITEMS = [f"{first}{second}" for first in "abcdefgh" for second in "abcdefgh"]


@pytest.fixture
def run(runs_home: Path) -> RunFolder:
    """A run whose checkpoints hold one number each: best 1, last 2."""
    corpus = small_corpus(*ITEMS, "aa")
    folder = make_run(runs_home, corpus, "of-pairs")
    size = corpus.vocabulary.size
    for name, value in (("best", 1.0), ("last", 2.0)):
        write_checkpoint(folder, name, save({f"{MODEL}weight": torch.full((size, size), value)}))
    return folder


@pytest.mark.parametrize(("checkpoint", "value"), [("best", 1.0), ("last", 2.0)])
def test_a_run_is_opened_at_the_checkpoint_asked_for(run: RunFolder, checkpoint: str, value: float) -> None:
    model = open_source(run.name, run.path.parent, checkpoint=checkpoint).model
    assert isinstance(model, NeuralBigram)
    assert not model.training
    assert torch.equal(model.weight, torch.full_like(model.weight, value))


def test_the_best_checkpoint_is_opened_where_none_is_named(run: RunFolder) -> None:
    named, unnamed = (open_source(run.name, run.path.parent, **more) for more in ({"checkpoint": "best"}, {}))
    assert torch.equal(named.model.get_parameter("weight"), unnamed.model.get_parameter("weight"))


def test_an_item_stands_on_the_side_that_the_split_gave_it(run: RunFolder) -> None:
    source = open_source(run.name, run.path.parent)
    assert source.corpus is not None
    assert source.sides is not None
    for number, side in enumerate(source.sides):
        expected = Membership(*(place == number for place in range(3)))
        assert len(side)
        assert all(source.membership(source.corpus.item(index)) == expected for index in side)
    new = source.membership("abc")
    assert new == Membership(False, False, False)
    assert new.is_new


def test_a_repeated_item_stands_on_each_side_that_holds_it(runs_home: Path) -> None:
    corpus = small_corpus(*["ab"] * 10, *["ba"] * 10)
    folder = make_run(runs_home, corpus, split={"kind": "lecture"})
    write_checkpoint(folder, "best", save({f"{MODEL}weight": torch.zeros(3, 3)}))
    source = open_source(folder.name, runs_home)
    assert source.sides is not None
    for text, group in (("ab", range(10)), ("ba", range(10, 20))):
        held = Membership(*(bool(np.isin(side, group).any()) for side in source.sides))
        assert source.membership(text) == held


def test_without_its_list_a_run_still_speaks_but_knows_no_membership(run: RunFolder) -> None:
    run.items.write_text("xy\nyx\n")
    source = open_source(run.name, run.path.parent)
    assert source.corpus is None
    assert source.sides is None
    assert source.membership("aa") is None
    assert source.vocabulary.characters == "abcdefgh"


def test_a_checkpoint_of_another_model_is_refused(run: RunFolder) -> None:
    write_checkpoint(run, "best", save({f"{MODEL}weight": torch.zeros(2, 2)}))
    with pytest.raises(RunError, match="of-pairs: its checkpoint does not fit its settings"):
        open_source(run.name, run.path.parent)


@pytest.mark.parametrize("kind", ["counts", "uniform"])
def test_a_list_is_a_source_whose_items_are_all_train(tmp_path: Path, kind: str) -> None:
    (tmp_path / "list.txt").write_text("ab\nba\n")
    source = open_source(f"{kind}:{tmp_path / 'list.txt'}", tmp_path)
    assert source.membership("ba") == Membership(True, False, False)
    chance = source.model(torch.tensor([[0, 1]])).softmax(-1)
    # One of two items starts with "a", and "a" is followed by "b" in one and by the end in the other; 1 is added.
    expected = {"counts": [[1 / 5, 2 / 5, 2 / 5], [2 / 5, 1 / 5, 2 / 5]], "uniform": [[1 / 3] * 3] * 2}[kind]
    torch.testing.assert_close(chance.double(), torch.tensor([expected], dtype=torch.float64))
