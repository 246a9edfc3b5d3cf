"""Starting a run: what is in its way is one line."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from makemore_core.errors import MakemoreError, RunError
from makemore_core.runs.checkpoints import write_checkpoint
from makemore_core.runs.status import RunState, read_status
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from makemore_core.training.launch import start_run
from tests.core.runs.making import make_run
from tests.core.runs.test_checkpoints import checkpoint


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


@pytest.mark.parametrize("fault", ["checkpoint", "list", "type"])
def test_a_run_that_cannot_go_on_stays_what_it_was(runs_home: Path, fault: str) -> None:
    folder = make_run(runs_home)
    with Store(folder.database) as store:
        store.beat("finished", step=10)
    write_checkpoint(folder, "best", checkpoint(step=5))
    write_checkpoint(folder, "last", b"nonsense" if fault == "checkpoint" else checkpoint(step=10))
    if fault == "list":
        folder.items.write_text("other\nitems\n")
    if fault == "type":
        folder.settings.write_text(folder.settings.read_text().replace('"bigram"', '"unknown"'))
    with pytest.raises(MakemoreError, match={"checkpoint": "whole: best", "list": "damaged", "type": "unknown"}[fault]):
        start_run(folder)
    assert read_status(folder.database).state is RunState.FINISHED


def test_a_run_whose_checkpoint_is_missing_does_not_begin_again(runs_home: Path) -> None:
    """As of a folder that is being copied: beginning again would throw away what it has recorded."""
    folder = make_run(runs_home)
    with Store(folder.database) as store:
        store.metric("loss", 9, 2.5)
        store.beat("stopped", step=10)
    with pytest.raises(RunError, match=r"has made 10 steps, but its checkpoint .*last\.safetensors is missing"):
        start_run(folder)
    assert RunReader(folder).poll().last("loss") == 2.5
