"""The state machine of the Sample pane: undoing is exact, and stepping is sampling."""

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from makemore_core.corpus import Corpus, corpus_from_bytes
from makemore_core.evaluation import score
from makemore_core.models.base import seeded
from makemore_core.models.registry import FAMILIES, build_model
from makemore_core.sampling import Controls, draw_uniform, sample_items
from makemore_core.sources import Source, counts_source, uniform_source
from makemore_tui.panes.sample.branches import branch_lines, branches
from makemore_tui.panes.sample.session import Session
from makemore_tui.panes.sample.tape import Tape

CORPUS: Corpus = corpus_from_bytes(b"emma\nava\nmia\nevan\nemma\namy\n", name="six", source="six")
COUNTS: Source = counts_source(CORPUS, 2, 1.0)
TRIGRAM: Source = counts_source(CORPUS, 3, 0.5)

controls = st.builds(
    Controls,
    temperature=st.sampled_from([0.5, 1.0, 2.0]),
    top_k=st.sampled_from([None, 2, 5]),
    top_p=st.sampled_from([None, 0.6, 0.95]),
    max_length=st.sampled_from([3, 30]),
)
ids = st.integers(0, CORPUS.vocabulary.size - 1)
actions = st.one_of(
    st.sampled_from([("draw",), ("finish",), ("reroll",), ("begin",)]),
    st.tuples(st.just("force"), ids),
    st.tuples(st.just("generate"), st.integers(1, 3)),
)


def state(session: Session) -> tuple[Any, ...]:
    """Everything that a person sees, the branches apart."""
    path = [(node.number, node.token, node.probability) for node in session.node.path()]
    return session.text, path, session.place, session.u, session.items, session.ended


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), controls, st.lists(actions, max_size=12))
def test_undoing_goes_back_through_every_state(seed: int, controls: Controls, done: list[tuple[Any, ...]]) -> None:
    session = Session(TRIGRAM, seed, controls)
    states = {0: state(session)}
    for name, *arguments in done:
        getattr(session, name)(*arguments)
        states[session.undoable] = state(session)
    while session.undoable in states and session.undo():
        if session.undoable in states:
            assert state(session) == states[session.undoable]
    while session.undo():
        pass
    assert state(session) == states[0]
    assert not session.undo()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), controls, st.integers(0, 4))
def test_stepping_and_finishing_is_sampling(seed: int, controls: Controls, steps: int) -> None:
    session = Session(TRIGRAM, seed, controls)
    for _ in range(3):
        session.begin()
        for _ in range(steps):
            if not session.ended:
                session.draw()
        if not session.ended:
            session.finish()
    expected = list(sample_items(TRIGRAM.model, TRIGRAM.vocabulary, 3, controls, seeded(seed)))
    assert [(item.text, item.finished) for item in session.items] == [(i.text, i.finished) for i in expected]
    assert [item.nll for item in session.items] == pytest.approx([item.nll for item in expected])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), controls, st.integers(0, 5), st.integers(1, 4))
def test_generating_many_is_finishing_one_by_one(seed: int, controls: Controls, first: int, count: int) -> None:
    one_by_one, at_once = Session(COUNTS, seed, controls), Session(COUNTS, seed, controls)
    for session in (one_by_one, at_once):
        for _ in range(first):
            session.reroll()
    for _ in range(count):
        one_by_one.finish()
    at_once.generate(count)
    assert [item.text for item in at_once.items] == [item.text for item in one_by_one.items]
    assert at_once.place == one_by_one.place
    assert at_once.text == "" and not at_once.ended


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.lists(ids.filter(bool), max_size=8))
def test_forcing_uses_no_random_number(seed: int, forced: list[int]) -> None:
    session = Session(COUNTS, seed)
    before = session.u
    for token in forced:
        session.force(token)
    assert (session.place, session.u) == (0, before)
    assert session.text == CORPUS.vocabulary.decode(forced)


def test_probabilities_and_surprisals_are_the_models() -> None:
    session = Session(TRIGRAM, 1)
    for token in [*CORPUS.vocabulary.encode("evan"), 0]:
        session.force(token)
    expected = score(TRIGRAM.model, CORPUS.vocabulary.encode("evan"))
    assert [node.surprisal for node in session.node.path()] == pytest.approx(expected)
    (item,) = session.items
    assert item.nll == pytest.approx(sum(expected) / 5)
    assert (item.text, item.forced, item.finished) == ("evan", 5, True)
    assert item.membership is not None and item.membership.in_train


@pytest.mark.parametrize("family", [name for name, family in FAMILIES.items() if not family.counts])
def test_going_back_and_on_leaves_no_trace_in_any_model(family: str) -> None:
    """A model with a memory must not keep what was undone."""
    model = build_model(family, CORPUS.vocabulary.size, seed=1).eval()
    session = Session(Source(family, model, CORPUS.vocabulary, None, None), 3)
    word = CORPUS.vocabulary.encode("evan")
    for token in [*word[:2], *CORPUS.vocabulary.encode("mm")]:
        session.force(token)
    session.undo()
    session.undo()
    for token in [*word[2:], 0]:
        session.force(token)
    nlls = [node.surprisal for node in session.node.path()]
    assert nlls == pytest.approx(score(model, word), rel=1e-4)
    assert session.items[0].membership is None


def test_an_impossible_character_can_be_forced_and_is_infinitely_surprising() -> None:
    source = counts_source(CORPUS, 2, 0.0)
    session = Session(source, 1)
    session.force(CORPUS.vocabulary.encode("y")[0])
    assert session.node.surprisal == math.inf
    session.force(0)
    assert session.items[0].nll == math.inf


def test_the_picked_character_is_the_one_that_is_drawn() -> None:
    session = Session(COUNTS, 3)
    for _ in range(20):
        if session.ended:
            session.begin()
        picked, u = session.picked, session.u
        low, high = ([0.0, *session.next.cumulative.tolist()][picked + at] for at in (0, 1))
        assert low <= u < high
        session.draw()
        assert (session.node.token, session.node.u) == (picked, u)


def test_what_was_left_behind_stays_as_a_branch_and_can_be_gone_back_to() -> None:
    encode = CORPUS.vocabulary.encode
    session = Session(COUNTS, 1)
    for token in encode("emma"):
        session.force(token)
    for _ in range(2):
        session.undo()
    for token in encode("y"):
        session.force(token)
    tips = branches(session.nodes, session.node, CORPUS.vocabulary.symbol)
    assert [(tip.symbols, tip.here, tip.forced) for tip in tips] == [("emy", True, 3), ("emma", False, 4)]
    session.go_to(tips[1].node)
    assert session.text == "emma"
    session.undo()
    assert session.text == "emm"
    lines = branch_lines(session.root, session.node, CORPUS.vocabulary.symbol)
    texts = ["".join(symbol for symbol, _ in line.characters) for line in lines]
    assert texts == ["start", "em", "m", "a", "y"]
    assert [line.guides for line in lines] == [(), (False,), (False, True), (False, True, False), (False, False)]
    assert [line.here for line in lines] == [False, False, True, False, False]


def test_a_character_that_was_tried_before_is_the_same_branch() -> None:
    session = Session(COUNTS, 1)
    session.draw()
    session.undo()
    session.force(session.picked)
    assert len(session.nodes) == 2
    assert session.node.u is None


def test_another_model_takes_over_text_place_and_items() -> None:
    session = Session(COUNTS, 5)
    session.finish()
    session.force(CORPUS.vocabulary.encode("a")[0])
    session.draw()
    other = session.with_source(uniform_source(CORPUS))
    assert (other.text, other.place, other.u, other.items) == (session.text, session.place, session.u, session.items)
    assert [node.u for node in other.node.path()] == [node.u for node in session.node.path()]
    assert all(node.probability == pytest.approx(1 / CORPUS.vocabulary.size) for node in other.node.path())
    other.undo()
    assert len(other.node.path()) == len(session.node.path()) - 1


def test_a_model_of_other_characters_begins_anew() -> None:
    session = Session(COUNTS, 5)
    session.draw()
    other = corpus_from_bytes(b"xyz\nzzy\n", name="other", source="other")
    assert session.with_source(counts_source(other)).text == ""


def test_a_long_generation_can_be_stopped() -> None:
    session = Session(COUNTS, 5)
    assert len(session.generate(1000, lambda kept, drawn: kept < 7).items) == 7
    assert len(session.items) == 7
    assert session.place == sum(len(item.text) + 1 for item in session.items)


def test_controls_change_what_is_drawn_from_and_nothing_else() -> None:
    session = Session(COUNTS, 5)
    before = session.next.probability
    session.set_controls(top_k=1)
    assert int((session.next.adjusted > 0).sum()) == 1
    assert torch.equal(session.next.probability, before)
    assert session.undoable == 0


@given(st.integers(0, 2**63 - 1), st.integers(0, 50))
def test_the_tape_is_the_generators_numbers(seed: int, place: int) -> None:
    generator = seeded(seed)
    expected = [draw_uniform(generator) for _ in range(place + 3)]
    tape = Tape(seed)
    assert tape[place] == expected[place]
    assert [tape[at] for at in range(place + 3)] == expected
    assert draw_uniform(tape.generator_at(place)) == expected[place]
