"""What a person should not miss of a run: it holds as long as it is so, and no longer."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from makemore_core.diagnostics.looks import Histogram, Layer, Look
from makemore_core.runs.snapshot import RunEvent, RunView
from makemore_core.runs.states import RunState
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from tests.core.runs.making import make_run

HIDDEN = Layer("h3", "tanh", 200, 0.0, 0.65, 0.05, 0, Histogram(-1.0, 1.0, (160,) * 40))


def a_run(state: str = "running", **changes: Any) -> RunView:
    values = {"step": 500, "max_steps": 1000, "steps_per_second": 50.0, "heartbeat_age": 0.2, "best": (400, 2.3)}
    nothing: dict[str, Any] = {"reason": "", "seconds": 10.0, "parameters": 729, "config": None}
    return RunView("one", "bigram", RunState(state), **{**nothing, **values, **changes})


def names(run: RunView) -> list[str]:
    return [alarm.name for alarm in run.alarms]


def test_a_run_that_goes_well_raises_none() -> None:
    assert a_run().alarms == ()


@pytest.mark.parametrize(
    ("state", "age", "speed", "step", "is_stalled"),
    [
        ("running", 29.0, 50.0, 500, False),
        ("running", 31.0, 50.0, 500, True),
        ("running", 31.0, 0.5, 500, False),  # two seconds a step: 20 of them are 40
        ("running", 41.0, 0.5, 500, True),
        ("running", 31.0, 0.0, 500, True),
        ("running", 31.0, 50.0, 1000, False),  # it measures its losses
        ("paused", 3600.0, 0.0, 500, False),
        ("died", 3600.0, 50.0, 500, False),
    ],
)
def test_stalled_is_a_live_process_without_a_step(
    state: str, age: float, speed: float, step: int, is_stalled: bool
) -> None:
    run = a_run(state, heartbeat_age=age, steps_per_second=speed, step=step)
    assert names(run) == (["stalled"] if is_stalled else [])


def test_a_process_that_is_held_up_is_seen_in_the_store(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=100)
    with Store(folder.database) as store:
        store.claim()  # this very process, which lives
        store.beat("running", step=7, steps_per_second=10.0)
        assert RunReader(folder).poll().alarms == ()
    with closing(sqlite3.connect(folder.database)) as connection, connection:
        connection.execute("UPDATE heartbeat SET wall = wall - 42")
    (alarm,) = RunReader(folder).poll().alarms
    assert alarm.name == "stalled"
    assert alarm.text.startswith("stalled: no step for 42 s")


def test_diverging_is_what_the_process_said_last() -> None:
    assert names(a_run(is_exploding=True)) == ["diverging"]
    assert names(a_run("failed", is_exploding=True)) == []


def test_overfitting_holds_until_there_is_a_new_best() -> None:
    detail = {"best_step": 400, "best_dev_nll": 2.3, "risen": 0.05}
    told = RunEvent(1, 0.0, 480, "overfitting", detail)
    saved = RunEvent(2, 0.0, 490, "saved", {})
    run = a_run(events=(told, saved))
    (alarm,) = run.alarms
    assert alarm.name == "overfitting"
    assert "0.0500" in alarm.text
    assert names(replace(run, best=(495, 2.29))) == []


def test_saturated_is_what_the_latest_look_finds() -> None:
    first, later = Look(0, (HIDDEN,), ()), Look(500, (replace(HIDDEN, saturated=0.7),), ())
    (alarm,) = a_run(looks=(first, later)).alarms
    assert (alarm.name, alarm.text) == ("saturated", "70% of h3 is saturated: little of the gradient passes it")
    assert names(a_run(looks=(later, replace(first, step=600)))) == []
    assert names(a_run("finished", looks=(first, later))) == []


def test_the_most_pressing_comes_first() -> None:
    later = Look(500, (replace(HIDDEN, saturated=0.7),), ())
    run = a_run(is_exploding=True, heartbeat_age=100.0, looks=(later,))
    assert names(run) == ["stalled", "diverging", "saturated"]
