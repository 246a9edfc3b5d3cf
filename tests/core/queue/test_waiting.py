"""Runs that wait: the mark in their store, who takes them, and what happens to it along the way."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from makemore_core.errors import RunError, SettingsError
from makemore_core.queue.holding import is_held, queue_lock
from makemore_core.queue.settings import PARALLEL, queue_folder, read_parallel, write_parallel
from makemore_core.queue.waiting import dequeue, enqueue, move_to_front, read_queue
from makemore_core.runs.deleting import delete_run
from makemore_core.runs.extending import extend_run
from makemore_core.runs.folder import RunFolder
from makemore_core.runs.listing import list_runs
from makemore_core.runs.liveness import UNCLAIMED_SECONDS
from makemore_core.runs.naming import rename_run
from makemore_core.runs.status import RunState, read_status
from makemore_core.runs.store import Store
from tests.core.runs.making import make_run


def state(folder: RunFolder) -> RunState:
    return read_status(folder.database).state


def waiting(home: Path) -> list[str]:
    return [run.name for run in read_queue(home).waiting]


def test_runs_wait_in_the_order_in_which_they_came(runs_home: Path) -> None:
    folders = [make_run(runs_home, name=name) for name in ("first", "second", "third")]
    assert waiting(runs_home) == []
    for folder in (folders[1], folders[0], folders[2]):
        enqueue(folder)
    assert waiting(runs_home) == ["second", "first", "third"]
    assert {run.name: run.turn for run in list_runs(runs_home)} == {"second": 1, "first": 2, "third": 3}
    move_to_front(folders[2], runs_home)
    assert waiting(runs_home) == ["third", "second", "first"]
    enqueue(folders[2])  # who waits keeps the place
    assert waiting(runs_home) == ["third", "second", "first"]


def test_a_run_that_is_taken_out_is_as_it_was(runs_home: Path) -> None:
    folder = make_run(runs_home)
    enqueue(folder)
    assert state(folder) is RunState.QUEUED
    dequeue(folder)
    assert state(folder) is RunState.STOPPED
    assert read_status(folder.database).reason == "not started yet"
    with pytest.raises(RunError, match="does not wait"):
        dequeue(folder)


def test_only_one_can_take_a_run_and_it_waits_no_longer(runs_home: Path) -> None:
    folder = make_run(runs_home)
    enqueue(folder)
    with Store(folder.database) as one, Store(folder.database) as other:
        one.request_start(only_queued=True)
        with pytest.raises(RunError, match="starting"):
            other.request_start(only_queued=True)
        one.claim()
        with pytest.raises(RunError, match="still starting"):
            other.claim()
    with closing(sqlite3.connect(folder.database)) as connection:
        connection.execute("UPDATE heartbeat SET state = 'stopped'")
        connection.commit()
    assert state(folder) is RunState.STOPPED  # and not in the queue again
    with Store(folder.database) as store, pytest.raises(RunError, match="not in the queue"):
        store.request_start(only_queued=True)


def test_a_start_that_was_cut_off_before_a_process_came_up_waits_again(runs_home: Path) -> None:
    folder = make_run(runs_home)
    enqueue(folder)
    with Store(folder.database) as store:
        store.request_start(only_queued=True)
    assert state(folder) is RunState.STARTING
    with closing(sqlite3.connect(folder.database)) as connection:
        connection.execute("UPDATE heartbeat SET wall = wall - ?", (UNCLAIMED_SECONDS + 1,))
        connection.commit()
    assert state(folder) is RunState.QUEUED


def test_a_run_that_trains_or_has_finished_is_not_put_there(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with Store(folder.database) as store:
        store.claim()
        store.beat("running", step=1)
        with pytest.raises(RunError, match="still running"):
            enqueue(folder)
        store.beat("finished", step=10)
    with pytest.raises(RunError, match="all of its steps"):
        enqueue(folder)


def test_what_is_done_to_a_run_is_done_to_it_in_the_queue(runs_home: Path) -> None:
    folder, other = make_run(runs_home, name="one"), make_run(runs_home, name="two")
    enqueue(folder)
    enqueue(other)
    renamed = rename_run(folder, "three")
    assert waiting(runs_home) == ["three", "two"]
    assert extend_run(renamed, 500) is None
    assert (renamed.read_config().max_steps, state(renamed)) == (500, RunState.QUEUED)
    delete_run(renamed)
    assert waiting(runs_home) == ["two"]


def test_a_copy_of_a_run_that_waits_does_not_wait(runs_home: Path, tmp_path: Path) -> None:
    folder = make_run(runs_home)
    enqueue(folder)
    shutil.copytree(folder.path, runs_home / "copy")
    assert waiting(runs_home) == [folder.name]
    assert state(RunFolder(runs_home / "copy")) is RunState.STOPPED


def test_the_number_of_runs_at_once_is_kept(runs_home: Path) -> None:
    assert read_parallel(runs_home) == PARALLEL
    write_parallel(runs_home, 3)
    assert read_parallel(runs_home) == 3
    for wrong in (-1, 65):
        with pytest.raises(SettingsError, match="cannot train at once"):
            write_parallel(runs_home, wrong)
    (queue_folder(runs_home) / "settings.json").write_text('{"parallel": tru')  # half of it
    assert read_parallel(runs_home) == PARALLEL
    assert list_runs(runs_home) == []  # the queue's own folder is no run


def test_one_alone_holds_the_queue(runs_home: Path) -> None:
    assert not is_held(runs_home)
    with queue_lock(runs_home) as first:
        assert first
        assert is_held(runs_home)
    assert not is_held(runs_home)
