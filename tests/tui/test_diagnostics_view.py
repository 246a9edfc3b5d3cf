"""The diagnostics of a run in the Train pane, driven by keys and mouse, on looks made up by hand."""

from dataclasses import replace

import pytest
from textual import events

from makemore_core.diagnostics.looks import Histogram, Layer
from makemore_tui.look import ColorDepth, Look
from makemore_tui.panes.train.diagnostics import DiagnosticsView
from makemore_tui.panes.train.diagnostics.panels import why_none
from makemore_tui.panes.train.diagnostics.tables import layer_bars, layer_table, parameter_table
from makemore_tui.panes.train.diagnostics.updates import group_of, update_chart
from makemore_tui.widgets.line_chart import LineChart
from tests.tui.diagnostics_views import RATIOS, STEPS, a_look, inside_view, without_diagnostics
from tests.tui.train_app import TrainApp, quick, until, watch
from tests.tui.train_views import StandInEngine, a_view

pytestmark = pytest.mark.usefixtures("quick")
__all__ = ["quick"]

SMALL, USUAL = (80, 24), (120, 40)
SATURATED = "54% of h1 is saturated: initial weights are too large"


@pytest.fixture(autouse=True)
def prompt(monkeypatch):
    monkeypatch.setattr(LineChart, "PROMPT_INTERVAL", 0.0)
    monkeypatch.setattr(LineChart, "INTERVAL", 0.001)


async def look_inside(app: TrainApp, pilot) -> DiagnosticsView:
    await watch(app, pilot, "deep")
    await pilot.press("d")
    await pilot.pause()
    return app.query_one(DiagnosticsView)


def an_app(tmp_path, *views, look: Look | None = None) -> TrainApp:
    return TrainApp(StandInEngine(tmp_path, list(views) or [inside_view()]), look)


# From looks to rows and curves


@pytest.mark.parametrize(
    ("kind", "low", "high", "flat"),
    [
        ("tanh", -1.0, 1.0, {0, 39}),  # parts of 0.05: the outermost begin at 0.95, and 0.97 lies in them
        ("gate", 0.0, 1.0, {0, 1, 38, 39}),  # parts of 0.025: 0.03 lies in the second
        ("relu", 0.0, 4.0, {0}),
        ("gelu", -0.2, 3.8, {0, 1}),  # parts of 0.1: the second ends at 0
    ],
)
def test_the_parts_where_a_nonlinearity_is_flat_are_drawn_apart(kind, low, high, flat) -> None:
    layer = Layer("h", kind, 10, 0.0, 0.5, 0.1, 0, Histogram(low, high, (1,) * 40))
    assert {part for part, is_flat in enumerate(layer_bars(layer).flat) if is_flat} == flat


def test_the_numbers_of_a_look_as_they_are_shown() -> None:
    layers = layer_table(a_look(0), {"h1"})
    assert [item.name for item in layers.items if item.is_bad] == ["h1"]
    assert layers.items[0].cells == ("+0.01", "0.67", "54.0%", "3")
    parameters = parameter_table(a_look(0), (), {"weights.0": ("◆", "red")})
    assert parameters.items[1].cells == ("0.02", "10^-1.4")
    assert parameters.items[1].sign == ("◆", "red")
    nothing = replace(a_look(0).parameters[0], update_ratio=None, grad_ratio=None)
    assert parameter_table(replace(a_look(0), parameters=(nothing,)), (), {}).items[0].cells == ("-", "-")


def test_the_chart_has_matrices_a_guide_and_steady_colours() -> None:
    view = inside_view()
    chart = update_chart(view, "weights.0", alone=False, step=200)
    assert [(one.name, one.slot) for one in chart.series] == [("embedding", 0), ("weights.1", 2), ("weights.0", 1)]
    assert [one.name for one in chart.series if one.in_legend] == ["weights.0"]
    assert chart.series[-1].values.tolist() == list(RATIOS["weights.0"])
    assert [reference.value for reference in chart.references] == [-3.0]
    assert chart.view.cursor == 200
    alone = update_chart(view, "weights.1", alone=True, step=None)
    assert [(one.name, one.slot) for one in alone.series] == [("weights.1", 2)]


def test_six_curves_at_most_with_the_chosen_one_among_them() -> None:
    names = [f"w{number}" for number in range(14)]
    assert list(group_of(names, "w2")) == names[:6]
    assert list(group_of(names, "w7")) == names[6:12]
    assert list(group_of(names, "w13")) == names[12:]
    assert list(group_of(names, "a bias")) == names[:6]


# What is said where there is nothing to see


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (without_diagnostics(), ["switched off", "--diagnostics-interval 200"]),
        (inside_view(0), ["the first comes with the first step", "then one every 200"]),
        (inside_view(0, state=a_view(0, "finished").state), ["ended before its first step"]),
        (inside_view(0, type="counts"), ["counts", "mlp or batchnorm"]),
        (a_view(0, "unreadable", name="deep", config=None), ["Nothing can be read"]),
    ],
    ids=["off", "not yet", "never", "counts", "unreadable"],
)
async def test_without_a_look_it_says_why_and_what_to_do(tmp_path, view, words) -> None:
    app = an_app(tmp_path, view)
    async with app.run_test(size=SMALL) as pilot:
        inside = await look_inside(app, pilot)
        text = " ".join(app.text().split())
        assert all(word in text for word in words)
        assert not inside.slider.display
        await pilot.press("left", "down", "t", "T", "end", "home")  # nothing to go through, and no fault


def test_an_imported_run_is_not_said_to_wait() -> None:
    assert "No look inside was recorded" in why_none(inside_view(0, state=a_view(0, "stopped").state), counts=False)


# Keys


async def test_d_shows_the_diagnostics_in_place_of_the_charts_and_back(tmp_path) -> None:
    app = an_app(tmp_path)
    async with app.run_test(size=USUAL) as pilot:
        live = await watch(app, pilot, "deep")
        await pilot.press("d")
        assert not live.charts.is_on_screen
        assert isinstance(app.focused, DiagnosticsView)
        assert not {"m", "x"} & set(app.screen.active_bindings)  # what is not seen is not turned
        assert "s" in app.screen.active_bindings  # the run can be stopped
        for key in ("d", "escape"):
            await pilot.press(key)
            await until(pilot, lambda: live.charts.is_on_screen and app.focused is live)
            assert "m" in app.screen.active_bindings
            await pilot.press("d")
            assert isinstance(app.focused, DiagnosticsView)


async def test_from_the_diagnostics_to_the_samples_through_time_and_back(tmp_path) -> None:
    app = an_app(tmp_path)
    async with app.run_test(size=USUAL) as pilot:
        live = await watch(app, pilot, "deep")
        for key, shown, hidden in (("d", live.inside, live.grid), ("S", live.grid, live.inside)) * 2:
            await pilot.press(key)
            await until(pilot, lambda shown=shown: shown.is_on_screen and app.focused is shown)
            assert not hidden.is_on_screen and not live.charts.is_on_screen
        await pilot.press("escape")
        await until(pilot, lambda: live.charts.is_on_screen and app.focused is live)


async def test_the_steps_are_walked_and_the_newest_is_followed(tmp_path) -> None:
    engine = StandInEngine(tmp_path, [inside_view(2)])
    app = TrainApp(engine)
    async with app.run_test(size=USUAL) as pilot:
        inside = await look_inside(app, pilot)
        assert inside.look.step == STEPS[1]
        await pilot.press("left")
        assert inside.look.step == 0
        assert SATURATED in app.text()
        assert "the first loss was" in app.text()
        engine.readers[-1].views.append(inside_view(3))
        await until(pilot, lambda: len(inside.run.looks) == 3)
        assert inside.look.step == 0  # who looks back is not pulled away
        await pilot.press("right")
        assert inside.look.step == STEPS[1]
        await pilot.press("end")
        assert inside.look.step == STEPS[2]
        await until(pilot, lambda: "log10 update:data  ● embedding -3.1" in app.text())
        assert SATURATED not in app.text()
        await pilot.press("home")
        assert inside.look.step == 0
        await until(pilot, lambda: "at step 0  ● embedding -1.6" in app.text())


async def test_the_newest_look_is_shown_as_it_comes(tmp_path) -> None:
    engine = StandInEngine(tmp_path, [inside_view(2)])
    app = TrainApp(engine)
    async with app.run_test(size=USUAL) as pilot:
        inside = await look_inside(app, pilot)
        engine.readers[-1].views.append(inside_view(3))
        await until(pilot, lambda: "step 400" in app.text())
        assert inside.look.step == STEPS[2]


async def test_a_look_that_made_room_gives_way_to_the_one_before(tmp_path) -> None:
    app = an_app(tmp_path, inside_view(2))
    async with app.run_test(size=USUAL) as pilot:
        inside = await look_inside(app, pilot)
        inside.at = 300
        inside.show(inside_view(3))
        assert inside.look.step == STEPS[1]


async def test_up_and_down_go_through_layers_and_on_to_parameters(tmp_path) -> None:
    app = an_app(tmp_path)
    async with app.run_test(size=USUAL) as pilot:
        inside = await look_inside(app, pilot)
        seen = []
        for _ in range(6):
            seen.append(inside.chosen.name)
            await pilot.press("down")
        assert seen == ["h1", "h2", "h3", "embedding", "weights.0", "weights.1"]
        assert inside.chosen.name == "biases.0"
        await pilot.press("down", "t")
        assert inside.chosen.name == "h3"  # where one was among the layers
        await pilot.press("up", "up", "up")
        assert inside.chosen.name == "h1"
        assert "h1: what 100 tanh units give out" in app.text()


async def test_with_little_room_the_parts_take_turns(tmp_path) -> None:
    app = an_app(tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        inside = await look_inside(app, pilot)

        def shown():
            parts = (inside.activations, inside.gradients, inside.detail, inside.chart)
            return [part.display for part in parts]

        assert shown() == [True, False, True, False]
        await pilot.press("t")
        assert shown() == [False, True, True, False]
        await pilot.press("t")
        assert shown() == [False, True, False, True]
        await pilot.press("down", "down", "down", "down")
        assert inside.chosen.name == "weights.1"  # only matrices have curves
        await until(pilot, lambda: "▲ weights.1 -3.2" in app.text())
        await pilot.press("T")
        assert [one.name for one in inside.chart.chart.series] == ["weights.1"]
        await pilot.press("t")
        assert shown() == [True, False, True, False]
        await pilot.resize_terminal(*USUAL)
        await pilot.pause()
        assert shown() == [True, True, True, True]


async def test_the_mouse_chooses_rows_findings_and_steps(tmp_path) -> None:
    app = an_app(tmp_path)
    async with app.run_test(size=USUAL) as pilot:
        inside = await look_inside(app, pilot)
        await pilot.click(inside.gradients, offset=(8, 2))
        assert inside.chosen.name == "weights.0"
        await pilot.press("home")
        place = next(place for place, one in enumerate(inside.findings.findings) if one.text == SATURATED)
        await pilot.click(inside.findings, offset=(8, place))
        assert inside.chosen.name == "h1"
        await pilot.click(inside.slider, offset=(inside.slider.size.width - 2, 0))
        assert inside.look.step == STEPS[2]
        plot = inside.chart.plot
        await pilot.click(inside.chart, offset=(plot.column_of(210) + 1, plot.top + 2))
        await until(pilot, lambda: inside.look.step == STEPS[1])
        await pilot._post_mouse_events([events.MouseScrollDown], inside.activations, offset=(8, 2))
        assert inside.chosen.name == "h2"


async def test_another_run_begins_at_its_newest_look(tmp_path) -> None:
    app = an_app(tmp_path)
    async with app.run_test(size=USUAL) as pilot:
        inside = await look_inside(app, pilot)
        await pilot.press("home")
        inside.show(inside_view(2, name="other"))
        assert inside.look.step == STEPS[1]


async def test_nothing_is_drawn_while_it_is_hidden_or_nothing_is_new(tmp_path, monkeypatch) -> None:
    engine = StandInEngine(tmp_path, [inside_view(2)])
    app = TrainApp(engine)
    async with app.run_test(size=USUAL) as pilot:
        inside = await look_inside(app, pilot)
        drawn = []
        monkeypatch.setattr(inside, "draw", lambda: drawn.append(inside.look.step))
        engine.readers[-1].views.append(inside_view(2, step=601))
        await until(pilot, lambda: inside.run.step == 601)
        assert drawn == []
        await pilot.press("d")
        await until(pilot, lambda: app.focused is app.pane.live)
        engine.readers[-1].views.append(inside_view(3))
        await until(pilot, lambda: len(app.pane.run_view.looks) == 3)
        assert len(inside.run.looks) == 2


@pytest.mark.parametrize("look", [Look(ColorDepth.COLORS_16), Look(ColorDepth.MONOCHROME, True)], ids=["16", "ascii"])
async def test_fewer_colours_and_ascii(tmp_path, look) -> None:
    app = an_app(tmp_path, look=look)
    async with app.run_test(size=USUAL) as pilot:
        inside = await look_inside(app, pilot)
        await pilot.press("home")
        await until(pilot, lambda: SATURATED in app.text())
        if look.ascii:
            rows = [inside.activations, inside.gradients, inside.findings, inside.slider, inside.detail]
            for widget in rows:
                text = "".join(strip.text for strip in widget._strips)
                assert text.isascii()


def test_the_chart_shows_the_guide_and_also_the_first_updates() -> None:
    low, high = update_chart(inside_view(), "embedding", alone=False, step=None).view.y_range
    assert (low, high) == (-3.5, -1.0)  # values from -3.2 to -1.4, in halves
    low, high = update_chart(inside_view(1), "embedding", alone=True, step=None).view.y_range
    assert (low, high) == (-3.5, -1.5)  # -1.6 alone, and the guide at -3


async def test_a_key_that_steers_says_here_too_why_it_does_nothing(tmp_path) -> None:
    app = an_app(tmp_path, inside_view(state=a_view(600, "finished").state))
    async with app.run_test(size=USUAL) as pilot:
        await look_inside(app, pilot)
        await pilot.press("s")
        assert app.notices == ["deep is finished: nothing to stop"]
