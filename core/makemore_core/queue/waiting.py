"""Putting runs into the queue of their folder, taking them out, and who waits there."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from makemore_core.errors import RunError
from makemore_core.runs.listing import RunSummary, list_runs
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.status import RunState, read_status
from makemore_core.runs.store import Store


@dataclass(frozen=True)
class Queue:
    """The runs of a folder as the queue sees them."""

    training: tuple[RunSummary, ...]
    """Those that a process is at, in whatever way they were started. A paused one is among them: it keeps its memory,
    and goes on the moment that somebody wants it to."""
    waiting: tuple[RunSummary, ...]
    """Those that wait, the next one first."""


def read_queue(home: Path) -> Queue:
    """Who trains and who waits. It never raises."""
    runs = list_runs(home)
    waiting = sorted((run for run in runs if run.turn is not None), key=lambda run: run.turn or 0)
    return Queue(tuple(run for run in runs if run.state.is_live), tuple(waiting))


def enqueue(folder: RunFolder) -> None:
    """Let a run wait for its turn, behind all others. Raises RunError where it has nothing to do, or goes on already.

    It is not started by this: `launch.ensure_queue` looks to it that somebody does.
    """
    state = read_status(folder.database).state
    if state is RunState.FINISHED:
        raise RunError(f"{folder.name} has made all of its steps: to go on, give it more with `makemore-tui extend`")
    if state is not RunState.QUEUED:
        _change(folder, lambda store: store.enqueue(time.time()))


def enqueue_new(folder: RunFolder) -> None:
    """The same for a run that is being made: `fill` of `create_run`."""
    _change(folder, lambda store: store.enqueue(time.time()))


def dequeue(folder: RunFolder) -> None:
    """Let a run wait no longer; it stays as it is. Raises RunError where it does not wait."""
    if not _change(folder, lambda store: store.dequeue()):
        raise RunError(f"{folder.name} does not wait in the queue")


def move_to_front(folder: RunFolder, home: Path) -> None:
    """Let a run be the next one. Raises RunError where it goes on already or has nothing to do."""
    enqueue(folder)
    first = min((run.waits_at for run in read_queue(home).waiting if run.waits_at is not None), default=time.time())
    _change(folder, lambda store: store.enqueue(first - 1.0))


def _change(folder: RunFolder, change: Callable[[Store], bool | None]) -> bool | None:
    try:
        with Store(folder.database) as store:
            return change(store)
    except (sqlite3.Error, OSError) as error:
        raise RunError(f"{folder.name}: its store, {folder.database}, cannot be written: {error}") from error
