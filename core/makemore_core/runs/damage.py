"""What is wrong with a run folder that cannot be opened, or not in full: in a state, and in one line.

A copy that is not complete yet looks like damage. What tells them apart is that its files were put there just now.
"""

import sqlite3
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from makemore_core.errors import NewerVersionError, RunError
from makemore_core.runs.checkpoints import checkpoint_path, list_checkpoints, read_info
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.states import RunState

FRESH_SECONDS = 10.0
"""A damaged folder whose files have changed within this time may still be on its way here."""

CHECKED = ("last", "best", "final")
"""The checkpoints that `resume`, `sample` and `eval` turn to. There may be many others."""

_OF_THE_SYSTEM = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_NOMEM,
}
"""What SQLite reports where the file itself may be as good as ever."""


@dataclass(frozen=True)
class Trouble:
    """Why a run cannot be opened."""

    state: RunState
    """DAMAGED, INCOMPLETE, NEWER, UNREADABLE or GONE."""
    reason: str


def find_trouble(folder: RunFolder, error: Exception) -> Trouble:
    """What an error says of the run whose files could not be read. It never raises."""
    if _is_gone(folder.path):
        return Trouble(RunState.GONE, f"{folder.path} was deleted or renamed")
    causes = _chain(error)
    reason = _words(folder, error)
    if any(isinstance(cause, NewerVersionError) for cause in causes):
        return Trouble(RunState.NEWER, reason)
    if any(_is_of_the_system(cause) for cause in causes):
        return Trouble(RunState.UNREADABLE, reason)
    if (age := _last_change(folder)) is not None and age < FRESH_SECONDS:
        return Trouble(RunState.INCOMPLETE, f"{reason}; its files changed just now: it may still be being copied")
    return Trouble(RunState.DAMAGED, reason)


def checkpoint_damage(folder: RunFolder, state: RunState, step: int) -> str:
    """What is wrong with the checkpoints of a run that can be opened otherwise; empty where nothing is."""
    if state.is_live:  # it writes them, and knows best
        return ""
    faults = [fault for name in CHECKED if (fault := _fault(checkpoint_path(folder, name)))]
    if not faults and step > 0 and not list_checkpoints(folder):
        return f"{folder.checkpoints}: the checkpoints are missing, so it can be looked at alone"
    return "; ".join(faults)


def _words(folder: RunFolder, error: Exception) -> str:
    if isinstance(error, RunError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or folder.path}: the run cannot be read: {error.strerror}"
    return f"{folder.database}: the store cannot be read: {error}"


def _is_gone(path: Path) -> bool:
    """Whether there is nothing at a path; no where the system does not say."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _chain(error: BaseException) -> list[BaseException]:
    """An error and what it came from, also where that is not to be shown."""
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found


def _is_of_the_system(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_THE_SYSTEM
    return isinstance(error, OSError) and not isinstance(error, FileNotFoundError)


def _last_change(folder: RunFolder) -> float | None:
    """The seconds since a file of the run was put there or written; None where it has none."""
    times = []
    for path in (folder.settings, folder.database, folder.items, folder.checkpoints):
        try:
            times.append(path.stat().st_ctime)
        except OSError:
            continue
    return time.time() - max(times) if times else None


def _fault(path: Path) -> str:
    try:
        status = path.stat()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{path}: the checkpoint cannot be read: {error.strerror}"
    return _fault_of(path, status.st_size, status.st_mtime_ns)


@lru_cache(1024)
def _fault_of(path: Path, size: int, written: int) -> str:  # noqa: ARG001 (the key of what is remembered)
    """The fault of a file that stays as it is: the list of runs is read again every other second."""
    try:
        read_info(path)
    except RunError as error:
        return str(error)
    return ""
