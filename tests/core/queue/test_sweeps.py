"""The runs of a grid: made, named, found, made whole after a kill."""

from pathlib import Path
from typing import Any

import pytest

from makemore_core.errors import RunError, SettingsError
from makemore_core.queue.grid import combinations
from makemore_core.queue.sweeps import check_combinations, create_sweep, find_sweep, require_sweep, varied_keys
from makemore_core.queue.waiting import read_queue
from makemore_core.runs.folder import RunFolder
from makemore_core.runs.listing import RunSummary, list_runs
from makemore_core.training.config import TrainConfig
from tests.core.models import small_corpus
from tests.core.runs.making import make_run, small_config

CORPUS = small_corpus()
KEYS = ["batch_size", "learning_rate"]


def grid(**axes: list[Any]) -> list[TrainConfig]:
    return [small_config(CORPUS, **settings) for settings in combinations(axes)]


def settings(runs: list[RunSummary]) -> list[tuple[str, dict[str, Any]]]:
    return [(run.name, dict(run.sweep.settings)) for run in runs if run.sweep is not None]


def test_a_sweep_is_a_run_for_each_combination_that_waits_in_their_order(runs_home: Path) -> None:
    make_run(runs_home)
    sweep = create_sweep(grid(batch_size=[2, 4], learning_rate=[0.1, 0.2]), KEYS, CORPUS, runs_home)
    assert (sweep.name, sweep.there) == ("sweep-1", 0)
    waiting = list(read_queue(runs_home).waiting)
    assert settings(waiting) == [
        ("sweep-1-1", {"batch_size": 2, "learning_rate": 0.1}),
        ("sweep-1-2", {"batch_size": 2, "learning_rate": 0.2}),
        ("sweep-1-3", {"batch_size": 4, "learning_rate": 0.1}),
        ("sweep-1-4", {"batch_size": 4, "learning_rate": 0.2}),
    ]
    assert varied_keys(list_runs(runs_home)) == KEYS
    assert len(find_sweep(list_runs(runs_home), "sweep-1")) == 4
    assert create_sweep(grid(batch_size=[2]), ["batch_size"], CORPUS, runs_home).name == "sweep-2"


@pytest.mark.parametrize("name", ["0x12", "0xyz", "widths"])
def test_a_sweep_may_have_any_name_of_a_run(runs_home: Path, name: str) -> None:
    create_sweep(grid(batch_size=[2, 4]), ["batch_size"], CORPUS, runs_home, name)
    assert [run.name for run in require_sweep(list_runs(runs_home), name)] != []
    assert all(run.state == "queued" for run in list_runs(runs_home))


def test_what_was_cut_off_is_made_whole_by_asking_again(runs_home: Path) -> None:
    configs = grid(batch_size=[2, 4], learning_rate=[0.1, 0.2])
    made: list[RunFolder] = []

    def cut_off(folder: RunFolder) -> None:
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(folder)

    with pytest.raises(KeyboardInterrupt):
        create_sweep(configs, KEYS, CORPUS, runs_home, "half", fill=cut_off)
    assert len(list_runs(runs_home)) == 2
    again = create_sweep(configs, KEYS, CORPUS, runs_home, "half")
    assert (again.there, len(again.made)) == (2, 2)
    found = find_sweep(list_runs(runs_home), "half")
    assert sorted(run.name for run in found) == ["half-1", "half-2", "half-3", "half-4"]
    assert {tuple(dict(run.sweep.settings).values()) for run in found if run.sweep} == {
        (2, 0.1),
        (2, 0.2),
        (4, 0.1),
        (4, 0.2),
    }
    assert create_sweep(configs, KEYS, CORPUS, runs_home, "half").made == ()


def test_a_sweep_of_an_impossible_or_unknown_name_is_refused(runs_home: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be the name"):
        create_sweep(grid(batch_size=[2]), ["batch_size"], CORPUS, runs_home, "a" * 64)
    assert list_runs(runs_home) == []
    with pytest.raises(RunError, match="none yet"):
        require_sweep(list_runs(runs_home), "widths")
    create_sweep(grid(batch_size=[2]), ["batch_size"], CORPUS, runs_home, "widths")
    with pytest.raises(RunError, match="did you mean widths"):
        require_sweep(list_runs(runs_home), "width")


def test_the_first_wrong_combination_is_named(runs_home: Path) -> None:
    axes = combinations({"batch_size": [2, 0], "learning_rate": [0.1, 0.2]})
    with pytest.raises(SettingsError, match=r"run 3 of 4 \(batch size 0, learning rate 0.1\): batch_size must be"):
        check_combinations(axes, lambda settings: small_config(CORPUS, **settings))
    assert list_runs(runs_home) == []
