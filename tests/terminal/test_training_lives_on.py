"""Training that was started in the app outlives the app, the line and its signals; a new app finds it."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from makemore_core.errors import MakemoreError
from makemore_core.runs.commands import send
from makemore_core.runs.folder import find_run
from makemore_tui.cli import listing, steering
from tests.cli.calling import Commands
from tests.terminal.conftest import Start
from tests.terminal.harness import DEADLINE_S, Terminal

FOR_EVER = "99999999"


def listed_runs() -> list[dict[str, Any]]:
    """What the command line says of the runs, asked in this process: it is another one than the app's."""
    runs: list[dict[str, Any]] = Commands(listing, steering).json("runs")
    return runs


@pytest.fixture
def training(start: Start, items_file: Path, runs_home: Path) -> Iterator[Terminal]:
    """The app with a run going on that was started by hand and does not end by itself; it is stopped at the end."""
    terminal = start(items_file, size=(120, 40))
    terminal.wait_opened("items.txt")
    terminal.press("f3")
    terminal.wait_for("ctrl+s starts")
    terminal.press(*["down"] * 4)  # past model, preset, deviation and split, to the steps
    terminal.wait_quiet(0.3)
    terminal.press(*FOR_EVER)  # in place of what stands there, which is selected
    terminal.wait_for(FOR_EVER)
    terminal.wait_quiet(0.3)
    terminal.press("ctrl+s")
    terminal.wait_for("● running bigram-1")
    yield terminal
    with suppress(MakemoreError):  # it was never made, or has ended
        send(find_run("bigram-1", runs_home), "stop")


def still_running(path: Path, start: Start) -> None:
    """A new app, and the command line, find the run at work."""
    (run,) = listed_runs()
    assert (run["run"], run["state"]) == ("bigram-1", "running")
    again = start(path, size=(120, 40))
    again.wait_opened("items.txt")
    again.press("f3")
    again.wait_for("bigram-1")
    again.wait_for(lambda text: "running" in text)
    end = time.monotonic() + DEADLINE_S
    while listed_runs()[0]["steps"] <= run["steps"]:
        assert time.monotonic() < end
        time.sleep(0.1)


def test_it_outlives_a_hang_up(training: Terminal, items_file: Path, start: Start) -> None:
    training.hang_up()
    training.wait_exit()
    still_running(items_file, start)


def test_it_outlives_quitting_which_says_so(training: Terminal, items_file: Path, start: Start) -> None:
    training.press("ctrl+q")
    training.wait_for("bigram-1 goes on training after you leave")
    training.wait_for("makemore-tui watch bigram-1")
    training.press("escape")
    training.wait_for(lambda text: "goes on training" not in text)
    training.press("q")
    training.wait_for("bigram-1 goes on training after you leave")
    training.press("q")
    assert training.wait_exit() == 0
    still_running(items_file, start)


def test_it_outlives_sigterm_and_sigkill_of_the_app(training: Terminal, items_file: Path, start: Start) -> None:
    training.process.kill()
    training.wait_exit()
    still_running(items_file, start)


def test_the_app_leaves_no_other_process_behind(training: Terminal, runs_home: Path) -> None:
    """A process that was warmed up for the next run must end with the app."""
    training.press("n")
    training.wait_for("ctrl+s starts")  # the form, for which a process is warmed up
    training.wait_quiet()
    children = children_of(training.process.pid)
    assert any(str(runs_home / "bigram-1") in command or "--warm" in command for command in children.values())
    training.hang_up()
    training.wait_exit()
    end = time.monotonic() + DEADLINE_S
    while len(left := [pid for pid in children if lives(pid)]) > 1 and time.monotonic() < end:
        time.sleep(0.1)
    assert len(left) == 1  # the one that trains
    (run,) = listed_runs()
    assert run["state"] == "running"


def children_of(pid: int) -> dict[int, str]:
    """The processes that a process has started, with their command lines."""
    listing = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    lines = (line.strip().partition(" ") for line in listing.splitlines())
    return {int(pid): command for pid, _, command in lines}


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
