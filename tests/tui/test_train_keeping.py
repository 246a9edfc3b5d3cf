"""The keys of the Train pane for a run as a whole, on runs made up by hand and on real folders."""

from pathlib import Path

import pytest
from textual.widgets import Input, OptionList, Static

from makemore_core.errors import RunError
from makemore_core.runs.listing import list_runs
from makemore_tui.panes.train.engine import Engine
from makemore_tui.panes.train.keeping_dialogs import AskDelete, AskLine
from tests.core.runs.making import make_run
from tests.tui.train_app import TrainApp, asked, quick, told, until, watch
from tests.tui.train_views import StandInEngine, a_summary, a_view, all_states

pytestmark = pytest.mark.usefixtures("quick")
__all__ = ["quick"]

CLEAR = ["home", "shift+end", "delete"]


def changes(engine: StandInEngine) -> list[tuple[object, ...]]:
    """What was asked for that changes a run."""
    return [what for what in engine.asked if what[0] in ("extend", "rename", "note", "delete")]


async def press(pilot, *keys):
    for key in keys:
        await pilot.press(key)
    await pilot.pause()


async def test_a_live_run_gets_more_steps(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await press(pilot, "E")
        await until(pilot, lambda: asked(app, AskLine))
        field = app.query_one("Question Input", Input)
        assert field.value == "2000"
        await press(pilot, *CLEAR, *"1240", "enter")
        assert "it has made 1,240 already" in str(app.query_one("#words", Static).content)
        assert asked(app, AskLine)
        await press(pilot, *CLEAR, *"3,000", "enter")
        await until(pilot, lambda: changes(engine))
        assert changes(engine) == [("extend", "bigram-1", 3000)]
        await until(pilot, lambda: "bigram-1 ends at step 3,000" in told(app))
        assert app.focused is app.pane.live


async def test_a_number_that_was_not_changed_asks_for_nothing(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await press(pilot, "E")
        await until(pilot, lambda: asked(app, AskLine))
        await press(pilot, "enter")
        await until(pilot, lambda: app.pane.question is None)
        assert changes(engine) == []


async def test_a_question_about_an_ended_run_stays_open(tmp_path):
    """Unlike one that only a run that goes on could hear the answer to."""
    engine = StandInEngine(tmp_path, views=[a_view(2000, state="finished")])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await press(pilot, "N")
        await until(pilot, lambda: asked(app, AskLine))
        polls = engine.readers[-1].polls
        await until(pilot, lambda: engine.readers[-1].polls > polls + 2)
        await press(pilot, *"wide", "enter")
        await until(pilot, lambda: changes(engine) == [("note", "bigram-1", "wide")])


async def test_the_keys_work_on_the_run_under_the_cursor(tmp_path):
    engine = StandInEngine(tmp_path, runs=all_states())
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pane.mode == "runs")
        await press(pilot, "down", "down", "down", "R")
        await until(pilot, lambda: asked(app, AskLine))
        await press(pilot, *CLEAR, *"a/b", "enter")
        assert asked(app, AskLine)
        await press(pilot, *CLEAR, *"short", "enter")
        await until(pilot, lambda: changes(engine))
        assert changes(engine) == [("rename", "long-name-of-a-run-that-goes-on", "short")]
        await pilot.pause()
        assert isinstance(app.focused, OptionList)
        assert app.announced == []  # the run that is selected is another


async def test_a_run_that_is_laid_over_another_stays_so_under_its_new_name(tmp_path):
    home = tmp_path / "runs"
    for name in ("first", "second"):
        make_run(home, name=name)
    app = TrainApp(Engine(home))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot, "first")
        app.pane.overlay.toggle("second", "first")
        app.pane._compare()
        await until(pilot, lambda: "second" in app.pane._others)
        await press(pilot, "r")
        app.pane.runs.put_cursor("second")
        await press(pilot, "R")
        await until(pilot, lambda: asked(app, AskLine))
        await press(pilot, *CLEAR, *"third", "enter")
        await until(pilot, lambda: app.pane.overlay.slots == {"first": 0, "third": 1})
        await until(pilot, lambda: set(app.pane._others) == {"third"})
        # What another app renames or deletes is let go of.
        (home / "third").rename(home / "fourth")
        app.pane._look_at_others()
        await until(pilot, lambda: app.pane.overlay.names == ("first",) and not app.pane._others)


async def test_a_run_that_is_shown_is_selected_by_its_new_name(tmp_path):
    engine = StandInEngine(tmp_path, views=[a_view(2000, state="finished")])
    engine.others = {"first": [a_view(2000, state="finished", name="first")]}
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await press(pilot, "R")
        await until(pilot, lambda: asked(app, AskLine))
        await press(pilot, *CLEAR, *"first", "enter")
        await until(pilot, lambda: app.announced == ["first"])
        await until(pilot, lambda: app.pane.run_view is not None and app.pane.run_view.name == "first")


@pytest.mark.parametrize(("key", "word"), [("R", "renamed"), ("delete", "deleted"), ("D", "deleted")])
async def test_a_live_run_is_neither_renamed_nor_deleted(tmp_path, key, word):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await press(pilot, key)
        await until(pilot, lambda: f"bigram-1 is running: it can be {word} once it is stopped" in told(app))
        assert app.pane.question is None


async def test_deleting_asks_and_says_how_many_bytes(tmp_path):
    engine = StandInEngine(tmp_path, views=[a_view(2000, state="finished")], runs=[a_summary("other", "finished")])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        for key, answer in (("enter", False), ("escape", False), ("y", True)):
            await press(pilot, "D")
            await until(pilot, lambda: asked(app, AskDelete))
            assert "12 files, 3.4 MB (3,400,000 bytes)" in app.text()
            await press(pilot, key)
            await until(pilot, lambda: app.pane.question is None)
            await pilot.pause()
            assert bool(changes(engine)) is answer
        await until(pilot, lambda: app.pane.mode == "runs")
        assert changes(engine) == [("delete", "bigram-1")]
        assert app.announced == [None]
        assert engine.readers[-1].closed
        assert "bigram-1 is deleted" in told(app)


async def test_what_is_refused_is_said(tmp_path):
    engine = StandInEngine(tmp_path, views=[a_view(2000, state="finished")])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        engine.error = RunError("the disk is read-only")
        for keys in (("E", *CLEAR, *"3000", "enter"), ("N", *"x", "enter")):
            app.notices.clear()
            await press(pilot, keys[0])
            await until(pilot, lambda: asked(app, AskLine))
            await press(pilot, *keys[1:])
            await until(pilot, lambda: "the disk is read-only" in told(app))
        app.notices.clear()
        await press(pilot, "D")
        await until(pilot, lambda: "the disk is read-only" in told(app))
        assert app.pane.question is None


async def test_the_list_shows_notes_and_where_a_run_is_from(tmp_path):
    engine = StandInEngine(tmp_path, runs=[a_summary("bigram-1", "finished", note="the [wide] one")])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pane.mode == "runs")
        await pilot.pause()
        assert "the [wide] one" in app.text()


async def test_on_real_folders(runs_home: Path):
    """The engine itself: what the keys ask for is done."""
    make_run(runs_home, name="first")
    engine = Engine(runs_home)
    app = TrainApp(engine)  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pane.mode == "runs" and app.pane.at_hand is not None)
        await press(pilot, "N")
        await until(pilot, lambda: asked(app, AskLine))
        await press(pilot, *"wide", "enter")
        await until(pilot, lambda: "wide" in app.text())
        assert list_runs(runs_home)[0].note == "wide"
        await press(pilot, "R")
        await until(pilot, lambda: asked(app, AskLine))
        await press(pilot, *CLEAR, *"second", "enter")
        await until(pilot, lambda: [run.name for run in app.pane.runs.runs] == ["second"])
        await press(pilot, "delete")
        await until(pilot, lambda: asked(app, AskDelete))
        await press(pilot, "y")
        await until(pilot, lambda: not list_runs(runs_home) and not app.pane.runs.runs)


async def test_an_app_that_only_looks_has_no_keys_that_change_a_run(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    app.read_only = True
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pane.mode == "runs")  # and not the form, though there are no runs
        await watch(app, pilot)
        await press(pilot, "space", "s", "less_than_sign", "c", "l", "E", "R", "N", "D", "n")
        assert {what[0] for what in engine.asked} <= {"reader", "cool_down"}
        assert (app.pane.mode, app.pane.question) == ("live", None)
        assert "read-only" in told(app)
