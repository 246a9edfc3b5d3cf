"""The form of a new run while another model's fields are on their way: nothing starts that is not on the screen."""

import threading

import pytest
from textual.widgets import Static

from makemore_tui.panes.train.family import LoadedFamily
from tests.tui.train_app import TrainApp, open_form, quick, until
from tests.tui.train_views import StandInEngine

pytestmark = pytest.mark.usefixtures("quick")
__all__ = ["quick"]


def started(engine: StandInEngine) -> list[str]:
    return [one[1].type for one in engine.asked if one[0] == "start"]


async def test_start_right_after_another_model_waits_for_its_fields(tmp_path, monkeypatch):
    load, gate = LoadedFamily.load, threading.Event()

    def slow(name, corpus=None, preset=""):
        if name == "mlp":
            assert gate.wait(30)
        return load(name, corpus, preset)

    monkeypatch.setattr(LoadedFamily, "load", staticmethod(slow))
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


async def test_leaving_the_form_takes_back_a_start_that_waits(tmp_path, monkeypatch):
    load, gate = LoadedFamily.load, threading.Event()

    def slow(name, corpus=None, preset=""):
        if name == "ngram":
            assert gate.wait(30)
        return load(name, corpus, preset)

    monkeypatch.setattr(LoadedFamily, "load", staticmethod(slow))
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
