"""What a model says of each character, and what follows from it character by character."""

import math

import numpy as np
import pytest
import torch

from makemore_core import evaluation
from makemore_core.evaluation import evaluate, score
from makemore_core.metrics import scoring
from makemore_core.metrics.by_length import losses_by_length
from makemore_core.metrics.by_position import losses_by_position
from makemore_core.metrics.confusion import Confused, confusion_of
from makemore_core.metrics.hardest import hardest_items
from makemore_core.metrics.leak import leak_of
from makemore_core.metrics.losses import loss_on
from makemore_core.metrics.scores import Scores
from makemore_core.metrics.scoring import score_items
from makemore_core.models.uniform import Uniform
from tests.core.models import FAMILY_NAMES, ready_model, small_corpus

ITEMS = ("a", "abcdefgh", "ab", "bca", "hgfedcba", "ab")


def counts_by_hand(items: list[str], smoothing: float) -> dict[str, dict[str, float]]:
    """Bigram probabilities with plain dicts; a full stop is both ends."""
    symbols = sorted({character for item in items for character in item} | {"."})
    counts = {first: dict.fromkeys(symbols, smoothing) for first in symbols}
    for item in items:
        for first, second in zip("." + item, item + ".", strict=True):
            counts[first][second] += 1
    return {
        first: {second: count / sum(row.values()) for second, count in row.items()} for first, row in counts.items()
    }


def scores_of(*items: str, smoothing: float = 1.0) -> tuple[Scores, dict[str, dict[str, float]]]:
    corpus = small_corpus(*items)
    model = ready_model("counts", corpus, smoothing=smoothing)
    return score_items(model, corpus, np.arange(len(corpus))), counts_by_hand(list(items), smoothing)


@pytest.mark.parametrize("family", FAMILY_NAMES)
@pytest.mark.parametrize("cells", [1, 300, 10**9])
def test_scores_are_those_of_one_item_at_a_time_in_the_order_asked_for(
    family: str, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = small_corpus(*ITEMS)
    model = ready_model(family, corpus)
    monkeypatch.setattr(evaluation, "CELLS", cells)
    indices = np.array([4, 0, 2, 3])
    found = score_items(model, corpus, indices)
    alone = [score(model, corpus.ids(int(index)).tolist()) for index in indices]
    assert found.nll == pytest.approx([nats for item in alone for nats in item], rel=1e-5)
    assert found.items.totals == pytest.approx([sum(item) for item in alone], rel=1e-5)
    assert found.items.characters.tolist() == [9, 2, 3, 4]
    assert found.items.nll == pytest.approx(evaluate(model, corpus, indices).nll, rel=1e-5)
    assert found.targets.tolist() == [8, 7, 6, 5, 4, 3, 2, 1, 0, 1, 0, 1, 2, 0, 2, 3, 1, 0]
    assert found.positions.tolist() == [*range(1, 10), 1, 2, 1, 2, 3, 1, 2, 3, 4]
    assert not model.training


def test_scores_of_counts_are_those_of_the_table() -> None:
    items = ["aab", "ab", "ba"]
    found, table = scores_of(*items)
    pairs = [pair for item in items for pair in zip("." + item, item + ".", strict=True)]
    assert found.nll == pytest.approx([-math.log(table[first][second]) for first, second in pairs])
    firsts = [max(table[first], key=lambda symbol: (table[first][symbol], -ord(symbol))) for first, _ in pairs]
    assert [".ab"[choice] for choice in found.choices] == firsts
    assert found.confidences == pytest.approx([max(table[first].values()) for first, _ in pairs])


def test_of_equals_the_first_choice_is_the_first_of_the_vocabulary() -> None:
    corpus = small_corpus(*ITEMS)
    found = score_items(Uniform(corpus.vocabulary.size), corpus, np.arange(len(corpus)))
    assert set(found.choices.tolist()) == {0}
    assert found.confidences == pytest.approx(1 / corpus.vocabulary.size)
    assert found.nll == pytest.approx(math.log(corpus.vocabulary.size), abs=1e-12)


def test_losses_by_position_and_by_length_add_up_to_the_whole() -> None:
    found, table = scores_of("aab", "ab", "ba", "b")
    rows = losses_by_position(found)
    assert [(row.position, row.characters) for row in rows] == [(1, 4), (2, 4), (3, 3), (4, 1)]
    first = [-math.log(table["."][letter]) for letter in "aabb"]
    assert rows[0].nll == pytest.approx(sum(first) / 4)
    assert sum(row.nll * row.characters for row in rows) == pytest.approx(found.nll.sum())
    lengths = losses_by_length(found)
    assert [(row.length, row.items, row.characters) for row in lengths] == [(1, 1, 2), (2, 2, 6), (3, 1, 4)]
    assert lengths[0].nll == pytest.approx(-(math.log(table["."]["b"]) + math.log(table["b"]["."])) / 2)
    assert sum(row.nll * row.characters for row in lengths) == pytest.approx(found.nll.sum())


def test_the_hardest_items_are_listed_once_each_with_their_loss() -> None:
    items = ["aa", "ab", "aa", "bb"]
    corpus = small_corpus(*items)
    model = ready_model("counts", corpus)
    found = hardest_items(corpus, score_items(model, corpus, np.arange(4)).items)
    table = counts_by_hand(items, 1.0)
    totals = {
        item: -sum(math.log(table[one][two]) for one, two in zip("." + item, item + ".", strict=True)) for item in items
    }
    expected = sorted(totals, key=lambda item: -totals[item])
    assert [item.text for item in found] == expected
    assert [item.total for item in found] == pytest.approx([totals[text] for text in expected])
    assert [item.nll for item in found] == pytest.approx([totals[text] / 3 for text in expected])
    assert {item.text: item.times for item in found} == {"aa": 2, "ab": 1, "bb": 1}
    assert len(hardest_items(corpus, score_items(model, corpus, np.arange(4)).items, 2)) == 2


def test_confusion_counts_pairs_of_what_came_and_the_first_choice() -> None:
    found, _ = scores_of("aab", "ab", "ba")
    confusion = confusion_of(found, small_corpus("aab", "ab", "ba").vocabulary)
    expected = np.zeros((3, 3), int)
    for actual, choice in zip(found.targets, found.choices, strict=True):
        expected[actual, choice] += 1
    assert confusion.matrix().tolist() == expected.tolist()
    assert confusion.matrix().sum() == len(found)
    # After the start comes an a (2 of 3), after an a a b (2 of 4), after a b the end (2 of 3).
    assert confusion.matrix().tolist() == [[2, 0, 1], [1, 2, 1], [0, 1, 2]]
    assert confusion.top(2) == (Confused(".", "b", 1, 1 / 3), Confused("a", ".", 1, 1 / 4))
    assert set(confusion.to_json()) == {"vocabulary", "counts", "top"}


def test_the_leak_parts_held_out_items_by_whether_train_holds_their_text() -> None:
    corpus = small_corpus("ab", "ba", "ab", "bb", "ba")
    model = ready_model("counts", corpus)
    held = score_items(model, corpus, np.array([2, 3, 4]))
    leak = leak_of(corpus, np.array([0, 1]), held.items)
    assert (leak.items_in_train, leak.items_new) == (2, 1)
    assert leak.nll_in_train == pytest.approx(evaluate(model, corpus, np.array([2, 4])).nll)
    assert leak.nll_new == pytest.approx(evaluate(model, corpus, np.array([3])).nll)
    assert math.isnan(leak_of(corpus, np.array([2, 3, 4]), held.items).nll_new)


def test_the_loss_in_parts_is_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = small_corpus(*ITEMS)
    model = ready_model("gru", corpus)
    monkeypatch.setattr("makemore_core.metrics.losses._CHUNK", 10)
    told: list[float] = []
    found = loss_on(model, corpus, np.arange(6), lambda part, share: told.append(share))
    assert found.characters == evaluate(model, corpus, np.arange(6)).characters
    assert found.nll == pytest.approx(evaluate(model, corpus, np.arange(6)).nll)
    assert len(told) > 2 and told == sorted(told) and told[-1] == 1


def test_no_items_have_no_scores() -> None:
    corpus = small_corpus(*ITEMS)
    found = score_items(Uniform(corpus.vocabulary.size), corpus, np.zeros(0, np.int64))
    assert len(found) == 0 and math.isnan(found.items.nll)
    assert losses_by_position(found) == losses_by_length(found) == ()


def test_what_cannot_be_costs_infinitely_much() -> None:
    corpus = small_corpus("ab", "ab", "ba")
    model = ready_model("counts", corpus, smoothing=0.0)
    model.fit(corpus, np.array([0]))  # type: ignore[operator]
    found = score_items(model, corpus, np.array([2]))
    assert found.items.nll == math.inf and losses_by_position(found)[0].nll == math.inf


def test_a_very_long_item_is_looked_at_some_places_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = small_corpus(*ITEMS)
    model, indices = ready_model("gru", corpus), np.arange(len(ITEMS))
    whole = score_items(model, corpus, indices)
    looked: list[int] = []

    def doubled(logits: torch.Tensor) -> torch.Tensor:
        looked.append(logits.numel())
        return logits.double()

    most = 2 * corpus.vocabulary.size
    monkeypatch.setattr(evaluation, "CELLS", most)
    monkeypatch.setattr(scoring, "CELLS", most)
    monkeypatch.setattr(scoring, "doubled", doubled)
    found = score_items(model, corpus, indices)
    assert found.nll == pytest.approx(whole.nll, rel=1e-5) and found.targets.tolist() == whole.targets.tolist()
    assert found.confidences == pytest.approx(whole.confidences, rel=1e-5)
    assert max(looked) == most
