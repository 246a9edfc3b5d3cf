"""The Compare pane: training every family on a list, how far that is, and stopping it."""

from pathlib import Path

import pytest
from textual.widgets import Static

from makemore_tui.panes.compare.dialogs import AskFamilies, AskStop
from tests.tui.compare_driver import driven
from tests.tui.compare_views import StandInEngine, a_run


@pytest.fixture
def engine(tmp_path: Path) -> StandInEngine:
    return StandInEngine(tmp_path)


async def test_no_runs_yet_says_what_to_press_and_the_counts_are_there(tmp_path: Path) -> None:
    async with driven(StandInEngine(tmp_path, []), (80, 24)) as d:
        await d.all_measured()
        assert str(d.pane.table.border_title) == "ten names, disjoint split: no runs yet: f trains every family"
        assert d.order == ["kneser-ney", "ngram", "counts", "real"]


async def test_every_family_is_trained_after_a_question(engine: StandInEngine) -> None:
    engine.runs = []
    async with driven(engine) as d:
        await d.press("f")
        await d.until(lambda: isinstance(d.app.screen, AskFamilies))
        text = str(d.app.screen.query_one(Static).content)
        assert "Train every family on ten names?" in text
        assert "all 8: 96,000 steps, about 13 min by earlier runs." in text
        assert "go on when the app is closed" in text
        await d.press("escape")
        assert ("climb", "ladder-names") not in engine.asked
        await d.press("f")
        await d.until(lambda: isinstance(d.app.screen, AskFamilies))
        await d.press("enter")
        await d.until(lambda: ("climb", "ladder-names") in engine.asked)
        await d.until(lambda: "running 38%" in d.pane.table.table.rows[-2].cells or "mlp" in d.order)


async def test_a_ladder_that_is_whole_is_not_asked_about(engine: StandInEngine) -> None:
    engine.finished = 8
    async with driven(engine) as d:
        await d.press("f")
        await d.until(lambda: d.app.notices)
        assert d.app.notices == ["ladder-names is whole: nothing is left to train"]


async def test_a_ladder_that_is_under_way_shows_how_far_it_is_and_can_be_stopped(engine: StandInEngine) -> None:
    engine.going = 1
    engine.runs = [a_run("bigram"), a_run("mlp", "running", step=3000, max_steps=8000)]
    async with driven(engine, (80, 24)) as d:
        await d.all_measured()
        assert str(d.pane.table.border_title).endswith("2 runs, mlp trains: 38%, about 70 s left")
        await d.press("f")
        await d.until(lambda: isinstance(d.app.screen, AskStop))
        lines = str(d.app.screen.query_one(Static).content).splitlines()
        assert [line.split(maxsplit=1) for line in lines[:2]] == [
            ["bigram", "at its end"],
            ["mlp", "38%, about 70 s left"],
        ]
        assert "What was trained is kept: f goes on where it stopped." in lines
        await d.press("escape")
        assert ("halt", "ladder-names") not in engine.asked
        await d.press("f")
        await d.until(lambda: isinstance(d.app.screen, AskStop))
        await d.press("s")
        await d.until(lambda: len(d.app.notices) == 2)
        assert ("halt", "ladder-names") in engine.asked
        assert d.app.notices[1] == "ladder-names stopped: f goes on where it was"


async def test_while_a_family_trains_those_that_are_missing_can_be_trained_too(engine: StandInEngine) -> None:
    engine.going, engine.finished = 1, 1
    engine.runs = [a_run("bigram"), a_run("mlp", "running", step=3000, max_steps=8000)]
    async with driven(engine) as d:
        await d.press("f")
        await d.until(lambda: isinstance(d.app.screen, AskStop))
        lines = str(d.app.screen.query_one(Static).content).splitlines()
        assert lines[-1] == "enter train the 6 missing   s stop them all   escape let them go on"
        await d.press("enter")
        await d.until(lambda: ("climb", "ladder-names") in engine.asked)
        assert ("halt", "ladder-names") not in engine.asked


async def test_while_the_last_families_train_enter_lets_them_go_on(engine: StandInEngine) -> None:
    engine.going, engine.finished = 1, 7
    async with driven(engine) as d:
        await d.press("f")
        await d.until(lambda: isinstance(d.app.screen, AskStop))
        lines = str(d.app.screen.query_one(Static).content).splitlines()
        assert lines[-1] == "s stop them all   escape let them go on"
        await d.press("enter")
        await d.until(lambda: not isinstance(d.app.screen, AskStop))
        await d.app.workers.wait_for_complete([one for one in d.app.workers if one.group == "families"])
        assert not {("climb", "ladder-names"), ("halt", "ladder-names")} & set(engine.asked)


async def test_read_only_trains_nothing_and_offers_no_key_for_it(engine: StandInEngine) -> None:
    engine.runs = []
    async with driven(engine, read_only=True) as d:
        assert "f" not in d.app.screen.active_bindings
        await d.press("f")
        assert d.app.notices == ["read-only: nothing is trained here; start the app without --read-only to train"]
        assert "f trains" not in str(d.pane.table.border_title)
