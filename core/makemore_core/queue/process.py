"""What `python -m makemore_core.queue RUNS` does: start the runs that wait, so many at a time, until none waits.

Everything that it knows is read from the run folders again and again, so nothing is lost when it is killed. That no run
is started twice is not its doing: a run is taken in one transaction of its own store (`Store.request_start`, `claim`).
The lock is there so that no more runs train at once than were asked for.
"""

import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from makemore_core.errors import MakemoreError
from makemore_core.queue.holding import queue_lock
from makemore_core.queue.settings import read_parallel
from makemore_core.runs import schema
from makemore_core.runs.listing import is_read_only, run_folders
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.queued import queue_place
from makemore_core.runs.status import RunState, current_status, read_status
from makemore_core.runs.store import Store
from makemore_core.training.launch import WarmProcess, start_cold, start_run

POLL_SECONDS = 0.5
"""Between two looks at the folder of runs: little beside the time that a training process takes to come up."""

RETRY_SECONDS = 30.0
"""A run whose store takes nothing at the moment, as on a full disk, is tried again after this long."""

NEVER_UP = "its process never came up: see process.log in its folder"


def serve(home: Path) -> None:
    """Start the runs of a folder until none waits, or the queue is held; at once where another process is at it."""
    starter = Starter(home)
    while True:
        with queue_lock(home) as is_ours:
            if not is_ours:
                return
            try:
                while starter.step():
                    time.sleep(POLL_SECONDS)
            finally:
                starter.close()
        # Who put a run there meanwhile may have found the lock still held, and left it to this process.
        if not starter.has_work():
            return


@dataclass
class Starter:
    """Starts what waits in a folder. Whoever steps it holds the lock, and closes it at the end.

    While runs wait for those that train, a process loads torch for the next one: of short runs, as in many a sweep,
    that is a part of their time.
    """

    home: Path
    _scan: "_Scan" = field(init=False)
    _processes: dict[Path, "Popen[bytes]"] = field(init=False, default_factory=dict)
    _not_before: dict[Path, float] = field(init=False, default_factory=dict)
    _warm: WarmProcess | None = field(init=False, default=None)
    _warmed: set[Path] = field(init=False, default_factory=set)
    """Of the runs in `_processes`, those that got a warm one."""

    def __post_init__(self) -> None:
        self._scan = _Scan(self.home)

    def has_work(self) -> bool:
        """Whether a run waits, and the queue is not held."""
        return bool(read_parallel(self.home) and self._scan.look().waiting)

    def step(self) -> bool:
        """Start as many runs as there is room for.

        False where nothing is left to do: none waits, and what was started has come up.
        """
        parallel = read_parallel(self.home)
        self._reap()
        found = self._scan.look()
        room = parallel - found.training
        due = [one for one in found.waiting if time.monotonic() >= self._not_before.get(one.path, 0.0)]
        while due and room > 0:
            room -= self._start(due.pop(0))
        self._keep_warm(bool(parallel and due))
        return bool(parallel and found.waiting) or any(self._waits(RunFolder(path)) for path in self._processes)

    def close(self) -> None:
        """Keep no process waiting."""
        self._keep_warm(False)

    def _keep_warm(self, wanted: bool) -> None:
        if wanted and self._warm is None:
            with suppress(OSError):  # the next run loads torch by itself
                self._warm = WarmProcess()
        elif not wanted and self._warm is not None:
            self._warm.close()
            self._warm = None

    def _start(self, folder: RunFolder) -> bool:
        start = start_run if self._warm is None else self._warm.start
        try:
            self._processes[folder.path] = start(folder, only_queued=True)
            if self._warm is not None:
                self._warmed.add(folder.path)
            self._warm = None
            print(f"started {folder.name}", flush=True)
            return True
        except MakemoreError as error:
            print(f"{folder.name}: {error}", flush=True)
            self._not_before[folder.path] = time.monotonic() + RETRY_SECONDS
            may_pass = isinstance(error.__cause__, sqlite3.Error | OSError)  # as a full disk does
            if not may_pass and read_status(folder.database).state is RunState.QUEUED:
                self._give_up(folder, str(error))
        return False

    def _give_up(self, folder: RunFolder, reason: str) -> None:
        """Say in the store of a run why it cannot be started; where that cannot be said, it is tried again."""
        try:
            with Store(folder.database) as store:
                store.dequeue(failure=reason)
        except (MakemoreError, OSError, sqlite3.Error):
            return  # it was started, renamed or deleted meanwhile, or nothing can be written there

    def _reap(self) -> None:
        """Ask the processes that have ended for their status, so that the system forgets them.

        One that ended without ever taking its run would leave it to be started again and again. One that was warm has
        left no word of why, as its output went nowhere: another one, with a log, tries once more.
        """
        for path, process in list(self._processes.items()):
            if process.poll() is None:
                continue
            del self._processes[path]
            was_warm = path in self._warmed
            self._warmed.discard(path)
            folder = RunFolder(path)
            if process.returncode and self._waits(folder):
                self._start_cold(folder) if was_warm else self._give_up(folder, NEVER_UP)

    def _start_cold(self, folder: RunFolder) -> None:
        try:
            self._processes[folder.path] = start_cold(folder)
        except MakemoreError as error:
            self._give_up(folder, str(error))

    def _waits(self, folder: RunFolder) -> bool:
        try:
            with closing(schema.open_readable(folder.database)) as connection:
                return queue_place(connection, folder.database) is not None
        except (MakemoreError, OSError, ValueError, sqlite3.Error):
            return False


@dataclass(frozen=True)
class _Found:
    """What a look at the folder has found."""

    training: int
    waiting: tuple[RunFolder, ...]


FRESH_SECONDS = 1.0
"""A store that was written within this time is opened again: a further change might leave no trace in its times."""

_Stamp = tuple[tuple[int, int, int], ...]


class _Scan:
    """Looks at all runs of a folder again and again; the stores of those that rest are not opened each time."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._resting: dict[Path, _Stamp] = {}

    def look(self) -> _Found:
        """The number of runs that train, and those that wait, the next one first."""
        training, waiting = 0, []
        resting: dict[Path, _Stamp] = {}
        for folder in run_folders(self._home):
            stamp = _stamp(folder)
            if stamp == self._resting.get(folder.path):
                resting[folder.path] = stamp
                continue
            try:
                with closing(schema.open_readable(folder.database)) as connection:
                    is_live = current_status(connection, folder.database).state.is_live
                    place = queue_place(connection, folder.database)
            except (MakemoreError, OSError, ValueError, sqlite3.Error):
                continue
            training += is_live
            if is_live:
                continue
            if place is not None and not is_read_only(folder):
                waiting.append((place, folder.name, folder))
            elif place is None and not _is_fresh(stamp):
                resting[folder.path] = stamp
        self._resting = resting
        return _Found(training, tuple(folder for _, _, folder in sorted(waiting, key=lambda one: one[:2])))


def _stamp(folder: RunFolder) -> _Stamp:
    """What changes when something is written to a store."""
    found = []
    for path in (folder.database, folder.database.with_name(f"{folder.database.name}-wal")):
        try:
            status = path.stat()
            found.append((status.st_ino, status.st_size, status.st_mtime_ns))
        except OSError:
            found.append((0, 0, 0))
    return tuple(found)


def _is_fresh(stamp: _Stamp) -> bool:
    return time.time() - max(written for _, _, written in stamp) / 1e9 < FRESH_SECONDS
