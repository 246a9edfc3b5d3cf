"""The metrics of a run as event files for TensorBoard, beside its store: `tensorboard --logdir RUN/tensorboard`.

A run has them where its folder has a folder `tensorboard`. They are written with each commit of the store, by
TensorBoard's own writer. Whatever goes wrong with them, training goes on without.
"""

import importlib.util
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from makemore_core.errors import SettingsError
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.store import Metric, Store


def events_folder(folder: RunFolder) -> Path:
    """Where the event files lie."""
    return folder.path / "tensorboard"


def check_installed() -> None:
    """Raise SettingsError where TensorBoard is missing."""
    if importlib.util.find_spec("tensorboard") is None:
        raise SettingsError(
            "event files are written by TensorBoard, which is not installed: pip install 'makemore-tui[tensorboard]'"
        )


def add_events(folder: RunFolder) -> None:
    """Have a new run write event files. Raises OSError."""
    events_folder(folder).mkdir()


class EventLog:
    """Writes what the store commits."""

    def __init__(self, place: Path, step: int) -> None:
        """Go on from this step: what earlier files hold of it and later steps is taken back. Raises what goes wrong."""
        from tensorboard.compat.proto import event_pb2, summary_pb2
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self._event: Any = event_pb2.Event
        self._summary: Any = summary_pb2.Summary
        self._writer: Any = EventFileWriter(str(place))
        start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
        self._writer.add_event(event_pb2.Event(wall_time=time.time(), step=step, session_log=start))

    def write(self, metrics: Sequence[Metric]) -> None:
        """One event for each value; NaN where it was not a number."""
        now = time.time()
        for name, step, value in metrics:
            one = self._summary.Value(tag=name, simple_value=float("nan") if value is None else value)
            self._writer.add_event(self._event(wall_time=now, step=step, summary=self._summary(value=[one])))
        self._writer.flush()

    def close(self) -> None:
        """Let go of the file."""
        self._writer.close()


def log_events(folder: RunFolder, store: Store, step: int) -> None:
    """Write event files from now on, where the run is to have them."""
    place = events_folder(folder)
    if not place.is_dir():
        return
    try:
        log = EventLog(place, step)
    except Exception as error:
        _give_up(store, error)
        return

    def write(metrics: Sequence[Metric]) -> None:
        try:
            log.write(metrics)
        except Exception as error:
            _give_up(store, error)

    store.on_commit = write


def _give_up(store: Store, error: Exception) -> None:
    store.on_commit = None
    try:
        print(f"no more event files for TensorBoard: {type(error).__name__}: {error}", flush=True)
    except OSError:  # the disk may be full
        return
