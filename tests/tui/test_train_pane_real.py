"""The Train pane on a real training process and a small list."""

import asyncio
from collections.abc import Iterator

import pytest

from makemore_core.runs.status import RunState
from makemore_tui.panes.train import TrainPane, pane
from makemore_tui.panes.train.engine import Engine
from makemore_tui.panes.train.form import NewRunForm
from tests.tui.conftest import PaneApp
from tests.tui.train_views import small_corpus

PATIENCE = 60


@pytest.fixture
def no_process_is_warmed_up() -> None:
    """Here one is, as for a person."""


@pytest.fixture
def engine(runs_home) -> Iterator[Engine]:
    """A real engine; what it started and did not stop is ended."""
    engine = Engine(runs_home)
    yield engine
    engine.cool_down()
    for process in engine._processes:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def app(engine, runs_home, monkeypatch) -> PaneApp:
    monkeypatch.setattr(pane, "interval_of", lambda _: 0.05)
    monkeypatch.setattr(pane, "QUIET_INTERVAL", 0.05)

    class Pane(TrainPane):
        engine_for = staticmethod(lambda home: engine)

    return PaneApp(Pane, runs_home)


async def until(pilot, condition) -> None:
    for _ in range(PATIENCE * 20):
        if condition():
            return await pilot.pause(0)
        await asyncio.sleep(0.05)
    view = pilot.app.subject.run_view
    raise AssertionError(f"it did not come about; the run is {view and (view.state, view.reason, view.step)}")


async def start(app, pilot, **values: str) -> None:
    app.subject.corpus = small_corpus()
    form = app.query_one(NewRunForm)
    await until(pilot, lambda: form.checked.config is not None)
    for key, text in values.items():
        form.row(key).value = text
    await until(pilot, lambda: form.checked.config is not None and form.checked.config.max_steps != 2000)
    await pilot.press("ctrl+s")


async def test_a_run_goes_from_the_form_to_its_end(app, runs_home):
    async with app.run_test(size=(120, 40)) as pilot:
        await start(app, pilot, max_steps="30", name="first")
        await until(pilot, lambda: app.subject.run_view and app.subject.run_view.state is RunState.FINISHED)
        view = app.subject.run_view
        assert (view.name, view.step, view.config.data.items) == ("first", 30, 10)
        assert (runs_home / "first" / "run.db").is_file()
        assert app.subject.live.chart.chart.series


@pytest.mark.usefixtures("quick_trainers")
async def test_a_run_is_paused_let_go_on_stopped_and_resumed(app):
    def state():
        return app.subject.run_view and app.subject.run_view.state

    async with app.run_test(size=(80, 24)) as pilot:
        await start(app, pilot, max_steps="1000000000")
        await until(pilot, lambda: state() is RunState.RUNNING and app.subject.run_view.step > 0)
        await pilot.press("space")
        await until(pilot, lambda: state() is RunState.PAUSED)
        held = app.subject.run_view.step
        await pilot.press("less_than_sign")
        await until(pilot, lambda: any(event.kind == "learning_rate" for event in app.subject.run_view.events))
        assert app.subject.run_view.step == held
        await pilot.press("space")
        await until(pilot, lambda: app.subject.run_view.step > held)
        await pilot.press("s")
        await until(pilot, lambda: app.subject.question is not None and app.subject.question.has_focus)
        await pilot.press("enter")
        await until(pilot, lambda: state() is RunState.STOPPED)
        stopped = app.subject.run_view.step
        await pilot.press("space")
        await until(pilot, lambda: state() is RunState.RUNNING and app.subject.run_view.step > stopped)
