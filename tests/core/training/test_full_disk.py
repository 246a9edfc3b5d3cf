"""A disk that is full: the run waits and says so, goes on by itself, and nothing that was saved is harmed."""

import errno
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from makemore_core.runs.checkpoints import checkpoint_path, read_header
from makemore_core.runs.commands import send
from makemore_core.runs.folder import RunFolder, list_runs
from makemore_core.runs.snapshot import RunView
from makemore_core.runs.status import RunState
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from makemore_core.training import launch, process
from makemore_core.training.full_disk import GOES_ON, is_full
from makemore_core.training.stopping import StopRequest
from tests.core.runs.making import PATIENCE, make_run, wait_for

TRAIN = """
import errno, sys
from pathlib import Path
from makemore_core.runs import paths
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.store import Store
from makemore_core.training import full_disk, process
from makemore_core.training.stopping import StopRequest

folder, full = RunFolder(Path(sys.argv[1])), Path(sys.argv[2])
full_disk.WAIT_SECONDS = 0.1

write, flush = process.write_checkpoint, Store.flush

def write_checkpoint(folder, name, data):
    if full.exists():
        raise OSError(errno.ENOSPC, "No space left on device", name)
    write(folder, name, data)

def flush_store(store):  # SQLite then says what it says of a full disk
    store._connection.execute(f"PRAGMA max_page_count = {1 if full.exists() else 1 << 30}")
    flush(store)

process.write_checkpoint, Store.flush = write_checkpoint, flush_store
with Store(folder.database) as store:
    store.claim()
    stop = StopRequest()
    stop.listen()
    sys.exit(process.run(folder, store, stop))
"""
"""A training process for which the disk is full while the second file exists."""

ENDLESS = 1 << 30

Start = Callable[[RunFolder, Path], Any]


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """While this file exists, the disk is full."""
    return tmp_path / "full"


@pytest.fixture
def trainers() -> Iterator[list[Any]]:
    processes: list[Any] = []
    yield processes
    for trainer in processes:
        trainer.kill()
        trainer.wait()


@pytest.fixture
def start(trainers: list[Any], quick_trainers: None) -> Start:
    def begin(folder: RunFolder, full: Path) -> Any:
        command = (sys.executable, "-c", TRAIN, str(folder.path), str(full))
        trainers.append(launch._launch(command, stdin=subprocess.DEVNULL, output=subprocess.DEVNULL))
        return trainers[-1]

    return begin


def waits(view: RunView) -> bool:
    return view.reason == GOES_ON or view.state in (RunState.FAILED, RunState.DIED)


def losses(folder: RunFolder) -> list[float]:
    series = RunReader(folder).poll().series["loss"]
    assert series.steps.tolist() == list(range(len(series.steps)))  # no gap, nothing twice
    return series.values.tolist()


def test_the_run_waits_and_goes_on_by_itself(runs_home: Path, full: Path, start: Start) -> None:
    folder = make_run(runs_home, max_steps=ENDLESS)
    trainer = start(folder, full)
    wait_for(folder, lambda view: view.step > 20 and checkpoint_path(folder, "last").exists())
    full.touch()
    view = wait_for(folder, waits)
    assert (view.state, view.reason) == (RunState.PAUSED, GOES_ON)
    (summary,) = list_runs(runs_home)
    assert (summary.state, summary.reason, summary.damage) == (RunState.PAUSED, GOES_ON, "")
    saved, _ = read_header(checkpoint_path(folder, "last"))  # what was saved before is whole
    assert saved["step"] <= view.step
    full.unlink()
    wait_for(folder, lambda now: now.state is RunState.RUNNING and now.step > view.step + 20)
    send(folder, "stop")
    assert trainer.wait(PATIENCE) == 0
    stopped = RunReader(folder).poll()
    assert (stopped.state, stopped.reason) == (RunState.STOPPED, "as asked")
    assert [event.kind for event in stopped.events] == ["started", "paused", "continued", "stopped"]

    undisturbed = make_run(runs_home, max_steps=len(losses(folder)))
    with Store(undisturbed.database) as store:
        store.claim()
        assert process.run(undisturbed, store, StopRequest()) == 0
    assert losses(undisturbed) == losses(folder)


@pytest.mark.parametrize("by", ["signal", "command"])
def test_a_run_that_waits_can_be_stopped_and_resumed(runs_home: Path, full: Path, start: Start, by: str) -> None:
    folder = make_run(runs_home, max_steps=ENDLESS)
    trainer = start(folder, full)
    wait_for(folder, lambda view: view.step > 20 and checkpoint_path(folder, "last").exists())
    full.touch()
    wait_for(folder, waits)
    if by == "signal":
        trainer.send_signal(signal.SIGTERM)
    else:
        send(folder, "stop")
    assert trainer.wait(PATIENCE) == 0
    saved, _ = read_header(checkpoint_path(folder, "last"))
    view = RunReader(folder).poll()
    assert not view.state.is_live
    assert f"while the disk was full: it goes on from step {saved['step']:,}" in view.reason
    assert not (folder.path / "waiting.json").exists()
    full.unlink()
    folder.write_config(folder.read_config().changed(max_steps=saved["step"] + 5))
    with Store(folder.database) as store:
        store.request_start()  # as resuming does: what was asked before is over
        store.claim()
        assert process.run(folder, store, StopRequest()) == 0
    assert len(losses(folder)) == saved["step"] + 5


def test_what_counts_as_full(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(runs_home)
    assert is_full(OSError(errno.ENOSPC, ""), folder) and is_full(OSError(errno.EDQUOT, ""), folder)
    assert not is_full(OSError(errno.EIO, ""), folder) and not is_full(ValueError(), folder)
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    assert not is_full(failed, folder)  # there is room, so something else is wrong
    usage = type("Usage", (), {"free": 0})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert is_full(failed, folder)
