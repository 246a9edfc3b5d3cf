"""Run folders: names, creation, finding, the copy of the list."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.corpus import corpus_from_bytes, read_corpus
from makemore_core.errors import ListError, RunError, SettingsError
from makemore_core.runs import folder as folder_module
from makemore_core.runs import schema
from makemore_core.runs.folder import check_name, create_run, find_run, list_runs, runs_home
from makemore_core.runs.paths import RunFolder, write_file
from tests.core.models import small_corpus
from tests.core.runs.making import make_run, small_config


def test_runs_are_numbered_by_type_and_hold_all_that_rebuilds_them(runs_home: Path) -> None:
    corpus = small_corpus()
    config = small_config(corpus)
    first, second = (create_run(config, corpus, runs_home) for _ in range(2))
    assert (first.name, second.name) == ("bigram-1", "bigram-2")
    assert first.read_config() == config
    assert list(first.read_corpus().items()) == list(corpus.items())
    assert sorted(path.name for path in runs_home.iterdir()) == ["bigram-1", "bigram-2"]  # no drafts are left


def test_many_at_once_get_different_names(runs_home: Path) -> None:
    corpus = small_corpus()
    config = small_config(corpus)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: create_run(config, corpus, runs_home).name, range(16)))
    assert sorted(made, key=lambda name: int(name.split("-")[1])) == [f"bigram-{n}" for n in range(1, 17)]
    assert all(summary.reason == "not started yet" for summary in list_runs(runs_home))


def test_a_name_is_given_once(runs_home: Path) -> None:
    make_run(runs_home, name="mine")
    with pytest.raises(RunError, match="there is a run called mine"):
        make_run(runs_home, name="mine")


@pytest.mark.parametrize("name", ["mine", "bigram-1", "a", "Über.2", "7", "x_y+z"])
def test_names_that_can_be(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a\\b", "-x", ".x", "a b", "x.", "nul", "COM1.txt", "a\n", "x" * 65]
)
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be the name of a run"):
        check_name(name)


def test_nothing_is_left_where_a_run_cannot_be_made(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(schema, "create", full)
    with pytest.raises(RunError, match="no run can be made there: No space left"):
        make_run(runs_home)
    assert list(runs_home.iterdir()) == []


def test_where_runs_live(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, isolated_folders: Path) -> None:
    assert runs_home(tmp_path) == tmp_path
    monkeypatch.setenv("MAKEMORE_RUNS", str(tmp_path / "set"))
    assert runs_home() == tmp_path / "set"
    monkeypatch.delenv("MAKEMORE_RUNS")
    assert runs_home().is_relative_to(isolated_folders)


def test_a_run_is_found_by_name_and_by_path(runs_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_run(runs_home)
    assert find_run("bigram-1", runs_home) == made
    elsewhere = tmp_path / "copy"
    shutil.copytree(made.path, elsewhere)
    assert find_run(elsewhere, runs_home).path == elsewhere
    monkeypatch.chdir(tmp_path)
    assert find_run("copy", runs_home).path == elsewhere
    with pytest.raises(RunError, match="did you mean bigram-1"):
        find_run("bigram1", runs_home)
    with pytest.raises(RunError, match="there is no run"):
        find_run("../runs/bigram-9", runs_home)


item = st.text(st.characters(exclude_characters="\n\0", exclude_categories=("Cs",)), min_size=1, max_size=5)


@given(items=st.lists(item, min_size=2, max_size=6))
def test_the_copy_of_the_list_gives_the_same_list(tmp_path_factory: pytest.TempPathFactory, items: list[str]) -> None:
    try:
        corpus = corpus_from_bytes("\n".join(items).encode(), name="list", source="-")
    except ListError:  # blank, or too little to learn from
        return
    folder = make_run(tmp_path_factory.mktemp("runs"), corpus)
    again = folder.read_corpus()
    assert list(again.items()) == list(corpus.items())
    assert again.vocabulary == corpus.vocabulary
    assert again.name == "list"


def test_a_list_too_large_to_copy_is_read_where_it_was(
    runs_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "COPIED_BYTES", 3)
    path = tmp_path / "list.txt"
    path.write_text("emma\nava\n", encoding="utf-16")
    corpus = read_corpus(path, encoding="utf-16")
    folder = make_run(runs_home, corpus)
    assert not folder.items.exists()
    assert list(folder.read_corpus().items()) == ["emma", "ava"]
    path.write_text("emma\r\nava\r\n", encoding="utf-16")  # the same items in other bytes
    assert list(folder.read_corpus().items()) == ["emma", "ava"]
    path.write_text("emma\navv\n", encoding="utf-16")  # the same characters, not the same items
    with pytest.raises(RunError, match="has changed since"):
        folder.read_corpus()
    path.unlink()
    with pytest.raises(RunError, match="its list cannot be read"):
        folder.read_corpus()


def test_a_list_from_standard_input_is_always_copied(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "COPIED_BYTES", 3)
    assert make_run(runs_home).items.exists()


def test_a_damaged_run_is_listed_with_the_reason(runs_home: Path) -> None:
    make_run(runs_home, name="good")
    cut, odd, new, bare = (make_run(runs_home, name=name) for name in ("cut", "odd", "new", "bare"))
    cut.settings.write_text(cut.settings.read_text()[:40])
    odd.database.write_bytes(b"SQLite format 3\0" + b"\7" * 4096)
    new.settings.write_text(new.settings.read_text().replace('"format": 1', '"format": 99'))
    bare.database.unlink()
    (runs_home / "not-a-run").mkdir()
    reasons = {summary.name: summary.reason for summary in list_runs(runs_home)}
    assert reasons.pop("good") == "not started yet"
    assert reasons.keys() == {"cut", "odd", "new", "bare"}  # what has neither settings nor a store is no run
    states = {summary.name: summary.state for summary in list_runs(runs_home)}
    assert states["new"] == "newer" and states["cut"] == states["odd"] == states["bare"] == "incomplete"
    assert "newer version" in reasons["new"]
    assert "cannot be read" in reasons["odd"]
    assert "no such store" in reasons["bare"]
    assert "this is not JSON" in reasons["cut"]
    assert all("\n" not in reason for reason in reasons.values())


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_file(path, [b"old"])

    def failing() -> "object":
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_file(path, failing())  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_settings_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"config\.json: the settings cannot be read"):
        RunFolder(tmp_path).read_config()


def test_a_damaged_copy_of_the_list_is_replaced_by_its_source(runs_home: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("emma\nava\n")
    folder = make_run(runs_home, read_corpus(path))
    folder.items.write_text("emm")
    assert list(folder.read_corpus().items()) == ["emma", "ava"]
    path.unlink()
    with pytest.raises(RunError, match=r"items\.txt, is damaged: .*; its list cannot be read: .*list\.txt"):
        folder.read_corpus()


def test_settings_that_cannot_be_written(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "missing")
    with pytest.raises(RunError, match=r"config\.json: the settings cannot be written: .*: make room"):
        folder.write_config(small_config(small_corpus()))


def test_old_drafts_are_removed_and_new_ones_are_left_alone(runs_home: Path) -> None:
    old, new = runs_home / ".new-old", runs_home / ".new-new"
    for draft in (old, new):
        draft.mkdir(parents=True)
    os.utime(old, (0, 0))
    make_run(runs_home)
    assert (old.exists(), new.exists()) == (False, True)
