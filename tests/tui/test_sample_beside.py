"""Two and more models side by side on the Sample pane: one text, and what each makes of it."""

import math
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from makemore_core.corpus import corpus_from_bytes
from makemore_core.evaluation import score
from makemore_core.models.registry import FAMILIES, build_model
from makemore_core.runs.checkpoints import snapshot_name
from makemore_core.sources import Source, counts_source, uniform_source
from makemore_tui.look import Look
from makemore_tui.panes.sample import SamplePane
from makemore_tui.panes.sample.beside import Companion
from makemore_tui.panes.sample.engine import MOST_BESIDE, Engine
from makemore_tui.panes.sample.session import Session
from makemore_tui.widgets.candidates import Candidates
from makemore_tui.widgets.side_by_side import SideBySide
from tests.core.runs.making import make_run
from tests.tui.conftest import SIZES, Snap, settle
from tests.tui.sample_views import CORPUS, Driver, driven, focused, save_checkpoint

OTHER = corpus_from_bytes(b"emma\nmoe\nwem\n", name="other.txt", source="other.txt")
"""Knows no v and no i, but a w."""


def forced(text: str) -> Session:
    session = Session(counts_source(CORPUS), 1)
    for token in CORPUS.vocabulary.encode(text):
        session.force(token)
    return session


@pytest.mark.parametrize("family", [name for name, family in FAMILIES.items() if not family.counts])
def test_a_model_that_reads_along_gives_the_loss_of_the_text(family: str) -> None:
    model = build_model(family, CORPUS.vocabulary.size, seed=1).eval()
    companion, session = Companion(Source(family, model, CORPUS.vocabulary, None, None)), forced("ava")
    companion.read(session.node, CORPUS.vocabulary)
    session.undo()
    session.force(0)
    nats = companion.read(session.node, CORPUS.vocabulary).nats
    assert nats == pytest.approx(sum(score(model, CORPUS.vocabulary.encode("av"))), rel=1e-4)


def test_a_text_with_a_character_that_the_model_does_not_know_is_impossible_for_it() -> None:
    companion, session = Companion(counts_source(OTHER)), forced("em")
    assert math.isfinite(companion.read(session.node, CORPUS.vocabulary).nats)
    session.force(CORPUS.vocabulary.encode("v")[0])
    session.force(CORPUS.vocabulary.encode("a")[0])
    reading = companion.read(session.node, CORPUS.vocabulary)
    assert (reading.nats, reading.logits, reading.unknown) == (math.inf, None, "v")
    session.undo()
    session.undo()
    assert math.isfinite(companion.read(session.node, CORPUS.vocabulary).nats)


def test_the_disagreement_with_the_uniform_guess_is_what_the_entropy_lacks() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    engine.add(uniform_source(CORPUS))
    engine.force("a")
    view = engine.view()
    assert view.shape.entropy is not None
    expected = math.log(CORPUS.vocabulary.size) - view.shape.entropy[0]
    assert view.beside.models[1].divergence == f"{expected:.4f} nats"
    assert view.beside.models[1].top == f"{CORPUS.vocabulary.size} alike"


def test_models_that_agree() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    engine.add(counts_source(CORPUS))
    engine.force("m")
    same = engine.view().beside.models[1]
    assert (same.divergence, same.top.partition(", ")[2]) == ("0.0000 nats", "the same")


def test_what_only_the_first_holds_possible_makes_the_divergence_infinite_and_is_named() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    engine.add(counts_source(OTHER))
    view = engine.view()
    assert view.beside.models[1].divergence.startswith("infinite: ")
    (row,) = [row for row in view.beside.listed if row.symbol == "v"]
    assert row.cells[1] is not None and not row.cells[1].known


def test_the_characters_stand_in_the_order_of_what_all_expect_on_average() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    engine.add(uniform_source(CORPUS))
    means = [sum(cell.before for cell in row.cells if cell) for row in engine.view().beside.listed]
    assert means == sorted(means, reverse=True)


def test_there_is_an_end_to_how_many_models_stand_side_by_side() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    for _ in range(MOST_BESIDE):
        engine.add(uniform_source(CORPUS))
    assert "already" in engine.add(uniform_source(CORPUS))
    assert len(engine.companions) == MOST_BESIDE


async def add(d: Driver, *keys: str) -> None:
    await d.press("ctrl+a", *keys, "enter")


def heads(d: Driver) -> list[str]:
    return [model.name for model in d.pane.query_one(SideBySide).data.models]


async def test_a_model_is_put_beside_and_reads_the_same_text_whatever_is_done(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await add(d, "down")
        assert heads(d) == ["counts of seven.txt, order 2, smoothing 1", "uniform guess on seven.txt"]
        assert d.pane.query_one(SideBySide).region and not d.pane.query_one(Candidates).region
        for keys in (["e", "m"], ["enter"], ["backspace"], ["ctrl+r", "enter"]):
            await d.press(*keys)
            second = d.pane.query_one(SideBySide).data.models[1]
            length = len(d.session.node.path())
            assert second.text.startswith(f"{length * math.log(CORPUS.vocabulary.size):.2f} nats")


async def test_a_model_is_taken_away_again(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await add(d, "down")
        await add(d)
        assert len(heads(d)) == 3
        await d.press("ctrl+a")
        first = d.pilot.app.screen.query_one(OptionList).options[0]
        assert str(first.prompt).startswith("take away 2: uniform guess on seven.txt")
        await d.press("home", "enter")
        assert d.note == "uniform guess on seven.txt is taken away"
        assert heads(d) == ["counts of seven.txt, order 2, smoothing 1"] * 2
        await add(d, "home")
        assert heads(d) == [] and d.pane.query_one(Candidates).region


async def test_the_end_is_said_for_all(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await add(d, "down")
        await d.press("a", "v", "a", ".")
        data = d.pane.query_one(SideBySide).data
        assert not data.listed and "The item is complete." in data.words
        assert all(model.text.endswith("each") for model in data.models)


async def test_the_other_models_stay_when_the_first_one_is_exchanged(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await add(d)
        await d.press("e", "ctrl+s", "down", "enter")
        assert heads(d) == ["uniform guess on seven.txt", "counts of seven.txt, order 2, smoothing 1"]
        assert d.session.text == "e"


async def test_a_run_stands_beside_at_its_best_and_at_a_step(runs_home: Path) -> None:
    folder = make_run(runs_home, CORPUS, "bigram-1")
    for name in ("best", snapshot_name(0)):
        save_checkpoint(folder, name)
    async with driven(runs_home) as d:
        await add(d, "down", "down")
        await d.press("ctrl+a", "end")
        d.pilot.app.screen.query_one("#step", Input).value = "x"
        await d.press("enter")
        assert "whole number" in str(d.pilot.app.screen.query_one("#words").render())
        d.pilot.app.screen.query_one("#step", Input).value = "3"
        await d.press("enter")
        assert heads(d)[1:] == [
            "bigram-1: bigram on seven.txt, best at step 0",
            "bigram-1: bigram on seven.txt, back at step 0",
        ]


async def test_a_click_on_a_character_forces_it(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await add(d, "down")
        second = d.pane.query_one(SideBySide).data.listed[1]
        await d.pilot.click("#beside", offset=(4, 6))
        await settle(d.pilot)
        assert d.session.node.token == second.token


async def test_a_run_that_cannot_be_opened_is_said_and_nothing_is_added(runs_home: Path) -> None:
    make_run(runs_home, CORPUS, "bigram-1")
    async with driven(runs_home) as d:
        await add(d, "end")
        assert "bigram-1" in d.note and heads(d) == []


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_models_side_by_side(snap: Snap, size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[Any]) -> None:
        await focused(["e", "m", "ctrl+a", "down", "enter", "ctrl+a"])(pilot)
        pilot.app.screen.query_one("#order", Input).value = "3"
        await pilot.press("enter")
        await settle(pilot)

    await snap(SamplePane, corpus=CORPUS, size=size, before=act)


async def test_picture_of_an_impossible_text_in_ascii(snap: Snap) -> None:
    async def act(pilot: Pilot[Any]) -> None:
        await focused(["e", "v"])(pilot)
        pane = pilot.app.query_one(SamplePane)
        pane._tell(lambda engine: engine.add(counts_source(OTHER)))

    await snap(SamplePane, corpus=CORPUS, look=Look(ascii=True), before=act)
