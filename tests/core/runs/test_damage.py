"""Run folders that were harmed, are half here, or come from a newer program, beside a sound one."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from makemore_core.errors import RunError
from makemore_core.runs import damage, listing, schema
from makemore_core.runs.checkpoints import checkpoint_path, write_checkpoint
from makemore_core.runs.folder import RunFolder, find_run, list_runs
from makemore_core.runs.listing import RunSummary, summarise
from makemore_core.runs.states import RunState
from makemore_core.runs.status import read_status
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from tests.core.runs.making import make_run

GARBAGE = bytes(range(256)) * 64


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file counts as one that was put there just now."""
    monkeypatch.setattr(damage, "FRESH_SECONDS", -1.0)


def sound_run(home: Path, name: str) -> RunFolder:
    """A run that has ended, with one checkpoint, whose store has a log of its own beside it."""
    import numpy as np
    from safetensors.numpy import save

    folder = make_run(home, name=name)
    write_checkpoint(folder, "last", save({"model.w": np.zeros(1000)}, {"makemore": '{"step": 5}'}))
    with Store(folder.database) as store:
        store.claim()
        store.metric("loss", 4, 2.5)
        store.beat("stopped", step=5)
    return folder


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def fill(path: Path) -> None:
    path.write_bytes(GARBAGE)


def newer_settings(path: Path) -> None:
    path.write_text(path.read_text().replace('"format": 1', '"format": 99'))


def newer_store(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")


HARMS: list[tuple[Callable[[Path], object], str, RunState, str]] = [
    (Path.unlink, "config.json", RunState.DAMAGED, "the settings cannot be read"),
    (cut, "config.json", RunState.DAMAGED, "this is not JSON"),
    (fill, "config.json", RunState.DAMAGED, "config.json"),
    (newer_settings, "config.json", RunState.NEWER, "written by a newer version"),
    (Path.unlink, "run.db", RunState.DAMAGED, "there is no such store"),
    (cut, "run.db", RunState.DAMAGED, "the store cannot be read"),
    (fill, "run.db", RunState.DAMAGED, "the store cannot be read"),
    (newer_store, "run.db", RunState.NEWER, "written by a newer version"),
]


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(("harm", "file", "state", "words"), HARMS)
def test_a_run_that_cannot_be_opened_is_listed_with_the_reason_beside_a_sound_one(
    runs_home: Path, harm: Callable[[Path], object], file: str, state: RunState, words: str
) -> None:
    sound_run(runs_home, "sound")
    folder = sound_run(runs_home, "harmed")
    harm(folder.path / file)
    found = {run.name: run for run in list_runs(runs_home)}
    assert (found["sound"].state, found["sound"].step, found["sound"].damage) == (RunState.STOPPED, 5, "")
    assert found["harmed"].state is state and words in found["harmed"].reason
    assert "\n" not in found["harmed"].reason
    view = RunReader(find_run("harmed", runs_home)).poll()
    assert view.state is state and file in view.reason and "\n" not in view.reason


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("harm", [cut, fill, Path.unlink])
def test_a_harmed_log_of_the_store_takes_only_what_was_in_it(
    runs_home: Path, tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    """What a killed process leaves: the log beside the store holds its last commits."""
    folder = make_run(runs_home, name="killed")
    copy = RunFolder(runs_home / "copy")
    with Store(folder.database) as store:
        store.metric("loss", 0, 2.5)
        store.flush()
        shutil.copytree(folder.path, copy.path)
    assert (copy.path / "run.db-wal").stat().st_size > 0
    assert RunReader(copy).poll().last("loss") == 2.5
    shutil.rmtree(copy.path)
    shutil.copytree(folder.path, copy.path)
    (copy.path / "run.db-wal").write_bytes(GARBAGE)
    harm(copy.path / "run.db-wal")
    assert summarise(copy).state is RunState.STOPPED


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    ("harm", "words"),
    [(cut, "it is cut short"), (fill, "not a checkpoint"), (Path.unlink, "the checkpoints are missing")],
)
def test_a_run_with_harmed_checkpoints_can_be_looked_at(
    runs_home: Path, harm: Callable[[Path], object], words: str
) -> None:
    folder = sound_run(runs_home, "harmed")
    harm(checkpoint_path(folder, "last"))
    run: RunSummary = summarise(folder)
    assert run.state is RunState.STOPPED and words in run.damage
    assert RunReader(folder).poll().last("loss") == 2.5


def test_what_is_not_whole_and_came_just_now_may_be_on_its_way(
    runs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sound_run(runs_home, "sound")
    copy = RunFolder(runs_home / "copy")
    copy.path.mkdir()
    shutil.copy(folder.settings, copy.settings)
    run = summarise(copy)
    assert run.state is RunState.INCOMPLETE and "it may still be being copied" in run.reason
    shutil.copy(folder.database, copy.database)
    assert summarise(copy).state is RunState.STOPPED
    cut(copy.database)
    assert summarise(copy).state is RunState.INCOMPLETE
    monkeypatch.setattr(damage.time, "time", lambda: copy.database.stat().st_ctime + damage.FRESH_SECONDS + 1)
    assert read_status(copy.database).state is RunState.DAMAGED


@pytest.mark.usefixtures("settled")
def test_checkpoints_alone_are_what_is_left_of_a_run(runs_home: Path) -> None:
    folder = sound_run(runs_home, "harmed")
    folder.settings.unlink()
    folder.database.unlink()
    (run,) = list_runs(runs_home)
    assert (run.name, run.state) == ("harmed", RunState.DAMAGED)


def test_what_the_system_withholds_is_not_called_damaged(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sound_run(runs_home, "withheld")

    def refused(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied", str(folder.settings))

    monkeypatch.setattr(Path, "read_text", refused)
    run = summarise(folder)
    assert run.state is RunState.UNREADABLE and "Permission denied" in run.reason


def test_a_folder_that_may_not_be_entered_is_listed_and_found(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound_run(runs_home, "sound")
    shut, is_file = sound_run(runs_home, "shut"), Path.is_file

    def refused(path: Path) -> bool:
        if shut.path in path.parents:
            raise PermissionError(13, "Permission denied", str(path))
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", refused)
    runs = {run.name: run for run in list_runs(runs_home)}
    assert set(runs) == {"sound", "shut"} and runs["sound"].state.is_readable
    assert runs["shut"].state is RunState.UNREADABLE and "Permission denied" in runs["shut"].reason
    assert find_run("shut", runs_home) == shut
    assert read_status(shut.database).state is RunState.UNREADABLE


def test_a_read_only_disk_is_told(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sound_run(runs_home, "fixed")
    assert not summarise(folder).is_read_only
    monkeypatch.setattr(listing.os, "access", lambda _path, mode: not mode & os.W_OK)
    run = summarise(folder)
    assert run.is_read_only and run.state is RunState.STOPPED


def test_a_harmed_run_is_refused_in_one_line(runs_home: Path) -> None:
    folder = sound_run(runs_home, "harmed")
    fill(folder.settings)
    with pytest.raises(RunError, match=r"config\.json"):
        folder.read_config()
