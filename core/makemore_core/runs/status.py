"""The state of a run: what its process last said of itself, and whether that process still lives."""

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from makemore_core.errors import RunError
from makemore_core.runs import schema
from makemore_core.runs.damage import find_trouble
from makemore_core.runs.last_word import find_wait, find_word
from makemore_core.runs.liveness import ProcessMark, counts_as_running
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.queued import queue_place
from makemore_core.runs.states import RunState

__all__ = ["RunState", "Status", "current_status", "read_status"]


@dataclass(frozen=True)
class Status:
    """The state of a run, with the reason where it needs one, and how far it has come."""

    state: RunState
    reason: str = ""
    step: int = 0
    steps_per_second: float = 0.0
    seconds: float = 0.0
    """Spent in training, pauses left out."""
    heartbeat: float = 0.0
    """When its process last gave a sign, in seconds since 1970; 0 where none ever did."""
    pid: int | None = None
    host: str = ""


def read_status(database: Path) -> Status:
    """The status of the run with this store. It never raises: a store that cannot be read has a state that says so."""
    try:
        with closing(schema.open_readable(database)) as connection:
            return current_status(connection, database)
    except (RunError, sqlite3.Error, OSError, ValueError) as error:
        trouble = find_trouble(RunFolder(database.parent), error)
        return Status(trouble.state, trouble.reason)


def current_status(connection: sqlite3.Connection, database: Path) -> Status:
    """The status that an open store tells. Raises sqlite3.Error, OSError or ValueError where it is damaged."""
    status = _told_status(connection, database)
    if not status.state.is_live and queue_place(connection, database) is not None:
        return replace(status, state=RunState.QUEUED, reason="")
    return status


def _told_status(connection: sqlite3.Connection, database: Path) -> Status:
    """What its process, if it ever had one, has told and come to."""
    row = connection.execute(
        "SELECT state, reason, step, steps_per_second, seconds, wall, pid, host, process_start, inode"
        " FROM heartbeat WHERE id = 1"
    ).fetchone()
    if row is None:
        return Status(RunState.STOPPED, "not started yet")
    status = Status(RunState(row[0]), *row[1:8])
    if not status.state.is_live:
        return status
    same_store = row[9] == database.stat().st_ino
    mark = ProcessMark(status.pid, row[8], status.host)
    if counts_as_running(mark, time.time() - status.heartbeat, same_store):
        wait = find_wait(database.parent, mark)
        return status if wait is None else Status(RunState.PAUSED, wait, *row[2:8])
    if same_store and (word := find_word(database.parent, mark)) is not None:
        return Status(RunState.FAILED, word, *row[2:8])
    return Status(RunState.DIED, _cause(mark, same_store, RunFolder(database.parent)), *row[2:8])


def _cause(mark: ProcessMark, same_store: bool, folder: RunFolder) -> str:
    if not same_store:
        return "this folder was copied while the run went on elsewhere"
    if mark.pid is None:
        # One that was warm has no log until it is told its run.
        return "its process never came up" + (": see process.log in its folder" if folder.log.exists() else "")
    return f"its process ({mark.pid} on {mark.host}) is gone without a word: see process.log in its folder"
