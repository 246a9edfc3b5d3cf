"""Looking to it that somebody starts the runs that wait."""

import os
import subprocess
import sys
from pathlib import Path

from makemore_core.errors import RunError
from makemore_core.queue.holding import is_held
from makemore_core.queue.settings import queue_folder, read_parallel
from makemore_core.queue.waiting import read_queue

COMMAND = (sys.executable, "-P", "-m", "makemore_core.queue")


def ensure_queue(home: Path) -> "subprocess.Popen[bytes] | None":
    """Start the process that starts runs, where runs wait and none is at it. Raises RunError where that fails.

    Call it after a run was put into the queue. A process that is about to end looks once more after it has let go of
    the lock, so that no run is missed that was put there in between.
    """
    if not read_parallel(home) or is_held(home) or not read_queue(home).waiting:
        return None
    return start_queue(home)


def start_queue(home: Path) -> "subprocess.Popen[bytes]":
    """Start that process; it leaves again where another one is at it. Raises RunError where it cannot be started.

    It has a session of its own, so that it outlives the terminal, and no standard streams.
    """
    folder = queue_folder(home)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "process.log").open("ab") as log:
            return subprocess.Popen(
                (*COMMAND, str(home.absolute())),
                stdin=subprocess.DEVNULL,
                stdout=log.fileno(),
                stderr=log.fileno(),
                start_new_session=True,
                close_fds=True,
                cwd=home.absolute().anchor,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
    except OSError as error:
        raise RunError(f"{home}: the queue cannot be started: {error.strerror}") from None
