"""The runs of a grid of settings: made together, started by the queue, found again by the name of their sweep."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from makemore_core.corpus import Corpus
from makemore_core.errors import RunError, SettingsError
from makemore_core.queue.waiting import enqueue_new
from makemore_core.runs import schema
from makemore_core.runs.folder import check_name, create_run
from makemore_core.runs.listing import RunSummary, list_runs
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.queued import SWEEP, setting_title, sweep_fact
from makemore_core.training.config import TrainConfig

STEM = "sweep"
"""What a sweep without a name of its own is called, with a number."""


@dataclass(frozen=True)
class Sweep:
    """What `create_sweep` did."""

    name: str
    made: tuple[RunFolder, ...]
    """The new runs, in the order of the grid: they wait in the queue."""
    there: int
    """How many runs of the grid were there already."""


def create_sweep(
    configs: Sequence[TrainConfig],
    varied: Sequence[str],
    corpus: Corpus,
    home: Path,
    name: str | None = None,
    *,
    fill: Callable[[RunFolder], None] | None = None,
) -> Sweep:
    """Make a run for each of these settings and let them wait in the queue, in this order.

    `varied` are the keys of what differs between them (`runs.queued.setting_of`). A sweep of this name that is there
    already is gone on with: settings that it has a run for are left out, so that what was cut off, by a kill or a full
    disk, is made whole by asking for the same again, and a grid can be widened. `fill` is as in `create_run`.
    Raises SettingsError for a name that cannot be one, RunError where nothing can be written.
    """
    known = list_runs(home)
    name = _free_name(known, home) if name is None else check_sweep_name(name)
    before = [RunFolder(run.path).read_config() for run in find_sweep(known, name)]

    def prepare(folder: RunFolder) -> None:
        with closing(schema.open_writable(folder.database)) as connection:
            connection.execute("INSERT INTO facts VALUES (?, ?)", (SWEEP, sweep_fact(name, list(varied))))
        enqueue_new(folder)
        if fill is not None:
            fill(folder)

    missing = [config for config in configs if config not in before]
    made = [create_run(config, corpus, home, stem=name, fill=prepare) for config in missing]
    return Sweep(name, tuple(made), len(configs) - len(made))


def check_sweep_name(name: str) -> str:
    """Raise SettingsError for what cannot be the name of a sweep: its runs are called after it."""
    check_name(name)
    check_name(f"{name}-1000")
    return name


def find_sweep(runs: Sequence[RunSummary], name: str) -> list[RunSummary]:
    """The runs of a sweep among these."""
    return [run for run in runs if run.sweep is not None and run.sweep.name == name]


def sweep_names(runs: Sequence[RunSummary]) -> list[str]:
    """The sweeps that these runs belong to, in the order of the runs."""
    return list(dict.fromkeys(run.sweep.name for run in runs if run.sweep is not None))


def require_sweep(runs: Sequence[RunSummary], name: str) -> list[RunSummary]:
    """The same; raises RunError where there is none."""
    if found := find_sweep(runs, name):
        return found
    names = sweep_names(runs)
    near = get_close_matches(name, names, n=1, cutoff=0.5) or names[:1]
    raise RunError(f"there is no sweep {name!r}" + (f": did you mean {near[0]}?" if near else ": there are none yet"))


def varied_keys(runs: Sequence[RunSummary]) -> list[str]:
    """What varies in the sweeps of these runs, without repeats."""
    return list(dict.fromkeys(key for run in runs if run.sweep is not None for key in run.sweep.settings))


def combination_words(settings: Mapping[str, Any]) -> str:
    """Settings in a line for a person: `embedding 8, learning rate 0.001`."""
    return ", ".join(f"{setting_title(key)} {setting_words(value)}" for key, value in settings.items())


def setting_words(value: Any) -> str:
    """One value for a person; nothing for a setting that the run has not."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def check_combinations(
    combinations: Sequence[Mapping[str, Any]],
    make: Callable[[Mapping[str, Any]], TrainConfig],
    words: Callable[[Mapping[str, Any]], str] = combination_words,
) -> list[TrainConfig]:
    """The settings of each combination. Raises SettingsError that names the first one that is wrong."""
    configs = []
    for number, settings in enumerate(combinations, start=1):
        try:
            configs.append(make(settings))
        except SettingsError as error:
            where = f"run {number} of {len(combinations)} ({words(settings)})" if settings else ""
            raise SettingsError(f"{where}: {error}" if where else str(error)) from None
    return configs


def _free_name(runs: Sequence[RunSummary], home: Path) -> str:
    taken = set(sweep_names(runs))
    number = 1
    while f"{STEM}-{number}" in taken or any(home.glob(f"{STEM}-{number}-*")):
        number += 1
    return f"{STEM}-{number}"
