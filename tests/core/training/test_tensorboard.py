"""Event files: TensorBoard reads what the store holds, and nothing that goes wrong with them ends a run."""

import sys
from pathlib import Path
from typing import Any

import pytest

from makemore_core.errors import SettingsError
from makemore_core.runs.folder import RunFolder
from makemore_core.runs.status import RunState
from makemore_core.runs.store import Metric, Store
from makemore_core.runs.view import RunReader
from makemore_core.training import process
from makemore_core.training import tensorboard as events
from makemore_core.training.stopping import StopRequest
from makemore_core.training.tensorboard import add_events, check_installed, events_folder
from tests.core.runs.making import make_run


def train_here(folder: RunFolder) -> int:
    with Store(folder.database) as store:
        store.claim()
        return process.run(folder, store, StopRequest())


def read(folder: RunFolder) -> dict[tuple[str, int], float]:
    """What TensorBoard's own reader makes of the event files."""
    reason = "TensorBoard (the extra tensorboard) is not installed"
    loader: Any = pytest.importorskip("tensorboard.backend.event_processing.event_file_loader", reason=reason)
    found = {}
    for path in sorted(events_folder(folder).iterdir()):
        for event in loader.RawEventFileLoader(str(path)).Load():
            from tensorboard.compat.proto.event_pb2 import Event

            parsed = Event.FromString(event)
            if parsed.HasField("session_log"):  # what begins again takes the rest back
                found = {key: value for key, value in found.items() if key[1] < parsed.step}
            for value in parsed.summary.value:
                found[value.tag, parsed.step] = value.simple_value
    return found


def stored(folder: RunFolder) -> dict[tuple[str, int], float]:
    series = RunReader(folder).poll().series
    return {
        (name, int(step)): float(value)
        for name, one in series.items()
        for step, value in zip(one.steps, one.values, strict=True)
    }


def test_event_files_hold_what_the_store_holds_also_after_going_on(runs_home: Path) -> None:
    pytest.importorskip("tensorboard", reason="TensorBoard (the extra tensorboard) is not installed")
    folder = make_run(runs_home, max_steps=30)
    add_events(folder)
    assert train_here(folder) == 0
    folder.write_config(folder.read_config().changed(max_steps=50))
    assert train_here(folder) == 0
    assert read(folder) == pytest.approx(stored(folder), rel=1e-6)  # simple_value is float32
    assert ("loss", 49) in read(folder)


def test_a_run_without_the_folder_writes_none(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=5)
    assert train_here(folder) == 0
    assert not events_folder(folder).exists()


class Failing:
    """Takes one batch, and then nothing more."""

    def __init__(self, place: Path, step: int) -> None:
        self.batches = 0

    def write(self, metrics: list[Metric]) -> None:
        self.batches += 1
        raise OSError(28, "No space left on device")


class Missing:
    def __init__(self, place: Path, step: int) -> None:
        raise ImportError("no module named tensorboard")


@pytest.mark.parametrize("log", [Failing, Missing])
def test_nothing_that_goes_wrong_with_them_ends_the_run(
    runs_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], log: type
) -> None:
    monkeypatch.setattr(events, "EventLog", log)
    folder = make_run(runs_home, max_steps=30)
    add_events(folder)
    assert train_here(folder) == 0
    view = RunReader(folder).poll()
    assert (view.state, len(view.series["loss"].steps)) == (RunState.FINISHED, 30)
    assert capsys.readouterr().out.count("no more event files") == 1


def test_a_missing_tensorboard_is_told_before_a_run_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    monkeypatch.setattr(events.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"pip install 'makemore-tui\[tensorboard\]'"):
        check_installed()
