"""The Train pane driven by keys, on runs made up by hand."""

from dataclasses import replace

import numpy as np
import pytest
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList, Static

from makemore_core.errors import RunError
from makemore_core.runs.snapshot import RunView
from makemore_tui.look import Look
from makemore_tui.panes.train import TrainPane
from makemore_tui.panes.train.dialogs import AskRate, AskStop, Question, rate_fault
from makemore_tui.panes.train.form import NewRunForm
from makemore_tui.panes.train.live import LiveView
from makemore_tui.panes.train.run_list import RunList
from makemore_tui.panes.train.samples import SamplesPanel, milestones
from makemore_tui.panes.train.status import StatusLines
from makemore_tui.widgets.line_chart import LineChart
from tests.tui.train_app import TrainApp, asked, open_form, quick, told, until, watch
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
        assert "uniform guess" in text


# The form


async def test_the_form_shows_parameters_and_the_loss_of_a_uniform_guess(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        facts = str(form.query_one("#facts", Static).content)
        # Sixteen letters occur in the ten names; with the end, 17 characters: 289 pairs, and ln 17.
        assert "289 parameters" in facts
        assert "ln 17 = 2.8332" in facts


async def test_invalid_input_is_said_at_the_field_and_blocks_the_start(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        row = form.row("max_steps")
        row.control.focus()
        await pilot.press("x")
        await until(pilot, lambda: row.fault)
        assert row.fault == "a whole number is needed"
        assert "a whole number is needed" in app.text()
        assert form.query_one("#start", Button).disabled
        app.set_focus(None)
        form.row("seed").control.focus()
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert not any(asked[0] == "start" for asked in engine.asked)
        assert app.focused is row.control
        await pilot.press("home", "ctrl+k", "9")
        await until(pilot, lambda: not row.fault)
        assert not form.query_one("#start", Button).disabled


async def test_a_valid_form_starts_a_run_and_watches_it(tmp_path):
    engine = StandInEngine(tmp_path, views=[a_view(0, "starting"), a_view()])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        form.row("max_steps").control.focus()
        await pilot.press(*"123")
        form.row("name").control.focus()
        await pilot.press(*"first")
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.pane.run_view is not None)
        _, config, name = next(asked for asked in engine.asked if asked[0] == "start")
        assert (config.type, config.max_steps, name) == ("bigram", 123, "first")
        assert config.data.items == 10
        assert app.announced == ["first"]
        assert app.pane.mode == "live"


async def test_why_a_run_could_not_be_made_is_said(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        engine.error = RunError("/full: no run can be made there: No space left on device")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "No space left on device" in app.text())
        assert app.pane.mode == "form"


@pytest.mark.parametrize(("name", "words"), [("a/b", "letters, digits"), ("taken", "taken")])
async def test_the_name_is_checked_as_it_is_typed(tmp_path, name, words):
    (tmp_path / "taken").mkdir()
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        row = form.row("name")
        row.value = name
        await until(pilot, lambda: row.fault)
        assert words in row.fault


async def test_another_family_brings_its_own_fields_and_keeps_what_was_changed(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        form.row("seed").value = "7"
        form.query_one("#family").value = "ngram"
        await until(pilot, lambda: any(row.field.key == "model.order" for row in form.rows))
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == "ngram")
        assert form.row("model.order").value == "4"
        assert form.checked.config.seed == 7
        assert not any(row.field.key == "learning_rate" for row in form.rows)


async def test_arrow_keys_walk_through_the_fields_and_escape_leaves(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        await pilot.press("down")
        assert app.focused is form.query_one("#preset")
        for key in ("model.init_std", "split", "max_steps"):
            await pilot.press("down")
            assert app.focused is form.row(key).control
        await pilot.press("up")
        assert app.focused is form.row("split").control
        await pilot.press("escape")
        await pilot.pause()
        assert app.pane.mode == "runs"


async def test_a_process_is_warmed_up_while_the_form_is_open(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        await until(pilot, lambda: ("warm_up",) in engine.asked)
        assert ("cool_down",) not in engine.asked
        await pilot.press("escape")
        await until(pilot, lambda: ("cool_down",) in engine.asked)


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


# Steering


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        ("running", ("send", "bigram-1", "pause", None)),
        ("paused", ("send", "bigram-1", "resume", None)),
        ("stopped", ("resume", "bigram-1")),
        ("died", ("resume", "bigram-1")),
        ("finished", None),
    ],
)
async def test_space_does_what_the_state_asks_for(tmp_path, state, asked):
    engine = StandInEngine(tmp_path, views=[a_view(state=state)])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("space")
        await pilot.pause(0.05)
        assert [one for one in engine.asked if one[0] in ("send", "resume")] == ([asked] if asked else [])


async def test_stopping_asks_first(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: asked(app, AskStop))
        await pilot.press("escape")
        await pilot.pause()
        assert not any(one[0] == "send" for one in engine.asked)
        await pilot.press("s")
        await until(pilot, lambda: asked(app, AskStop))
        await pilot.press("s")
        await until(pilot, lambda: ("send", "bigram-1", "stop", None) in engine.asked)


async def test_the_learning_rate_is_asked_for_or_halved(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("less_than_sign")
        await until(pilot, lambda: ("send", "bigram-1", "learning_rate", 25.0) in engine.asked)
        await pilot.press("l")
        await until(pilot, lambda: asked(app, AskRate))
        await pilot.press("home", "ctrl+k", "0", "enter")
        await pilot.pause()
        assert asked(app, AskRate)
        await pilot.press("home", "ctrl+k", *"0.5", "enter")
        await until(pilot, lambda: ("send", "bigram-1", "learning_rate", 0.5) in engine.asked)


@pytest.mark.parametrize(("text", "right"), [("0.1", True), ("1e-4", True), ("0", False), ("inf", False), ("", False)])
def test_a_learning_rate_is_checked(text, right):
    assert (rate_fault(text) is None) is right


async def test_saving_is_asked_for_and_a_refusal_is_said(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("c")
        await until(pilot, lambda: ("send", "bigram-1", "save", None) in engine.asked)
        engine.error = RunError("bigram-1 is not running, it is stopped")
        await pilot.press("c")
        await until(pilot, lambda: "not running, it is stopped" in app.text())


async def test_a_run_that_is_not_there_is_said(tmp_path):
    engine = StandInEngine(tmp_path, runs=all_states())
    engine.error = RunError("there is no run 'gone' in /runs")
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.run_name = "gone"
        await until(pilot, lambda: "there is no run 'gone'" in app.text())


# The view


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


async def test_the_pane_survives_a_resize_at_any_moment(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states()))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        for size in ((200, 60), (80, 24), (120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert "1,240 / 2,000" in app.text()


# Economy


async def test_a_hidden_pane_reads_nothing_and_catches_up(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        app.pane.display = False
        await until(pilot, lambda: engine.readers[-1].closed)
        await pilot.pause(0.05)
        polls = [reader.polls for reader in engine.readers]
        await pilot.pause(0.1)
        assert [reader.polls for reader in engine.readers] == polls
        app.pane.display = True
        await until(pilot, lambda: len(engine.readers) > len(polls) and engine.readers[-1].polls)


async def test_a_run_below_another_screen_is_not_painted(tmp_path):
    views: list[RunView] = [a_view(step) for step in range(1000, 1400)]
    app = TrainApp(StandInEngine(tmp_path, views=views))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        app.push_screen(ModalScreen())
        await until(pilot, lambda: not app.pane.screen.is_active)
        await pilot.pause(0.05)
        seen = app.pane.run_view
        await pilot.pause(0.1)
        assert app.pane.run_view is seen
        app.pop_screen()
        await until(pilot, lambda: app.pane.run_view is not seen)


async def test_a_run_goes_on_below_a_question(tmp_path):
    views: list[RunView] = [a_view(step) for step in range(1000, 1400)]
    app = TrainApp(StandInEngine(tmp_path, views=views))
    async with app.run_test(size=(80, 24)) as pilot:
        live = await watch(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: asked(app, AskStop))
        seen = app.pane.run_view
        await until(pilot, lambda: app.pane.run_view.step > seen.step + 5)
        await until(pilot, lambda: live.chart.chart.series[0].steps[-1] > seen.step)
        assert asked(app, AskStop)


@pytest.mark.parametrize("key", ["s", "l"])
async def test_a_question_about_a_run_that_ends_is_over(tmp_path, key):
    engine = StandInEngine(tmp_path, views=[a_view(1999)])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        live = await watch(app, pilot)
        await pilot.press(key)
        await until(pilot, lambda: app.pane.question is not None)
        engine.readers[-1].views[:] = [a_view(2000, "finished")]
        await until(pilot, lambda: app.pane.question is None and not app.query(Question))
        assert "bigram-1 is finished" in told(app)
        await until(pilot, lambda: app.focused is live)
        await pilot.press("enter")
        await pilot.pause()
        assert not any(one[0] == "send" for one in engine.asked)


async def test_a_question_is_over_when_the_person_goes_elsewhere(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, runs=all_states()))
    async with app.run_test(size=(200, 60)) as pilot:
        await watch(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: asked(app, AskStop))
        await pilot.press("tab", "n", "x")  # n says no; the tab before it has left the box where it was
        await until(pilot, lambda: app.pane.question is None)
        await pilot.press("s")
        await until(pilot, lambda: asked(app, AskStop))
        await pilot.click(RunList, offset=(5, 5))
        await until(pilot, lambda: app.pane.question is None)
        assert not app.query(Question)


async def test_a_finished_run_is_drawn_once(tmp_path, monkeypatch):
    app = TrainApp(StandInEngine(tmp_path, views=[a_view(2000, "finished")]))
    async with app.run_test(size=(80, 24)) as pilot:
        live = await watch(app, pilot)
        await pilot.pause(1.2)  # the panels' own intervals are over
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


async def test_the_learning_rate_can_be_typed_at_once(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    app.AUTO_FOCUS = None  # as in the shell
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("l")
        await until(pilot, lambda: asked(app, AskRate))
        await pilot.press("end", *["backspace"] * 2, "7", "enter")
        await until(pilot, lambda: ("send", "bigram-1", "learning_rate", 7.0) in engine.asked)


async def test_a_learning_rate_that_was_not_changed_is_not_set(tmp_path):
    view = a_view()
    rates = replace(view.series["learning_rate"], values=np.full(view.step, 0.00123456789))
    view = replace(view, series={**view.series, "learning_rate": rates})
    engine = StandInEngine(tmp_path, views=[view])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("l")
        await until(pilot, lambda: asked(app, AskRate))
        await pilot.press("enter")
        await until(pilot, lambda: app.pane.question is None)
        assert not any(one[0] == "send" for one in engine.asked)
