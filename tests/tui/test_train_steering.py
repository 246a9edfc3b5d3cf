"""The keys that tell a run what to do, and the questions that they ask."""

from dataclasses import replace

import numpy as np
import pytest

from makemore_core.errors import RunError
from makemore_core.runs.snapshot import RunView
from makemore_tui.panes.train.dialogs import AskRate, AskStop, Question, rate_fault
from makemore_tui.panes.train.run_list import RunList
from tests.tui.conftest import settle
from tests.tui.train_app import TrainApp, asked, quick, told, until, watch
from tests.tui.train_views import StandInEngine, a_view, all_states

pytestmark = pytest.mark.usefixtures("quick")
__all__ = ["quick"]


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        ("running", ("send", "bigram-1", "pause", None)),
        ("paused", ("send", "bigram-1", "resume", None)),
        ("stopped", ("resume", "bigram-1")),
        ("died", ("resume", "bigram-1")),
        ("finished", None),
    ],
)
async def test_space_does_what_the_state_asks_for(tmp_path, state, asked):
    engine = StandInEngine(tmp_path, views=[a_view(state=state)])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("space")
        await settle(pilot)
        assert [one for one in engine.asked if one[0] in ("send", "resume")] == ([asked] if asked else [])


async def test_stopping_asks_first(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: asked(app, AskStop))
        await pilot.press("escape")
        await pilot.pause()
        assert not any(one[0] == "send" for one in engine.asked)
        await pilot.press("s")
        await until(pilot, lambda: asked(app, AskStop))
        await pilot.press("s")
        await until(pilot, lambda: ("send", "bigram-1", "stop", None) in engine.asked)


async def test_the_learning_rate_is_asked_for_or_halved(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("less_than_sign")
        await until(pilot, lambda: ("send", "bigram-1", "learning_rate", 25.0) in engine.asked)
        await pilot.press("l")
        await until(pilot, lambda: asked(app, AskRate))
        await pilot.press("home", "ctrl+k", "0", "enter")
        await pilot.pause()
        assert asked(app, AskRate)
        await pilot.press("home", "ctrl+k", *"0.5", "enter")
        await until(pilot, lambda: ("send", "bigram-1", "learning_rate", 0.5) in engine.asked)


@pytest.mark.parametrize(("text", "right"), [("0.1", True), ("1e-4", True), ("0", False), ("inf", False), ("", False)])
def test_a_learning_rate_is_checked(text, right):
    assert (rate_fault(text) is None) is right


async def test_saving_is_asked_for_and_a_refusal_is_said(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("c")
        await until(pilot, lambda: ("send", "bigram-1", "save", None) in engine.asked)
        engine.error = RunError("bigram-1 is not running, it is stopped")
        await pilot.press("c")
        await until(pilot, lambda: "not running, it is stopped" in app.text())


async def test_a_run_goes_on_below_a_question(tmp_path):
    views: list[RunView] = [a_view(step) for step in range(1000, 1400)]
    app = TrainApp(StandInEngine(tmp_path, views=views))
    async with app.run_test(size=(80, 24)) as pilot:
        live = await watch(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: asked(app, AskStop))
        seen = app.pane.run_view
        await until(pilot, lambda: app.pane.run_view.step > seen.step + 5)
        await until(pilot, lambda: live.chart.chart.series[0].steps[-1] > seen.step)
        assert asked(app, AskStop)


@pytest.mark.parametrize("key", ["s", "l"])
async def test_a_question_about_a_run_that_ends_is_over(tmp_path, key):
    engine = StandInEngine(tmp_path, views=[a_view(1999)])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        live = await watch(app, pilot)
        await pilot.press(key)
        await until(pilot, lambda: app.pane.question is not None)
        engine.readers[-1].views[:] = [a_view(2000, "finished")]
        await until(pilot, lambda: app.pane.question is None and not app.query(Question))
        assert "bigram-1 is finished" in told(app)
        await until(pilot, lambda: app.focused is live)
        await pilot.press("enter")
        await pilot.pause()
        assert not any(one[0] == "send" for one in engine.asked)


async def test_a_question_is_over_when_the_person_goes_elsewhere(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states()))
    async with app.run_test(size=(200, 60)) as pilot:
        await watch(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: asked(app, AskStop))
        await pilot.press("tab", "n", "x")  # n says no; the tab before it has left the box where it was
        await until(pilot, lambda: app.pane.question is None)
        await pilot.press("s")
        await until(pilot, lambda: asked(app, AskStop))
        await pilot.click(RunList, offset=(5, 5))
        await until(pilot, lambda: app.pane.question is None)
        assert not app.query(Question)


async def test_the_learning_rate_can_be_typed_at_once(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    app.AUTO_FOCUS = None  # as in the shell
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("l")
        await until(pilot, lambda: asked(app, AskRate))
        await pilot.press("end", *["backspace"] * 2, "7", "enter")
        await until(pilot, lambda: ("send", "bigram-1", "learning_rate", 7.0) in engine.asked)


async def test_a_learning_rate_that_was_not_changed_is_not_set(tmp_path):
    view = a_view()
    rates = replace(view.series["learning_rate"], values=np.full(view.step, 0.00123456789))
    view = replace(view, series={**view.series, "learning_rate": rates})
    engine = StandInEngine(tmp_path, views=[view])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("l")
        await until(pilot, lambda: asked(app, AskRate))
        await pilot.press("enter")
        await until(pilot, lambda: app.pane.question is None)
        assert not any(one[0] == "send" for one in engine.asked)
