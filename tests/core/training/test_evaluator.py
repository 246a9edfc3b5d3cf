"""The losses of a side where some items are longer than the context: what stands for the rest, against all of it."""

from pathlib import Path

import numpy as np
import pytest

from makemore_core.evaluation import characters_beyond, estimate, evaluate, score
from makemore_core.runs.folder import create_run
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from makemore_core.training import evaluator as module
from makemore_core.training.config import default_config
from makemore_core.training.evaluator import SideLoss
from makemore_core.training.process import run
from makemore_core.training.stopping import StopRequest
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


@pytest.mark.parametrize(
    ("room", "kinds"), [(BEYOND, ["started", "finished"]), (4, ["started", "estimated", "finished"])]
)
def test_losses_that_are_estimates_at_the_end_are_said_to_be(
    room: int, kinds: list[str], runs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BEYOND_AT_END", room * CONTEXT)
    sizes = {"context": CONTEXT, "embedding": 8, "heads": 2, "layers": 1}
    config = default_config("transformer", CORPUS, model=sizes, split={"kind": "lecture"}, max_steps=2)
    folder = create_run(config, CORPUS, runs_home, "long")
    with Store(folder.database) as store:
        store.claim()
        assert run(folder, store, StopRequest()) == 0
    events = RunReader(folder).poll().events
    assert [event.kind for event in events] == kinds
    for event in events[1:-1]:
        assert event.warning.startswith(
            f"the last losses are estimates: some characters beyond the context of {CONTEXT} "
        )
