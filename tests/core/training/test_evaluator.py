"""The losses of a side where some items are longer than the context: what stands for the rest, against all of it."""

import numpy as np
import pytest

from makemore_core.evaluation import characters_beyond, estimate, evaluate, score
from makemore_core.training import evaluator as module
from makemore_core.training.evaluator import SideLoss
from tests.core.models import ready_model, small_corpus

CORPUS = small_corpus("abcabcabdabc" * 2, "ab", "cabdbacabcab", "abcd", "d", "bacadabacada" * 3)
ALL = np.arange(len(CORPUS))
CONTEXT = 5
MODEL = ready_model("transformer", CORPUS, context=CONTEXT, embedding=8, heads=2, layers=1, dropout=0.0)
BEYOND = 20 + 0 + 8 + 0 + 0 + 32
"""Of 25, 3, 13, 5, 2 and 37 characters to predict, the ends counted."""


def test_what_lies_beyond_the_context_is_counted_in_passes() -> None:
    assert characters_beyond(MODEL, CORPUS, ALL) == BEYOND * CONTEXT
    assert characters_beyond(MODEL, CORPUS, np.array([1, 3, 4])) == 0
    for family in ("bow", "gru", "mlp", "counts"):  # these read on at no such price
        assert characters_beyond(ready_model(family, CORPUS), CORPUS, ALL) == 0


@pytest.mark.parametrize("count", [1, 7, BEYOND - 1])
def test_some_characters_stand_for_all_beyond_the_context(count: int) -> None:
    """Against the losses of whole items: all of the first five characters, and these of the others, evenly spaced."""
    losses = [score(MODEL, CORPUS.ids(index).tolist()) for index in range(len(CORPUS))]
    near = sum(sum(item[:CONTEXT]) for item in losses)
    beyond = [loss for item in losses for loss in item[CONTEXT:]]
    assert len(beyond) == BEYOND
    chosen = [beyond[int(number)] for number in np.linspace(0, BEYOND - 1, count)]
    expected = (near + np.mean(chosen) * BEYOND) / sum(map(len, losses))
    assert estimate(MODEL, CORPUS, ALL, count * CONTEXT) == pytest.approx(expected, rel=1e-5)
    assert estimate(MODEL, CORPUS, ALL, count * CONTEXT) != pytest.approx(evaluate(MODEL, CORPUS, ALL).nll, rel=1e-6)


def test_where_there_is_room_for_all_the_loss_is_exact() -> None:
    assert estimate(MODEL, CORPUS, ALL, BEYOND * CONTEXT) == evaluate(MODEL, CORPUS, ALL).nll


def test_a_side_with_long_items_is_looked_at_in_part_and_measured_whole_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert SideLoss(CORPUS, ALL, MODEL, 0).is_whole
    monkeypatch.setattr(module, "BEYOND", 7 * CONTEXT)
    side = SideLoss(CORPUS, ALL, MODEL, 0)
    assert not side.is_whole
    assert side.measure(MODEL) == estimate(MODEL, CORPUS, ALL, 7 * CONTEXT)
    assert side.measure(MODEL, whole=True) == evaluate(MODEL, CORPUS, ALL).nll
    assert SideLoss(CORPUS, np.array([1, 3]), MODEL, 0).is_whole
