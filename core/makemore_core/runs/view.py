"""Following a run: a snapshot for screens, refreshed from new rows only.

`RunReader(folder).poll()` never writes, and never raises for a run that cannot be read: such a run is shown with the
reason. When nothing has changed a poll costs a few microseconds and returns the snapshot that it returned before.
"""

import json
import math
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from makemore_core.diagnostics.looks import Look, look_of
from makemore_core.errors import RunError
from makemore_core.runs import schema
from makemore_core.runs.checkpoints import CheckpointInfo, list_checkpoints
from makemore_core.runs.damage import Trouble, find_trouble
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.schema import NOTE
from makemore_core.runs.snapshot import RunEvent, RunSample, RunView, SampleSet, Series
from makemore_core.runs.status import RunState, Status, current_status
from makemore_core.training.config import TrainConfig

__all__ = ["CheckpointInfo", "RunEvent", "RunReader", "RunSample", "RunState", "RunView", "SampleSet", "Series"]

MOST_ROWS = 250_000
"""About as many rows of a series are taken in by one poll at the most: far more than a chart has columns."""

RECENT_STEPS = 10_000
"""The latest steps are always taken in whole."""

_ROW = np.dtype([("step", np.int64), ("value", np.float64)])

SILENCE_SECONDS = 1.0
"""A run that should give signs is looked at again after this long without one."""


class RunReader:
    """Follows one run. Safe to poll from any thread; several readers may follow one run."""

    def __init__(self, folder: RunFolder, *, brief: bool = False) -> None:
        """`brief`: how the run stands, its events, its first look inside the network and its latest, and no more."""
        self.folder = folder
        self._brief = brief
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._rows = _Rows(brief)
        self._seen: _Stamp | None = None
        self._view: RunView | None = None
        self._looked = 0.0

    def close(self) -> None:
        """Let go of the store. A later poll opens it again."""
        with self._lock:
            self._disconnect()

    def poll(self) -> RunView:
        """The run as it is now."""
        with self._lock:
            try:
                return self._poll()
            except (RunError, sqlite3.Error, OSError, ValueError) as error:
                return self._unreadable(find_trouble(self.folder, error))

    # Everything below is called with the lock held.

    def _poll(self) -> RunView:
        connection, stamp = self._look()
        if self._view is not None and stamp == self._seen and not self._has_been_silent(self._view):
            return self._view
        connection.execute("BEGIN")  # one consistent picture of all tables
        try:
            status = current_status(connection, self.folder.database)
            if stamp != self._seen:
                self._rows.read(connection, self.folder)
        finally:
            connection.execute("ROLLBACK")
        self._seen, self._looked = stamp, time.time()
        self._view = self._snapshot(status)
        return self._view

    def _look(self) -> tuple[sqlite3.Connection, "_Stamp"]:
        """The open store, and what changes whenever its content does."""
        file = self.folder.database.stat()
        place = (file.st_dev, file.st_ino)
        if self._connection is None or self._seen is None or self._seen[0] != place:
            self._disconnect()
            self._connection = schema.open_readable(self.folder.database)
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return self._connection, (place, version)

    def _has_been_silent(self, view: RunView) -> bool:
        return view.state.is_live and time.time() - self._looked > SILENCE_SECONDS

    def _disconnect(self) -> None:
        """Let go of the store, and of what was read of it: another file may take its place."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._seen, self._rows = None, None, _Rows(self._brief)

    def _snapshot(self, status: Status) -> RunView:
        rows = self._rows
        loss = rows.series.get("loss")
        return RunView(
            name=self.folder.name,
            type=rows.config.type if rows.config else "",
            state=status.state,
            reason=status.reason,
            step=max(status.step, loss.last_step + 1 if loss else 0),  # heartbeats come less often than metrics
            max_steps=rows.config.max_steps if rows.config else 0,
            seconds=status.seconds,
            steps_per_second=status.steps_per_second,
            parameters=rows.parameters,
            heartbeat_age=max(self._looked - status.heartbeat, 0.0) if status.heartbeat else None,
            config=rows.config,
            epoch=rows.epoch,
            best=rows.best,
            best_train_nll=rows.facts.get("best_train_nll"),
            best_test_nll=rows.facts.get("best_test_nll"),
            seconds_left=rows.seconds_left,
            looks=tuple(rows.looks.values()),
            first_loss=rows.facts.get("first_loss"),
            note=str(rows.facts.get(NOTE, "")),
            memory=rows.facts.get("memory"),
            tokens_per_step=rows.facts.get("tokens_per_step"),
            is_exploding=bool(rows.facts.get("exploding", 0)),
            series=MappingProxyType({name: series.view() for name, series in rows.series.items()}),
            samples=tuple(rows.samples),
            events=tuple(rows.events),
            checkpoints=rows.checkpoints,
        )

    def _unreadable(self, trouble: Trouble) -> RunView:
        self._disconnect()
        if self._view is not None and (self._view.state, self._view.reason) == (trouble.state, trouble.reason):
            return self._view
        if self._view is not None and trouble.state is RunState.GONE:  # what was seen of it is all that there is
            self._view = replace(self._view, state=trouble.state, reason=trouble.reason)
        else:
            self._view = RunView(
                name=self.folder.name,
                type="",
                state=trouble.state,
                reason=trouble.reason,
                step=0,
                max_steps=0,
                seconds=0.0,
                steps_per_second=0.0,
                parameters=None,
                heartbeat_age=None,
                config=None,
            )
        return self._view


_Stamp = tuple[tuple[int, int], int]


class _Rows:
    """What was read of a store so far. Each table has a cursor: only what lies behind it is read next time."""

    def __init__(self, brief: bool = False) -> None:
        self._brief = brief
        self.epoch = -1
        self.config: TrainConfig | None = None
        self.parameters: int | None = None
        self.best: tuple[int, float] | None = None
        self.facts: Mapping[str, Any] = {}
        self.series: dict[str, _Growing] = {}
        self.samples: list[SampleSet] = []
        self.looks: dict[int, Look] = {}
        self._look_id: int | None = None
        self.events: list[RunEvent] = []
        self.checkpoints: tuple[CheckpointInfo, ...] = ()
        self._sample_id = self._event_id = 0
        self._listed = self._config_written = -1

    @property
    def seconds_left(self) -> float | None:
        """NaN where the run says nothing yet; None where it never does, as in a run of an earlier version."""
        if "seconds_left" not in self.facts:
            return None
        left: float | None = self.facts["seconds_left"]
        return math.nan if left is None else left

    def read(self, connection: sqlite3.Connection, folder: RunFolder) -> None:
        """Take in what is new."""
        facts = schema.read_facts(connection)
        if facts["epoch"] != self.epoch:  # the run has gone back to a checkpoint: nothing that was read may stand
            self.epoch, self.series, self.samples, self._sample_id = facts["epoch"], {}, [], 0
            self.looks, self._look_id = {}, None
            self._config_written = -1
        if (written := folder.settings.stat().st_mtime_ns) != self._config_written:  # it may get more steps
            self.config, self._config_written = folder.read_config(), written
        self.parameters = facts.get("parameters")
        if facts.get("best_step") is not None:
            self.best = facts["best_step"], facts["best_dev_nll"]
        else:
            self.best = None
        self.facts = facts
        self._read_looks(connection)
        self._read_events(connection)
        if not self._brief:
            self._read_metrics(connection)
            self._read_samples(connection)
            self._list_checkpoints(folder)

    def _read_metrics(self, connection: sqlite3.Connection) -> None:
        for number, name in connection.execute("SELECT id, name FROM series ORDER BY id").fetchall():
            growing = self.series.get(name, _Growing())
            rows = np.fromiter(_new_rows(connection, number, growing.last_step), _ROW)  # None becomes NaN
            if len(rows):
                growing.extend(rows)
                self.series[name] = growing

    def _read_samples(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute(
            "SELECT id, step, text, nll, in_train, in_dev, in_test, finished FROM samples WHERE id > ? ORDER BY id",
            (self._sample_id,),
        ).fetchall()
        for number, step, text, nll, *places in rows:
            item = RunSample(text, float("inf") if nll is None else nll, *(bool(place) for place in places))
            if self.samples and self.samples[-1].step == step:
                self.samples[-1] = SampleSet(step, (*self.samples[-1].items, item))
            else:
                self.samples.append(SampleSet(step, (item,)))
            self._sample_id = number

    def _read_looks(self, connection: sqlite3.Connection) -> None:
        """Take in those that are new, and let go of those that made room."""
        newest = connection.execute("SELECT max(id) FROM diagnostics").fetchone()[0]
        if newest == self._look_id:
            return
        self._look_id = newest
        steps = [row[0] for row in connection.execute("SELECT DISTINCT step FROM diagnostics ORDER BY step")]
        if self._brief:
            steps = sorted({*steps[:1], *steps[-1:]})
        for step in steps:
            if step not in self.looks:
                rows = connection.execute(
                    "SELECT name, kind, detail FROM diagnostics WHERE step = ? ORDER BY id", (step,)
                )
                self.looks[step] = look_of(step, ((name, kind, json.loads(text)) for name, kind, text in rows))
        self.looks = {step: self.looks[step] for step in steps}

    def _read_events(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute(
            "SELECT id, wall, step, kind, detail FROM events WHERE id > ? ORDER BY id", (self._event_id,)
        ).fetchall()
        for number, wall, step, kind, detail in rows:
            self.events.append(RunEvent(number, wall, step, kind, MappingProxyType(json.loads(detail))))
            self._event_id = number

    def _list_checkpoints(self, folder: RunFolder) -> None:
        """Look at the files again when one was put in place, which changes the time of their folder."""
        try:
            changed = folder.checkpoints.stat().st_mtime_ns
        except OSError:
            return
        if changed != self._listed:
            self.checkpoints, self._listed = list_checkpoints(folder, self.checkpoints), changed


def _new_rows(connection: sqlite3.Connection, series: int, after: int) -> sqlite3.Cursor:
    """The rows of a series behind a step, thinned where there are very many of them at once."""
    last, count = connection.execute(
        "SELECT max(step), count(*) FROM metrics WHERE series = ? AND step > ?", (series, after)
    ).fetchone()
    return connection.execute(
        "SELECT step, value FROM metrics"
        " WHERE series = ?1 AND step > ?2 AND (step % ?3 = 0 OR step > ?4) ORDER BY step",
        (series, after, max(count // MOST_ROWS, 1), (last or 0) - RECENT_STEPS),
    )


class _Growing:
    """The rows of one series so far, in arrays that double when they are full.

    The views that it hands out stay as they are while it grows: it only writes beyond their ends.
    """

    def __init__(self) -> None:
        self._steps = np.empty(64, np.int64)
        self._values = np.empty(64, np.float64)
        self._used = 0
        self._view: Series | None = None

    def __len__(self) -> int:
        return self._used

    @property
    def last_step(self) -> int:
        """-1 where there is none."""
        return int(self._steps[self._used - 1]) if self._used else -1

    def extend(self, rows: NDArray[np.void]) -> None:
        """Add rows of step and value."""
        needed = self._used + len(rows)
        if needed > len(self._steps):
            capacity = max(needed, 2 * len(self._steps))
            self._steps, self._values = (_enlarged(array, capacity) for array in (self._steps, self._values))
        self._steps[self._used : needed] = rows["step"]
        self._values[self._used : needed] = rows["value"]
        self._used = needed
        self._view = None

    def view(self) -> Series:
        """What there is by now; the same object while nothing is added."""
        if self._view is None:
            steps, values = self._steps[: self._used], self._values[: self._used]
            steps.flags.writeable = values.flags.writeable = False
            self._view = Series(steps, values)
        return self._view


def _enlarged(array: NDArray[Any], capacity: int) -> NDArray[Any]:
    larger = np.empty(capacity, array.dtype)
    larger[: len(array)] = array
    return larger
