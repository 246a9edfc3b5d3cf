"""The training process: started, steered, killed and resumed for real. Nothing here depends on how fast it is."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from makemore_core.errors import RunError
from makemore_core.runs.checkpoints import checkpoint_path, find_checkpoint, read_header, read_tensors_numpy
from makemore_core.runs.commands import send
from makemore_core.runs.folder import RunFolder
from makemore_core.runs.snapshot import RunView
from makemore_core.runs.status import RunState
from makemore_core.runs.store import Command, Store
from makemore_core.runs.view import RunReader
from makemore_core.training import process
from makemore_core.training.launch import COMMAND, WarmProcess, start_run
from makemore_core.training.stopping import StopRequest
from tests.core.runs.making import PATIENCE, make_run, wait_for

SGD = {"batch_by": "all", "optimizer": "sgd", "learning_rate": 1.0, "weight_decay": 0.0}
ADAMW = {"batch_by": "items", "batch_size": 4, "optimizer": "adamw", "learning_rate": 1e-3}
ENDLESS = 1 << 30


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes that a test starts; what is left of them at its end is killed."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for trainer in processes:
        trainer.kill()
        trainer.wait()


def is_at(step: int) -> Any:
    return lambda view: view.step >= step or not view.state.is_live


def has(kind: str) -> Any:
    return lambda view: any(event.kind == kind for event in view.events) or not view.state.is_live


def losses(view: RunView) -> list[float]:
    assert view.series["loss"].steps.tolist() == list(range(len(view.series["loss"].steps)))
    return view.series["loss"].values.tolist()


def train_here(folder: RunFolder) -> int:
    """What the process does, in this one, which has loaded torch already."""
    with Store(folder.database) as store:
        store.claim()
        return process.run(folder, store, StopRequest())


def finish(folder: RunFolder, trainer: subprocess.Popen[bytes]) -> RunView:
    assert trainer.wait(PATIENCE) == 0, folder.log.read_text()
    return RunReader(folder).poll()


@pytest.mark.usefixtures("quick_trainers")
@pytest.mark.parametrize("options", [SGD, ADAMW], ids=["sgd", "adamw"])
def test_killed_and_resumed_is_as_never_stopped(
    runs_home: Path, started: list[subprocess.Popen[bytes]], options: dict[str, Any]
) -> None:
    options = {**options, "checkpoint_interval": 37, "sample_items": 1, "eval_interval": 100, "sample_interval": 100}
    broken = make_run(runs_home, name="broken", **options, max_steps=ENDLESS)
    started.append(start_run(broken))
    seen = wait_for(broken, is_at(400))
    started[0].send_signal(signal.SIGKILL)
    started[0].wait()
    died = RunReader(broken).poll()
    assert died.state is RunState.DIED
    assert died.step >= seen.step  # what was shown is not lost
    steps = died.step + 500
    broken.write_config(broken.read_config().changed(max_steps=steps))
    whole = make_run(runs_home, name="whole", **options, max_steps=steps)
    assert train_here(whole) == 0
    resumed_at = find_checkpoint(broken, "last").step
    started.append(start_run(broken))
    expected, found = RunReader(whole).poll(), finish(broken, started[1])
    told = [(event.kind, event.step) for event in found.events if not event.warning]
    assert told == [("started", 0), ("resumed", resumed_at), ("finished", steps)]
    warnings = [[(event.step, event.warning) for event in view.events if event.warning] for view in (expected, found)]
    assert warnings[0] == warnings[1]
    assert len(losses(expected)) == steps
    assert losses(found) == losses(expected)
    for name in ("train_nll", "dev_nll", "test_nll"):
        assert found.series[name].values.tolist() == expected.series[name].values.tolist()
    assert found.samples == expected.samples
    for checkpoint in ("best", "last", "final"):
        first, second = read_tensors_numpy(whole, checkpoint), read_tensors_numpy(broken, checkpoint)
        assert first["weight"].tobytes() == second["weight"].tobytes()


@pytest.mark.usefixtures("quick_trainers")
def test_steering(runs_home: Path, started: list[subprocess.Popen[bytes]]) -> None:
    folder = make_run(runs_home, **SGD, max_steps=ENDLESS, schedule="linear")
    started.append(start_run(folder))
    with pytest.raises(RunError, match="is still"):
        start_run(folder)
    wait_for(folder, is_at(1))
    send(folder, "pause")
    paused = wait_for(folder, lambda view: view.state is RunState.PAUSED)
    assert find_checkpoint(folder, "last").step == paused.step
    send(folder, "learning_rate", 0.25)
    changed = wait_for(folder, has("learning_rate"))  # commands are heard while it rests
    assert (changed.state, changed.step) == (RunState.PAUSED, paused.step)
    send(folder, "resume")
    wait_for(folder, is_at(paused.step + 100))
    send(folder, "save")
    wait_for(folder, has("saved"))
    send(folder, "stop")
    stopped = finish(folder, started[0])
    assert (stopped.state, stopped.reason) == (RunState.STOPPED, "as asked")
    assert find_checkpoint(folder, "last").step == stopped.step
    kinds = [event.kind for event in stopped.events]
    assert kinds == ["started", "paused", "learning_rate", "continued", "saved", "stopped"]
    rates = stopped.series["learning_rate"]
    before, after = rates.values[rates.steps < paused.step], rates.values[rates.steps >= paused.step]
    # It falls in a straight line, by nothing that shows over so few of so many steps.
    assert before == pytest.approx([1.0] * len(before), rel=1e-3)
    assert after == pytest.approx([0.25] * len(after), rel=1e-3)

    started.append(start_run(folder))
    send(folder, "stop")  # before it is up
    again = finish(folder, started[1])
    assert (again.state, again.step) == (RunState.STOPPED, stopped.step)


def test_sigterm_saves_and_hang_up_is_ignored(runs_home: Path, started: list[subprocess.Popen[bytes]]) -> None:
    folder = make_run(runs_home, **SGD, max_steps=ENDLESS)
    trainer = start_run(folder)
    started.append(trainer)
    seen = wait_for(folder, is_at(1))
    assert os.getsid(trainer.pid) == trainer.pid != os.getsid(0)  # a session without our terminal
    trainer.send_signal(signal.SIGHUP)
    wait_for(folder, is_at(seen.step + 100))
    trainer.send_signal(signal.SIGTERM)
    stopped = finish(folder, trainer)
    assert (stopped.state, stopped.reason) == (RunState.STOPPED, "by SIGTERM")
    assert find_checkpoint(folder, "last").step == stopped.step


def test_a_run_whose_checkpoint_is_gone_starts_anew(runs_home: Path) -> None:
    folder = make_run(runs_home, **SGD, max_steps=10)
    with Store(folder.database) as store:
        store.metric("loss", 500, 1.0)
    draft = folder.checkpoints / ".last.safetensors.1.part"
    draft.write_bytes(b"half")
    assert train_here(folder) == 0
    assert len(losses(RunReader(folder).poll())) == 10
    assert not draft.exists()  # nor does what a killed process left


def test_a_default_transformer_is_saved_every_few_seconds() -> None:
    state = 3 * 4 * 205_000  # bytes: weights and the two means of AdamW
    assert state / process.SAVE_BYTES_PER_SECOND <= 3


def test_the_state_is_saved_as_time_goes_by(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an interval, and with no time between two savings, each step is saved, the best weights first."""
    for name, value in (("SAVE_SECONDS", 0.0), ("SAVE_BYTES_PER_SECOND", 1e30), ("SAVE_SHARE", 1e30)):
        monkeypatch.setattr(process, name, value)
    written: list[tuple[str, int]] = []
    write = process.write_checkpoint
    monkeypatch.setattr(
        process, "write_checkpoint", lambda folder, name, data: (written.append(name), write(folder, name, data))
    )
    folder = make_run(runs_home, **SGD, max_steps=5)
    assert train_here(folder) == 0
    assert written.count("last") >= 6
    assert written.index("best") < len(written) - 2  # not only at the end
    first = RunReader(folder).poll().seconds
    folder.write_config(folder.read_config().changed(max_steps=6))
    assert train_here(folder) == 0
    assert RunReader(folder).poll().seconds > first


def test_a_new_learning_rate_is_saved_at_once(runs_home: Path) -> None:
    folder = make_run(runs_home, **SGD)
    with Store(folder.database) as store:
        store.claim()
        process._Conductor(folder, store, StopRequest())._do(Command(1, "learning_rate", 0.5))
    assert read_header(checkpoint_path(folder, "last"))[0]["learning_rate"] == 0.5


def test_a_run_that_diverges_keeps_the_last_good_checkpoint(runs_home: Path) -> None:
    folder = make_run(runs_home, **{**SGD, "learning_rate": 1e6, "weight_decay": 1.0}, max_steps=ENDLESS)
    assert train_here(folder) == 1
    view = RunReader(folder).poll()
    assert view.state is RunState.FAILED
    assert view.reason.startswith("diverged: the gradient or a weight became infinite")
    assert f"at step {view.events[-1].step}" in view.reason and "lower learning rate" in view.reason
    assert view.events[-1].kind == "diverged"
    assert np.isfinite(read_tensors_numpy(folder, "last")["weight"]).all()


def test_a_count_model_of_more_cells_than_64_bits_can_count(runs_home: Path) -> None:
    folder = make_run(runs_home, type="ngram", model={"order": 40}, max_steps=1)
    assert train_here(folder) == 0
    view = RunReader(folder).poll()
    assert view.parameters is not None and view.parameters > 1 << 64


@pytest.mark.usefixtures("quick_trainers")
def test_what_is_wrong_with_a_run_is_told(runs_home: Path, started: list[subprocess.Popen[bytes]]) -> None:
    lost, odd = make_run(runs_home, name="lost"), make_run(runs_home, name="odd")
    lost.items.write_text("other\nitems\n")
    started.append(start_run(lost))
    assert started[0].wait(PATIENCE) == 1
    view = RunReader(lost).poll()
    assert (view.state, view.events[-1].kind) == (RunState.FAILED, "failed")
    assert view.reason.startswith("lost: its copy of the list, ") and "has changed since" in view.reason
    assert view.reason in lost.log.read_text()
    odd.checkpoints.joinpath("last.safetensors").write_bytes(b"nonsense")
    assert train_here(odd) == 1
    view = RunReader(odd).poll()
    assert (view.state, "damaged" in view.reason) == (RunState.FAILED, True)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("two\nlines"), "a fault of the program, ValueError: two lines (see process.log)"),
        (MemoryError(), process.NO_MEMORY),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."), process.NO_MEMORY),
        (RuntimeError("MPS backend out of memory (MPS allocated: 8.1 GB)"), process.NO_MEMORY),
        (OSError(28, "No space left on device", "last"), "the disk is full: make room, then resume (last)"),
        (OSError(28, "No space left on device"), "the disk is full: make room, then resume (FOLDER)"),
        (sqlite3.OperationalError("database or disk is full"), "the disk is full: make room, then resume"),
    ],
)
def test_an_error_is_one_line_with_the_traceback_in_the_log(
    runs_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    error: Exception,
    reason: str,
) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(process, "Training", broken)
    folder = make_run(runs_home)
    assert train_here(folder) == 1
    view = RunReader(folder).poll()
    reason = reason.replace("FOLDER", str(folder.path))
    assert (view.state, view.reason.partition(f" ({folder.database})")[0]) == (RunState.FAILED, reason)
    assert "in broken" in capfd.readouterr().err


def test_torch_without_memory_is_told_as_such(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the allocator of the processor really says: a RuntimeError."""

    def enormous(*_: object) -> None:
        torch.empty(1 << 60, dtype=torch.uint8)

    monkeypatch.setattr(process, "Training", enormous)
    folder = make_run(runs_home)
    assert train_here(folder) == 1
    assert RunReader(folder).poll().reason == process.NO_MEMORY


@pytest.mark.usefixtures("quick_trainers")
def test_a_warm_process_trains_the_run_that_it_is_given(
    runs_home: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    folder = make_run(runs_home, **SGD)
    with WarmProcess() as warm:
        trainer = warm.start(folder)
        started.append(trainer)
        spare = make_run(runs_home, **SGD)
        started.append(warm.start(spare))  # asked again, it starts another
    assert finish(folder, trainer).state is RunState.FINISHED
    assert finish(spare, started[1]).state is RunState.FINISHED


def test_a_warm_process_leaves_when_nobody_wants_it() -> None:
    command = [*COMMAND, "--warm"]
    trainer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output, _ = trainer.communicate(timeout=PATIENCE)
    assert (trainer.returncode, output) == (0, b"")


def test_the_launcher_loads_no_torch() -> None:
    """An app that starts, follows and steers runs stays as light as it is."""
    code = (
        "import sys; import makemore_core.training.launch, makemore_core.runs.folder, makemore_core.runs.view,"
        "makemore_core.runs.commands, makemore_core.runs.checkpoints, makemore_core.training.config;"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_who_stops_a_resumed_run_before_its_first_step_loses_nothing(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=4, **SGD)
    assert train_here(folder) == 0
    with closing(RunReader(folder)) as reader:
        before = reader.poll()
    folder.write_config(folder.read_config().changed(max_steps=8))
    stop = StopRequest()
    stop.reason = "as asked"
    with Store(folder.database) as store:
        store.claim()
        assert process.run(folder, store, stop) == 0
    with closing(RunReader(folder)) as reader:
        after = reader.poll()
    assert after.state is RunState.STOPPED
    assert before.test_nll is not None
    assert (after.train_nll, after.dev_nll, after.test_nll) == (before.train_nll, before.dev_nll, before.test_nll)
    assert (after.best, after.best_train_nll, after.best_test_nll) == (
        before.best,
        before.best_train_nll,
        before.best_test_nll,
    )
    assert after.samples[-1].step == 4
