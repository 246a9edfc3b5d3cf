"""A store that cannot be written any more: the reason is told all the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from makemore_core.runs.folder import list_runs
from makemore_core.runs.last_word import RESERVED_BYTES, Reserve, find_word, forget_word, leave_word
from makemore_core.runs.liveness import ProcessMark
from makemore_core.runs.status import RunState
from makemore_core.runs.view import RunReader
from makemore_core.training import launch
from tests.core.runs.making import make_run

TRAIN = """
import sys
from pathlib import Path
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.store import Store
from makemore_core.training import process
from makemore_core.training.stopping import StopRequest

folder = RunFolder(Path(sys.argv[1]))
with Store(folder.database) as store:
    store.claim()
    begin = process._Conductor._begin
    def limit_then_begin(conductor):
        begin(conductor)
        {limit}
    process._Conductor._begin = limit_then_begin
    status = process.run(folder, store, StopRequest())
    store._metrics.clear()
    store._rows.clear()
sys.exit(status)
"""
NO_FILE_GROWS = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 14, 1 << 14))"
"""No file can grow beyond 16 kB, which the store's log has reached: writing fails from here on."""


def train_with(limit: str, folder: Path) -> int:
    command = [sys.executable, "-c", TRAIN.format(limit=limit), str(folder)]
    return launch._launch(tuple(command), stdin=subprocess.DEVNULL, output=subprocess.DEVNULL).wait(300)


@pytest.mark.usefixtures("quick_trainers")
def test_a_store_that_takes_nothing_more_is_told_by_the_file_beside_it(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=1 << 30, eval_interval=1, checkpoint_interval=1 << 20)
    assert train_with(NO_FILE_GROWS, folder.path) == 1
    view = RunReader(folder).poll()
    assert view.state is RunState.FAILED
    assert view.reason == "its store cannot be written: disk I/O error"  # SQLite's words for a file that cannot grow
    (summary,) = list_runs(runs_home)
    assert (summary.state, summary.reason) == (view.state, view.reason)
    assert json.loads((folder.path / "ended.json").read_text())["reason"] == view.reason


def test_a_word_is_of_one_process_alone(runs_home: Path) -> None:
    folder, own = make_run(runs_home), ProcessMark.own()
    leave_word(folder, "the disk is full")
    assert find_word(folder.path, own) == "the disk is full"
    assert find_word(folder.path, ProcessMark(own.pid, "another start", own.host)) is None
    forget_word(folder)
    assert find_word(folder.path, own) is None
    (folder.path / "ended.json").write_text("[1")
    assert find_word(folder.path, own) is None


def test_the_reserve_is_held_and_let_go(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with Reserve(folder):
        assert sum(path.stat().st_size for path in folder.path.glob(".*")) == RESERVED_BYTES
    assert not list(folder.path.glob(".*"))
