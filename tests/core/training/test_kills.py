"""kill -9 again and again: the store opens each time, and in the end the numbers are those of never having died.

`benchmarks/kills.py` does the same at random moments, more often, and tells the seconds that a kill loses.
"""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from makemore_core.runs.folder import RunFolder
from makemore_core.runs.status import RunState
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from makemore_core.training import process
from makemore_core.training.launch import start_run
from makemore_core.training.stopping import StopRequest
from tests.core.runs.making import make_run, wait_for

pytestmark = pytest.mark.usefixtures("quick_trainers")

ENDLESS = 1 << 30


@pytest.fixture
def trainers() -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes that the test starts; what is left of them at its end is killed."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for trainer in processes:
        trainer.kill()
        trainer.wait()


def losses(folder: RunFolder) -> list[float]:
    series = RunReader(folder).poll().series["loss"]
    assert series.steps.tolist() == list(range(len(series.steps)))  # no gap, nothing twice
    return series.values.tolist()


def train_here(folder: RunFolder) -> None:
    with Store(folder.database) as store:
        store.claim()
        assert process.run(folder, store, StopRequest()) == 0


def test_three_kills_change_nothing(runs_home: Path, trainers: list[subprocess.Popen[bytes]]) -> None:
    folder = make_run(runs_home, max_steps=ENDLESS, schedule="constant")
    reached = 0
    for ahead in (1, 150, 30):
        trainers.append(start_run(folder))
        wait_for(folder, lambda view, goal=reached + ahead: view.state is RunState.RUNNING and view.step >= goal)  # type: ignore[misc]
        trainers[-1].send_signal(signal.SIGKILL)
        trainers[-1].wait()
        assert RunReader(folder).poll().state is RunState.DIED
        assert len(losses(folder)) >= reached + ahead
        reached = len(losses(folder))
    folder.write_config(folder.read_config().changed(max_steps=reached + 10))
    train_here(folder)
    undisturbed = make_run(runs_home, max_steps=reached + 10, schedule="constant")
    train_here(undisturbed)
    assert losses(folder) == losses(undisturbed)
