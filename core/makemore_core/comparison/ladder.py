"""The makemore ladder on a list of one's own: every family at its defaults, from counts to the Transformer.

Models that count are fitted on the spot, wherever they are compared. The others are the runs of a sweep over families:
they wait in the queue, go on without whoever asked for them, and are found again by asking for the same.
"""

import itertools
import re
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

SECONDS_PER_STEP = {
    "bigram": 0.00035,
    "mlp": 0.007,
    "batchnorm": 0.009,
    "wavenet": 0.026,
    "bow": 0.005,
    "rnn": 0.012,
    "gru": 0.018,
    "lstm": 0.02,
    "transformer": 0.036,
}
"""What a step at the defaults takes on names and a common core, looks at the losses included (`benchmarks/README.md`):
a guess, for where no run on this machine has shown it."""

USUAL_SECONDS = 0.02
"""The same for other families."""

USUAL_LENGTH = 7.1
"""Characters of an item of that list, the end counted: where steps are of whole items, longer ones take longer."""

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
    seconds: float
    """About how long the others take, as many at a time as the queue trains."""


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
    ended = [run.type for run in there if run.state is RunState.FINISHED]
    going = sum(run.state.goes_on for run in there)
    length = float(corpus.lengths.mean()) + 1
    left = [_seconds(config, runs, length) for config in configs if config.type not in ended]
    at_once = max(read_parallel(home), 1)
    return Ladder(name, tuple(configs), len(ended), going, max(sum(left) / at_once, *left, 0.0))


def start_ladder(ladder: Ladder, corpus: Corpus, home: Path) -> list[RunFolder]:
    """Put what is missing into the queue; returns all runs. `ensure_queue` looks to it that they are started.

    Runs that were stopped, or died, wait again. Raises RunError where nothing can be written.
    """
    create_sweep(ladder.configs, ["type"], corpus, home, ladder.name)
    runs = find_sweep(list_runs(home), ladder.name)
    for run in runs:
        if run.state in RESUMED:
            with suppress(RunError):  # somebody else has started it meanwhile
                enqueue(RunFolder(run.path))
    return [RunFolder(run.path) for run in runs]


def ladder_runs(name: str, home: Path) -> list[RunSummary]:
    """The runs of a ladder as they are now, in the order of the ladder."""
    runs = find_sweep(list_runs(home), name)
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


def _seconds(config: TrainConfig, runs: Sequence[RunSummary], length: float) -> float:
    """About how long a run takes: as the latest one of its family on the same list did, or else a guess."""
    for run in runs:
        if run.type == config.type and run.content == config.data.content and run.step >= 100 and run.seconds > 0:
            return config.max_steps * run.seconds / run.step
    longer = max(length / USUAL_LENGTH, 0.5) if config.batch_by == "items" else 1.0
    return config.max_steps * SECONDS_PER_STEP.get(config.type, USUAL_SECONDS) * longer


def duration_words(seconds: float) -> str:
    """About how long something takes: `about 13 min`."""
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s"
    minutes = seconds / 60
    return f"about {minutes:.0f} min" if minutes < 90 else f"about {minutes / 60:.1f} h"
