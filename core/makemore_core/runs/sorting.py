"""Runs in the order of any column of a table."""

import re
from collections.abc import Sequence
from typing import Any

from makemore_core.errors import SettingsError
from makemore_core.runs.listing import RunSummary
from makemore_core.runs.queued import setting_title
from makemore_core.training.config import HYPERPARAMETERS

COLUMNS = {
    "run": "name",
    "state": "state",
    "steps": "step",
    "train": "train_nll",
    "dev": "dev_nll",
    "test": "test_nll",
    "best dev": "best_dev_nll",
    "best step": "best_step",
    "seconds": "seconds",
    "parameters": "parameters",
    "type": "type",
    "list": "data",
    "created": "created",
    "turn": "turn",
}
"""What the columns are called, and the fields of `RunSummary` that they show."""


def find_column(name: str, keys: Sequence[str] = ()) -> str:
    """The column that a person named: one of COLUMNS, or of the `keys` of settings that vary in a sweep.

    Case, dashes and underscores do not matter, and a setting may be called as the option of `train`. Raises
    SettingsError.
    """
    wanted = _plain(name)
    titles = {_plain(setting_title(key)): key for key in keys}
    titles |= {_plain(option): f"model.{key}" for option, key in HYPERPARAMETERS.items() if f"model.{key}" in keys}
    if wanted in titles:
        return titles[wanted]
    for column in COLUMNS:
        if wanted in (_plain(column), _plain(COLUMNS[column])):
            return column
    known = [*COLUMNS, *(setting_title(key) for key in keys)]
    raise SettingsError(f"there is no column {name!r} to sort by: it is one of {', '.join(known)}")


def losses_of_best(run: RunSummary) -> dict[str, float | None]:
    """Train, dev and test of one and the same weights: those of the checkpoint `best`; else the last ones."""
    if run.best_step is None or run.best_train_nll is None:
        return {"train": run.train_nll, "dev": run.dev_nll, "test": run.test_nll}
    return {"train": run.best_train_nll, "dev": run.best_dev_nll, "test": run.best_test_nll}


def value_of(run: RunSummary, column: str, *, of_best: bool = False) -> Any:
    """What a run has in a column; None where it has nothing there. `of_best`: losses as in `losses_of_best`."""
    if of_best and column in ("train", "dev", "test"):
        return losses_of_best(run)[column]
    if column in ("steps", "seconds") and not run.step:  # it has not begun: that is no small number
        return None
    if column in COLUMNS:
        return getattr(run, COLUMNS[column])
    return run.sweep.settings.get(column) if run.sweep is not None else None


def sort_runs(
    runs: Sequence[RunSummary], column: str, *, reverse: bool = False, of_best: bool = False
) -> list[RunSummary]:
    """The runs by a column, the lowest first or, if `reverse`, last. Those that have nothing there are at the end.

    Runs with equal values stay in the order that they had; numbers in names count as numbers: run-9 is before run-10.
    """
    values = [(run, value_of(run, column, of_best=of_best)) for run in runs]
    there = sorted(((run, value) for run, value in values if value is not None), key=_rank_of_pair, reverse=reverse)
    return [run for run, _ in there] + [run for run, value in values if value is None]


def _rank_of_pair(pair: tuple[RunSummary, Any]) -> tuple[Any, ...]:
    return _rank(pair[1])


def _rank(value: Any) -> tuple[Any, ...]:
    if isinstance(value, int | float):
        return (0, value)
    return (1, *((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", str(value))))


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.strip().casefold())
