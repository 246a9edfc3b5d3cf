"""What an app asks of the process that trains a run: a row in the `commands` table of its store.

Any number of apps may ask; the process answers in the order of asking, within a tenth of a second, also while paused.
"""

import math
import os
import sqlite3
import time
from contextlib import closing
from typing import Literal, get_args

from makemore_core.errors import RunError, SettingsError
from makemore_core.runs import schema
from makemore_core.runs.liveness import host_name
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.status import RunState, read_status

CommandName = Literal["pause", "resume", "stop", "save", "learning_rate"]


def send(folder: RunFolder, name: CommandName, value: float | None = None) -> int:
    """Ask the run to pause, to resume after a pause, to stop, to save a checkpoint, or to use a learning rate.

    A learning rate holds at once; the schedule goes on from there. Returns the number of the command.
    Raises SettingsError for a wrong name or value, RunError where no process is there to hear it or the store cannot
    be written.
    """
    if name not in get_args(CommandName):
        raise SettingsError(f"there is no command '{name}': it is one of {', '.join(get_args(CommandName))}")
    if name == "learning_rate" and (value is None or not (math.isfinite(value) and 0 < value <= 1e6)):
        raise SettingsError(f"the learning rate must be above 0 and at most 1,000,000, not {value}")
    status = read_status(folder.database)
    if not status.state.is_live:
        reason = f": {status.reason}" if status.state is RunState.UNREADABLE else ""
        verb = "has" if status.state in (RunState.DIED, RunState.FAILED) else "is"
        raise RunError(f"{folder.name} is not running, it {verb} {status.state}{reason}")
    try:
        with closing(schema.open_writable(folder.database)) as connection:
            cursor = connection.execute(
                "INSERT INTO commands (wall, name, value, sender) VALUES (?, ?, ?, ?)",
                (time.time(), name, value, f"{host_name()}:{os.getpid()}"),
            )
            return int(cursor.lastrowid or 0)
    except sqlite3.Error as error:
        raise RunError(f"{folder.name}: the command cannot be written to its store: {error}") from error
