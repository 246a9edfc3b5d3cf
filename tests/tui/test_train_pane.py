"""The Train pane on runs made up by hand: what it shows, and what it does not do."""

from dataclasses import replace

import pytest
from textual.screen import ModalScreen
from textual.widgets import OptionList

from makemore_core.errors import RunError
from makemore_core.runs.snapshot import RunView
from makemore_tui.look import Look
from makemore_tui.panes.train import TrainPane, pane
from makemore_tui.panes.train.form import NewRunForm
from makemore_tui.panes.train.live import LiveView
from makemore_tui.panes.train.run_list import RunList
from makemore_tui.panes.train.samples import SamplesPanel, milestones
from makemore_tui.panes.train.status import StatusLines
from makemore_tui.widgets.line_chart import LineChart
from tests.tui.conftest import settle
from tests.tui.train_app import TrainApp, open_form, quick, until, watch
from tests.tui.train_views import StandInEngine, a_summary, a_view, all_states

pytestmark = pytest.mark.usefixtures("quick")
__all__ = ["quick"]


# What is shown first


async def test_without_runs_the_form_opens(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        assert app.query_one(NewRunForm).display
        assert app.focused is app.query_one("#family")


async def test_with_runs_the_list_opens(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pane.mode == "runs")
        await pilot.pause()
        text = app.text()
        for run in all_states():
            assert run.state in text
        assert isinstance(app.focused, OptionList)


async def test_a_run_chosen_on_another_pane_is_shown(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states()))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        text = app.text()
        assert "1,240 / 2,000" in text
        await until(pilot, lambda: "uniform guess" in app.text())


# The list of runs


async def test_the_reason_of_the_run_at_hand_is_said(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pane.mode == "runs")
        await pilot.press("end")
        await pilot.pause()
        assert "the settings cannot be read" in app.text()


async def test_enter_watches_the_run_and_tells_the_other_panes(tmp_path):
    engine = StandInEngine(tmp_path, runs=all_states())
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pane.mode == "runs")
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.pane.run_view is not None)
        assert app.announced == ["bigram-2"]
        assert ("reader", "bigram-2") in engine.asked
        assert app.pane.mode == "live"
        await pilot.press("r")
        await pilot.pause()
        assert app.pane.mode == "runs"


async def test_the_list_follows_the_runs_and_keeps_the_cursor(tmp_path):
    engine = StandInEngine(tmp_path, runs=[a_summary("b", "running"), a_summary("a", "stopped")])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pane.mode == "runs")
        await pilot.press("down")
        engine.listed = [a_summary("c", "running"), a_summary("b", "finished"), a_summary("a", "stopped")]
        options = app.query_one(OptionList)
        await until(pilot, lambda: options.option_count == 3)
        assert options.highlighted_option.id == "a"
        assert "finished" in app.text()


async def test_a_click_chooses_a_run(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pane.mode == "runs")
        await pilot.pause()
        await pilot.click(OptionList, offset=(5, 4))
        await until(pilot, lambda: app.announced)
        assert app.announced == ["bigram-5"]


async def test_with_room_the_list_stands_beside_the_run(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states()))
    async with app.run_test(size=(200, 60)) as pilot:
        await watch(app, pilot)
        assert app.query_one(RunList).display and app.query_one(LiveView).display
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert not app.query_one(RunList).display and app.query_one(LiveView).display


async def test_beside_the_list_it_is_said_how_a_run_is_shown_until_one_is(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states()))
    async with app.run_test(size=(200, 60)) as pilot:
        await until(pilot, lambda: app.pane.mode == "runs")
        await until(pilot, lambda: "enter shows the run under the cursor here" in app.text())
        live = app.query_one(LiveView)
        assert live.is_on_screen and not live.charts.is_on_screen and "no points" not in app.text()
        await pilot.press("enter")
        await until(pilot, lambda: live.charts.is_on_screen)
        assert "enter shows the run" not in app.text()


# The view


async def test_a_run_that_is_not_there_is_said(tmp_path):
    engine = StandInEngine(tmp_path, runs=all_states())
    engine.error = RunError("there is no run 'gone' in /runs")
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.select("gone")
        await until(pilot, lambda: "there is no run 'gone'" in app.text())


async def test_the_reason_of_a_failed_run_is_said(tmp_path):
    view = a_view(state="failed", reason="diverged: the loss is not a number at step 12")
    app = TrainApp(StandInEngine(tmp_path, views=[view]))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        assert "diverged: the loss is not a number" in app.text()


async def test_samples_in_the_training_list_are_marked(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await watch(app, pilot)
        text = app.text()
        assert "● emma" in text
        assert "● mora" not in text and "mora" in text
        assert "● = in the training list" in text


async def test_samples_are_text_and_never_markup_or_codes(tmp_path):
    view = a_view()
    item = replace(view.samples[-1].items[0], text="[bold]\x1b[2Jx")
    odd = replace(view.samples[-1], items=(item,))
    app = TrainApp(StandInEngine(tmp_path, views=[replace(view, samples=(odd,))]))
    async with app.run_test(size=(120, 40)) as pilot:
        await watch(app, pilot)
        assert "[bold]␛[2Jx" in app.text()


def test_earlier_samples_stay_while_new_ones_arrive():
    sets = a_view(2000).samples * 5
    shown = [milestones(sets[:count]) for count in range(1, len(sets) + 1)]
    assert all(one[0] is sets[count - 1] for count, one in enumerate(shown, 1))
    # Between two powers of two only the first of them changes.
    assert shown[6][1:] == shown[7][1:] == shown[8][1:]
    assert [len(one) for one in shown[:9]] == [1, 2, 3, 4, 4, 5, 5, 5, 5]


async def test_the_curves_of_the_run_are_on_the_chart(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        live = await watch(app, pilot)
        chart = app.query_one(LineChart).chart
        assert [(one.name, one.noisy) for one in chart.series] == [("train", True), ("dev", False)]
        assert chart.references[0].value == pytest.approx(2.833213)
        await pilot.press("x", "y", "b")
        await pilot.pause()
        view = live.look_at
        assert (view.log_x, view.log_y, view.band) == (True, True, False)
        await pilot.press("x", "right_square_bracket")
        await pilot.pause()
        assert (live.look_at.log_x, live.look_at.smoothing) == (False, 0.98)


async def test_steps_on_the_whole_list_are_not_smoothed(tmp_path):
    view = a_view()
    config = view.config.model_copy(update={"batch_by": "all"})
    app = TrainApp(StandInEngine(tmp_path, views=[replace(view, config=config)]))
    async with app.run_test(size=(120, 40)) as pilot:
        await watch(app, pilot)
        assert not app.query_one(LineChart).chart.series[0].noisy


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_nothing_is_cut_off(tmp_path, size):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=size) as pilot:
        await watch(app, pilot)
        text = app.text()
        for words in (
            "1,240 / 2,000",
            "62.0%",
            "elapsed 0:17",
            "left 0:11",
            "best dev",
            "gradient",
            "steps/s",
            "endraeganorielle",
        ):
            assert words in text, words
        for widget in app.query_one(LiveView).query("*"):
            if widget.display and widget.size:
                assert app.screen.region.contains_region(widget.region), widget


@pytest.mark.parametrize(
    "fault", [None, "its store cannot be written", "the disk is full: make room, then resume " * 9]
)
async def test_the_room_of_the_charts_is_known_before_they_are_laid_out(tmp_path, fault):
    """Otherwise, where their size stays as it was, they keep what was foreseen."""
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        live = await watch(app, pilot)
        live.say(fault)
        for size in ((80, 24), (120, 40), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert bool(live.note.display) is bool(fault)
            live.take_room(live.size)
            assert live.charts._room == live.charts.size


async def test_the_pane_survives_a_resize_at_any_moment(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states()))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        for size in ((200, 60), (80, 24), (120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert "1,240 / 2,000" in app.text()


# Economy


async def test_a_hidden_pane_reads_nothing_and_catches_up(tmp_path, monkeypatch):
    monkeypatch.setattr(pane, "interval_of", lambda _: 0.01)
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        app.pane.display = False
        await until(pilot, lambda: engine.readers[-1].closed)
        polls = [reader.polls for reader in engine.readers]
        await pilot.pause(0.1)
        assert sum(reader.polls for reader in engine.readers) <= sum(polls) + 1  # a look that was under way
        app.pane.display = True
        await until(pilot, lambda: len(engine.readers) > len(polls) and engine.readers[-1].polls)


async def test_a_run_below_another_screen_is_not_painted(tmp_path):
    views: list[RunView] = [a_view(step) for step in range(1000, 1400)]
    app = TrainApp(StandInEngine(tmp_path, views=views))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        app.push_screen(ModalScreen())
        await until(pilot, lambda: not app.pane.screen.is_active)
        seen = app.pane.run_view
        await pilot.pause(0.1)
        assert app.pane.run_view is seen
        app.pop_screen()
        await until(pilot, lambda: app.pane.run_view is not seen)


async def test_a_finished_run_is_drawn_once(tmp_path, monkeypatch):
    app = TrainApp(StandInEngine(tmp_path, views=[a_view(2000, "finished")]))
    async with app.run_test(size=(80, 24)) as pilot:
        live = await watch(app, pilot)
        await settle(pilot)
        calls: list[object] = []
        for kind in (LineChart, StatusLines, SamplesPanel, type(live), TrainPane):
            monkeypatch.setattr(kind, "refresh", lambda self, *regions, **options: calls.append(self))
        await pilot.pause(0.3)
        assert calls == []


async def test_ascii(tmp_path):
    app = TrainApp(StandInEngine(tmp_path), Look(ascii=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        for kind in (StatusLines, SamplesPanel, LineChart):
            widget = app.query_one(kind)
            lines = "".join(widget.render_line(y).text for y in range(widget.size.height))
            assert lines.strip() and lines.isascii(), kind


def test_the_stand_in_knows_all_that_the_engine_does():
    from makemore_tui.panes.train.engine import Engine

    public = {name for name in vars(Engine) if not name.startswith("_")}
    assert public <= set(vars(StandInEngine))
