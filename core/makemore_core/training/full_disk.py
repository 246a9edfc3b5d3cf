"""A disk that is full: the run waits until there is room, and goes on by itself. Without torch.

Each checkpoint is written beside the one before it, and the store takes a commit whole or not at all, so nothing that
was saved is harmed. The loop stands still meanwhile: only what it had gathered since the last commit is in memory.
"""

import errno
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from makemore_core.runs.checkpoints import checkpoint_path
from makemore_core.runs.last_word import RESERVED_BYTES, Reserve, forget_wait, tell_wait
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.store import Store
from makemore_core.training.stopping import StopRequest

WAIT_SECONDS = 1.0
"""How often it is tried whether there is room."""

POLL_SECONDS = 0.05
"""How often a request to stop is looked for."""

GOES_ON = "the disk is full: it goes on by itself when there is room"

NOT_NOW = "not while the disk is full"

Result = TypeVar("Result")


def is_full(error: BaseException, folder: RunFolder) -> bool:
    """Whether a failed write says that the disk is full, or the person's share of it.

    SQLite cannot always say so: then the free space decides.
    """
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not isinstance(error, sqlite3.Error):
        return False
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return True
    return code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _free(folder) < RESERVED_BYTES


class Patience:
    """Makes the writes of a run, and waits where the disk is full."""

    def __init__(
        self,
        folder: RunFolder,
        store: Store,
        stop: StopRequest,
        reserve: Reserve,
        resting: Callable[[bool], None],
    ) -> None:
        """`resting` is called with True where waiting begins, and with False at its end."""
        self._folder = folder
        self._store = store
        self._stop = stop
        self._reserve = reserve
        self._resting = resting
        self._waits = False

    def write(self, write: Callable[[], Result]) -> Result:
        """Call this, again and again where the disk is full; it must leave things so that it can be called again.

        Raises what it raises where the run is asked to stop meanwhile.
        """
        while True:
            try:
                result = write()
            except (OSError, sqlite3.Error) as error:
                if not is_full(error, self._folder):
                    raise
                self._begin()
                if not self._has_come(error):
                    raise
            else:
                self._end()
                return result

    def _begin(self) -> None:
        self._reserve.release()  # room for the word, and for a person's commands
        if self._waits:
            return
        self._waits = True
        self._resting(True)
        with suppress(OSError):
            tell_wait(self._folder, GOES_ON)
        with suppress(OSError):
            print(GOES_ON, flush=True)

    def _end(self) -> None:
        if self._waits:
            self._waits = False
            forget_wait(self._folder)
            self._resting(False)

    def _has_come(self, error: Exception) -> bool:
        """Wait until there seems to be room; False where the run is to stop first."""
        while True:
            due = time.monotonic() + WAIT_SECONDS
            while time.monotonic() < due:
                self._listen()
                if self._stop.reason is not None:
                    return False
                time.sleep(POLL_SECONDS)
            if _free(self._folder) >= self._needed() and self._reserve.hold():
                return True

    def _listen(self) -> None:
        """Hear nothing but a request to stop: all else would have to be written."""
        with suppress(sqlite3.Error):
            for command in self._store.commands():
                if command.name == "stop":
                    self._stop.reason = "as asked"
                self._store.answer(command, "done" if command.name == "stop" else NOT_NOW)

    def _needed(self) -> int:
        """A new file of each checkpoint, beside the one that is there."""
        needed = 2 * RESERVED_BYTES
        for name in ("last", "best"):
            with suppress(OSError):
                needed += checkpoint_path(self._folder, name).stat().st_size
        return needed


def _free(folder: RunFolder) -> int:
    """The bytes that may still be written there."""
    try:
        return shutil.disk_usage(folder.path).free
    except OSError:
        return 0
