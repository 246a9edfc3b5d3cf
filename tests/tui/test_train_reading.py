"""Readers of runs: none stays open behind the back of a pane that has gone elsewhere."""

import asyncio
import threading

import pytest

from makemore_core.errors import RunError
from makemore_tui.panes.train.reading import open_reader
from tests.tui.train_views import StandInReader, a_view


async def test_a_reader_that_comes_too_late_is_closed() -> None:
    reader, may_open, opening = StandInReader([a_view()]), threading.Event(), threading.Event()

    def open_run(name: str) -> StandInReader:
        opening.set()
        assert may_open.wait(30)
        return reader

    waiting = asyncio.ensure_future(open_reader(open_run, "first"))
    assert await asyncio.to_thread(opening.wait, 30)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not reader.closed
    may_open.set()
    for _ in range(500):
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
