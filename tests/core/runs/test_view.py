"""The reader: polling piece by piece shows what a fresh reader shows, and polling in vain is free."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.runs import view as view_module
from makemore_core.runs.checkpoints import write_checkpoint
from makemore_core.runs.listing import list_runs
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.snapshot import RunView
from makemore_core.runs.status import RunState
from makemore_core.runs.store import Store, StoredSample
from makemore_core.runs.view import RunReader
from tests.core.runs.making import make_run
from tests.core.runs.test_checkpoints import checkpoint


def content(view: RunView) -> dict[str, Any]:
    """A snapshot as plain data, without what depends on the clock."""
    return {
        "state": view.state,
        "step": view.step,
        "epoch": view.epoch,
        "series": {name: (s.steps.tolist(), s.values.tolist()) for name, s in view.series.items()},
        "samples": view.samples,
        "events": [(event.id, event.kind, event.step, dict(event.detail)) for event in view.events],
        "checkpoints": view.checkpoints,
    }


actions = st.lists(
    st.one_of(
        st.tuples(st.just("metric"), st.sampled_from(["loss", "dev_nll"]), st.integers(1, 200)),
        st.tuples(st.just("samples"), st.integers(1, 3)),
        st.tuples(st.just("event"), st.text(max_size=3)),
        st.tuples(st.just("rewind"), st.integers(0, 30)),
        st.tuples(st.just("flush")),
        st.tuples(st.just("poll")),
    ),
    max_size=25,
)


@given(actions=actions)
def test_piece_by_piece_is_the_same_as_at_once(tmp_path_factory: pytest.TempPathFactory, actions: list[Any]) -> None:
    folder = make_run(tmp_path_factory.mktemp("runs"))
    reader = RunReader(folder)
    step = 0
    seen: list[tuple[RunView, dict[str, Any]]] = []
    with Store(folder.database) as store:
        for kind, *values in actions:
            match kind:
                case "metric":
                    for _ in range(values[1]):
                        store.metric(values[0], step, step / 7)
                        step += 1
                case "samples":
                    store.samples(step, [StoredSample("x", 1.0, True, True, False, False)] * values[0])
                    step += 1  # a step has one set of samples
                case "event":
                    store.event("saved", step, note=values[0])
                case "rewind":
                    store.rewind(step := min(step, values[0]))
                case "flush":
                    store.flush()
                case "poll":
                    view = reader.poll()
                    seen.append((view, content(view)))
    fresh = RunReader(folder)
    assert content(reader.poll()) == content(fresh.poll())
    assert all(content(view) == then for view, then in seen)  # no snapshot changes afterwards
    reader.close()
    fresh.close()


def test_nothing_new_gives_the_same_object(runs_home: Path) -> None:
    folder = make_run(runs_home)
    reader = RunReader(folder)
    first = reader.poll()
    assert reader.poll() is first
    with Store(folder.database) as store:
        store.metric("loss", 0, 1.0)
        store.flush()
        second = reader.poll()
        assert second is not first
        store.metric("dev_nll", 0, 1.0)
        store.flush()
        third = reader.poll()
    assert third.series["loss"] is second.series["loss"]  # what did not change is not made again


def test_a_long_run_is_thinned_at_the_first_look(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(runs_home)
    monkeypatch.setattr(view_module, "MOST_ROWS", 100)
    monkeypatch.setattr(view_module, "RECENT_STEPS", 5)
    reader = RunReader(folder)
    with Store(folder.database) as store:
        for step in range(1003):
            store.metric("loss", step, step / 7)
        store.flush()
        series = reader.poll().series["loss"]
        assert series.steps.tolist() == [*range(0, 998, 10), 998, 999, 1000, 1001, 1002]
        assert series.values.tolist() == (series.steps / 7).tolist()
        store.metric("loss", 1003, 1.0)
        store.flush()
        assert reader.poll().series["loss"].steps[-2:].tolist() == [1002, 1003]


def test_arrays_cannot_be_written_to(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with Store(folder.database) as store:
        store.metric("loss", 0, 1.0)
    series = RunReader(folder).poll().series["loss"]
    for array in (series.steps, series.values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5


def test_derived_numbers(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=100)
    with Store(folder.database) as store:
        store.claim()
        for step, dev in ((0, 3.0), (10, 2.0), (20, np.nan), (30, 2.5)):
            store.metric("dev_nll", step, dev)
        store.metric("loss", 34, 2.25)
        store.beat("running", step=30, steps_per_second=5.0)
    view = RunReader(folder).poll()
    assert (view.best_dev_nll, view.best_step, view.dev_nll) == (2.0, 10, 2.5)
    assert view.step == 35  # the loss of step 34 has been seen, so 35 updates were made
    assert view.eta_seconds == pytest.approx(65 / 5)
    assert view.test_nll is None
    (summary,) = list_runs(runs_home)
    assert (summary.step, summary.best_step) == (35, 10)
    with Store(folder.database) as store:  # a best may be told before the next sign of life
        store.fact("best_step", 40)
        store.fact("best_dev_nll", 1.5)
        store.flush()
    (summary,) = list_runs(runs_home)
    assert (summary.step, summary.best_step, summary.best_dev_nll) == (40, 40, 1.5)


def test_a_run_that_has_learnt_nothing_yet_has_no_best(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=100)
    with Store(folder.database) as store:
        store.metric("dev_nll", 0, 1.0)
        store.flush()
    view, (summary,) = RunReader(folder).poll(), list_runs(runs_home)
    assert view.best_step is view.best_dev_nll is summary.best_step is summary.best_dev_nll is None
    with Store(folder.database) as store:
        store.metric("dev_nll", 10, 2.0)
        store.flush()
    view, (summary,) = RunReader(folder).poll(), list_runs(runs_home)
    assert (view.best_step, view.best_dev_nll) == (summary.best_step, summary.best_dev_nll) == (10, 2.0)


def test_checkpoints_are_seen_when_they_come(runs_home: Path) -> None:
    folder = make_run(runs_home)
    reader = RunReader(folder)
    with Store(folder.database) as store:
        assert reader.poll().checkpoints == ()
        write_checkpoint(folder, "last", checkpoint(step=5))
        store.beat("running", step=5)
        assert [(info.name, info.step) for info in reader.poll().checkpoints] == [("last", 5)]
        write_checkpoint(folder, "last", checkpoint(step=9))
        store.beat("running", step=9)
        assert [(info.name, info.step) for info in reader.poll().checkpoints] == [("last", 9)]


def test_a_reader_leaves_no_trace_and_needs_no_permission_to_write(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with Store(folder.database) as store:
        store.metric("loss", 0, 1.0)
    # A folder in the place of one of the two files that WAL wants to make stands for a disk that is read-only.
    (folder.path / "run.db-shm").mkdir()
    view = RunReader(folder).poll()
    assert (view.state, view.last("loss")) == (RunState.STOPPED, 1.0)


def test_a_store_that_cannot_be_read_is_shown_and_tried_again(runs_home: Path, tmp_path: Path) -> None:
    folder = make_run(runs_home)
    reader = RunReader(folder)
    assert reader.poll().state is RunState.STOPPED
    shutil.move(folder.database, tmp_path / "away")
    gone = reader.poll()
    assert gone.state is RunState.INCOMPLETE
    assert reader.poll() is gone
    folder.database.write_bytes(b"half a file")
    assert reader.poll().state is RunState.INCOMPLETE
    folder.database.unlink()
    shutil.move(tmp_path / "away", folder.database)
    assert reader.poll().state is RunState.STOPPED


def test_another_store_in_the_same_place_is_read_from_the_start(runs_home: Path) -> None:
    one, two = make_run(runs_home), make_run(runs_home)
    for folder, value in ((one, 1.0), (two, 2.0)):
        with Store(folder.database) as store:
            store.metric("loss", 0, value)
    reader = RunReader(one)
    assert reader.poll().last("loss") == 1.0
    two.database.replace(one.database)
    assert reader.poll().last("loss") == 2.0


def test_damage_inside_is_a_reason_not_a_crash(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with closing(sqlite3.connect(folder.database)) as connection, connection:
        connection.execute("DROP TABLE events")
    view = RunReader(folder).poll()
    assert (view.state, "no such table" in view.reason) == (RunState.INCOMPLETE, True)


def test_a_silent_run_is_judged_again(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(runs_home)
    with Store(folder.database) as store:
        store.claim()
        store.beat("running", step=1)
        reader = RunReader(folder)
        assert reader.poll().state is RunState.RUNNING
        monkeypatch.setattr(view_module, "SILENCE_SECONDS", -1.0)
        monkeypatch.setattr("makemore_core.runs.status.counts_as_running", lambda *_: False)
        assert reader.poll().state is RunState.DIED  # without a new row in the store


def test_settings_are_read_again_when_a_run_goes_on(runs_home: Path) -> None:
    folder: RunFolder = make_run(runs_home, max_steps=10)
    reader = RunReader(folder)
    assert reader.poll().max_steps == 10
    folder.write_config(folder.read_config().changed(max_steps=20))
    with Store(folder.database) as store:
        store.rewind(0)
        assert reader.poll().max_steps == 20
