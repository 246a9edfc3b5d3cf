"""The makemore ladder on a list of one's own: every family at its defaults, from counts to the Transformer.

Models that count are fitted on the spot, wherever they are compared. The others are the runs of a sweep over families:
they wait in the queue, go on without whoever asked for them, and are found again by asking for the same.
"""

import itertools
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from makemore_core.corpus import Corpus
from makemore_core.errors import ListError, RunError
from makemore_core.models.registry import FAMILIES
from makemore_core.queue.settings import read_parallel
from makemore_core.queue.sweeps import create_sweep, find_sweep
from makemore_core.queue.waiting import dequeue, enqueue
from makemore_core.runs.commands import send
from makemore_core.runs.listing import RunSummary, list_runs
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.states import RunState
from makemore_core.training.config import TrainConfig, default_config

TRAINED = tuple(family.name for family in FAMILIES.values() if not family.counts)
"""The families that need training, in the order of the ladder."""

RESUMED = (RunState.STOPPED, RunState.DIED)
"""Where a run of the ladder stands that is to go on when the ladder is asked for again."""


@dataclass(frozen=True)
class Ladder:
    """What is to be trained, and what is there already."""

    name: str
    """Of the sweep."""
    configs: tuple[TrainConfig, ...]
    """Of all families that need training, in the order of the ladder."""
    finished: int
    """How many of them have come to their end."""
    going: int
    """How many of them train or wait."""
    seconds: float | None
    """About how long the others take, as many at a time as the queue trains, by how long runs of these families on this
    list took in this folder; None where that is not known of all of them."""
    steps: int = 0
    """How many steps are left to make, of all together."""
    runs: tuple[RunSummary, ...] = ()
    """Those that there are already, in the order of the ladder."""

    @property
    def failed(self) -> int:
        """How many of them ended by an error: they are not begun again by themselves."""
        return sum(run.state is RunState.FAILED for run in self.runs)

    @property
    def missing(self) -> int:
        """How many are to be trained still, and nobody is at it."""
        return len(self.configs) - self.finished - self.going - self.failed


def plan_ladder(corpus: Corpus, home: Path, max_steps: int | None = None) -> Ladder:
    """What the ladder on a list takes. `max_steps` shortens every run. Imports torch.

    Raises SettingsError, or ListError for a list whose path a run cannot keep.
    """
    _check_path(corpus)
    changes: dict[str, Any] = {} if max_steps is None else {"max_steps": max_steps}
    configs = [default_config(type, corpus, **changes) for type in TRAINED]
    runs = list_runs(home)
    name = _free_name(corpus, configs, runs)
    there = find_sweep(runs, name)
    finished = sum(run.state is RunState.FINISHED for run in there)
    going = sum(run.state.goes_on for run in there)
    ended = [run.type for run in there if run.state in (RunState.FINISHED, RunState.FAILED)]
    left = [(config, _steps_left(config, there)) for config in configs if config.type not in ended]
    steps, seconds = sum(steps for _, steps in left), _seconds(left, runs, home)
    return Ladder(name, tuple(configs), finished, going, seconds, steps, tuple(_in_order(there)))


def start_ladder(ladder: Ladder, corpus: Corpus, home: Path) -> list[RunFolder]:
    """Put what is missing into the queue; returns all runs. `ensure_queue` looks to it that they are started.

    Runs that were stopped, or died, wait again. Raises RunError where nothing can be written.
    """
    create_sweep(ladder.configs, ["type"], corpus, home, ladder.name)
    runs = ladder_runs(ladder.name, home)  # in its order, so that they wait in it
    for run in runs:
        if run.state in RESUMED:
            with suppress(RunError):  # somebody else has started it meanwhile
                enqueue(RunFolder(run.path))
    return [RunFolder(run.path) for run in runs]


def ladder_runs(name: str, home: Path) -> list[RunSummary]:
    """The runs of a ladder as they are now, in the order of the ladder."""
    return _in_order(find_sweep(list_runs(home), name))


def _in_order(runs: Sequence[RunSummary]) -> list[RunSummary]:
    return sorted(runs, key=lambda run: TRAINED.index(run.type) if run.type in TRAINED else len(TRAINED))


def halt(runs: Sequence[RunSummary], told: set[str]) -> None:
    """Take those that wait out of the queue, and stop those that train; everything that they did is kept.

    `told` are the names of those that were stopped already. Call it again until none goes on: one that waited may have
    been started meanwhile.
    """
    for run in runs:
        folder = RunFolder(run.path)
        with suppress(RunError):  # it was started, or has ended, meanwhile
            if run.state is RunState.QUEUED:
                dequeue(folder)
            elif run.state.is_live and run.name not in told:
                send(folder, "stop")
                told.add(run.name)


def halt_all(name: str, home: Path, patience: float = 60.0) -> list[RunSummary]:
    """Halt a ladder, and wait until none of its runs goes on, or so many seconds; the runs as they are then."""
    told: set[str] = set()
    began, runs = time.monotonic(), ladder_runs(name, home)
    while any(run.state.goes_on for run in runs) and time.monotonic() - began < patience:
        halt(runs, told)
        time.sleep(0.2)
        runs = ladder_runs(name, home)
    return runs


def _check_path(corpus: Corpus) -> None:
    try:
        corpus.source.encode()
    except UnicodeEncodeError:
        raise ListError(f"{corpus.source}: the file's name is not UTF-8, so a run cannot keep it: rename it") from None


def _free_name(corpus: Corpus, configs: Sequence[TrainConfig], runs: Sequence[RunSummary]) -> str:
    """What the sweep is called: a name under which only runs with these settings are known."""
    word = re.sub(r"[^A-Za-z0-9]+", "-", Path(corpus.name).stem).strip("-")[:24].strip("-") or "list"
    for number in itertools.count(1):
        name = f"ladder-{word}" if number == 1 else f"ladder-{word}.{number}"
        if all(RunFolder(run.path).read_config() in configs for run in find_sweep(runs, name)):
            return name
    raise AssertionError("the numbers do not end")


def _steps_left(config: TrainConfig, there: Sequence[RunSummary]) -> int:
    done = max((run.step for run in there if run.type == config.type), default=0)
    return max(config.max_steps - done, 0)


def _seconds(left: Sequence[tuple[TrainConfig, int]], runs: Sequence[RunSummary], home: Path) -> float | None:
    """About how long so many steps take; None where the time of a step is not known of all."""
    each: list[float] = []
    for config, steps in left:
        pace = _seconds_per_step(config, runs)
        if pace is None:
            return None
        each.append(steps * pace)
    return max(sum(each) / max(read_parallel(home), 1), *each, 0.0)


def _seconds_per_step(config: TrainConfig, runs: Sequence[RunSummary]) -> float | None:
    """As the latest run of this family on the same list took in this folder."""
    for run in runs:
        if run.type == config.type and run.content == config.data.content and run.own_steps >= 100 and run.seconds > 0:
            return run.seconds / run.own_steps
    return None


def effort_words(ladder: Ladder) -> str:
    """What is left to do: `96,000 steps, about 13 min by earlier runs`, the time where it is known."""
    steps = f"{ladder.steps:,} steps"
    return steps if ladder.seconds is None else f"{steps}, {duration_words(ladder.seconds)} by earlier runs"


def progress_words(runs: Sequence[RunSummary]) -> str:
    """What is under way, and how far: `2 of 9 at their end; gru 40%, about 3 min left; 6 wait`."""
    ended = sum(run.state is RunState.FINISHED for run in runs)
    waiting = sum(run.state is RunState.QUEUED for run in runs)
    live = [f"{run.type} {far_words(run)}" for run in runs if run.state.is_live]
    waits = [f"{waiting} wait{'s' * (waiting == 1)}"] if waiting else []
    return "; ".join([f"{ended} of {len(runs)} at their end", *live, *waits])


def far_words(run: RunSummary) -> str:
    """How far one run is: `40%, about 3 min left`, by the pace that it has."""
    if run.state is RunState.FINISHED:
        return "at its end"
    if run.state is RunState.QUEUED:
        return "waits" if not run.step else f"waits at {run.step / run.max_steps:.0%}"
    share = f"{run.step / run.max_steps:.0%}" if run.max_steps else ""
    if run.state is not RunState.RUNNING:
        return f"{run.state} {share}".strip() if run.step else str(run.state)
    if not run.steps_per_second:
        return share
    return f"{share}, {duration_words((run.max_steps - run.step) / run.steps_per_second)} left"


def duration_words(seconds: float) -> str:
    """About how long something takes: `about 13 min`."""
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s"
    minutes = seconds / 60
    return f"about {minutes:.0f} min" if minutes < 90 else f"about {minutes / 60:.1f} h"
