"""Pictures of the Train pane, on runs made up by hand."""

from functools import partial

import pytest

from makemore_core.training.config import default_config
from makemore_tui.look import ColorDepth, Look
from makemore_tui.panes.train import TrainPane
from makemore_tui.panes.train.form import NewRunForm
from makemore_tui.panes.train.run_list import Runs
from makemore_tui.widgets.line_chart import LineChart
from tests.tui.conftest import SIZES
from tests.tui.test_train_status import a_troubled_run
from tests.tui.train_app import go_live, until
from tests.tui.train_views import StandInEngine, a_view, all_states, small_corpus

LARGE = [*SIZES, (200, 60)]
NAMES = [f"{width}x{height}" for width, height in LARGE]


def pane_on(engine: StandInEngine) -> TrainPane:
    class Pane(TrainPane):
        engine_for = staticmethod(lambda home: engine)

    return Pane()


async def drawn(pilot) -> None:
    """Wait until the chart has its points."""
    chart = pilot.app.query_one(LineChart)
    await go_live(pilot)
    await until(pilot, lambda: chart._frame.width)


async def listed(pilot) -> None:
    """Wait until the runs are in their list."""
    await until(pilot, lambda: pilot.app.query_one(Runs).option_count)


async def filled_in(pilot) -> None:
    """Wait until the form has its fields."""
    await until(pilot, lambda: pilot.app.query_one(NewRunForm).checked.config is not None)


@pytest.mark.parametrize("size", LARGE, ids=NAMES)
async def test_a_run(snap, tmp_path, size):
    engine = StandInEngine(tmp_path, runs=all_states())
    await snap(partial(pane_on, engine), size=size, run_name="bigram-1", before=drawn)


@pytest.mark.parametrize("size", SIZES, ids=NAMES[:2])
async def test_a_failed_run(snap, tmp_path, size):
    view = a_view(812, "failed", reason="diverged: the loss is not a number at step 812; try a lower learning rate")
    await snap(partial(pane_on, StandInEngine(tmp_path, views=[view])), size=size, run_name="x", before=drawn)


@pytest.mark.parametrize("size", SIZES, ids=NAMES[:2])
async def test_a_run_that_is_gone(snap, tmp_path, size):
    view = a_view(812, "gone", reason="/home/ada/runs/x was deleted or renamed")
    await snap(partial(pane_on, StandInEngine(tmp_path, views=[view])), size=size, run_name="x", before=drawn)


async def test_a_run_that_begins(snap, tmp_path):
    view = a_view(0, "starting")
    await snap(partial(pane_on, StandInEngine(tmp_path, views=[view])), run_name="bigram-1", before=drawn)


@pytest.mark.parametrize("size", SIZES, ids=NAMES[:2])
async def test_the_runs(snap, tmp_path, size):
    await snap(partial(pane_on, StandInEngine(tmp_path, runs=all_states())), size=size, before=listed)


@pytest.mark.parametrize("size", SIZES, ids=NAMES[:2])
async def test_the_form(snap, tmp_path, size):
    engine = StandInEngine(tmp_path)
    await snap(partial(pane_on, engine), size=size, corpus=small_corpus(), before=filled_in)


@pytest.mark.parametrize("depth", [ColorDepth.COLORS_16, ColorDepth.MONOCHROME], ids=["16", "mono"])
@pytest.mark.parametrize("ascii", [False, True], ids=["unicode", "ascii"])
async def test_poorer_terminals(snap, tmp_path, depth, ascii):
    engine = StandInEngine(tmp_path)
    await snap(partial(pane_on, engine), look=Look(depth, ascii=ascii), run_name="bigram-1", before=drawn)


@pytest.mark.parametrize("size", SIZES, ids=NAMES[:2])
async def test_a_run_in_trouble(snap, tmp_path, size):
    engine = StandInEngine(tmp_path, views=[a_troubled_run()])
    await snap(partial(pane_on, engine), size=size, run_name="bigram-1", before=drawn)


async def forking(pilot) -> None:
    """Open the form of a fork, and change a setting in it."""
    await drawn(pilot)
    await pilot.press("F")
    form = pilot.app.subject.fork_form
    await until(pilot, lambda: form.checked.config is not None)
    form.row("learning_rate").value = "0.001"
    await until(pilot, lambda: form.checked.config is not None and form.checked.config.learning_rate == 0.001)


@pytest.mark.parametrize("size", SIZES, ids=NAMES[:2])
async def test_the_form_of_a_fork(snap, tmp_path, size):
    engine = StandInEngine(tmp_path)
    engine.config = default_config("transformer", small_corpus(), max_steps=2000, model={"dropout": 0.1})
    await snap(partial(pane_on, engine), size=size, run_name="bigram-1", before=forking)


async def copying(pilot) -> None:
    """Copy the settings of the run at hand into the form."""
    await drawn(pilot)
    await pilot.press("Y")
    form = pilot.app.subject.form
    await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == "transformer")


@pytest.mark.parametrize("size", SIZES, ids=NAMES[:2])
async def test_the_form_with_the_settings_of_a_run(snap, tmp_path, size):
    engine = StandInEngine(tmp_path)
    model = {"dropout": 0.1, "layers": 3}
    engine.config = default_config("transformer", small_corpus(), max_steps=2000, model=model, grad_clip=0.5)
    await snap(partial(pane_on, engine), size=size, run_name="bigram-1", corpus=small_corpus(), before=copying)
