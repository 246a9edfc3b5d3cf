"""The process that starts runs: with starts that are pretended, and for real. Nothing depends on how fast it is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from makemore_core.errors import RunError
from makemore_core.queue import process
from makemore_core.queue.holding import is_held
from makemore_core.queue.launch import ensure_queue, start_queue
from makemore_core.queue.process import NEVER_UP, Starter
from makemore_core.queue.settings import write_parallel
from makemore_core.queue.waiting import enqueue, read_queue
from makemore_core.runs.commands import send
from makemore_core.runs.folder import RunFolder
from makemore_core.runs.status import RunState, read_status
from makemore_core.runs.store import Store
from tests.core.runs.making import PATIENCE, make_run, wait_for

ENDLESS = 1 << 30


class Trainers:
    """Stands for the training processes: each run that is started is claimed by this process."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.stores: dict[str, Store] = {}
        self.warm: list[str] = []
        """What became of the warm processes: "waits", the run that one got, or "closed"."""

    def start(self, folder: RunFolder, *, only_queued: bool) -> "subprocess.Popen[bytes]":
        store = Store(folder.database)
        store.request_start(only_queued=only_queued)
        store.claim()
        self.started.append(folder.name)
        self.stores[folder.name] = store
        return subprocess.Popen([sys.executable, "-c", ""])

    def end(self, name: str, state: str = "finished") -> None:
        store = self.stores.pop(name)
        store.beat(state, step=10)
        store.close()


class Warm:
    """Stands for a process that has loaded torch and waits for a run."""

    def __init__(self, trainers: Trainers) -> None:
        self._trainers = trainers
        self._place = len(trainers.warm)
        trainers.warm.append("waits")

    def start(self, folder: RunFolder, *, only_queued: bool) -> "subprocess.Popen[bytes]":
        started = self._trainers.start(folder, only_queued=only_queued)
        self._trainers.warm[self._place] = folder.name
        return started

    def close(self) -> None:
        assert self._trainers.warm[self._place] == "waits"
        self._trainers.warm[self._place] = "closed"


@pytest.fixture
def trainers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trainers]:
    made = Trainers()
    monkeypatch.setattr(process, "start_run", made.start)
    monkeypatch.setattr(process, "WarmProcess", lambda: Warm(made))
    yield made
    for store in made.stores.values():
        store.close()


def queued(home: Path, *names: str, **changes: object) -> list[RunFolder]:
    folders = [make_run(home, name=name, **changes) for name in names]
    for folder in folders:
        enqueue(folder)
    return folders


def ended(status: int) -> "subprocess.Popen[bytes]":
    """A process that has ended so."""
    code = f"import os; os.kill(os.getpid(), {-status})" if status < 0 else f"raise SystemExit({status})"
    process = subprocess.Popen([sys.executable, "-c", code])
    process.wait()
    return process


def state(folder: RunFolder) -> RunState:
    return read_status(folder.database).state


def test_no_more_train_at_once_than_were_asked_for(runs_home: Path, trainers: Trainers) -> None:
    runs = {folder.name: folder for folder in queued(runs_home, "a", "b", "c", "d")}
    write_parallel(runs_home, 2)
    starter = Starter(runs_home)
    for _ in range(3):  # looking again starts no more
        assert starter.step()
        assert trainers.started == ["a", "b"]
    trainers.end("b")
    assert starter.step()
    assert trainers.started == ["a", "b", "c"]
    assert state(runs["d"]) is RunState.QUEUED
    write_parallel(runs_home, 3)  # while it goes
    starter.step()
    assert trainers.started == ["a", "b", "c", "d"]
    assert not starter.step()  # nothing waits


def test_the_next_run_gets_a_process_that_is_warm(runs_home: Path, trainers: Trainers) -> None:
    queued(runs_home, "a", "b", "c")
    starter = Starter(runs_home)
    for _ in range(2):
        starter.step()
        assert trainers.warm == ["waits"]  # one, and not one for each that waits
    trainers.end("a")
    starter.step()
    assert (trainers.started, trainers.warm) == (["a", "b"], ["b", "waits"])
    trainers.end("b")
    assert starter.step()
    assert (trainers.started, trainers.warm) == (["a", "b", "c"], ["b", "c"])  # nobody waits for another one


def test_no_process_is_kept_warm_where_nothing_may_start(runs_home: Path, trainers: Trainers) -> None:
    queued(runs_home, "a", "b")
    starter = Starter(runs_home)
    starter.step()
    write_parallel(runs_home, 0)
    starter.step()
    assert trainers.warm == ["closed"]
    write_parallel(runs_home, 1)
    starter.step()
    starter.close()
    assert trainers.warm == ["closed", "closed"]


def test_a_run_that_cannot_start_leaves_the_warm_process_to_the_next(
    runs_home: Path, trainers: Trainers, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = {folder.name: folder for folder in queued(runs_home, "a", "broken", "c")}
    starter = Starter(runs_home)
    starter.step()
    start = trainers.start

    def refuse(folder: RunFolder, *, only_queued: bool) -> "subprocess.Popen[bytes]":
        if folder.name == "broken":
            raise RunError("broken: its list has changed")
        return start(folder, only_queued=only_queued)

    monkeypatch.setattr(trainers, "start", refuse)
    trainers.end("a")
    starter.step()
    assert (trainers.started, trainers.warm) == (["a", "c"], ["c"])
    assert state(folders["broken"]) is RunState.FAILED


@pytest.mark.parametrize("resting", ["paused", "running"])
def test_every_run_that_a_process_is_at_counts(runs_home: Path, trainers: Trainers, resting: str) -> None:
    with Store(make_run(runs_home, name="by-hand").database) as store:
        store.claim()
        store.beat(resting, step=1)
        queued(runs_home, "a")
        starter = Starter(runs_home)
        assert starter.step()
        assert trainers.started == []
        store.beat("stopped", step=2)
    starter.step()
    assert trainers.started == ["a"]


def test_zero_holds_the_queue(runs_home: Path, trainers: Trainers) -> None:
    queued(runs_home, "a")
    write_parallel(runs_home, 0)
    starter = Starter(runs_home)
    assert not starter.step()
    assert not starter.has_work()
    assert ensure_queue(runs_home) is None
    assert trainers.started == []


def test_a_run_that_comes_late_or_from_rest_is_seen(runs_home: Path, trainers: Trainers) -> None:
    resting = make_run(runs_home, name="resting")
    for path in resting.path.glob("run.db*"):
        os.utime(path, (0, 0))  # long ago: its store is not opened again while it stays as it is
    starter = Starter(runs_home)
    assert not starter.step()
    assert not starter.step()
    enqueue(resting)
    starter.step()
    assert trainers.started == ["resting"]


def test_a_run_that_cannot_start_says_why_and_holds_nobody_up(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: RunFolder, **_: object) -> None:
        raise RunError(f"{folder.name}: its list has changed")

    broken, other = queued(runs_home, "broken", "other")
    monkeypatch.setattr(process, "start_run", refuse)
    starter = Starter(runs_home)
    starter.step()
    assert (state(broken), read_status(broken.database).reason) == (RunState.FAILED, "broken: its list has changed")
    assert state(other) is RunState.FAILED
    assert not starter.step()


def test_a_process_that_never_takes_its_run_is_not_started_for_ever(
    runs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(folder: RunFolder, *, only_queued: bool) -> "subprocess.Popen[bytes]":
        with Store(folder.database) as store:
            store.request_start(only_queued=only_queued)
        return ended(3)

    (folder,) = queued(runs_home, "a")
    monkeypatch.setattr(process, "start_run", start)
    starter = Starter(runs_home)
    assert starter.step()
    starter.step()
    assert (state(folder), read_status(folder.database).reason) == (RunState.FAILED, NEVER_UP)
    assert not starter.step()


@pytest.mark.parametrize("comes_up", [True, False])
def test_a_run_whose_warm_process_was_killed_is_started_once_more_with_a_log(
    runs_home: Path, trainers: Trainers, monkeypatch: pytest.MonkeyPatch, comes_up: bool
) -> None:
    killed, cold = [], []

    class Killed(Warm):
        def start(self, folder: RunFolder, *, only_queued: bool) -> "subprocess.Popen[bytes]":
            with Store(folder.database) as store:
                store.request_start(only_queued=only_queued)
            killed.append(folder.name)
            return ended(-signal.SIGKILL)

    def start_cold(folder: RunFolder) -> "subprocess.Popen[bytes]":
        cold.append(folder.name)
        if comes_up:
            with Store(folder.database) as store:
                store.claim()
        return ended(0 if comes_up else 3)

    monkeypatch.setattr(process, "WarmProcess", lambda: Killed(trainers))
    monkeypatch.setattr(process, "start_cold", start_cold)
    _, folder = queued(runs_home, "a", "b")
    starter = Starter(runs_home)
    starter.step()
    trainers.end("a")
    for _ in range(4):
        starter.step()
    assert (trainers.started, killed, cold) == (["a"], ["b"], ["b"])
    assert state(folder) is (RunState.STARTING if comes_up else RunState.FAILED)
    assert read_status(folder.database).reason == ("" if comes_up else NEVER_UP)


def test_the_queue_loads_no_torch() -> None:
    code = "import sys, makemore_core.queue.__main__, makemore_core.queue.sweeps; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# For real


@pytest.fixture
def processes(runs_home: Path) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """The queue processes that a test starts; at its end they and what they started are killed."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for one in started:
        one.kill()
        one.wait()
    for run in read_queue(runs_home).training:
        if (pid := read_status(run.path / "run.db").pid) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def log(home: Path) -> str:
    return (home / ".queue" / "process.log").read_text()


def test_two_queue_processes_start_each_run_once(runs_home: Path, processes: list["subprocess.Popen[bytes]"]) -> None:
    folders = queued(runs_home, "a", "b", "c", max_steps=3)
    processes += [start_queue(runs_home), start_queue(runs_home)]
    assert [one.wait(PATIENCE) for one in processes] == [0, 0]
    views = [wait_for(folder, lambda view: not view.state.goes_on) for folder in folders]
    for view in views:
        assert (view.state, view.step) == (RunState.FINISHED, 3)
        assert [event.kind for event in view.events].count("started") == 1
    begun = [next(event.wall for event in view.events if event.kind == "started") for view in views]
    assert begun == sorted(begun)
    assert [text for text in log(runs_home).split() if text != "started"] == ["a", "b", "c"]
    assert not is_held(runs_home)


def test_a_killed_queue_harms_nothing_and_goes_on_with_the_next_command(
    runs_home: Path, processes: list["subprocess.Popen[bytes]"]
) -> None:
    first, second = queued(runs_home, "first", max_steps=ENDLESS) + queued(runs_home, "second", max_steps=3)
    starter = ensure_queue(runs_home)
    assert starter is not None
    processes.append(starter)
    seen = wait_for(first, lambda view: view.state is RunState.RUNNING and view.step > 0)
    assert is_held(runs_home)
    assert ensure_queue(runs_home) is None  # one is at it
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    assert not is_held(runs_home)
    wait_for(first, lambda view: view.step > seen.step)  # what it started goes on
    assert state(second) is RunState.QUEUED
    again = ensure_queue(runs_home)
    assert again is not None
    processes.append(again)
    deadline = time.monotonic() + PATIENCE
    while not is_held(runs_home):
        assert time.monotonic() < deadline, log(runs_home)
        time.sleep(0.02)
    assert state(second) is RunState.QUEUED  # still no more than one at once
    send(first, "stop")
    assert again.wait(PATIENCE) == 0, log(runs_home)
    assert wait_for(second, lambda view: not view.state.goes_on).state is RunState.FINISHED
    assert state(first) is RunState.STOPPED
