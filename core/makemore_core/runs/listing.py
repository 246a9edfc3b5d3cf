"""The runs of a folder, one line each, for a table. Damaged ones are listed with the reason."""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from makemore_core.errors import RunError
from makemore_core.runs import schema
from makemore_core.runs.changes import Remembered
from makemore_core.runs.damage import checkpoint_damage, find_trouble
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.queued import SWEEP, SweepPart, queue_place, read_sweep
from makemore_core.runs.schema import NOTE
from makemore_core.runs.status import RunState, current_status
from makemore_core.training.config import ForkedFrom


@dataclass(frozen=True)
class RunSummary:
    """One run. What is not known (yet) is None."""

    name: str
    path: Path
    type: str
    data: str
    """What the list is called."""
    state: RunState
    reason: str
    step: int
    max_steps: int
    seconds: float
    steps_per_second: float
    created: float | None
    """When it was made, in seconds since 1970."""
    parameters: int | None = None
    train_nll: float | None = None
    dev_nll: float | None = None
    test_nll: float | None = None
    best_dev_nll: float | None = None
    best_step: int | None = None
    best_train_nll: float | None = None
    """On all items where the run has come to its end; else as it was when dev was at its best."""
    best_test_nll: float | None = None
    content: str = ""
    """The identity of its list, as `DataConfig.content`; empty where it is not known."""
    note: str = ""
    """What a person wrote of it."""
    forked_from: ForkedFrom | None = None
    damage: str = ""
    """What is wrong with its checkpoints, where the run can be looked at all the same."""
    is_read_only: bool = False
    """Whether nothing can be written there: it can be looked at, but not gone on with."""
    sweep: SweepPart | None = None
    """The sweep that it belongs to."""
    waits_at: float | None = None
    """Where it stands in the queue: the lower, the sooner its turn. None where it does not wait."""
    turn: int | None = None
    """How many turns until its own, counted from 1, among the runs that it was listed with."""

    @property
    def own_steps(self) -> int:
        """The steps that it made itself: a fork counts on from the step of its checkpoint, its seconds begin at 0."""
        return max(0, self.step - (self.forked_from.step if self.forked_from is not None else 0))


def list_runs(home: Path) -> list[RunSummary]:
    """All runs of a folder, the latest made first. It never raises."""
    return number_turns([summarise(folder) for folder in run_folders(home)])


class RunLister:
    """Lists the runs of a folder again and again, reading only those that can have changed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._summaries = Remembered(summarise, lambda run: run.state.is_readable and not run.state.is_live)

    def runs(self) -> list[RunSummary]:
        """All runs, as `list_runs` gives them. It never raises."""
        return number_turns(self._summaries.of_all(run_folders(self.home)))


def number_turns(runs: list[RunSummary]) -> list[RunSummary]:
    """The same runs in the same order; those that wait know their turn."""
    waiting = sorted((run.waits_at, run.name) for run in runs if run.waits_at is not None)
    turns = {name: turn for turn, (_, name) in enumerate(waiting, start=1)}
    return [replace(run, turn=turns[run.name]) if run.name in turns else run for run in runs]


def summarise(folder: RunFolder) -> RunSummary:
    """One run in short, at the cost of a few small queries. It never raises."""
    try:
        config = folder.read_config()
        with closing(schema.open_readable(folder.database)) as connection:
            status = current_status(connection, folder.database)
            facts = schema.read_facts(connection)
            made = _first(connection, "loss", "TRUE ORDER BY step DESC")
            best = _first(connection, "dev_nll", "value IS NOT NULL AND step > 0 ORDER BY value, step")
            return RunSummary(
                name=folder.name,
                path=folder.path,
                type=config.type,
                data=config.data.name,
                state=status.state,
                reason=status.reason,
                # Heartbeats come less often than metrics and facts.
                step=max(status.step, made[0] + 1 if made else 0, facts.get("best_step") or 0),
                max_steps=config.max_steps,
                seconds=status.seconds,
                steps_per_second=status.steps_per_second,
                created=facts.get("created"),
                parameters=facts.get("parameters"),
                train_nll=_latest(connection, "train_nll"),
                dev_nll=_latest(connection, "dev_nll"),
                test_nll=_latest(connection, "test_nll"),
                best_dev_nll=facts.get("best_dev_nll", best[1] if best else None),
                best_step=facts.get("best_step", best[0] if best else None),
                best_train_nll=facts.get("best_train_nll"),
                best_test_nll=facts.get("best_test_nll"),
                content=config.data.content,
                note=str(facts.get(NOTE, "")),
                forked_from=config.forked_from,
                damage=checkpoint_damage(folder, status.state, status.step),
                is_read_only=is_read_only(folder),
                sweep=read_sweep(facts.get(SWEEP), config),
                waits_at=queue_place(connection, folder.database) if status.state is RunState.QUEUED else None,
            )
    except (RunError, sqlite3.Error, OSError, ValueError) as error:
        trouble = find_trouble(folder, error)
        return RunSummary(folder.name, folder.path, "", "", trouble.state, trouble.reason, 0, 0, 0.0, 0.0, None)


def is_read_only(folder: RunFolder) -> bool:
    """Whether nothing can be written in a folder."""
    return not (os.access(folder.path, os.W_OK) and os.access(folder.database, os.W_OK))


def run_folders(home: Path) -> list[RunFolder]:
    """All runs, damaged ones too, the latest made first. A folder that cannot be read holds none.

    A folder with neither settings nor a store nor checkpoints is somebody's own: it is no run.
    """
    try:
        paths = [path for path in home.iterdir() if not path.name.startswith(".") and is_run(path)]
    except OSError:
        return []
    return [RunFolder(path) for path in sorted(paths, key=_age_and_name)]


def is_run(path: Path) -> bool:
    """Whether a folder is that of a run, if perhaps a damaged one.

    One that may not be entered counts as one: whoever reads it is told why it cannot be read.
    """
    folder = RunFolder(path)
    try:
        if folder.settings.is_file() or folder.database.is_file() or (path / "run.db-wal").is_file():
            return True
        return next(folder.checkpoints.glob("*.safetensors"), None) is not None
    except PermissionError:
        return True


def _latest(connection: sqlite3.Connection, name: str) -> float | None:
    row = _first(connection, name, "TRUE ORDER BY step DESC")
    return row[1] if row else None


def _first(connection: sqlite3.Connection, name: str, which: str) -> tuple[int, float] | None:
    row: tuple[int, float] | None = connection.execute(
        f"SELECT step, value FROM metrics WHERE series = (SELECT id FROM series WHERE name = ?) AND {which} LIMIT 1",
        (name,),
    ).fetchone()
    return row


def _age_and_name(path: Path) -> tuple[float, str]:
    """The settings are written when the run is made."""
    try:
        return -(path / "config.json").stat().st_mtime, path.name
    except OSError:
        return 0.0, path.name
