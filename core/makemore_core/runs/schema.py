"""The tables of `run.db`, and how a connection to it is opened.

One process writes metrics, samples, events, diagnostics and its heartbeat; any number of apps read, and add rows to
`commands`. WAL lets all of them go on at the same time, and a process that is killed at any moment leaves the store
as of its last commit.
"""

import sqlite3
import time
from pathlib import Path
from typing import Any

from makemore_core.errors import NewerVersionError, RunError

VERSION = 1
"""Kept in `user_version`. A store with a higher number comes from a newer program and is left alone."""

APPLICATION_ID = 0x6D6D7475
"""Kept in `application_id`: it tells a store from any other SQLite file."""

NOTE = "note"
"""The key of the fact that a person writes."""

BUSY_SECONDS = 5.0
"""How long a statement waits for another process to finish its commit."""

TABLES = """
CREATE TABLE facts (
    key TEXT PRIMARY KEY,
    value ANY
) WITHOUT ROWID;

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE metrics (
    series INTEGER NOT NULL REFERENCES series (id),
    step INTEGER NOT NULL,
    value REAL,                          -- NULL is NaN
    PRIMARY KEY (series, step)
) WITHOUT ROWID;

CREATE TABLE samples (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    step INTEGER NOT NULL,
    text TEXT NOT NULL,
    nll REAL,                            -- nats per character, the end counted
    finished INTEGER NOT NULL,           -- 0: cut at the longest length
    in_train INTEGER NOT NULL,
    in_dev INTEGER NOT NULL,
    in_test INTEGER NOT NULL
);

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    wall REAL NOT NULL,                  -- seconds since 1970
    step INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL                 -- a JSON object
);

CREATE TABLE diagnostics (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    step INTEGER NOT NULL,
    name TEXT NOT NULL,                  -- of the layer or parameter
    kind TEXT NOT NULL,
    detail TEXT NOT NULL                 -- a JSON object
);

CREATE TABLE commands (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    wall REAL NOT NULL,
    name TEXT NOT NULL,
    value REAL,
    sender TEXT NOT NULL,
    outcome TEXT                         -- NULL: not yet seen by the training process
);

CREATE TABLE heartbeat (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    pid INTEGER,                         -- NULL: no process has taken the run yet
    process_start TEXT,
    host TEXT NOT NULL,
    inode INTEGER,                       -- of run.db: a copy of the folder has another
    wall REAL NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    step INTEGER NOT NULL,
    steps_per_second REAL NOT NULL,
    seconds REAL NOT NULL                -- spent in training, pauses left out
);
"""


def create(path: Path) -> None:
    """Make a new, empty store.

    Raises RunError when the file cannot be made.
    """
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN")
            for statement in TABLES.split(";\n\n"):
                connection.execute(statement)
            connection.execute("INSERT INTO facts VALUES ('epoch', 0), ('created', ?)", (time.time(),))
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise RunError(f"{path}: the store cannot be made: {error}") from error


def open_writable(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode that may write. Raises RunError when the store cannot be opened."""
    if not path.is_file():
        raise RunError(f"{path}: there is no such store, so this is not a complete run folder")
    try:
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_SECONDS
        )
        try:
            _check(connection, path)
            connection.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise RunError(f"{path}: the store cannot be opened: {error}") from error
    return connection


def open_readable(path: Path) -> sqlite3.Connection:
    """A connection that never writes, usable from any thread (one at a time).

    On a disk that is read-only, SQLite cannot make the two files that WAL needs; where no log is left to be read the
    store is then opened as one that nobody changes.

    Raises RunError when the store is missing, damaged, or of a newer version.
    """
    if not path.is_file():
        raise RunError(f"{path}: there is no such store, so this is not a complete run folder")
    last: sqlite3.Error | None = None
    for mode in _read_modes(path):
        try:
            connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?{mode}",
                uri=True,
                isolation_level=None,
                timeout=BUSY_SECONDS,
                check_same_thread=False,
            )
            try:
                _check(connection, path)
            except BaseException:
                connection.close()
                raise
            return connection
        except sqlite3.Error as error:
            last = error
    raise RunError(f"{path}: the store cannot be read: {last}") from last


def read_facts(connection: sqlite3.Connection) -> dict[str, Any]:
    """What holds for the whole run. Integers of more than 64 bits are kept in hexadecimal, as text."""
    return {key: _as_number(key, value) for key, value in connection.execute("SELECT key, value FROM facts")}


def _as_number(key: str, value: Any) -> Any:
    is_hexadecimal = isinstance(value, str) and value.startswith("0x") and key != NOTE  # a note may begin with anything
    return int(value, 16) if is_hexadecimal else value


def _read_modes(path: Path) -> list[str]:
    log = path.with_name(path.name + "-wal")
    unwritten = not log.exists() or log.stat().st_size == 0
    return ["mode=ro", "mode=ro&immutable=1"] if unwritten else ["mode=ro"]


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse other SQLite files, and stores of a newer program."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID or version < 1:
        raise RunError(f"{path}: this SQLite file is not the store of a run")
    if version > VERSION:
        raise NewerVersionError(
            f"{path}: written by a newer version (store {version}, this program reads up to {VERSION}); "
            "update makemore-tui to open this run"
        )
