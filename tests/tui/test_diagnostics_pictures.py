"""Pictures of the diagnostics: a network whose first layer is saturated, at the first look and at the newest."""

from functools import partial

import pytest

from makemore_tui.look import ColorDepth, Look
from makemore_tui.panes.train import TrainPane
from makemore_tui.widgets.line_chart import LineChart
from tests.tui.conftest import SIZES, charts_drawn
from tests.tui.diagnostics_views import inside_view, without_diagnostics
from tests.tui.train_app import go_live
from tests.tui.train_views import StandInEngine

NAMES = [f"{width}x{height}" for width, height in SIZES]


def pane_on(engine: StandInEngine) -> TrainPane:
    class Pane(TrainPane):
        engine_for = staticmethod(lambda home: engine)

    return Pane()


@pytest.fixture
def engine(tmp_path, monkeypatch) -> StandInEngine:
    monkeypatch.setattr(LineChart, "PROMPT_INTERVAL", 0.0)
    monkeypatch.setattr(LineChart, "INTERVAL", 0.001)
    return StandInEngine(tmp_path, [inside_view()])


async def opened(pilot, keys=()) -> None:
    """Wait for the run, look inside, and then press keys."""
    await go_live(pilot)
    for key in ("d", *keys):
        await pilot.press(key)
        await charts_drawn(pilot)


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
async def test_the_first_look(snap, engine, size):
    await snap(partial(pane_on, engine), size=size, run_name="deep", before=partial(opened, keys=("home",)))


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
async def test_updates_at_the_newest_look(snap, engine, size):
    keys = ("t", "down", "t") if size == SIZES[0] else ("t", "down")
    await snap(partial(pane_on, engine), size=size, run_name="deep", before=partial(opened, keys=keys))


async def test_without_colours(snap, engine):
    look = Look(ColorDepth.MONOCHROME, ascii=True)
    await snap(partial(pane_on, engine), look=look, run_name="deep", before=partial(opened, keys=("home",)))


async def test_switched_off(snap, tmp_path):
    engine = StandInEngine(tmp_path, [without_diagnostics()])
    await snap(partial(pane_on, engine), run_name="deep", before=opened)
