"""The mark of a run that waits for its turn, and of one that belongs to a sweep: both are facts in its store.

So there is no list of waiting runs beside the runs that could come to differ from them: a run that is renamed, deleted
or started is renamed, deleted or started in the queue as well. The mark goes when a training process takes the run, in
the same transaction; until then a run whose start was cut off by a kill waits on. A copy of the folder does not wait.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from makemore_core.training.config import TrainConfig

QUEUED = "queued"
"""The key of the fact that a run waits: a JSON object of its place and of the file that it was said of."""

SWEEP = "sweep"
"""The key of the fact that a run belongs to a sweep: a JSON object of its name and of the settings that vary in it."""


@dataclass(frozen=True)
class SweepPart:
    """A run as part of a sweep."""

    name: str
    """Of the sweep."""
    settings: Mapping[str, Any]
    """What varies in the sweep, by `key`s as in `setting_of`, with the values of this run, in the order of the grid."""


def queue_place(connection: sqlite3.Connection, database: Path) -> float | None:
    """Where a run stands among those that wait: the lower, the sooner its turn. None where it does not wait."""
    row = connection.execute("SELECT value FROM facts WHERE key = ?", (QUEUED,)).fetchone()
    if row is None:
        return None
    mark = json.loads(row[0])
    return float(mark["place"]) if mark["inode"] == database.stat().st_ino else None


def set_place(connection: sqlite3.Connection, database: Path, place: float | None) -> None:
    """Let a run wait at this place, or wait no longer."""
    if place is None:
        connection.execute("DELETE FROM facts WHERE key = ?", (QUEUED,))
        return
    mark = json.dumps({"place": place, "inode": database.stat().st_ino})
    connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (QUEUED, mark))


def sweep_fact(name: str, varied: list[str]) -> str:
    """What is kept with each run of a sweep."""
    return json.dumps({"name": name, "varied": varied})


def read_sweep(fact: object, config: "TrainConfig") -> SweepPart | None:
    """What the fact of a store says of a run with these settings; None where it is part of no sweep."""
    if not isinstance(fact, str):
        return None
    mark = json.loads(fact)
    return SweepPart(mark["name"], {key: setting_of(config, key) for key in mark["varied"]})


def setting_of(config: "TrainConfig", key: str) -> Any:
    """A setting by its key: a field of `TrainConfig`, or `model.NAME` or `split.NAME` for what lies in these.

    None where a model has no such hyperparameter.
    """
    outer, _, inner = key.partition(".")
    value = getattr(config, outer, None)
    if not inner:
        return value
    return value.get(inner) if isinstance(value, dict) else getattr(value, inner, None)


def setting_title(key: str) -> str:
    """What a setting is called for a person: `model.embedding` is the embedding, `learning_rate` the learning rate."""
    if key == "split.kind":
        return "split"
    return key.removeprefix("model.").replace("split.", "split_").replace("_", " ")
