"""Losses are exact averages over characters."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from makemore_core import evaluation
from makemore_core.errors import ListError
from makemore_core.evaluation import Loss, PairLoss, evaluate, item_batches, score
from makemore_core.metrics.scoring import score_items
from makemore_core.models.uniform import Uniform
from makemore_core.positions import PADDING, padded_items, predicted_positions
from tests.core.models import FAMILY_NAMES, ready_model, small_corpus

words = st.lists(st.text("abcde", min_size=1, max_size=9), min_size=2, max_size=20)


@pytest.mark.parametrize("family", FAMILY_NAMES)
@pytest.mark.parametrize("cells", [1, 300, 10**9])
def test_batches_of_any_size_give_the_average_over_characters(
    family: str, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = small_corpus("a", "abcdefgh", "ab", "bca", "hgfedcba")
    model = ready_model(family, corpus)
    monkeypatch.setattr(evaluation, "CELLS", cells)
    indices = np.array([0, 1, 2, 4])
    losses = [loss for index in indices for loss in score(model, corpus.ids(int(index)).tolist())]
    found = evaluate(model, corpus, indices)
    assert found.characters == len(losses) == 1 + 8 + 2 + 8 + 4
    assert found.nll == pytest.approx(sum(losses) / len(losses), rel=1e-6)


@pytest.mark.parametrize("family", ["counts", "bigram", "mlp"])
def test_a_model_of_one_character_is_run_once_for_each_and_not_for_each_item(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = ["ab", "ba", "abba", "aab"] * 50
    corpus = small_corpus(*items)
    model = ready_model(family, corpus, **({"context": 1} if family == "mlp" else {}))
    indices = np.arange(1, len(items))
    monkeypatch.setattr(PairLoss, "suits", lambda model: False)
    expected = evaluate(model, corpus, indices)
    monkeypatch.undo()
    seen: list[int] = []
    model.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0].numel()))
    found = evaluate(model, corpus, indices)
    assert sum(seen) == corpus.vocabulary.size
    assert found.characters == expected.characters
    assert found.nll == pytest.approx(expected.nll, rel=1e-6)


def test_a_very_long_item_is_in_doubles_some_places_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = small_corpus("abcdefgh" * 5, "a")
    model, ids = ready_model("gru", corpus), corpus.ids(0).tolist()
    whole = score(model, ids)
    looked: list[int] = []

    def doubled(logits: torch.Tensor) -> torch.Tensor:
        looked.append(logits.numel())
        return logits.double()

    monkeypatch.setattr(evaluation, "CELLS", 3 * corpus.vocabulary.size)
    monkeypatch.setattr(evaluation, "doubled", doubled)
    assert score(model, ids) == pytest.approx(whole, rel=1e-12)
    assert max(looked) == 3 * corpus.vocabulary.size and sum(looked) == 41 * corpus.vocabulary.size


def test_no_batch_holds_more_characters_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = small_corpus(*["abcde"] * 50, "abc")
    model = ready_model("gru", corpus)
    monkeypatch.setattr(evaluation, "TOKENS", 60)
    seen: list[int] = []
    model.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0].numel()))
    assert evaluate(model, corpus, np.arange(len(corpus))).characters == 50 * 6 + 4
    assert max(seen) <= 60


def test_the_uniform_guess_costs_ln_v() -> None:
    corpus = small_corpus()
    loss = evaluate(Uniform(corpus.vocabulary.size), corpus, np.arange(len(corpus)))
    assert loss.nll == pytest.approx(math.log(corpus.vocabulary.size), abs=1e-12)
    assert loss.perplexity == pytest.approx(corpus.vocabulary.size)
    assert loss.bits_per_character == pytest.approx(math.log2(corpus.vocabulary.size))


def test_an_impossible_character_costs_infinitely_much_and_no_items_cost_nothing_known() -> None:
    corpus = small_corpus("ab", "ab", "ba")
    model = ready_model("counts", corpus, smoothing=0.0)
    model.fit(corpus, np.array([0]))  # type: ignore[operator]
    assert evaluate(model, corpus, np.array([2])).nll == math.inf
    assert math.isnan(evaluate(model, corpus, np.array([], dtype=np.int64)).nll)
    assert Loss(math.inf, 3).perplexity == math.inf


def test_evaluation_leaves_the_model_in_its_mode() -> None:
    corpus = small_corpus()
    model = ready_model("bigram", corpus).train()
    evaluate(model, corpus, np.arange(2))
    assert model.training


@settings(deadline=None)
@given(words, st.integers(0, 4), st.randoms(use_true_random=False))
def test_every_character_is_predicted_once_from_those_before_it(items: list[str], context: int, random: object) -> None:
    corpus = small_corpus("abcde", *items)
    indices = np.array(random.sample(range(len(corpus)), len(items)))  # type: ignore[attr-defined]
    targets, lags = predicted_positions(corpus, context, indices)
    expected = []
    for index in indices:
        ids = [0] * max(context, 1) + corpus.ids(int(index)).tolist() + [0]
        expected += [(ids[t], ids[t - context : t][::-1]) for t in range(max(context, 1), len(ids))]
    assert targets.tolist() == [target for target, _ in expected]
    assert lags.tolist() == [before for _, before in expected]


@given(words)
def test_a_padded_batch_holds_the_items_and_nothing_else(items: list[str]) -> None:
    corpus = small_corpus("abcde", *items)
    indices = np.arange(len(corpus))[::-1]
    inputs, targets = padded_items(corpus, indices)
    assert inputs.shape == targets.shape == (len(corpus), max(map(len, ["abcde", *items])) + 1)
    for row, index in enumerate(indices):
        ids = corpus.ids(int(index)).tolist()
        assert targets[row].tolist() == [*ids, 0] + [PADDING] * (targets.shape[1] - len(ids) - 1)
        assert inputs[row, : len(ids) + 1].tolist() == [0, *ids]


def test_scores_are_those_of_softmax() -> None:
    corpus = small_corpus("ab", "ba")
    model = ready_model("bigram", corpus)
    weight = model.get_parameter("weight").detach().double()
    expected = [-torch.log_softmax(weight[0], 0)[1].item(), -torch.log_softmax(weight[1], 0)[0].item()]
    assert score(model, [1]) == pytest.approx(expected)


def test_what_is_certain_costs_zero_without_a_sign() -> None:
    corpus = small_corpus("ab", "ab")
    model = ready_model("counts", corpus, smoothing=0.0)
    loss = evaluate(model, corpus, np.arange(2))
    assert [str(cost) for cost in (loss.nll, loss.log_likelihood, *score(model, [1, 2]))] == ["0.0"] * 5


@pytest.mark.parametrize("family", [name for name in FAMILY_NAMES if name not in ("rnn", "gru", "lstm")])
def test_a_very_long_item_gives_in_pieces_what_it_gives_at_once(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = small_corpus("abba" * 9, "ab", "b" * 31, "aab" * 7)
    model = ready_model(family, corpus)
    at_once = [score(model, corpus.vocabulary.encode(corpus.item(index))) for index in range(len(corpus))]
    monkeypatch.setattr("makemore_core.evaluation.TOKENS", 10)
    batches = list(item_batches(model, corpus, np.arange(4)))
    assert max(batch.inputs.numel() for batch in batches) <= 2 * max(10, model.context or 0)
    found = score_items(model, corpus, np.arange(4))
    assert found.nll == pytest.approx([loss for losses in at_once for loss in losses], abs=1e-5)
    assert found.targets.tolist() == [
        id for index in range(4) for id in [*corpus.vocabulary.encode(corpus.item(index)), 0]
    ]
    expected = sum(map(sum, at_once)) / sum(map(len, at_once))
    assert evaluate(model, corpus, np.arange(4)).nll == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("family", ["rnn", "gru", "lstm"])
def test_an_item_that_a_model_cannot_read_in_pieces_is_refused_in_one_line_where_it_is_too_long(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = small_corpus("abba" * 9, "ab")
    model = ready_model(family, corpus)
    assert model.context is None
    monkeypatch.setattr("makemore_core.evaluation.MOST_CELLS", 3 * 37)
    evaluate(model, corpus, np.arange(2))
    monkeypatch.setattr("makemore_core.evaluation.MOST_CELLS", 3 * 36)
    evaluate(model, corpus, np.array([1]))
    with pytest.raises(ListError, match=r"an item has 36 characters: .* 36 at the most; cut it into lines"):
        evaluate(model, corpus, np.arange(2))


def test_an_item_that_is_too_long_to_be_looked_at_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = small_corpus("abba" * 9, "ab")
    monkeypatch.setattr("makemore_core.metrics.scoring.LONGEST", 35)
    with pytest.raises(ListError, match="36 characters, and 35 at the most"):
        score_items(ready_model("counts", corpus), corpus, np.arange(2))
