"""What the benchmarks share: a list to measure on, runs to watch, figures beside their budgets."""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.terminal.harness import PROGRAM, Terminal

CHECKOUT = Path(__file__).resolve().parents[1]
CANONICAL_LIST = CHECKOUT.parent / "shared" / "data" / "names.txt"
USUAL = (120, 40)

TRUECOLOR = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": None}
OVER_SSH = {
    "TERM": "xterm-256color",
    "COLORTERM": None,
    "NO_COLOR": None,
    "SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22",
}
"""ssh carries TERM but not COLORTERM, so the app sees 256 colours."""


def arguments(description: str | None) -> argparse.ArgumentParser:
    """A parser with the option that all benchmarks have."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--list", default=default_list(), help="the list to open (default: %(default)s)")
    return parser


def default_list() -> str:
    """The canonical list where it is at hand, else the built-in names."""
    return str(CANONICAL_LIST) if CANONICAL_LIST.is_file() else "@names"


def report(what: str, value: float, unit: str, budget: float | None = None, digits: int = 3) -> None:
    """Print a figure, and whether it keeps within its budget."""
    line = f"{what:<46} {value:>10.{digits}f} {unit}"
    if budget is not None:
        line += f"   budget {budget:g} {unit}: {'kept' if value <= budget else 'EXCEEDED'}"
    print(line, flush=True)


def quantile(values: Sequence[float], q: float) -> float:
    """The smallest value with at least this share of the values at or below it."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(q * 1000) * len(ordered) // 1000) - 1))]


def spread(what: str, values: Sequence[float], unit: str, budget: float | None = None, digits: int = 3) -> None:
    """Print the median, and the 99th percentile against the budget."""
    report(f"{what}, p50", statistics.median(values), unit, digits=digits)
    report(f"{what}, p99 of {len(values)}", quantile(values, 0.99), unit, budget, digits)


@contextlib.contextmanager
def runs_folder() -> Iterator[Path]:
    """An empty folder for runs, and for the settings of the app."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        os.environ.update(MAKEMORE_RUNS=str(home / "runs"), XDG_CONFIG_HOME=str(home / "config"))
        yield home / "runs"


@contextlib.contextmanager
def training(source: str, *options: str) -> Iterator[str]:
    """A run of the neural bigram that goes on until the block ends; its name."""
    command = [*PROGRAM, "train", source, "--type", "bigram", "--max-steps", "1000000000", *options]
    subprocess.run([*command, "--detach", "--name", "bench"], check=True, capture_output=True)
    try:
        wait_for_step("bench", 1)
        yield "bench"
    finally:
        subprocess.run([*PROGRAM, "stop", "bench"], check=True, capture_output=True)
        while find_run("bench")["state"] == "running":
            time.sleep(0.1)


def find_run(name: str) -> dict[str, Any]:
    """What `makemore-tui runs --json` says of a run."""
    listed = subprocess.run([*PROGRAM, "runs", "--json"], check=True, capture_output=True, text=True)
    return next(run for run in json.loads(listed.stdout) if run["run"] == name)


def wait_for_step(name: str, step: int) -> None:
    """Wait until a run has come so far."""
    while find_run(name)["steps"] < step:
        time.sleep(0.1)


def open_run(terminal: Terminal, name: str) -> None:
    """In the app, go to the Train pane and watch a run."""
    terminal.press("f3")
    terminal.wait_for(name)
    terminal.press("enter")
    terminal.wait_for(lambda text: f"running {name}" in text.partition("\n")[0])


def bytes_written(terminal: Terminal, seconds: float) -> int:
    """How much the app writes in so many seconds."""
    before = len(terminal.output)
    time.sleep(seconds)
    return len(terminal.output) - before


def cpu_seconds(pid: int) -> float:
    """The processor time that a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
