"""What was read of runs, kept as long as their files stay as they are: a folder of runs is looked at again and again.

A look at the files costs some microseconds, and a look inside a store a thousand times as much.
"""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from makemore_core.runs.checkpoints import checkpoint_path
from makemore_core.runs.damage import CHECKED
from makemore_core.runs.paths import RunFolder

Known = TypeVar("Known")

Stamp = tuple[object, ...]

SETTLED_SECONDS = 2.0
"""What changed less than this ago may change again without its stamp telling: the clocks of file systems are coarse."""


def stamp_of(folder: RunFolder) -> Stamp | None:
    """What differs whenever the files of a run do; None where they changed just now: then no stamp can be trusted."""
    log = folder.path / "run.db-wal"
    checked = [checkpoint_path(folder, name) for name in CHECKED]
    marks = [_mark(path) for path in (folder.settings, folder.database, log, folder.checkpoints, *checked)]
    latest = max((mark[0] for mark in marks if mark is not None), default=0)
    if time.time_ns() - latest < SETTLED_SECONDS * 1e9:
        return None
    return (*marks, os.access(folder.path, os.W_OK), os.access(folder.database, os.W_OK))


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    # Whoever reads a store makes an empty log beside it, and takes it away again.
    return (status.st_ctime_ns, status.st_size, status.st_ino) if status.st_size else None


class Remembered(Generic[Known]):
    """Reads runs, and gives what it read of a run before where nothing can have changed since."""

    def __init__(self, read: Callable[[RunFolder], Known], lasts: Callable[[Known], bool]) -> None:
        """`lasts` says whether what was read holds until a file changes; not so of a run whose process may die."""
        self._read, self._lasts = read, lasts
        self._known: dict[str, tuple[Stamp, Known]] = {}

    def of(self, folder: RunFolder) -> Known:
        """What is known of one run. Raises what reading raises."""
        place = str(folder.path)
        stamp = stamp_of(folder)  # before reading: what changes meanwhile is read the next time
        if stamp is not None and (before := self._known.get(place)) is not None and before[0] == stamp:
            return before[1]
        known = self._read(folder)
        if stamp is not None and self._lasts(known):
            self._known[place] = stamp, known
        else:
            self._known.pop(place, None)
        return known

    def of_all(self, folders: Sequence[RunFolder]) -> list[Known]:
        """What is known of each; runs that are not among them are forgotten."""
        places = {str(folder.path) for folder in folders}
        for gone in set(self._known) - places:
            self._known.pop(gone, None)
        return [self.of(folder) for folder in folders]
