"""Training processes that need not load torch, each of which takes two seconds of the processor for that.

A process that has loaded all is kept by each worker and forked for each run that a test starts. What is forked is what
the program would have started: a child of the test with a session, an environment and streams of its own, in which
`python -m makemore_core.training` runs as the main module; it can be steered, killed and waited for. What it cannot
show is that a Python of its own finds and loads all: the tests in `tests/terminal/` and some of
`tests/core/training/test_process.py` start real ones.
"""

import ctypes
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

MODULE = "makemore_core.training"

SET_CHILD_SUBREAPER = 36
"""Of Linux' prctl: who is orphaned below this process becomes a child of it."""

POSSIBLE = sys.platform == "linux"


class Forked:
    """A process that was forked for the one who asked: the part of `subprocess.Popen` that starters of runs use."""

    def __init__(self, pid: int, args: tuple[str, ...], stdin: IO[bytes] | None) -> None:
        self.pid, self.args, self.stdin = pid, args, stdin
        self.returncode: int | None = None
        self._waiting = threading.Lock()

    def poll(self) -> int | None:
        with self._waiting:
            if self.returncode is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid == self.pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        end = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                assert timeout is not None
                raise subprocess.TimeoutExpired(self.args, timeout)
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Trainers:
    """The process that is forked; it ends with this one."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._made: list[Forked] = []
        """Those that nobody has waited for, as far as is known."""
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-u", str(Path(__file__)), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def close(self) -> None:
        self._line.close()
        self._process.wait()

    def launch(self, command: tuple[str, ...], *, stdin: int, output: int) -> Forked:
        """In place of `makemore_core.training.launch._launch`; also for a program of its own, `-c`, that trains."""
        assert command[1:4] == ("-P", "-m", MODULE) or command[1] == "-c", command
        nothing = os.open(os.devnull, os.O_RDWR)
        reading, writing = os.pipe() if stdin == subprocess.PIPE else (os.dup(nothing), None)
        streams = [reading, nothing if output == subprocess.DEVNULL else output]
        wanted = {"command": command, "folder": str(Path.cwd()), "environment": dict(os.environ)}
        with self._asking:
            adopt(True)
            try:
                socket.send_fds(self._line, [json.dumps(wanted).encode()], streams)
                pid = int(self._line.recv(64))
            finally:
                adopt(False)
        os.close(reading)
        os.close(nothing)
        forked = Forked(pid, command, None if writing is None else os.fdopen(writing, "wb", buffering=0))
        self._made = [one for one in (*self._made, forked) if one.poll() is None]
        return forked


def adopt(orphans: bool) -> None:
    """Whether this process becomes the parent of processes below it whose parent ends."""
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, int(orphans), 0, 0, 0)


def serve(line: socket.socket) -> None:
    """Load all, and fork for each request until nobody asks any more. Returns in the forked processes too, to train."""
    from makemore_core.training import warmup

    warmup.warm_up()
    gc.collect()
    gc.freeze()
    while True:
        message, streams, _, _ = socket.recv_fds(line, 1 << 20, 2)
        if not message:
            sys.exit()
        told, telling = os.pipe()
        if (between := os.fork()) == 0:  # it ends at once, so that the next becomes a child of the one who asks
            between = os.getpid()
            if (pid := os.fork()) > 0:
                os.write(telling, str(pid).encode())
                os._exit(0)
            for number in (told, telling, line.detach()):
                os.close(number)
            while os.getppid() == between:
                time.sleep(0.001)
            become(json.loads(message), streams)
            return
        os.waitpid(between, 0)
        line.send(os.read(told, 64))
        for number in (told, telling, *streams):
            os.close(number)


def become(wanted: dict[str, Any], streams: list[int]) -> None:
    """In the forked process: be as if started anew."""
    os.setsid()
    for source, targets in zip(streams, ((0,), (1, 2)), strict=True):
        for target in targets:
            os.dup2(source, target)
        os.close(source)
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    if wanted["command"][1] == "-c":
        sys.argv = ["-c", *wanted["command"][3:]]
        exec(wanted["command"][2], {"__name__": "__main__"})
    else:
        sys.argv = [MODULE, *wanted["command"][4:]]
        runpy.run_module(MODULE, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
