"""Looks in the store of a run and in its view: bounded in number, gone back over, and left out where switched off."""

from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from makemore_core.diagnostics.looks import Histogram, Layer, Look, Parameter, is_milestone
from makemore_core.diagnostics.recording import LookRecorder
from makemore_core.runs.folder import RunFolder
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from makemore_core.training import process
from makemore_core.training.stopping import StopRequest
from tests.core.runs.making import make_run

HISTOGRAM = Histogram(-1.0, 1.0, (1, 2, 3, 4))
LAYER = Layer("h1", "tanh", 3, 0.125, 0.5, 0.25, 1, HISTOGRAM)
MATRIX = Parameter("weight", (5, 2), 0.5, 0.0, 1e-3, 2e-3, -3.25, HISTOGRAM)
GAIN = Parameter("gain", (2,), 0.0, 0.0, 1e-3, None, None, HISTOGRAM)


def look(step: int) -> Look:
    return Look(step, (LAYER,), (MATRIX, GAIN))


def train_here(folder: RunFolder) -> int:
    with Store(folder.database) as store:
        store.claim()
        return process.run(folder, store, StopRequest())


def test_a_look_comes_back_as_it_was(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with Store(folder.database) as store:
        LookRecorder(store).record(look(20))
    view = RunReader(folder).poll()
    assert view.look == look(20)
    assert {name: (series.steps.tolist(), series.values.tolist()) for name, series in view.series.items()} == {
        "saturated/h1": ([20], [0.25]),
        "update_ratio/weight": ([20], [-3.25]),
    }


@pytest.mark.parametrize("interval", [1, 7, 200])
def test_few_looks_are_kept_of_a_long_run(runs_home: Path, interval: int) -> None:
    """Ten for each power of ten, and the latest: 31 up to 1,000 steps, 41 up to 10,000. Nothing is lost of series."""
    folder = make_run(runs_home)
    steps = range(0, 3000, interval)
    with Store(folder.database) as store, closing(RunReader(folder)) as reader:
        recorder = LookRecorder(store)
        for step in steps:
            recorder.record(look(step))
            if step % 50 == 0:
                store.flush()
                found = [one.step for one in reader.poll().looks]
                assert found[-1] == step and found[0] == 0
                assert len(found) <= 37
    view = RunReader(folder).poll()
    kept = [one.step for one in view.looks]
    assert kept == sorted(kept)
    assert view.series["update_ratio/weight"].steps.tolist() == list(steps)
    if interval == 1:
        gaps = [(later + 1) / (earlier + 1) for earlier, later in pairwise(kept)]
        assert max(gaps) <= 2 and min(gaps[10:-1]) > 1.1
        assert 30 <= len(kept) <= 36


def test_milestones_do_not_depend_on_what_came_between() -> None:
    assert is_milestone(0, None) and is_milestone(1, 0)
    assert not is_milestone(1001, 1000)
    assert is_milestone(2000, 1000)


def test_a_run_that_goes_back_forgets_looks(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with Store(folder.database) as store, closing(RunReader(folder)) as reader:
        recorder = LookRecorder(store)
        for step in (0, 10, 20, 21):
            recorder.record(look(step))
        store.flush()
        assert [one.step for one in reader.poll().looks] == [0, 10, 20, 21]
        store.rewind(20)
        assert [one.step for one in reader.poll().looks] == [0, 10]
        again = LookRecorder(store)
        for step in (20, 21, 22):
            again.record(look(step))
        store.flush()
        assert [one.step for one in reader.poll().looks] == [0, 10, 20, 22]


def test_a_look_of_another_version_is_left_out(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with Store(folder.database) as store:
        LookRecorder(store).record(look(0))
        store.diagnostic(0, "h2", "layer", {"kind": "swish"})
        store.diagnostic(0, "h2", "spectrum", {})
    assert RunReader(folder).poll().look == look(0)


def test_a_run_that_trains_and_goes_on(runs_home: Path) -> None:
    """Stopped and resumed at any step, the looks are those of never having stopped; switched off, there are none."""
    whole = make_run(runs_home, name="whole", max_steps=25, diagnostics_interval=4)
    broken = make_run(runs_home, name="broken", max_steps=11, diagnostics_interval=4)
    without = make_run(runs_home, name="without", max_steps=25, diagnostics_interval=0)
    for folder in (whole, broken, without):
        assert train_here(folder) == 0
    broken.write_config(broken.read_config().changed(max_steps=25))
    assert train_here(broken) == 0
    expected, found, plain = (RunReader(folder).poll() for folder in (whole, broken, without))
    assert [one.step for one in expected.looks] == [0, 4, 8, 12, 16, 20, 24]
    assert found.looks == expected.looks
    assert [one.name for one in expected.look.parameters] == ["weight"]  # type: ignore[union-attr]
    assert plain.looks == () and plain.look is None
    assert plain.series["loss"].values.tolist() == expected.series["loss"].values.tolist()
    assert expected.first_loss == plain.first_loss == expected.series["loss"].values[0]
    assert not any("/" in name for name in plain.series)
