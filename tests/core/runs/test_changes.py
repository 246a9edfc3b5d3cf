"""Runs that are looked at again and again: what has not changed is not read, and what has always is."""

import shutil
import time
from pathlib import Path

import pytest

from makemore_core.runs import changes, listing
from makemore_core.runs.changes import Remembered, stamp_of
from makemore_core.runs.listing import RunLister, list_runs
from makemore_core.runs.notes import write_note
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.states import RunState
from makemore_core.runs.store import Store
from tests.core.runs.making import make_run


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour has gone by since whatever the test does."""
    real = time.time_ns
    monkeypatch.setattr(changes.time, "time_ns", lambda: real() + 3_600_000_000_000)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the runs that were read, one after the other."""
    names: list[str] = []
    summarise = listing.summarise

    def noting(folder: RunFolder) -> listing.RunSummary:
        names.append(folder.name)
        return summarise(folder)

    monkeypatch.setattr(listing, "summarise", noting)
    return names


def taken(read: list[str]) -> list[str]:
    found = sorted(read)
    read.clear()
    return found


@pytest.mark.usefixtures("later")
def test_what_rests_is_read_once(runs_home: Path, read: list[str]) -> None:
    for name in ("one", "two"):
        make_run(runs_home, name=name)
    lister = RunLister(runs_home)
    first = lister.runs()
    assert taken(read) == ["one", "two"]
    assert lister.runs() == first and taken(read) == []
    assert first == list_runs(runs_home)


@pytest.mark.usefixtures("later")
def test_whatever_changes_a_run_has_it_read_again(runs_home: Path, read: list[str]) -> None:
    one, two = (make_run(runs_home, name=name) for name in ("one", "two"))
    lister = RunLister(runs_home)
    lister.runs()
    taken(read)
    write_note(one, "wide")
    assert next(run.note for run in lister.runs() if run.name == "one") == "wide"
    assert taken(read) == ["one"]
    two.write_config(two.read_config().changed(max_steps=77))
    assert next(run.max_steps for run in lister.runs() if run.name == "two") == 77
    assert taken(read) == ["two"]
    (one.checkpoints / "last.safetensors").write_bytes(b"no tensors")
    assert next(run.damage for run in lister.runs() if run.name == "one")
    assert taken(read) == ["one"]


@pytest.mark.usefixtures("later")
def test_a_run_that_goes_on_is_read_every_time(runs_home: Path, read: list[str]) -> None:
    """Its process may die without a word, which changes no file."""
    folder = make_run(runs_home, name="going")
    with Store(folder.database) as store:
        store.request_start()
        store.claim()
        lister = RunLister(runs_home)
        assert [lister.runs()[0].state, lister.runs()[0].state] == [RunState.STARTING] * 2
        assert taken(read) == ["going"] * 2


@pytest.mark.usefixtures("later")
def test_a_damaged_run_is_read_every_time(runs_home: Path, read: list[str]) -> None:
    """It may still be on its way here, or the disk may answer again."""
    make_run(runs_home, name="bad").settings.write_bytes(b"{")
    lister = RunLister(runs_home)
    assert not lister.runs()[0].state.is_readable and not lister.runs()[0].state.is_readable
    assert taken(read) == ["bad"] * 2


def test_what_changed_just_now_is_not_trusted(runs_home: Path, read: list[str]) -> None:
    """Two changes within one tick of the file system's clock have the same time."""
    make_run(runs_home, name="new")
    assert stamp_of(RunFolder(runs_home / "new")) is None
    lister = RunLister(runs_home)
    lister.runs(), lister.runs()
    assert taken(read) == ["new"] * 2


@pytest.mark.usefixtures("later")
def test_a_run_that_is_gone_is_forgotten_and_another_of_its_name_is_another(runs_home: Path) -> None:
    lister = RunLister(runs_home)
    shutil.rmtree(make_run(runs_home, name="one", max_steps=10).path)
    assert lister.runs() == []
    make_run(runs_home, name="one", max_steps=20)
    assert [run.max_steps for run in lister.runs()] == [20]


@pytest.mark.usefixtures("later")
def test_what_does_not_last_is_not_kept(runs_home: Path) -> None:
    folder, counted = make_run(runs_home), iter(range(10))
    passing = Remembered(lambda _: next(counted), lambda known: known >= 2)
    assert [passing.of(folder) for _ in range(4)] == [0, 1, 2, 2]
