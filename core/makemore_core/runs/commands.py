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
from makemore_core.runs.status import RunState, current_status, read_status

CommandName = Literal["pause", "resume", "stop", "save", "learning_rate", "max_steps"]

MOST_STEPS = 1 << 40
"""As in the settings."""

ANSWER_SECONDS = 60.0
"""How long `ask` waits for an answer: as long as loading torch may take on a busy machine, and one long step."""

POLL_SECONDS = 0.05

DONE, ENDING, TOO_LATE = "done", "the run is at its end", "too late"
"""What can become of a command, besides words on why it was not done."""


def send(folder: RunFolder, name: CommandName, value: float | None = None) -> int:
    """Ask the run to pause, to resume after a pause, to stop, to save a checkpoint, to use a learning rate, or to make
    another number of steps in all.

    A learning rate holds at once; the schedule goes on from there. Over another number of steps the schedule is laid
    anew: `extending` says how. Returns the number of the command.
    Raises SettingsError for a wrong name or value, RunError where no process is there to hear it or the store cannot
    be written.
    """
    if name not in get_args(CommandName):
        raise SettingsError(f"there is no command '{name}': it is one of {', '.join(get_args(CommandName))}")
    if name == "learning_rate" and (value is None or not (math.isfinite(value) and 0 < value <= 1e6)):
        raise SettingsError(f"the learning rate must be above 0 and at most 1,000,000, not {value}")
    if name == "max_steps" and (value is None or value != int(value) or not 1 <= value <= MOST_STEPS):
        raise SettingsError(f"the number of steps must be a whole number from 1 to {MOST_STEPS:,}, not {value}")
    status = read_status(folder.database)
    if not status.state.is_live:
        reason = f": {status.reason}" if not status.state.is_readable else ""
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


def ask(folder: RunFolder, name: CommandName, value: float | None = None) -> str:
    """Send a command and wait for what becomes of it: DONE, ENDING, TOO_LATE where the run ended before it saw it, or
    words on why it was not done.

    Raises what `send` raises, and RunError where there is no answer for a long time.
    """
    number = send(folder, name, value)
    deadline = time.monotonic() + ANSWER_SECONDS
    try:
        with closing(schema.open_readable(folder.database)) as connection:
            while time.monotonic() < deadline:
                # In this order: a run that ends after it has answered has answered.
                is_live = current_status(connection, folder.database).state.is_live
                row = connection.execute("SELECT outcome FROM commands WHERE id = ?", (number,)).fetchone()
                if row is not None and row[0] is not None:
                    return str(row[0])
                if not is_live:
                    return TOO_LATE
                time.sleep(POLL_SECONDS)
    except (sqlite3.Error, OSError, ValueError) as error:
        raise RunError(f"{folder.name}: its store cannot be read: {error}") from error
    raise RunError(f"{folder.name} was asked, but has not answered for {ANSWER_SECONDS:.0f} s")
