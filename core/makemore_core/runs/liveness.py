"""Whether the process that trains a run still lives.

A process number alone does not tell: numbers are used again. So the mark of a process holds when it started as
well, where the system says so, and the host that it runs on.
"""

import os
import socket
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SILENT_SECONDS = 60.0
"""After this long without a heartbeat, a process that cannot be looked up (another host) counts as gone."""

UNCLAIMED_SECONDS = 30.0
"""After this long, a run that was started but that no process has taken counts as never started."""


@dataclass(frozen=True)
class ProcessMark:
    """What tells one process from every other: its number, when it started (None: unknown), its host."""

    pid: int | None
    started: str | None
    host: str

    @classmethod
    def own(cls) -> "ProcessMark":
        """The mark of the calling process."""
        return cls(os.getpid(), process_start(os.getpid()), host_name())


def host_name() -> str:
    """The name of this machine."""
    return socket.gethostname()


def process_start(pid: int) -> str | None:
    """When a process started, as a text that is only good for comparison; None where the system does not say.

    On Linux: the boot and the clock ticks since then, from `/proc`. A process that has ended but whose parent has
    not asked for its status yet (a zombie) counts as gone.
    """
    try:
        # The name of the program, in parentheses, may hold anything; the fields after it are plain.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        return None if fields[0] in "ZX" else f"{_boot()}:{fields[19]}"
    except (OSError, IndexError):
        return None


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def is_alive(mark: ProcessMark) -> bool | None:
    """Whether the process of this mark lives; None where this machine cannot tell."""
    if mark.pid is None or mark.host != host_name():
        return None
    if mark.started is not None and Path("/proc/self/stat").exists():
        return process_start(mark.pid) == mark.started
    if sys.platform == "win32":  # os.kill would send ctrl-c there
        return None
    try:
        os.kill(mark.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def counts_as_running(mark: ProcessMark, age: float, same_store: bool) -> bool:
    """Whether a run that says of itself that it goes on does.

    `age` is the seconds since its last heartbeat; `same_store` is False when the store is a copy, which the process
    does not write to.
    """
    if not same_store:
        return False
    if mark.pid is None:
        return age < UNCLAIMED_SECONDS
    alive = is_alive(mark)
    return age < SILENT_SECONDS if alive is None else alive
