"""Starting the process that trains a run. Without torch.

The process gets a session of its own, so that it outlives the terminal, and no standard streams: what it prints goes
to the run's `process.log`.
"""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from makemore_core.errors import RunError
from makemore_core.models.registry import find_family
from makemore_core.runs.checkpoints import checkpoint_path, list_checkpoints, name_all, read_header
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.status import RunState, read_status
from makemore_core.runs.store import Store

COMMAND = (sys.executable, "-P", "-m", "makemore_core.training")


class WarmProcess:
    """A training process that has loaded torch and waits for a run: from start to first loss in half the time.

    Where it is closed, or its owner ends, before it got a run, it leaves by itself.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = _launch(
            (*COMMAND, "--warm"), stdin=subprocess.PIPE, output=subprocess.DEVNULL
        )

    def __enter__(self) -> "WarmProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self, folder: RunFolder, *, only_queued: bool = False) -> subprocess.Popen[bytes]:
        """Let it train this run. A process that has gone meanwhile is replaced. Raises RunError, and stays then.

        `only_queued`: see `start_run`.
        """
        if self._process is None or self._process.poll() is not None:
            return start_run(folder, only_queued=only_queued)
        _request_start(folder, only_queued=only_queued)
        process, self._process = self._process, None
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(str(folder.path.absolute())).encode() + b"\n")
            process.stdin.close()
        except OSError:
            return start_cold(folder)
        return process

    def close(self) -> None:
        """Send it away, where it has no run yet."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


def start_run(folder: RunFolder, *, only_queued: bool = False) -> "subprocess.Popen[bytes]":
    """Start or continue a run. Raises RunError where it goes on already, or no process can be started.

    `only_queued`: also where it does not wait in the queue, or no longer.
    """
    _request_start(folder, only_queued=only_queued)
    return start_cold(folder)


def _check(folder: RunFolder) -> None:
    """Raise RunError or SettingsError where the run cannot go on: its state stays as it is then."""
    find_family(folder.read_config().type)
    last = checkpoint_path(folder, "last")
    if not last.exists():
        _check_begins(folder)
        return
    folder.read_corpus()
    try:
        header, _ = read_header(last)
    except RunError as error:
        others = name_all(list_checkpoints(folder))
        raise RunError(f"{error}" + (f"; its other checkpoints are whole: {others}" if others else "")) from None
    _check_patience(folder, header.get("dev_notes") or {})


def _check_begins(folder: RunFolder) -> None:
    """Raise RunError where a run without a checkpoint would begin again, and so lose what it has recorded."""
    step = read_status(folder.database).step
    if step > 0 and folder.read_config().forked_from is None:
        raise RunError(
            f"{folder.name} has made {step:,} steps, but its checkpoint {checkpoint_path(folder, 'last')} is missing: "
            "where the folder is being copied, wait until all of it is there"
        )


def _check_patience(folder: RunFolder, notes: Mapping[str, Any]) -> None:
    """Raise RunError where the run would end early again at once."""
    patience, looks = folder.read_config().patience, notes.get("looks") or 0
    if 0 < patience <= looks and read_status(folder.database).state is RunState.FINISHED:
        raise RunError(
            f"{folder.name} has ended early, after {looks:,} looks without a better dev loss: "
            "to go on, give it more with --patience, or 0 to end at the last step alone"
        )


def _request_start(folder: RunFolder, *, only_queued: bool = False) -> None:
    _check(folder)
    try:
        with Store(folder.database) as store:
            store.request_start(only_queued=only_queued)
    except (sqlite3.Error, OSError) as error:
        raise RunError(
            f"{folder.name} cannot be started: its store, {folder.database}, cannot be written: {error}"
        ) from error


def start_cold(folder: RunFolder) -> "subprocess.Popen[bytes]":
    """The process of a run whose start is announced in its store already. Raises RunError where there can be none."""
    try:
        # Until the process opens its log itself, what goes wrong with Python goes there too.
        with folder.log.open("ab") as log:
            return _launch((*COMMAND, str(folder.path.absolute())), stdin=subprocess.DEVNULL, output=log.fileno())
    except OSError as error:
        raise RunError(f"{folder.name}: its process cannot be started: {error.strerror}") from None


def _launch(command: tuple[str, ...], *, stdin: int, output: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=output,
        stderr=output,
        start_new_session=True,
        close_fds=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
