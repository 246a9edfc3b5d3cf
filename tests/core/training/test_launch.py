"""Starting a run: what is in its way is one line."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from makemore_core.errors import RunError
from makemore_core.training.launch import start_run
from tests.core.runs.making import make_run


def test_a_store_that_cannot_be_written_is_one_line(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with closing(sqlite3.connect(folder.database)) as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON heartbeat BEGIN SELECT RAISE(FAIL, 'disk'); END")
    with pytest.raises(RunError, match=r"bigram-1 cannot be started: its store, .*run\.db, cannot be written: disk"):
        start_run(folder)


def test_a_store_that_is_cut_short_is_one_line(runs_home: Path) -> None:
    folder = make_run(runs_home)
    folder.database.write_bytes(folder.database.read_bytes()[:9000])
    with pytest.raises(RunError, match=r"run\.db"):
        start_run(folder)
