"""kill -9 of the training process at random moments: whether the store opens, what is lost, whether resuming continues.

A kill loses what was recorded since the last commit, whose time the store's log tells. At the end the losses are held
against those of a run that was never killed: they must be the same numbers.
"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.common import PROGRAM, arguments, report, runs_folder, spread
from makemore_core.runs.folder import RunFolder, find_run
from makemore_core.runs.snapshot import RunView
from makemore_core.runs.status import RunState
from makemore_core.runs.view import RunReader
from makemore_core.training.launch import start_run

BUDGET_S = 1.0
LONGEST_S = 3.0
"""A kill comes so long after the first sign of life at the most; one in five comes before it."""
PATIENCE_S = 120.0


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("-n", type=int, default=100, help="how many kills (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default: %(default)s)")
    options = parser.parse_args()
    moments = random.Random(options.seed)
    with runs_folder() as home:
        folder = make(options.list, "killed", home)
        lost, unopened, stuck, step = [], 0, 0, 0
        for number in range(options.n):
            early = number % 5 == 4
            lost += kill(folder, moments.uniform(0, LONGEST_S), early=early)
            view = RunReader(folder).poll()
            unopened += view.state is not RunState.DIED or not is_whole(view)
            stuck += not early and view.step <= step
            step = max(step, view.step)
        report("kills", options.n, "", digits=0)
        report("kills after which the store does not open whole", unopened, "", 0, 0)
        report("kills after which resuming did not get further", stuck, "", 0, 0)
        spread("metrics lost", lost, "s", BUDGET_S)
        report("slowest commit before a kill", max(lost), "s", BUDGET_S)
        report("steps made by then", step, "", digits=0)
        compare(folder, make(options.list, "undisturbed", home))


def make(source: str, name: str, home: Path) -> RunFolder:
    """A run of the neural bigram, stopped at its first steps."""
    command = [*PROGRAM, "train", source, "--type", "bigram", "--max-steps", "1000000000", "--schedule", "constant"]
    subprocess.run([*command, "--name", name, "--detach"], check=True, capture_output=True)
    folder = find_run(name, home)
    wait_for(folder, lambda view: view.step > 0)
    subprocess.run([*PROGRAM, "stop", name], check=True, capture_output=True)
    return folder


def kill(folder: RunFolder, moment: float, *, early: bool) -> list[float]:
    """Resume the run and kill its process; the seconds since its last commit, where it had come to commit."""
    before = RunReader(folder).poll().step
    process = start_run(folder)
    if not early:
        wait_for(folder, lambda view: view.state is RunState.RUNNING and view.step > before)
    time.sleep(moment)
    os.kill(process.pid, signal.SIGKILL)
    killed = time.time()
    process.wait()
    return [] if early else [max(0.0, killed - folder.path.joinpath("run.db-wal").stat().st_mtime)]


def is_whole(view: RunView) -> bool:
    """Whether the losses have no gap."""
    loss = view.series.get("loss")
    return loss is not None and loss.steps.tolist() == list(range(len(loss.steps)))


def compare(killed: RunFolder, undisturbed: RunFolder) -> None:
    """Report how many of the first losses of both runs differ."""
    wanted = min(RunReader(killed).poll().step, 5000)
    process = start_run(undisturbed)
    wait_for(undisturbed, lambda view: view.step >= wanted)
    process.terminate()
    process.wait()
    one, two = (RunReader(folder).poll().series["loss"].values[:wanted] for folder in (killed, undisturbed))
    report(f"of the first {len(one):,} losses, other than undisturbed", int((one != two).sum()), "", 0, 0)


def wait_for(folder: RunFolder, holds: Callable[[RunView], bool]) -> None:
    """Wait until the run is as wanted."""
    reader, deadline = RunReader(folder), time.monotonic() + PATIENCE_S
    while not holds(view := reader.poll()):
        if time.monotonic() > deadline:
            raise SystemExit(f"{view.state} {view.reason} at step {view.step}")
        time.sleep(0.02)
    reader.close()


if __name__ == "__main__":
    main()
