"""The numbers above the charts, and what holds and should not be missed: what is seen at which width."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from makemore_core.diagnostics.looks import Histogram, Layer, Look
from makemore_core.runs.snapshot import RunEvent, RunView, Series
from makemore_tui.look import Look as Terminal
from makemore_tui.panes.train.status import fitting, is_unstepped
from tests.tui.train_app import TrainApp, quick, watch
from tests.tui.train_views import StandInEngine, a_view

pytestmark = pytest.mark.usefixtures("quick")
__all__ = ["quick"]

SATURATED = Layer("h3", "tanh", 200, 0.0, 0.65, 0.7, 0, Histogram(-1.0, 1.0, (160,) * 40))
ALL_ALARMS = ("stalled", "diverging", "overfitting", "saturated")


def a_troubled_run(**changes: Any) -> RunView:
    """A run with all that can be wrong with one that goes on, and an event after that."""
    view = a_view()
    detail = MappingProxyType({"best_step": 900, "best_dev_nll": 2.0609, "risen": 0.01})
    told = RunEvent(9, 1_700_000_009.0, 1200, "overfitting", detail)
    saved = RunEvent(10, 1_700_000_010.0, 1230, "saved", MappingProxyType({}))
    trouble = {"events": (*view.events, told, saved), "looks": (Look(1200, (SATURATED,), ()),)}
    return replace(view, **{"is_exploding": True, "heartbeat_age": 45.0, **trouble, **changes})


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_live_run_says_what_it_takes(tmp_path, size):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=size) as pilot:
        await watch(app, pilot)
        text = app.text()
        # 71.2 steps of 32 times 6.9 characters.
        for words in ("tokens/s 15,721", "memory 212 MB", "left 0:11", "best dev 2.0609 @ 900", "gap 0.07", "running"):
            assert words in text, words


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_of_weights_from_elsewhere_no_steps_are_told(tmp_path, size):
    """As of a model of makemore.py, whose file does not say how many it has made."""
    told = (RunEvent(1, 1_700_000_000.0, 0, "imported", MappingProxyType({"source": "model.pt"})),)
    view = a_view(0, "finished", max_steps=0, steps_per_second=0.0, seconds=0.0, events=told)
    assert is_unstepped(view) and not is_unstepped(replace(view, events=()))
    app = TrainApp(StandInEngine(tmp_path, views=[view]))
    async with app.run_test(size=size) as pilot:
        await watch(app, pilot)
        assert "imported; how many steps it has made is not known" in app.text()
        assert "step 0 /" not in app.text() and "0.0%" not in app.text()


async def test_a_run_that_is_over_holds_no_memory(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, views=[a_view(2000, "finished")]))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        assert "memory" not in app.text() and "tokens/s" not in app.text()
        assert "parameters 256" in app.text()  # there is room for them now


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_no_label_stands_without_its_value(tmp_path, size):
    view = a_view(2000, "finished")
    steps = np.arange(1, 2001)
    tiny = {"learning_rate": np.full(2000, 7.5e-8), "gradient_norm": np.full(2000, 7.33e-7)}
    late = {"dev_nll": np.linspace(3.0, 2.5, 20), "train_nll": np.linspace(3.0, 2.4, 20)}
    series = {name: Series(steps, values) for name, values in tiny.items()}
    series |= {name: Series(np.linspace(0, 2_000_000, 20, dtype=int), values) for name, values in late.items()}
    series["test_nll"] = Series(steps[-1:], np.array([2.5617]))
    view = replace(view, series=MappingProxyType({**view.series, **series}))
    app = TrainApp(StandInEngine(tmp_path, views=[view]))
    async with app.run_test(size=size) as pilot:
        await watch(app, pilot)
        lines = [line.rstrip() for line in app.text().splitlines() if "▲" not in line]  # which a chart has
        numbers = [line for line in lines if "rate 7.5e-08" in line or "gap 0.1" in line]
        assert numbers
        for line in numbers:
            assert line[-1].isdigit() or line.endswith("-"), line


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("ascii_only", [False, True])
async def test_what_should_not_be_missed_is_named(tmp_path, size, ascii_only):
    app = TrainApp(StandInEngine(tmp_path, views=[a_troubled_run()]), Terminal(ascii=ascii_only))
    async with app.run_test(size=size) as pilot:
        await watch(app, pilot)
        mark = "!" if ascii_only else "▲"
        for name in ALL_ALARMS:
            assert f"{mark} {name}" in app.text(), name


async def test_with_room_the_most_pressing_is_explained(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, views=[a_troubled_run()]))
    async with app.run_test(size=(120, 40)) as pilot:
        await watch(app, pilot)
        assert "▲ stalled: no step for 45 s, though its process lives  ▲ diverging" in app.text()


async def test_an_alarm_is_not_named_beside_the_event_that_tells_of_it(tmp_path):
    view = a_troubled_run(is_exploding=False, heartbeat_age=0.1, looks=())
    view = replace(view, events=view.events[:-1])
    app = TrainApp(StandInEngine(tmp_path, views=[view]))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        assert app.text().count("overfitting") == 1


async def test_a_run_that_goes_well_raises_no_alarm(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        assert not any(name in app.text() for name in ALL_ALARMS)


def test_what_matters_most_is_kept_where_room_is_short():
    pairs = [("rate", "50"), ("gradient", "0.0843"), ("memory", "212 MB")]
    first = ("rate", "memory", "gradient")
    # 7 cells, a gap of 2, 15, a gap of 2, 13.
    assert fitting(pairs, first, 39) == pairs
    assert fitting(pairs, first, 38) == [pairs[0], pairs[2]]
    assert fitting(pairs, first, 22) == [pairs[0], pairs[2]]
    assert fitting(pairs, first, 21) == [pairs[0]]
    assert fitting(pairs, first, 3) == []
