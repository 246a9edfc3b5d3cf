"""The lock that one process has while it starts the runs of a folder.

It is SQLite's own lock on a file that holds nothing, as the system takes it back when its process ends, however that
comes about, and as it works the same everywhere.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from makemore_core.queue.settings import queue_folder

PATIENCE_SECONDS = 2.0
"""How long a process waits for the lock: whoever looks whether it is held has it for a moment."""


@contextmanager
def queue_lock(home: Path) -> Iterator[bool]:
    """Hold the queue within a `with` block; False where another process holds it. Raises OSError or sqlite3.Error."""
    folder = queue_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "lock", isolation_level=None, timeout=PATIENCE_SECONDS)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            yield False
            return
        try:
            yield True
        finally:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")


def is_held(home: Path) -> bool:
    """Whether a process is at the queue."""
    path = queue_folder(home) / "lock"
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=0)) as connection:
            connection.execute("SELECT 1 FROM sqlite_master").fetchall()
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return False
