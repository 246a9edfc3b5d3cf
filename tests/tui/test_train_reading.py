"""Readers of runs: none stays open behind the back of a pane that has gone elsewhere."""

import asyncio
import threading
from pathlib import Path

import pytest

from makemore_core.errors import RunError
from makemore_tui.panes.train.reading import open_reader
from tests.tui.train_app import TrainApp, quick, told, until, watch
from tests.tui.train_views import StandInEngine, StandInReader, a_summary, a_view

__all__ = ["quick"]


async def test_a_reader_that_comes_too_late_is_closed() -> None:
    reader, may_open, opening = StandInReader([a_view()]), threading.Event(), threading.Event()

    def open_run(name: str) -> StandInReader:
        opening.set()
        assert may_open.wait(60)
        return reader

    waiting = asyncio.ensure_future(open_reader(open_run, "first"))
    assert await asyncio.to_thread(opening.wait, 60)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not reader.closed
    may_open.set()
    for _ in range(3000):
        if reader.closed:
            break
        await asyncio.sleep(0.02)
    assert reader.closed


async def test_a_reader_that_is_waited_for_stays_open() -> None:
    reader = StandInReader([a_view()])
    assert await open_reader(lambda name: reader, "first") is reader
    assert not reader.closed


async def test_a_run_that_is_no_more_is_said() -> None:
    def open_run(name: str) -> StandInReader:
        raise RunError(f"no run {name}")

    with pytest.raises(RunError, match="no run first"):
        await open_reader(open_run, "first")


class SlowEngine(StandInEngine):
    """Two runs, `one` and `two`; `two` is there when the test says so."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, runs=[a_summary(name, "running") for name in ("one", "two")])
        self.others = {"one": [a_view(1111, name="one")], "two": [a_view(1222, name="two")]}
        self.may_read = threading.Event()

    def reader(self, name: str) -> StandInReader:
        assert name != "two" or self.may_read.wait(60)
        return super().reader(name)


@pytest.mark.usefixtures("quick")
async def test_no_numbers_of_one_run_stand_under_the_name_of_another(tmp_path: Path) -> None:
    app = TrainApp(engine := SlowEngine(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await watch(app, pilot, "one")
        await until(pilot, lambda: "1,111" in app.text())
        app.pane.run_name = "two"
        await until(pilot, lambda: "reading two" in app.text())
        await until(pilot, lambda: "1,111" not in app.text() and "samples" not in app.text())
        engine.may_read.set()
        await until(pilot, lambda: "1,222" in app.text() and "samples" in app.text())
        assert "reading" not in app.text()


@pytest.mark.usefixtures("quick")
async def test_back_to_the_run_of_before_shows_it_again(tmp_path: Path) -> None:
    app = TrainApp(engine := SlowEngine(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await watch(app, pilot, "one")
        app.pane.run_name = "two"
        await until(pilot, lambda: "reading two" in app.text())
        app.pane.run_name = "one"
        await until(pilot, lambda: "1,111" in app.text() and "samples" in app.text())
        engine.may_read.set()


@pytest.mark.usefixtures("quick")
async def test_a_question_that_is_left_leaves_the_cursor_of_the_list(tmp_path: Path) -> None:
    app = TrainApp(SlowEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot, "one")
        await pilot.press("r")
        await until(pilot, lambda: app.pane.runs.at_cursor == "one")
        await pilot.press("down")
        await until(pilot, lambda: app.pane.runs.at_cursor == "two")
        await pilot.press("N")
        await until(pilot, lambda: app.pane.question is not None)
        await pilot.press("escape")
        await until(pilot, lambda: app.pane.question is None)
        await pilot.pause()
        assert app.pane.runs.at_cursor == "two"


@pytest.mark.usefixtures("quick")
async def test_a_run_that_was_deleted_meanwhile_is_not_shown_as_finished(tmp_path: Path) -> None:
    engine = StandInEngine(tmp_path, views=[a_view(2000, "finished", name="bigram-1")])
    app = TrainApp(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await watch(app, pilot)
        await until(pilot, lambda: "✓ finished" in app.text())
        app.pane.display = False
        await pilot.pause()
        engine.error = RunError("there is no run 'bigram-1'")
        app.pane.display = True
        await until(pilot, lambda: "there is no run 'bigram-1'" in app.text())
        assert "✓ finished" not in app.text() and "? gone" in app.text()
        app.pane.give_keys()
        for key in ("space", "s", "c", "E", "D", "F", "Y"):
            app.notices.clear()
            await pilot.press(key)
            await until(pilot, lambda: "bigram-1 is gone: it was deleted or renamed elsewhere" in told(app))
            assert app.pane.question is None and app.pane.mode == "live"
