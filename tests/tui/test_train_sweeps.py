"""Sweeps and the queue in the Train pane: made in the form, shown as a table, laid over each other."""

from dataclasses import replace

import pytest

from makemore_core.runs.listing import RunSummary
from makemore_core.runs.queued import SweepPart
from makemore_core.runs.states import RunState
from makemore_tui.panes.train import TrainPane
from makemore_tui.panes.train.sweep_view import SweepView
from makemore_tui.widgets.sorted_table import TableHead
from tests.tui.conftest import SIZES
from tests.tui.train_app import TrainApp, open_form, quick, told, until, watch
from tests.tui.train_views import StandInEngine, a_summary, a_view, small_corpus

STATES = ("finished", "finished", "running", "queued", "queued", "failed")
BEST = (2.2104, 2.1311, 2.1702, None, None, None)

__all__ = ["quick"]


def a_sweep(name: str = "widths") -> list[RunSummary]:
    """Six runs over two axes, in different states, the latest first as they are listed."""
    runs = []
    for place, (state, best) in enumerate(zip(STATES, BEST, strict=True)):
        begun = state != "queued"
        settings = {"model.embedding": (8, 16, 32)[place // 2], "learning_rate": (0.001, 0.01)[place % 2]}
        runs.append(
            a_summary(
                f"{name}-{place + 1}",
                state,
                type="mlp",
                step={"finished": 2000, "running": 1240, "failed": 17}.get(state, 0),
                train_nll=2.3 - 0.05 * place if begun else None,
                dev_nll=best,
                best_dev_nll=best,
                best_step=900 if best is not None else None,
                seconds=61.0 + place if begun else 0.0,
                turn={3: 1, 4: 2}.get(place),
                waits_at={3: 1.0, 4: 2.0}.get(place),
                reason="diverged: the loss is not a number at step 17" if state == "failed" else "",
                sweep=SweepPart(name, settings),
            )
        )
    return runs[::-1]


def an_engine(path, *more: RunSummary) -> StandInEngine:
    engine = StandInEngine(path, runs=[*a_sweep(), *more])
    engine.others = {run.name: [a_view(run.step, run.state, name=run.name)] for run in engine.listed}
    return engine


async def open_sweep(app: TrainApp, pilot) -> SweepView:
    app.pane.corpus = small_corpus()
    await until(pilot, lambda: app.pane.mode == "runs")
    await pilot.press("w")
    view = app.query_one(SweepView)
    await until(pilot, lambda: app.pane.mode == "sweep" and len(view.table) and view.border_subtitle)
    return view


def order(view: SweepView) -> str:
    """The last characters of the names, from the top."""
    return "".join(row.key[-1] for row in view.table.rows)


async def test_values_with_commas_make_a_run_for_each_combination(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        form = await open_form(app, pilot)
        form.row("max_steps").value = "100, 200"
        form.row("learning_rate").value = "1:3"
        await until(pilot, lambda: len(form.sweep.configs) == 6)
        await pilot.pause()
        assert "Queue 6 runs" in app.text()
        assert "6 runs: steps 100, 200 × learning rate 1, 2, 3" in app.text()
        engine.listed = a_sweep("sweep-1")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.pane.mode == "sweep")
        configs, varied, name = next(call[1:] for call in engine.asked if call[0] == "sweep")
        assert {(config.max_steps, config.learning_rate) for config in configs} == {
            (steps, rate) for steps in (100, 200) for rate in (1.0, 2.0, 3.0)
        }
        assert (len(configs), varied, name) == (6, ("max_steps", "learning_rate"), None)
        assert not any(call[0] == "start" for call in engine.asked)


async def test_the_form_says_how_large_the_models_of_a_sweep_are(tmp_path):
    """V = 17: an embedding of C, two characters of context, 8 units: 17 C + (2 C + 1) 8 + (8 + 1) 17 parameters."""
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        form = await open_form(app, pilot)
        form.query_one("#family").value = "mlp"
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == "mlp")
        for key, value in (("context", "2"), ("hidden", "8"), ("embedding", "1, 3, 2")):
            form.row(f"model.{key}").value = value
        await until(pilot, lambda: len(form.sweep.configs) == 3)
        await pilot.pause()
        assert len(form._data.characters) + 1 == 17
        least, most = (17 * size + (2 * size + 1) * 8 + 9 * 17 for size in (1, 3))
        assert f"{least} to {most} parameters" in app.text()


async def test_a_number_with_thousands_set_apart_is_one_run(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        form = await open_form(app, pilot)
        form.row("max_steps").value = "2,000"
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.max_steps == 2000)
        await pilot.pause()
        assert "Start training" in app.text()


async def test_a_wrong_value_among_several_is_named_beside_its_field(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        form = await open_form(app, pilot)
        form.row("batch_size").value = "4, 0"
        form.row("batch_by").value = "items"
        await until(pilot, lambda: form.row("batch_size").fault)
        assert form.row("batch_size").fault == "0: must be at least 1"
        assert form.query_one("#start").disabled


async def test_the_table_is_sorted_by_keys_and_clicks(tmp_path):
    app = TrainApp(an_engine(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        view = await open_sweep(app, pilot)
        assert order(view)[:3] == "231"  # by the best dev, and those that have none at the end
        await pilot.press("i")
        assert order(view)[:3] == "132"
        await pilot.press("right")
        assert view.sorted_by == "seconds"
        assert order(view)[:4] == "1236"
        await pilot.press("right")
        assert (view.sorted_by, order(view)) == ("run", "123456")
        title = view.head.table.head(view.head.size.width, view.head.inks, False)
        x = "".join(segment.text for segment in title).index("learning rate")
        await pilot.click(TableHead, offset=(x + 1, 0))
        await pilot.pause()
        assert view.sorted_by == "learning_rate"
        assert {int(end) % 2 for end in order(view)[:3]} == {1}
        await pilot.click(TableHead, offset=(x + 1, 0))
        await pilot.pause()
        assert view.is_reversed
        assert {int(end) % 2 for end in order(view)[:3]} == {0}


async def test_the_cursor_stays_on_its_run_while_others_overtake_it(tmp_path, quick):
    engine = an_engine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        view = await open_sweep(app, pilot)
        await pilot.press("down")
        assert view.key_at_cursor == "widths-3"
        better = {"widths-1": 2.0, "widths-3": 2.05}
        engine.listed = [
            replace(run, best_dev_nll=better.get(run.name, run.best_dev_nll), seconds=99.0) for run in engine.listed
        ]
        await until(pilot, lambda: order(view)[:3] == "132")
        assert view.key_at_cursor == "widths-3"


async def test_rows_are_laid_over_each_other(tmp_path, quick):
    app = TrainApp(an_engine(tmp_path, a_summary("apart", "finished")))
    async with app.run_test(size=(120, 40)) as pilot:
        app.pane.select("apart")  # not of the sweep
        view = await open_sweep_from_run(app, pilot)
        await pilot.press("space", "down", "down", "o")
        await until(pilot, lambda: app.pane.overlay.slots == {"widths-2": 0, "widths-1": 1})
        assert app.pane.run_name == "widths-2"  # and "apart" is not drawn beside them
        assert app.pane.mode == "sweep"
        await until(pilot, lambda: app.pane.live.display and "widths-1" in chart_text(app))
        await pilot.press("space")
        await until(pilot, lambda: app.pane.overlay.slots == {"widths-2": 0})
        await pilot.press("a")
        await until(pilot, lambda: app.pane.overlay.names == ("widths-2", "widths-3", "widths-1", "widths-6"))
        assert view.has_focus_within


async def open_sweep_from_run(app: TrainApp, pilot) -> SweepView:
    app.pane.corpus = small_corpus()
    await until(pilot, lambda: app.pane.mode == "live" and app.pane.run_view is not None)
    app.pane.look_at_list()
    await pilot.press("w")
    view = app.query_one(SweepView)
    await until(pilot, lambda: len(view.table))
    return view


def chart_text(app: TrainApp) -> str:
    lines = app.text().splitlines()
    return "\n".join(lines[app.pane.live.region.y :])


async def test_a_row_that_is_chosen_is_watched_and_escape_goes_back(tmp_path):
    app = TrainApp(an_engine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await open_sweep(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app.pane.mode == "live")
        assert (app.pane.run_name, app.announced) == ("widths-2", ["widths-2"])
        await pilot.press("w")
        await until(pilot, lambda: app.pane.mode == "sweep")
        assert app.query_one(SweepView).key_at_cursor == "widths-2"
        await pilot.press("escape")
        await until(pilot, lambda: app.pane.mode == "live")


async def test_more_or_fewer_train_at_once(tmp_path):
    engine = an_engine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        view = await open_sweep(app, pilot)
        assert str(view.border_subtitle).startswith("one at a time")
        await pilot.press("plus")
        await until(pilot, lambda: engine.at_once == 2)
        await until(pilot, lambda: str(view.border_subtitle).startswith("2 at once"))
        await pilot.press("minus")
        await until(pilot, lambda: engine.at_once == 1)
        await pilot.press("minus")
        await until(pilot, lambda: "held" in str(view.border_subtitle))
        await pilot.press("minus")
        await pilot.pause()
        assert engine.at_once == 0


async def test_the_sweep_before_is_shown_by_the_same_key(tmp_path):
    app = TrainApp(an_engine(tmp_path, *a_sweep("rates")))
    async with app.run_test(size=(80, 24)) as pilot:
        view = await open_sweep(app, pilot)
        assert view.sweep == "widths"
        await pilot.press("w")
        assert (view.sweep, view.key_at_cursor) == ("rates", "rates-2")
        await pilot.press("w")
        assert view.sweep == "widths"


async def test_runs_that_wait_are_listed_with_their_turn_and_put_first(tmp_path):
    engine = an_engine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.corpus = small_corpus()
        await until(pilot, lambda: app.pane.mode == "runs" and "queued 2" in app.text())
        await pilot.press("down", "Q")
        await until(pilot, lambda: ("put_first", "widths-5") in engine.asked)


async def test_a_run_that_waits_is_started_now_or_taken_out_without_a_question(tmp_path, quick):
    engine = StandInEngine(tmp_path, views=[a_view(0, "queued")])
    app = TrainApp(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await watch(app, pilot)
        await until(pilot, lambda: "waits for its turn" in app.text())
        await pilot.press("s")
        await until(pilot, lambda: ("send", "bigram-1", "stop", None) in engine.asked)
        await pilot.press("space")
        await until(pilot, lambda: ("resume", "bigram-1") in engine.asked)


async def test_the_numbers_beside_the_table_name_their_run(tmp_path):
    app = TrainApp(an_engine(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await open_sweep(app, pilot)
        await pilot.press("down", "a")
        await until(pilot, lambda: app.pane.run_view is not None and "widths-2  ✓ finished" in app.text())
        await pilot.press("enter")  # alone, it is named by the first line of the app
        await until(pilot, lambda: app.pane.mode == "live" and "widths-3" in str(app.pane.run_name))
        await until(pilot, lambda: "● running" in app.text() and "widths-3  ●" not in app.text())


async def test_without_a_sweep_the_table_says_how_one_is_made(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, runs=[a_summary("bigram-1", "running")]))
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.corpus = small_corpus()
        await until(pilot, lambda: app.pane.mode == "runs")
        await pilot.press("w", "space", "a", "i", "left")
        await pilot.pause()
        assert "no sweep yet" in app.text()
        assert told(app) == ""


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_a_sweep(snap, tmp_path, size):
    class Pane(TrainPane):
        engine_for = staticmethod(lambda home: an_engine(tmp_path))

    async def open_it(pilot) -> None:
        pane = pilot.app.query_one(TrainPane)
        await until(pilot, lambda: pane.mode == "runs")
        await pilot.press("w")
        await until(pilot, lambda: len(pane.sweep.table) and pane.sweep.border_subtitle)
        await pilot.press("down", "a")
        await until(pilot, lambda: len(pane.overlay.slots) == 4 and pane.run_view is not None)
        await until(pilot, lambda: size[1] < 40 or len(pane._others) == 3)

    await snap(Pane, size=size, before=open_it, corpus=small_corpus())


def test_the_states_of_the_example_are_states() -> None:
    assert {run.state for run in a_sweep()} == {RunState(state) for state in STATES}
