"""Runs in the order of a column."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from makemore_core.errors import SettingsError
from makemore_core.runs.listing import RunSummary
from makemore_core.runs.queued import SweepPart
from makemore_core.runs.sorting import COLUMNS, find_column, losses_of_best, sort_runs
from makemore_core.runs.states import RunState


def run(name: str, best: float | None = None, **settings: Any) -> RunSummary:
    part = SweepPart("s", settings) if settings else None
    return RunSummary(
        name, Path(name), "bigram", "names", RunState.FINISHED, "", 0, 0, 0.0, 0.0, None, best_dev_nll=best, sweep=part
    )


def names(runs: list[RunSummary]) -> list[str]:
    return [one.name for one in runs]


def test_numbers_in_names_count_as_numbers() -> None:
    runs = [run("s-10"), run("s-9"), run("s-1"), run("a-2")]
    assert names(sort_runs(runs, "run")) == ["a-2", "s-1", "s-9", "s-10"]
    assert names(sort_runs(runs, "run", reverse=True)) == ["s-10", "s-9", "s-1", "a-2"]


def test_runs_without_a_value_are_at_the_end_either_way() -> None:
    runs = [run("a"), run("b", 2.5), run("c", 2.25), run("d")]
    assert names(sort_runs(runs, "best dev")) == ["c", "b", "a", "d"]
    assert names(sort_runs(runs, "best dev", reverse=True)) == ["b", "c", "a", "d"]


def test_settings_of_a_sweep_are_columns_under_their_titles_and_options() -> None:
    parts = [run("a", **{"model.embedding": 16}), run("b", **{"model.embedding": 8}), run("c")]
    keys = ["model.embedding", "learning_rate"]
    for name in ("embedding", "n_embd", "n-embd", "Embedding"):
        assert find_column(name, keys) == "model.embedding"
    assert find_column("learning-rate", keys) == "learning_rate"
    assert names(sort_runs(parts, "model.embedding")) == ["b", "a", "c"]


def test_a_column_that_is_not_there_is_refused_with_those_that_are() -> None:
    assert find_column("best-dev") == find_column("best_dev_nll") == "best dev"
    with pytest.raises(SettingsError, match=r"no column 'embedding'.*best dev"):
        find_column("embedding")


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_can_be_sorted_by(column: str) -> None:
    assert len(sort_runs([run("a"), run("b", 1.0)], column)) == 2


def test_losses_that_are_compared_belong_to_the_same_weights() -> None:
    best = replace(run("a", 2.0), dev_nll=3.0, train_nll=1.0, best_train_nll=1.9, best_step=5)
    none_held_out = replace(run("b"), train_nll=2.5)
    assert losses_of_best(best) == {"train": 1.9, "dev": 2.0, "test": None}
    assert losses_of_best(none_held_out) == {"train": 2.5, "dev": None, "test": None}
    last = replace(run("c", 2.4), dev_nll=2.4)
    assert names(sort_runs([last, best], "dev", of_best=True)) == ["a", "c"]
    assert names(sort_runs([last, best], "dev")) == ["c", "a"]


def test_runs_that_have_not_begun_are_not_the_quickest() -> None:
    begun, other = replace(run("a"), step=5, seconds=3.0), replace(run("b"), step=3, seconds=2.0)
    for column in ("steps", "seconds"):
        assert names(sort_runs([run("waits"), begun, other], column)) == ["b", "a", "waits"]
