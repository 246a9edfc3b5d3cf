"""Names, notes, and the end of a run."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from makemore_core.errors import RunError, SettingsError
from makemore_core.runs import deleting
from makemore_core.runs.deleting import delete_run, weigh
from makemore_core.runs.folder import find_run
from makemore_core.runs.listing import list_runs, summarise
from makemore_core.runs.naming import rename_run
from makemore_core.runs.notes import LONGEST, write_note
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from tests.core.runs.making import make_run


def claimed(folder: RunFolder) -> Store:
    store = Store(folder.database)
    store.claim()
    store.beat("running", step=0)
    return store


# Names


def test_a_run_gets_another_name_with_all_that_it_holds(runs_home: Path) -> None:
    folder = make_run(runs_home, name="old")
    with Store(folder.database) as store:
        store.metric("loss", 0, 3.0)
    reader = RunReader(folder)  # somebody watches it
    assert reader.poll().train_loss == 3.0
    renamed = rename_run(folder, "new")
    assert [run.name for run in list_runs(runs_home)] == ["new"]
    assert RunReader(renamed).poll().train_loss == 3.0
    seen = reader.poll()
    assert (seen.state, seen.reason, seen.train_loss) == ("gone", f"{folder.path} was deleted or renamed", 3.0)
    assert reader.poll() is seen and not seen.state.is_live
    reader.close()
    with Store(renamed.database) as store:  # and it can be written to
        store.metric("loss", 1, 2.0)
    assert RunReader(renamed).poll().train_loss == 2.0


def test_a_name_that_is_taken_or_cannot_be(runs_home: Path) -> None:
    folder, other = make_run(runs_home, name="one"), make_run(runs_home, name="two")
    (runs_home / "three").mkdir()
    for taken in ("two", "three"):
        with pytest.raises(RunError, match=f"there is a run called {taken} in"):
            rename_run(folder, taken)
    with pytest.raises(SettingsError, match="cannot be the name of a run"):
        rename_run(folder, "../out")
    assert rename_run(folder, "one") == folder
    assert {run.name for run in list_runs(runs_home)} == {"one", "two"}
    assert summarise(other).state == "stopped"


def test_a_live_run_keeps_its_name_and_is_not_deleted(runs_home: Path) -> None:
    folder = make_run(runs_home, name="busy")
    with claimed(folder):
        with pytest.raises(RunError, match="busy is running, so it cannot be renamed: stop it first"):
            rename_run(folder, "other")
        with pytest.raises(RunError, match="busy is running, so it cannot be deleted: stop it first"):
            delete_run(folder)
    assert find_run("busy", runs_home).database.is_file()


def test_a_run_that_is_about_to_start_is_left_alone(runs_home: Path) -> None:
    folder = make_run(runs_home, name="busy")
    with Store(folder.database) as store:
        store.request_start()
    with pytest.raises(RunError, match="busy is starting"):
        rename_run(folder, "other")


def test_nobody_takes_a_run_while_it_is_deleted(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes in between has to wait, and then finds nothing."""
    folder = make_run(runs_home)
    seen: list[str] = []

    rename_now = Path.rename

    def rename(self: Path, target: Path) -> Path:
        with closing(sqlite3.connect(folder.database, timeout=0, isolation_level=None)) as other:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            seen.append("locked")
        return rename_now(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    delete_run(folder)
    assert seen == ["locked"]
    with pytest.raises(RunError):
        Store(folder.database)


# Notes


def test_a_note_is_kept_while_the_run_goes_on(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with claimed(folder) as store:
        readers = RunReader(folder), RunReader(folder)
        assert [reader.poll().note for reader in readers] == ["", ""]
        assert write_note(folder, "  twice\nas wide ") == "twice as wide"
        assert [reader.poll().note for reader in readers] == ["twice as wide"] * 2
        store.fact("parameters", 5)
        store.rewind(0)
        store.flush()
    assert summarise(folder).note == "twice as wide"
    assert write_note(folder, "") == ""
    assert (summarise(folder).note, readers[0].poll().note) == ("", "")


@pytest.mark.parametrize("text", ["0xyz", "0x10", "5", "null", "[bold]é\u202e", "'); DROP TABLE facts; --"])
def test_any_text_is_a_note(runs_home: Path, text: str) -> None:
    folder = make_run(runs_home)
    write_note(folder, text)
    assert (summarise(folder).note, RunReader(folder).poll().note) == (text, text)
    assert summarise(folder).state == "stopped"


def test_notes_that_cannot_be_kept(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with pytest.raises(SettingsError, match="up to 500 characters, and this one has 501"):
        write_note(folder, "a" * (LONGEST + 1))
    with pytest.raises(SettingsError, match="UTF-8"):
        write_note(folder, "\udcff")
    folder.database.write_bytes(b"rubbish" * 1000)
    with pytest.raises(RunError, match=r"run\.db"):
        write_note(folder, "lost")


# Deleting


def test_a_deleted_run_is_gone_and_its_size_was_told(runs_home: Path) -> None:
    folder, other = make_run(runs_home), make_run(runs_home)
    (folder.checkpoints / "best.safetensors").write_bytes(bytes(1000))
    weight = weigh(folder)
    sizes = [path.lstat().st_size for path in folder.path.rglob("*") if path.is_file()]
    assert (weight.files, weight.bytes) == (len(sizes), sum(sizes))
    assert weight.bytes > 1000
    assert delete_run(folder) == weight
    assert [path.name for path in runs_home.iterdir()] == [other.name]


def test_what_could_not_be_removed_is_not_shown_and_removed_later(
    runs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_run(runs_home)
    monkeypatch.setattr(deleting.shutil, "rmtree", lambda path, ignore_errors: None)
    delete_run(folder)
    monkeypatch.undo()
    monkeypatch.setenv("MAKEMORE_RUNS", str(runs_home))
    assert list_runs(runs_home) == []
    assert len(list(runs_home.iterdir())) == 1
    later = make_run(runs_home)
    assert list(runs_home.iterdir()) == [later.path]


@pytest.mark.parametrize("damaged", ["run.db", "config.json"])
def test_a_damaged_run_can_be_deleted(runs_home: Path, damaged: str) -> None:
    folder = make_run(runs_home)
    (folder.path / damaged).write_bytes(b"rubbish" * 1000)
    delete_run(folder)
    assert not folder.path.exists()


def test_what_may_be_something_else_is_not_deleted(runs_home: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "config.json").write_text('{"name": "mine"}')
    with pytest.raises(RunError, match="may not be a run"):
        delete_run(find_run(project, runs_home))
    assert (project / "config.json").is_file()
    folder = make_run(runs_home)
    (link := runs_home / "link").symlink_to(folder.path)
    with pytest.raises(RunError, match="is a link to the run"):
        delete_run(RunFolder(link))
    assert folder.database.is_file()


def test_drafts_that_are_young_stay(runs_home: Path) -> None:
    (young := runs_home / ".new-1").mkdir()
    (old := runs_home / ".new-2").mkdir()
    os.utime(old, (time.time() - 2 * 86_400,) * 2)
    make_run(runs_home)
    assert young.is_dir()
    assert not old.exists()
