"""The charts of the Train pane driven by keys and mouse, on runs made up by hand."""

from dataclasses import replace

import numpy as np
import pytest
from textual import events
from textual.widgets import OptionList

from makemore_core.errors import RunError
from makemore_core.runs.snapshot import Series
from makemore_tui.panes.train import comparing
from makemore_tui.panes.train.charts import Charts
from makemore_tui.panes.train.metric_picker import AskMetric
from makemore_tui.panes.train.metrics import CYCLE, GAP, LOSS, TRAIN, next_metric, points, recorded
from makemore_tui.panes.train.overlay import MOST, Overlay
from makemore_tui.widgets.line_chart import LineChart
from tests.tui.conftest import charts_drawn
from tests.tui.train_app import TrainApp, asked, quick, told, until, watch
from tests.tui.train_views import StandInEngine, a_summary, a_view

pytestmark = pytest.mark.usefixtures("quick")
__all__ = ["quick"]

SMALL, USUAL, LARGE = (80, 24), (120, 40), (200, 60)


@pytest.fixture(autouse=True)
def prompt(monkeypatch):
    """Charts that draw at once, and runs that are read at once."""
    monkeypatch.setattr(LineChart, "PROMPT_INTERVAL", 0.0)
    monkeypatch.setattr(LineChart, "INTERVAL", 0.001)
    monkeypatch.setattr(comparing, "OTHERS_INTERVAL", 0.02)


def three_runs(tmp_path) -> StandInEngine:
    names = ("first", "second", "third")
    engine = StandInEngine(tmp_path, runs=[a_summary(name, "running") for name in names])
    for place, name in enumerate(names):
        engine.others[name] = [a_view(1000 + 100 * place, name=name)]
    return engine


def titles(app: TrainApp) -> list[str]:
    """What the charts that are shown show."""
    charts = app.query_one(Charts)
    return [charts.charts[place].chart.title for place in charts.shown]


def names(app: TrainApp) -> list[tuple[str, int | None]]:
    return [(one.name, one.slot) for one in app.pane.live.chart.chart.series]


# Metrics


def test_the_gap_is_dev_minus_train_where_both_were_measured():
    view = a_view()
    series = {
        "dev_nll": Series(np.array([0, 10, 20]), np.array([3.0, 2.5, 2.4])),
        "train_nll": Series(np.array([0, 20, 30]), np.array([3.0, 2.1, 2.0])),
    }
    steps, values = points(replace(view, series=series), GAP)
    assert steps.tolist() == [0, 20]
    assert values.tolist() == pytest.approx([0.0, 0.3])


def test_every_recorded_metric_can_be_chosen_and_the_known_ones_come_first():
    view = a_view()
    view = replace(view, series={"odd_one": view.series["loss"], **view.series})
    found = [metric.name for metric in recorded(view)]
    assert found == ["loss", "dev_nll", "gap", "learning_rate", "gradient_norm", "train_nll", "odd_one"]
    assert recorded(a_view(0)) == (LOSS,)


def test_the_cycle_leaves_out_what_was_not_recorded_and_comes_round():
    view, metric, seen = a_view(), LOSS, []
    for _ in range(5):
        seen.append(metric.name)
        metric = next_metric(view, metric, 1)
    assert seen == ["loss", "dev_nll", "gap", "learning_rate", "gradient_norm"]
    assert metric is LOSS
    assert next_metric(view, LOSS, -1).name == "gradient_norm"
    assert next_metric(view, TRAIN, 1) is LOSS
    assert TRAIN not in CYCLE


async def test_a_key_turns_the_metric_on_and_back(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        await watch(app, pilot)
        assert titles(app) == ["loss"]
        await pilot.press("m", "m")
        assert titles(app) == ["gap"]
        await until(pilot, lambda: "gap" in app.text() and "dev minus train" in app.text())
        await pilot.press("M")
        assert titles(app) == ["dev loss"]
        assert app.pane.live.chart.chart.references[0].value == pytest.approx(app.pane.run_view.best_dev_nll)


async def test_a_metric_is_picked_by_name(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        live = await watch(app, pilot)
        await pilot.press("p")
        await until(pilot, lambda: asked(app, AskMetric))
        await pilot.press("g", "g", "enter")  # gap, then gradient norm
        await until(pilot, lambda: app.pane.question is None)
        assert titles(app) == ["gradient norm"]
        await until(pilot, lambda: app.focused is live)
        await pilot.press("p")
        await until(pilot, lambda: asked(app, AskMetric))
        await pilot.press("down", "escape")
        await until(pilot, lambda: app.pane.question is None)
        assert titles(app) == ["gradient norm"]


# As many charts as there is room for


@pytest.mark.parametrize(
    ("size", "shown"),
    [(SMALL, ["loss"]), (USUAL, ["loss", "gap"]), (LARGE, ["loss", "gap", "learning rate", "gradient norm"])],
)
async def test_there_are_as_many_charts_as_there_is_room_for(tmp_path, size, shown):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=size) as pilot:
        await watch(app, pilot)
        assert titles(app) == shown
        await until(pilot, lambda: all(title in app.text() for title in shown))


async def test_keys_are_for_the_chart_at_hand(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=USUAL) as pilot:
        await watch(app, pilot)
        await until(pilot, lambda: "▸ loss" in app.text())
        await pilot.press("t", "m")
        assert titles(app) == ["loss", "learning rate"]
        await until(pilot, lambda: "▸ learning rate" in app.text())
        await pilot.press("T")
        assert titles(app) == ["learning rate"]
        await pilot.press("T", "t")
        assert titles(app) == ["loss", "learning rate"]
        await until(pilot, lambda: "▸ loss" in app.text())


async def test_charts_have_their_steps_in_line(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=USUAL) as pilot:
        live = await watch(app, pilot)
        await until(pilot, lambda: live.charts.charts[0].plot and live.charts.charts[1].plot)
        assert len({(chart.plot.left, chart.plot.width) for chart in live.charts.charts[:2]}) == 1


# Smoothing


async def test_smoothing_goes_from_none_to_very_much(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        live = await watch(app, pilot)
        await pilot.press(*["right_square_bracket"] * 9)
        assert live.look_at.smoothing == 0.999
        await pilot.press(*["left_square_bracket"] * 12)
        assert live.look_at.smoothing == 0
        assert "no smoothing" in told(app)


# The cursor


async def test_the_cursor_moves_by_columns_is_shared_and_is_taken_away(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=USUAL) as pilot:
        live = await watch(app, pilot)
        await charts_drawn(pilot)
        await pilot.press("left")
        plot = live.charts.plot
        # It begins at the latest step.
        assert plot.column_of(live.look_at.cursor) == plot.column_of(1240)
        await pilot.press("left", "ctrl+left", "right")
        await until(pilot, lambda: plot.column_of(live.look_at.cursor) == plot.column_of(1240) - 10)
        step = live.look_at.cursor
        # Both charts read the same step.
        await until(pilot, lambda: app.text().count(f"at step {step:,.0f}") == 2)
        await pilot.press("escape")
        await until(pilot, lambda: live.look_at.cursor is None)
        await until(pilot, lambda: "at step" not in app.text())


async def test_a_click_sets_the_cursor_on_the_chart_that_was_hit(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=USUAL) as pilot:
        live = await watch(app, pilot)
        await charts_drawn(pilot)
        second = live.charts.charts[1]
        await pilot.click(second, offset=(41, 4))  # with a cell of padding at the left
        assert live.look_at.cursor == pytest.approx(second.plot.step_at(40))
        assert live.charts.at_hand == 1


# Zooming, panning, following


async def test_zooming_around_the_cursor_panning_and_all(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        live = await watch(app, pilot)
        await charts_drawn(pilot)
        await pilot.press("left", *["ctrl+left"] * 3)
        cursor = live.look_at.cursor
        await pilot.press("plus")
        low, high = live.look_at.x_range
        # At step 1,240 the axis ends at 1,500, and the cursor stays at the same part of the window.
        assert high - low == pytest.approx(750)
        assert (cursor - low) / 750 == pytest.approx(cursor / 1500)
        await pilot.press("shift+left")
        assert live.look_at.x_range == pytest.approx((low - 187.5, high - 187.5))
        await pilot.press("shift+right")
        assert live.look_at.x_range == pytest.approx((low, high))
        await pilot.press("minus")
        assert live.look_at.x_range is None
        await pilot.press("equals_sign", "0")
        assert live.look_at.x_range is None


async def test_the_cursor_takes_the_window_along(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        live = await watch(app, pilot)
        await charts_drawn(pilot)
        await pilot.press("plus", "plus", "left")
        await charts_drawn(pilot)
        high = live.look_at.x_range[1]
        plot = live.charts.plot
        for _ in range(plot.width // 10 + 1):
            await pilot.press("ctrl+left")
            await charts_drawn(pilot)
        assert live.look_at.x_range[1] < high
        assert live.look_at.x_range[0] <= live.look_at.cursor <= live.look_at.x_range[1]


async def test_following_the_end(tmp_path):
    engine = StandInEngine(tmp_path, views=[a_view(1240)])
    app = TrainApp(engine)
    async with app.run_test(size=SMALL) as pilot:
        live = await watch(app, pilot)
        await charts_drawn(pilot)
        await pilot.press("end")
        await until(pilot, lambda: "0 shows all" in app.text() or live.charts.plot.steps.high < 2000)
        assert live.look_at.follow
        assert live.charts.plot.steps.low > 0
        engine.readers[-1].views[:] = [a_view(1800)]
        await until(pilot, lambda: live.charts.plot.steps.low <= 1800 <= live.charts.plot.steps.high)
        await pilot.press("shift+left")
        assert not live.look_at.follow
        await pilot.press("shift+right", "shift+right")
        assert live.look_at.follow


async def test_the_wheel_zooms_and_with_shift_it_pans(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        live = await watch(app, pilot)
        await charts_drawn(pilot)
        chart, plot = live.chart, live.charts.plot

        def wheel(kind, *, shift=False):
            x, y = chart.content_region.x + plot.left + plot.width // 2, chart.region.y + 4
            app.screen.post_message(kind(None, x, y, 0, 0, 0, shift, False, False, x, y))

        around = plot.step_at(plot.left + plot.width // 2)
        wheel(events.MouseScrollUp)
        await until(pilot, lambda: live.look_at.x_range is not None)
        low, high = live.look_at.x_range
        assert high - low == pytest.approx(1200)
        assert (around - low) / (high - low) == pytest.approx(around / 1500)
        wheel(events.MouseScrollUp, shift=True)
        await until(pilot, lambda: live.look_at.x_range[0] < low)
        assert live.look_at.x_range[0] == pytest.approx(low - 120)
        wheel(events.MouseScrollDown)
        await until(pilot, lambda: live.look_at.x_range is None)


async def test_dragging_pans(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        live = await watch(app, pilot)
        await charts_drawn(pilot)
        await pilot.press("plus")
        await charts_drawn(pilot)
        low, _ = live.look_at.x_range
        plot = live.charts.plot
        await pilot.mouse_down(live.chart, offset=(40, 4))
        await pilot.hover(live.chart, offset=(47, 4))
        await pilot.mouse_up(live.chart, offset=(47, 4))
        assert live.look_at.x_range[0] == pytest.approx(low - 7 / plot.width * 750)
        assert live.look_at.cursor is None


async def test_another_run_is_seen_whole(tmp_path):
    app = TrainApp(three_runs(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        live = await watch(app, pilot, "first")
        await charts_drawn(pilot)
        await pilot.press("plus", "left")
        app.pane.run_name = "second"
        await until(pilot, lambda: live.look_at.x_range is None and live.look_at.cursor is None)


# Several runs


def test_a_run_keeps_its_slot_while_others_come_and_go():
    overlay = Overlay()
    assert overlay.toggle("b", "a") and overlay.toggle("c", "a")
    assert overlay.slots == {"a": 0, "b": 1, "c": 2}
    assert overlay.toggle("b", "a") and overlay.toggle("d", "a")
    assert overlay.slots == {"a": 0, "c": 2, "d": 1}
    # The run at hand changes: the colours do not.
    assert overlay.drawn("c") == {"a": 0, "c": 2, "d": 1}
    assert overlay.drawn("e") == {"a": 0, "c": 2, "d": 1, "e": 3}


def test_the_run_at_hand_alone_is_not_compared():
    overlay = Overlay()
    overlay.toggle("b", "a")
    overlay.toggle("b", "a")
    assert overlay.names == ()
    assert overlay.drawn("a") == {"a": 0}


def test_there_is_room_for_six_runs():
    overlay = Overlay()
    assert all(overlay.toggle(name, "a") for name in "bcdef")
    assert not overlay.toggle("g", "a")
    assert len(overlay.names) == MOST == 6
    drawn = overlay.drawn("g")
    assert len(drawn) == 6 and drawn["g"] == 5 and "f" not in drawn


async def test_runs_are_laid_over_each_other_each_in_its_colour(tmp_path):
    app = TrainApp(three_runs(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        await watch(app, pilot, "first")
        assert names(app) == [("train", 0), ("dev", 1)]
        await pilot.press("r", "down", "o", "down", "o")
        await until(pilot, lambda: "▲ third" in app.text() and "◆ second" in app.text())
        await pilot.press("r")
        await until(pilot, lambda: names(app) == [("first", 0), ("second", 1), ("third", 2)])
        await until(
            pilot,
            lambda: all(
                f"{mark} {name}" in app.text() for mark, name in zip("●◆▲", ("first", "second", "third"), strict=True)
            ),
        )
        # Another run at hand, the same colours.
        app.pane.run_name = "third"
        await until(pilot, lambda: app.pane.run_view.name == "third")
        await until(pilot, lambda: names(app) == [("first", 0), ("second", 1), ("third", 2)])
        await pilot.press("O")
        await until(pilot, lambda: names(app) == [("train", 0), ("dev", 1)])


async def test_a_run_that_is_gone_is_not_compared_any_more(tmp_path):
    engine = three_runs(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=SMALL) as pilot:
        await watch(app, pilot, "first")
        engine.error = RunError("second: no such run")
        await pilot.press("r", "down", "o")
        await until(pilot, lambda: app.pane.overlay.names == ("first",))
        assert names(app) == [("train", 0), ("dev", 1)]


async def test_a_hidden_pane_lets_go_of_the_other_runs(tmp_path):
    engine = three_runs(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=SMALL) as pilot:
        await watch(app, pilot, "first")
        await pilot.press("r", "down", "o")
        await until(pilot, lambda: ("reader", "second") in engine.asked)
        await until(pilot, lambda: len(app.pane._others) == 1)
        app.pane.display = False
        await until(pilot, lambda: all(reader.closed for reader in engine.readers))
        app.pane.display = True
        await until(pilot, lambda: sum(one == ("reader", "second") for one in engine.asked) == 2)


async def test_keys_of_lists_and_forms_do_not_reach_the_charts(tmp_path):
    app = TrainApp(three_runs(tmp_path))
    async with app.run_test(size=LARGE) as pilot:
        live = await watch(app, pilot, "first")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.focused, OptionList))
        before = live.look_at
        await pilot.press("end", "left", "home", "plus", "m")
        assert live.look_at == before
        assert live.charts.metric is LOSS
