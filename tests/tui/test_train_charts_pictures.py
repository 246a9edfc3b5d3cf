"""Pictures of the charts: the cursor, a window of the steps, several runs."""

from functools import partial

import pytest

from makemore_tui.look import ColorDepth, Look
from makemore_tui.panes.train import TrainPane
from makemore_tui.widgets.line_chart import LineChart
from tests.tui.conftest import SIZES, charts_drawn, until
from tests.tui.train_app import go_live
from tests.tui.train_views import StandInEngine, a_summary, a_view

NAMES = [f"{width}x{height}" for width, height in SIZES]
RUNS = ("bigram-1", "bigram-2", "bigram-3")


def pane_on(engine: StandInEngine) -> TrainPane:
    class Pane(TrainPane):
        engine_for = staticmethod(lambda home: engine)

    return Pane()


@pytest.fixture
def engine(tmp_path, monkeypatch) -> StandInEngine:
    monkeypatch.setattr(LineChart, "PROMPT_INTERVAL", 0.0)
    engine = StandInEngine(tmp_path, runs=[a_summary(name, "running") for name in RUNS])
    for place, name in enumerate(RUNS):
        engine.others[name] = [a_view(1240 + 200 * place, name=name)]
    return engine


async def drawn(pilot, keys=()) -> None:
    """Wait until the chart has its points, and then press keys."""
    pane = pilot.app.subject
    await go_live(pilot)
    await until(pilot, lambda: pane.live.chart.plot is not None)
    for key in keys:
        await pilot.press(key)
        await charts_drawn(pilot)


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
async def test_the_cursor_in_a_window_of_the_steps(snap, engine, size):
    keys = ("left", *["ctrl+left"] * 3, "plus")
    await snap(partial(pane_on, engine), size=size, run_name="bigram-1", before=partial(drawn, keys=keys))


async def laid_over(pilot) -> None:
    """Three runs laid over each other, of which the first is at hand."""
    pane = pilot.app.subject
    await drawn(pilot)
    for name in RUNS[1:]:
        pane.overlay.toggle(name, RUNS[0])
    pane._compare()
    await until(pilot, lambda: len(pane.live.chart.chart.series) == len(RUNS))


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
async def test_several_runs(snap, engine, size):
    await snap(partial(pane_on, engine), size=size, run_name="bigram-1", before=laid_over)


async def test_several_runs_without_colours(snap, engine):
    look = Look(ColorDepth.MONOCHROME, ascii=True)
    await snap(partial(pane_on, engine), look=look, run_name="bigram-1", before=laid_over)
