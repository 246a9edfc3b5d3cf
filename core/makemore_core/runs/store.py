"""What the training process writes to `run.db`.

Rows are gathered and written together: one transaction for each tenth of a second or so costs next to nothing,
one for each step would cost more than the step of a small model.
"""

import json
import math
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from makemore_core.errors import RunError
from makemore_core.runs import schema
from makemore_core.runs.liveness import ProcessMark, counts_as_running, host_name
from makemore_core.runs.queued import queue_place, set_place

PATIENCE_SECONDS = 600.0
"""A run waits this long for a store that somebody else has locked: it rests meanwhile, and loses nothing."""

SETTLE_SECONDS = 1.0
"""How long the end of a run waits for readers."""


Metric = tuple[str, int, float | None]
"""A name, a step, a value; None is NaN."""


@dataclass(frozen=True)
class Command:
    """Something that a person asked of the run."""

    id: int
    name: str
    value: float | None


@dataclass(frozen=True)
class StoredSample:
    """One generated item as it is stored."""

    text: str
    nll: float
    finished: bool
    in_train: bool
    in_dev: bool
    in_test: bool


class Store:
    """The writing side of a run's store. One process holds it at a time, from `claim` to its last heartbeat.

    `metric`, `samples`, `event` and `diagnostic` only gather; `flush` writes. Raises RunError when the file cannot be
    opened or is of a newer version; a failing write raises sqlite3.Error.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = schema.open_writable(path)
        self._series: dict[str, int] = {}
        self._metrics: list[Metric] = []
        self._rows: list[tuple[str, tuple[Any, ...]]] = []
        self._seen_version = -1
        self._seen_command = 0
        self.on_commit: Callable[[Sequence[Metric]], None] | None = None
        """Is told each batch of metrics that was written; it must not raise."""

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is gathered and let go of the file."""
        try:
            self.flush()
        finally:
            self._connection.close()

    # Whose run it is

    def request_start(self, *, only_queued: bool = False) -> None:
        """Announce that a process is about to take the run; commands that nobody has seen are dropped.

        Raises RunError where the run goes on already, or, if `only_queued`, where it does not wait in the queue.
        """
        with self._transaction():
            self._refuse_if_running(unclaimed_counts=True)
            if only_queued and queue_place(self._connection, self._path) is None:
                raise RunError(f"{self._path.parent.name} is not in the queue any more")
            self._write_heartbeat(None, "starting", "", keep_progress=True)
            self._connection.execute("UPDATE commands SET outcome = 'too late' WHERE outcome IS NULL")

    def claim(self) -> None:
        """Take the run for this process. Raises RunError where another one is at it."""
        self._connection.execute(f"PRAGMA busy_timeout = {round(PATIENCE_SECONDS * 1000)}")
        with self._transaction():
            self._refuse_if_running(unclaimed_counts=False)
            self._write_heartbeat(ProcessMark.own(), "starting", "", keep_progress=True)
            set_place(self._connection, self._path, None)

    def enqueue(self, place: float) -> None:
        """Let the run wait for its turn at this place, or move it there. Raises RunError where it goes on already."""
        with self._transaction():
            self._refuse_if_running(unclaimed_counts=True)
            set_place(self._connection, self._path, place)

    def dequeue(self, failure: str | None = None) -> bool:
        """Let the run wait no longer; False where it did not wait. A `failure` is why it could not be started.

        Raises RunError where it goes on already.
        """
        with self._transaction():
            self._refuse_if_running(unclaimed_counts=failure is None)
            if queue_place(self._connection, self._path) is None:
                return False
            set_place(self._connection, self._path, None)
            if failure is not None:
                self._write_heartbeat(None, "failed", failure, keep_progress=True)
        return True

    def _refuse_if_running(self, *, unclaimed_counts: bool) -> None:
        row = self._connection.execute(
            "SELECT pid, process_start, host, inode, wall, state FROM heartbeat WHERE id = 1"
        ).fetchone()
        if row is None or row[5] not in ("starting", "running", "paused"):
            return
        mark = ProcessMark(*row[:3])
        if mark.pid is None and not unclaimed_counts:
            return
        if counts_as_running(mark, time.time() - row[4], row[3] == self._inode()):
            where = f"process {mark.pid} on {mark.host}" if mark.pid is not None else "its process is starting"
            raise RunError(f"{self._path.parent.name} is still {row[5]} ({where}): watch it, or stop it first")

    def _inode(self) -> int:
        return self._path.stat().st_ino

    # What happens

    def metric(self, name: str, step: int, value: float) -> None:
        """One value of a series. Each series has one value a step at the most; the last one written counts."""
        self._metrics.append((name, step, None if math.isnan(value) else value))

    def samples(self, step: int, items: Iterable[StoredSample]) -> None:
        """A set of items that the model made at this step."""
        for item in items:
            nll = item.nll if math.isfinite(item.nll) else None
            places = (item.finished, item.in_train, item.in_dev, item.in_test)
            self._rows.append(
                (
                    "INSERT INTO samples (step, text, nll, finished, in_train, in_dev, in_test)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (step, item.text, nll, *places),
                )
            )

    def event(self, kind: str, step: int, **detail: Any) -> None:
        """Something worth a line in the log of the run."""
        self._rows.append(
            (
                "INSERT INTO events (wall, step, kind, detail) VALUES (?, ?, ?, ?)",
                (time.time(), step, kind, json.dumps(detail, allow_nan=False)),
            )
        )

    def event_once(self, kind: str, step: int, **detail: Any) -> None:
        """The same, unless the log has an event of this kind at this step: steps may be made again after a kill."""
        self._rows.append(
            (
                "INSERT INTO events (wall, step, kind, detail) SELECT ?1, ?2, ?3, ?4"
                " WHERE NOT EXISTS (SELECT 1 FROM events WHERE step = ?2 AND kind = ?3)",
                (time.time(), step, kind, json.dumps(detail, allow_nan=False)),
            )
        )

    def diagnostic(self, step: int, name: str, kind: str, detail: Mapping[str, Any]) -> None:
        """A look into the model: `name` is of the layer or parameter."""
        self._rows.append(
            (
                "INSERT INTO diagnostics (step, name, kind, detail) VALUES (?, ?, ?, ?)",
                (step, name, kind, json.dumps(detail, allow_nan=False)),
            )
        )

    def forget_diagnostics(self, step: int) -> None:
        """Make room: of the looks at the model, forget that at this step."""
        self._rows.append(("DELETE FROM diagnostics WHERE step = ?", (step,)))

    def diagnostic_steps(self) -> list[int]:
        """The steps of the looks that are kept, ascending."""
        return [step for (step,) in self._connection.execute("SELECT DISTINCT step FROM diagnostics ORDER BY step")]

    def fact(self, key: str, value: int | float | str | None) -> None:
        """Something that holds for the whole run, such as its number of parameters.

        SQLite's integers have 64 bits; a larger one is kept in hexadecimal, as text, and `read_facts` gives it back
        as a number.
        """
        stored = hex(value) if isinstance(value, int) and value.bit_length() > 63 else value
        self._rows.append(("INSERT OR REPLACE INTO facts VALUES (?, ?)", (key, stored)))

    def facts(self) -> dict[str, Any]:
        """What holds for the whole run, as it was last written."""
        return schema.read_facts(self._connection)

    def flush(self) -> None:
        """Write everything that is gathered, as one transaction."""
        if not self._metrics and not self._rows:
            return
        with self._transaction():
            series = self._number_series()
            rows = ((series[name], step, value) for name, step, value in self._metrics)
            self._connection.executemany("INSERT OR REPLACE INTO metrics VALUES (?, ?, ?)", rows)
            for statement, values in self._rows:
                self._connection.execute(statement, values)
        self._series = series
        if self.on_commit is not None and self._metrics:
            self.on_commit(self._metrics)
        self._metrics.clear()
        self._rows.clear()

    def _number_series(self) -> dict[str, int]:
        """The numbers of all series; those that are new get one."""
        names = {name for name, _, _ in self._metrics}
        if names <= self._series.keys():
            return self._series
        self._connection.executemany(
            "INSERT INTO series (name) VALUES (?) ON CONFLICT DO NOTHING", [(name,) for name in sorted(names)]
        )
        return dict(self._connection.execute("SELECT name, id FROM series"))

    def beat(
        self,
        state: str,
        *,
        step: int,
        reason: str = "",
        steps_per_second: float = 0.0,
        seconds: float = 0.0,
    ) -> None:
        """Write what is gathered, and that this process lives and where it is."""
        self.flush()
        with self._transaction():
            self._write_heartbeat(ProcessMark.own(), state, reason, step, steps_per_second, seconds)

    def fail(self, reason: str, state: str = "failed") -> None:
        """Say that the run has ended by an error, or stopped in the middle of things, where it had come to."""
        try:
            self.flush()
        except Exception:  # it may be what is gathered that cannot be written: the reason matters more
            self._metrics.clear()
            self._rows.clear()
        step = self._connection.execute("SELECT step FROM heartbeat WHERE id = 1").fetchone()[0]
        self.event(state, step, reason=reason)
        self.flush()
        with self._transaction():
            self._write_heartbeat(ProcessMark.own(), state, reason, keep_progress=True)

    def settle(self) -> None:
        """Bring everything into `run.db` itself, so that this one file can be copied. Readers may be in the way.

        The last to let go of the store may be a reader, which never writes and so leaves the log as it is.
        """
        self._connection.execute(f"PRAGMA busy_timeout = {round(SETTLE_SECONDS * 1000)}")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _write_heartbeat(
        self,
        mark: ProcessMark | None,
        state: str,
        reason: str,
        step: int = 0,
        steps_per_second: float = 0.0,
        seconds: float = 0.0,
        *,
        keep_progress: bool = False,
    ) -> None:
        if keep_progress:
            row = self._connection.execute("SELECT step, seconds FROM heartbeat WHERE id = 1").fetchone()
            step, seconds = row or (0, 0.0)
        mark = mark or ProcessMark(None, None, host_name())
        self._connection.execute(
            "INSERT OR REPLACE INTO heartbeat VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(mark.pid, mark.started, mark.host, self._inode(), time.time()),
                *(state, reason, step, steps_per_second, seconds),
            ),
        )

    def is_ahead(self, step: int) -> bool:
        """Whether updates were recorded at this step or later: those after the last checkpoint of a killed run."""
        found = self._connection.execute(
            "SELECT 1 FROM metrics WHERE series = (SELECT id FROM series WHERE name = 'loss') AND step >= ? LIMIT 1",
            (step,),
        )
        return found.fetchone() is not None

    def rewind(self, step: int) -> None:
        """Forget what was recorded at this step and later: training goes on from a checkpoint made there.

        Events stay: they are the history of the run. Readers see a new epoch and read everything again.
        """
        self.flush()
        with self._transaction():
            for table in ("metrics", "samples", "diagnostics"):
                self._connection.execute(f"DELETE FROM {table} WHERE step >= ?", (step,))
            self._connection.execute("UPDATE facts SET value = value + 1 WHERE key = 'epoch'")

    # What is asked

    def commands(self) -> list[Command]:
        """What was asked since the last call. Costs a few microseconds when there is nothing."""
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._seen_version:
            return []
        self._seen_version = version
        rows = self._connection.execute(
            "SELECT id, name, value FROM commands WHERE outcome IS NULL AND id > ? ORDER BY id",
            (self._seen_command,),
        ).fetchall()
        if rows:
            self._seen_command = rows[-1][0]
        return [Command(*row) for row in rows]

    def answer(self, command: Command, outcome: str) -> None:
        """Note what became of a command."""
        self._rows.append(("UPDATE commands SET outcome = ? WHERE id = ?", (outcome, command.id)))

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._connection)


class _Transaction:
    """All or nothing. It takes the write lock at once, so that it can wait for it but never fail half way."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
