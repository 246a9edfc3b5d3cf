"""Any word, scored by each model that is open."""

import math
from pathlib import Path

import pytest

from makemore_core.corpus import corpus_from_bytes
from makemore_core.evaluation import score
from makemore_core.sources import counts_source, uniform_source
from makemore_tui.panes.sample import SamplePane
from makemore_tui.panes.sample.engine import MOST_BESIDE, Engine
from makemore_tui.panes.sample.scoring import ScoreScreen
from makemore_tui.widgets.note_line import NoteLine
from makemore_tui.widgets.surprisal_line import SurprisalLine
from tests.tui.conftest import SIZES, Snap, settle
from tests.tui.sample_views import CORPUS, Driver, driven, focused

OTHER = corpus_from_bytes(b"emma\nmoe\n", name="other.txt", source="other.txt")


def test_each_character_costs_what_the_model_says_and_the_end_too() -> None:
    source = counts_source(CORPUS)
    engine = Engine(source, 1, ascii_only=False)
    expected = score(source.model, CORPUS.vocabulary.encode("ava"))
    (model,) = engine.score("ava").models
    assert [mark.surprisal for mark in model.text.marks] == pytest.approx(expected)
    assert [mark.symbol for mark in model.text.marks] == ["a", "v", "a", "."]
    assert model.text.summary == f"{sum(expected):.3f} nats, NLL {sum(expected) / 4:.4f}"
    assert model.words == f"P {math.exp(-sum(expected)):.3g}, in train"


def test_neighbours_come_with_their_distance() -> None:
    near = Engine(counts_source(CORPUS), 1, ascii_only=False).score("avia").near
    assert near.startswith("ava 1, mia 2")


def test_a_character_that_a_model_has_never_seen_is_impossible_and_no_error() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    engine.add(counts_source(OTHER))
    first, second = engine.score("mav").models
    assert not first.impossible
    assert second.impossible and second.words == "impossible: the model has never seen 'v'"
    assert second.text.summary == "impossible"


def shown(d: Driver) -> list[str]:
    boxes = [box for box in d.pilot.app.screen.query(".score") if box.display]
    return [box.query_one(NoteLine).text for box in boxes]


async def test_a_word_is_scored_at_each_key_and_walked_through(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        d.pane._tell(lambda engine: engine.add(uniform_source(CORPUS)))
        await settle(d.pilot)
        await d.press("ctrl+w")
        screen = d.pilot.app.screen
        assert isinstance(screen, ScoreScreen) and shown(d) == []
        await d.press("m", "i")
        assert len(shown(d)) == 2 and shown(d)[1].startswith("uniform guess on seven.txt ")
        assert shown(d)[1].endswith(f"P {12**-3:.3g}, new")
        assert len(screen.query(SurprisalLine).first().data.marks) == 3
        await d.press("x")
        assert "has never seen 'x'" in shown(d)[0]
        await d.press("backspace", "enter")
        assert d.session.text == "mi"


async def test_the_text_so_far_is_scored_at_first(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("a", "v", "ctrl+w")
        assert len(shown(d)) == 1 and "P 0.0" in shown(d)[0]
        await d.press("escape")
        assert d.pane.has_focus


async def test_of_many_models_all_can_be_scrolled_to(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        for _ in range(MOST_BESIDE):
            d.pane._tell(lambda engine: engine.add(uniform_source(CORPUS)))
        await settle(d.pilot)
        await d.press("ctrl+w", "a")
        screen = d.pilot.app.screen
        near, last = screen.query_one("#near"), screen.query(".score").last()
        assert len(shown(d)) == MOST_BESIDE + 1
        assert screen.region.contains_region(near.region)
        assert near.region.y < last.region.y
        await d.press("down", "down")
        assert last.region.bottom <= near.region.y


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_scoring(snap: Snap, size: tuple[int, int]) -> None:
    keys = ["ctrl+a", "down", "enter", "ctrl+w", *"emilia"]
    await snap(SamplePane, corpus=CORPUS, size=size, before=focused(keys))
