"""The form of a new run: what is wrong is said at once, and nothing starts that is not on the screen."""

import threading

import pytest
from textual.events import Key
from textual.widgets import Button, Static

from makemore_core.errors import RunError
from makemore_tui.panes.train.family import LoadedFamily
from tests.tui.train_app import TrainApp, open_form, quick, until
from tests.tui.train_views import StandInEngine, a_view

pytestmark = pytest.mark.usefixtures("quick")
__all__ = ["quick"]


def started(engine: StandInEngine) -> list[str]:
    return [one[1].type for one in engine.asked if one[0] == "start"]


def held_up(monkeypatch: pytest.MonkeyPatch, family: str) -> threading.Event:
    """A family is not loaded before this event is set."""
    load, gate = LoadedFamily.load, threading.Event()

    def slow(name, corpus=None, preset=""):
        if name == family:
            assert gate.wait(60)
        return load(name, corpus, preset)

    monkeypatch.setattr(LoadedFamily, "load", staticmethod(slow))
    return gate


async def test_start_right_after_another_model_waits_for_its_fields(tmp_path, monkeypatch):
    gate = held_up(monkeypatch, "mlp")
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        form.query_one("#preset").value = "lecture-bigram"
        await until(pilot, lambda: form.query_one("#preset-title", Static).display and form.checked.config)
        await until(pilot, lambda: "parameters" in app.text())
        form.query_one("#family").focus()
        await pilot.press("enter", "m", "enter", "ctrl+s")
        try:
            await pilot.pause()
            assert form.query_one("#family").value == "mlp"
            assert form.query_one("#preset").value == ""
            assert not form.query_one("#preset-title", Static).display
            assert "parameters" not in app.text()
            assert started(engine) == []
        finally:
            gate.set()
        await until(pilot, lambda: started(engine))
        assert started(engine) == ["mlp"]


async def test_what_is_typed_ahead_goes_to_the_field_it_is_for(tmp_path):
    """A line that was busy, or a machine that is, hands over many keys at once."""
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        form = await open_form(app, pilot)
        form.query_one("#family").value = "mlp"
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == "mlp")
        first, *_ = fields = [row for row in form.rows if row.takes_numbers][:4]
        first.control.focus()
        await pilot.pause()
        for key in ("4", "down", "1", "6", "enter", "3", "2", "tab", "2", "up", "shift+tab", "5"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.model["context"] == 4)
        assert [row.value for row in fields] == ["4", "5", "32", "2"]


async def test_leaving_the_form_takes_back_a_start_that_waits(tmp_path, monkeypatch):
    gate = held_up(monkeypatch, "ngram")
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        form.query_one("#family").value = "ngram"
        await pilot.press("ctrl+s", "escape")
        gate.set()
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == "ngram")
        await pilot.pause()
        assert started(engine) == []


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
