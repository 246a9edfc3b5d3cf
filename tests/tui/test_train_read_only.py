"""An app that only looks at runs: the engine refuses, and no key, hint or help offers what it would refuse."""

from pathlib import Path

import pytest

from makemore_core.errors import RunError
from makemore_core.runs.listing import list_runs
from makemore_tui.app import MakemoreApp
from makemore_tui.panes.train.engine import Engine
from makemore_tui.panes.train.news import next_words
from makemore_tui.shell.help import HelpScreen
from makemore_tui.shell.top_bar import TopBar
from tests.core.models import small_corpus
from tests.core.runs.making import make_run, small_config
from tests.tui.conftest import settle
from tests.tui.train_app import TrainApp, quick, told, until, watch
from tests.tui.train_views import StandInEngine, a_view, all_states

pytestmark = pytest.mark.usefixtures("quick")
__all__ = ["quick"]

LOOKING = {"runs", "reader", "weigh", "warm_up", "cool_down", "origin", "parallel"}
"""What the engine does for everybody; all else changes something."""
CALLS = {
    "start": (small_config(small_corpus()), small_corpus(), None),
    "resume": ("one",),
    "extend": ("one", 99),
    "rename": ("one", "two"),
    "note": ("one", "mine"),
    "delete": ("one",),
    "send": ("one", "pause"),
}
CHANGING = sorted({name for name in vars(Engine) if not name.startswith("_")} - LOOKING)


@pytest.mark.parametrize("method", CHANGING)
def test_the_engine_refuses_whatever_changes_a_run(runs_home: Path, method: str) -> None:
    """Every public method that is not known to look alone: one that is added is refused, or named here."""
    make_run(runs_home, name="one")
    before = {path: path.stat().st_mtime_ns for path in runs_home.rglob("*")}
    engine = Engine(runs_home, read_only=True)
    with pytest.raises(RunError, match="read-only: runs are only looked at here"):
        getattr(engine, method)(*CALLS.get(method, ()))
    assert {path: path.stat().st_mtime_ns for path in runs_home.rglob("*")} == before
    assert [run.state for run in list_runs(runs_home)] == ["stopped"]


def test_no_process_is_kept_ready_where_nothing_is_started(runs_home: Path) -> None:
    engine = Engine(runs_home, read_only=True)
    engine.warm_up()
    assert engine._warm is None


async def test_the_engine_of_the_pane_knows_it(tmp_path):
    for read_only in (True, False):
        engine = StandInEngine(tmp_path, runs=all_states())
        app = TrainApp(engine)
        app.read_only = read_only
        async with app.run_test(size=(80, 24)) as pilot:
            await watch(app, pilot)
            assert engine.read_only is read_only


@pytest.mark.parametrize("state", ["running", "paused", "stopped", "died", "finished"])
async def test_what_is_refused_is_not_offered(tmp_path, state):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states(), views=[a_view(state=state)]))
    app.read_only = True
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        offered = {active.binding.action.partition("(")[0] for active in app.screen.active_bindings.values()}
        assert not offered & app.pane.changing
        assert "runs" in offered
        for words in ("n starts", "space goes on", "space tries", "s stops"):
            assert words not in app.text()
        await pilot.press("r")
        await until(pilot, lambda: app.pane.mode == "runs")
        offered = {active.binding.action.partition("(")[0] for active in app.screen.active_bindings.values()}
        assert not offered & app.pane.changing


@pytest.mark.parametrize("key", ["n", "space", "s", "l", "c", "E", "R", "N", "D", "F", "Y"])
async def test_a_key_that_is_refused_says_why(tmp_path, key):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states()))
    app.read_only = True
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press(key)
        await pilot.pause()
        assert told(app) == "read-only: runs are only looked at here"


async def test_the_empty_list_asks_for_nothing(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    app.read_only = True
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pane.mode == "runs")
        await pilot.pause()
        assert "no runs yet" in app.text() and "n starts" not in app.text()


@pytest.mark.parametrize("read_only", [True, False])
async def test_the_table_of_a_sweep_offers_no_change_of_the_queue(tmp_path, read_only):
    engine = StandInEngine(tmp_path, runs=all_states())
    app = TrainApp(engine)
    app.read_only = read_only
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("w")
        await until(pilot, lambda: app.pane.mode == "sweep" and app.pane.sweep.border_subtitle)
        assert ("+ - change" in app.pane.sweep.border_subtitle) is not read_only
        offered = {active.binding.action.partition("(")[0] for active in app.screen.active_bindings.values()}
        assert ("more" in offered) is not read_only
        assert "invert" in offered


@pytest.mark.parametrize("read_only", [True, False])
async def test_the_help_lists_no_key_that_is_refused(tmp_path, read_only):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states()))
    app.read_only = read_only
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        app.push_screen(HelpScreen(app.pane, []))
        await until(pilot, lambda: app.screen.query("#keys"))
        words = str(app.screen.query_one("#keys").content)
        assert "metric" in words
        for refused in ("delete the run", "new run", "pause", "halve the learning rate", "fork", "more at once"):
            assert (refused in words) is not read_only


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_first_line_says_so(tmp_path, size, read_only):
    path = tmp_path / "items.txt"
    path.write_text("emma\nolivia\nava\n", encoding="utf-8")
    app = MakemoreApp(str(path), read_only=read_only)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app._panes)
        await settle(pilot)
        assert ("read-only" in app.query_one(TopBar).render().plain) is read_only


def test_words_about_a_run_name_no_key_that_is_refused():
    for view in (a_view(state=state) for state in ("starting", "paused", "finished", "stopped", "died", "failed")):
        words = next_words(view, read_only=True)
        assert words and not any(key in words for key in ("space", "n starts", "< and >", "s stops"))
