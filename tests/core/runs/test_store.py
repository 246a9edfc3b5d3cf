"""The store: what is written is read, who may write, what a rewind forgets."""

import math
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from makemore_core.errors import RunError, SettingsError
from makemore_core.runs import liveness, schema, status
from makemore_core.runs.commands import send
from makemore_core.runs.listing import summarise
from makemore_core.runs.liveness import ProcessMark, is_alive, process_start
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.status import RunState, read_status
from makemore_core.runs.store import Store, StoredSample
from makemore_core.runs.view import RunReader
from tests.core.runs.making import make_run


@pytest.fixture
def folder(runs_home: Path) -> RunFolder:
    return make_run(runs_home)


def set_mark(folder: RunFolder, **values: object) -> None:
    """Change what the heartbeat says of its process."""
    with closing(sqlite3.connect(folder.database)) as connection, connection:
        for column, value in values.items():
            connection.execute(f"UPDATE heartbeat SET {column} = ?", (value,))


def dead_process() -> int:
    """The number of a process that has just ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_is_written_is_read(folder: RunFolder) -> None:
    with Store(folder.database) as store:
        store.claim()
        for step, value in enumerate([3.0, math.nan, math.inf, 0.1 + 0.2]):
            store.metric("loss", step, value)
        store.samples(
            3,
            [
                StoredSample("[b]\x1b", 1.5, True, True, False, True),
                StoredSample("", math.inf, False, False, False, False),
            ],
        )
        store.event("learning_rate", 2, value=0.1)
        store.diagnostic(1, "h1", "activations", {"mean": 0.5})
        store.fact("parameters", 729)
        store.beat("running", step=4, steps_per_second=12.5, seconds=3.25)
    view = RunReader(folder).poll()
    assert view.series["loss"].steps.tolist() == [0, 1, 2, 3]
    assert view.series["loss"].values.tolist() == pytest.approx([3.0, math.nan, math.inf, 0.1 + 0.2], nan_ok=True)
    assert [(s.text, s.nll, s.in_train, s.in_dev, s.in_test, s.finished) for s in view.samples[0].items] == [
        ("[b]\x1b", 1.5, True, False, True, True),
        ("", math.inf, False, False, False, False),
    ]
    assert [(event.kind, event.step, dict(event.detail)) for event in view.events] == [
        ("learning_rate", 2, {"value": 0.1})
    ]
    assert (view.state, view.step, view.parameters) == ("running", 4, 729)
    assert (view.steps_per_second, view.seconds) == (12.5, 3.25)


def test_nothing_is_committed_until_it_is_flushed(folder: RunFolder) -> None:
    with Store(folder.database) as store:
        store.metric("loss", 0, 1.0)
        assert "loss" not in RunReader(folder).poll().series
        store.flush()
        assert RunReader(folder).poll().last("loss") == 1.0


def test_a_flush_that_fails_is_tried_again_whole(folder: RunFolder) -> None:
    with Store(folder.database) as store, closing(sqlite3.connect(folder.database)) as other:
        store._connection.execute("PRAGMA busy_timeout = 1")
        store.metric("loss", 0, 1.0)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            store.flush()
        other.rollback()
        store.metric("loss", 1, 2.0)
        store.flush()
        assert RunReader(folder).poll().series["loss"].values.tolist() == [1.0, 2.0]


def test_a_rewind_forgets_the_step_and_all_after_it_but_not_the_events(folder: RunFolder) -> None:
    with Store(folder.database) as store:
        for step in range(6):
            store.metric("loss", step, float(step))
            store.samples(step, [StoredSample(str(step), 1.0, True, False, False, False)])
            store.event("saved", step)
        store.flush()
        reader = RunReader(folder)
        before = reader.poll()
        store.rewind(3)
        after = reader.poll()
        assert after.series["loss"].steps.tolist() == [0, 1, 2]
        assert [sample.step for sample in after.samples] == [0, 1, 2]
        assert len(after.events) == 6
        assert after.epoch == before.epoch + 1
        assert before.series["loss"].steps.tolist() == [0, 1, 2, 3, 4, 5]  # a snapshot stays as it was
        store.metric("loss", 3, -3.0)
        store.flush()
        assert reader.poll().series["loss"].values.tolist() == [0, 1, 2, -3]


def test_commands_arrive_once_in_order_from_several_apps(folder: RunFolder) -> None:
    with Store(folder.database) as store:
        store.claim()
        assert store.commands() == []
        send(folder, "pause")
        send(folder, "learning_rate", 0.5)
        commands = store.commands()
        assert [(command.name, command.value) for command in commands] == [("pause", None), ("learning_rate", 0.5)]
        assert store.commands() == []
        store.answer(commands[0], "done")
        store.flush()
    with closing(sqlite3.connect(folder.database)) as connection:
        assert connection.execute("SELECT outcome FROM commands ORDER BY id").fetchall() == [("done",), (None,)]


def test_commands_that_nobody_heard_do_not_hit_the_next_process(folder: RunFolder) -> None:
    with Store(folder.database) as store:
        store.claim()
        send(folder, "stop")
        store.beat("stopped", step=0)
    with Store(folder.database) as store:
        store.request_start()
        send(folder, "pause")
        store.claim()
        assert [command.name for command in store.commands()] == ["pause"]


@pytest.mark.parametrize("value", [None, 0.0, -1.0, math.nan, math.inf, 1e7])
def test_a_learning_rate_must_be_a_positive_number(folder: RunFolder, value: float | None) -> None:
    with pytest.raises(SettingsError, match="learning rate must be"):
        send(folder, "learning_rate", value)


def test_nobody_hears_a_command_to_a_run_that_is_not_at_work(folder: RunFolder) -> None:
    with pytest.raises(RunError, match="bigram-1 is not running, it is stopped"):
        send(folder, "pause")
    with pytest.raises(SettingsError, match="no command 'dance'"):
        send(folder, "dance")  # type: ignore[arg-type]


def test_two_processes_never_train_one_run(folder: RunFolder) -> None:
    with Store(folder.database) as first, Store(folder.database) as second:
        first.request_start()
        with pytest.raises(RunError, match="bigram-1 is still starting"):
            second.request_start()
        first.claim()
        with pytest.raises(RunError, match="still starting"):
            second.claim()
        first.beat("running", step=1)
        with pytest.raises(RunError, match=f"still running .process {os.getpid()}"):
            second.request_start()
        first.beat("stopped", step=1)
        second.request_start()
        second.claim()


def test_a_run_is_taken_over_from_a_process_that_is_gone(folder: RunFolder) -> None:
    with Store(folder.database) as store:
        store.claim()
        store.beat("running", step=7, seconds=2.0)
        set_mark(folder, pid=dead_process())
        assert read_status(folder.database).state is RunState.DIED
        store.request_start()
        assert read_status(folder.database).step == 7  # progress shows until the process tells its own


def test_the_number_of_a_dead_process_used_again_does_not_keep_its_run_alive(folder: RunFolder) -> None:
    with Store(folder.database) as store:
        store.claim()
        store.beat("running", step=1)
    assert read_status(folder.database).state is RunState.RUNNING
    set_mark(folder, process_start="another:1")
    assert read_status(folder.database).state is RunState.DIED


def test_an_ended_child_that_nobody_has_waited_for_counts_as_gone() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    started = process_start(process.pid)
    assert process.stdout is not None
    process.stdout.read()  # the end of its output; the process itself is left unasked
    mark = ProcessMark(process.pid, started, liveness.host_name())
    while is_alive(mark):
        pass
    process.wait()


def test_silence_counts_where_the_process_cannot_be_looked_up(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(folder.database) as store:
        store.claim()
        store.beat("running", step=1)
    set_mark(folder, host="another", pid=dead_process())
    assert read_status(folder.database).state is RunState.RUNNING
    now = read_status(folder.database).heartbeat
    monkeypatch.setattr(status.time, "time", lambda: now + liveness.SILENT_SECONDS + 1)
    assert read_status(folder.database).state is RunState.DIED


def test_a_run_whose_process_never_came_up_is_told(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(folder.database) as store:
        store.request_start()
    assert read_status(folder.database).state is RunState.STARTING
    now = read_status(folder.database).heartbeat
    monkeypatch.setattr(status.time, "time", lambda: now + liveness.UNCLAIMED_SECONDS + 1)
    found = read_status(folder.database)
    assert (found.state, found.reason) == (RunState.DIED, "its process never came up")
    folder.log.write_text("no room")
    assert read_status(folder.database).reason == "its process never came up: see process.log in its folder"


def test_a_copy_of_a_running_run_is_not_running(folder: RunFolder, tmp_path: Path) -> None:
    with Store(folder.database) as store:
        store.claim()
        store.beat("running", step=1)
        shutil.copytree(folder.path, tmp_path / "copy")
    copy = RunFolder(tmp_path / "copy")
    assert read_status(copy.database).state is RunState.DIED
    assert "copied" in read_status(copy.database).reason
    assert read_status(folder.database).state is RunState.RUNNING
    shutil.move(folder.path, tmp_path / "moved")  # a folder that is renamed stays the same run
    assert read_status(tmp_path / "moved" / "run.db").state is RunState.RUNNING


def test_a_store_of_a_newer_program_is_left_alone(folder: RunFolder) -> None:
    with closing(sqlite3.connect(folder.database)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    for opening in (schema.open_readable, schema.open_writable):
        with pytest.raises(RunError, match="written by a newer version"):
            opening(folder.database)
    view = RunReader(folder).poll()
    assert (view.state, "newer version" in view.reason) == (RunState.NEWER, True)


def test_another_sqlite_file_is_no_store(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "run.db")) as connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(RunError, match="not the store of a run"):
        schema.open_writable(tmp_path / "run.db")


def test_an_error_is_kept_with_the_progress(folder: RunFolder) -> None:
    with Store(folder.database) as store:
        store.claim()
        store.beat("running", step=5, seconds=1.5)
        store.metric("loss", 5, 1.0)
        store.fail("the disk is full")
    view = RunReader(folder).poll()
    assert (view.state, view.reason, view.seconds) == ("failed", "the disk is full", 1.5)
    assert view.last("loss") == 1.0
    assert (view.events[-1].kind, view.events[-1].step) == ("failed", 5)


def test_a_number_beyond_64_bits_is_kept(folder: RunFolder) -> None:
    with Store(folder.database) as store:
        store.fact("parameters", 27**14)
    assert RunReader(folder).poll().parameters == 27**14
    assert summarise(folder).parameters == 27**14


def test_the_reason_is_told_whatever_the_gathered_rows_are(folder: RunFolder) -> None:
    with Store(folder.database) as store:
        store.claim()
        store.metric("loss", 1 << 64, 1.0)
        store.fail("out of luck")
    assert RunReader(folder).poll().reason == "out of luck"


def test_a_run_waits_for_a_store_that_somebody_has_locked(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.0)
    with Store(folder.database) as store, closing(sqlite3.connect(folder.database, check_same_thread=False)) as other:
        store.claim()
        store.metric("loss", 0, 1.0)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.2, other.rollback)
        release.start()
        store.flush()
        release.join()
    assert RunReader(folder).poll().last("loss") == 1.0


def test_a_settled_store_is_one_file(folder: RunFolder, tmp_path: Path) -> None:
    with closing(schema.open_readable(folder.database)), Store(folder.database) as store:
        store.claim()
        store.beat("finished", step=7)
        store.settle()
        shutil.copy(folder.database, tmp_path / "run.db")
    assert read_status(tmp_path / "run.db").state is RunState.FINISHED
