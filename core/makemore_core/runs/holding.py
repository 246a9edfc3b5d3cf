"""Keeping a run's folder still while something is done to it as a whole: no process can take the run meanwhile."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from makemore_core.errors import RunError
from makemore_core.runs import schema
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.status import current_status, read_status


@contextmanager
def held(folder: RunFolder, verb: str) -> Iterator[None]:
    """Hold the run within a `with` block: whoever wants to start it waits for its end.

    A run whose store cannot be opened cannot be started either, and is not held. Raises RunError where a process is
    at the run; `verb` says what it cannot be then, as in "renamed".
    """
    if not read_status(folder.database).state.is_readable:
        yield
        return
    try:
        with closing(schema.open_writable(folder.database)) as connection:
            # Readers may be in the way. What stays in the log is found beside the store, wherever it is then.
            with suppress(sqlite3.Error):
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.execute("BEGIN IMMEDIATE")
            try:
                state = current_status(connection, folder.database).state
                if state.is_live:
                    raise RunError(f"{folder.name} is {state}, so it cannot be {verb}: stop it first")
                yield
            finally:
                connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise RunError(f"{folder.name} cannot be {verb}: its store, {folder.database}, is not free: {error}") from error
