"""What the tests of the Train pane share: the pane alone in an app, and ways to get it somewhere."""

from typing import Any

import pytest
from textual.pilot import Pilot

from makemore_tui.look import Look
from makemore_tui.messages import RunSelected
from makemore_tui.panes.train import TrainPane, pane
from makemore_tui.panes.train.dialogs import Question
from makemore_tui.panes.train.form import NewRunForm
from makemore_tui.panes.train.live import LiveView
from tests.tui.conftest import PaneApp, until
from tests.tui.train_views import StandInEngine, small_corpus


class TrainApp(PaneApp):
    """The pane alone, on a stand-in engine; notes the runs that it announced."""

    def __init__(self, engine: StandInEngine, look: Look | None = None) -> None:
        class Pane(TrainPane):
            engine_for = staticmethod(lambda home: engine)

        super().__init__(Pane, engine.home, look)
        self.announced: list[str | None] = []
        self.notices: list[str] = []

    def notify(self, message: str, **options: Any) -> None:
        self.notices.append(message)
        super().notify(message, **options)

    def on_run_selected(self, message: RunSelected) -> None:
        self.announced.append(message.name)

    @property
    def pane(self) -> TrainPane:
        assert isinstance(self.subject, TrainPane)
        return self.subject

    def text(self) -> str:
        return "\n".join("".join(segment.text for segment in line) for line in self.screen._compositor.render_strips())


@pytest.fixture
def quick(monkeypatch):
    # Not quicker: Pilot waits after each key until the app is idle, a second at most.
    monkeypatch.setattr(pane, "interval_of", lambda _: 0.1)
    monkeypatch.setattr(pane, "QUIET_INTERVAL", 0.1)


async def open_form(app: TrainApp, pilot: Pilot) -> NewRunForm:
    app.pane.corpus = small_corpus()
    form = app.query_one(NewRunForm)
    await until(pilot, lambda: app.pane.mode == "form" and form.checked.config is not None)
    return form


async def go_live(pilot: Pilot) -> None:
    """Wait for the run that was selected."""
    shown = pilot.app.query_one(TrainPane)
    shown.mode = "live"  # if the folder was looked at before the run was selected, the form or the list is there
    await until(pilot, lambda: shown.run_view is not None and shown.mode == "live")


async def watch(app: TrainApp, pilot: Pilot, name: str = "bigram-1") -> LiveView:
    app.pane.run_name = name
    await go_live(pilot)
    await pilot.pause()
    return app.query_one(LiveView)


def told(app: TrainApp) -> str:
    """All that was said in passing."""
    return "\n".join(app.notices)


def asked(app: TrainApp, question: type[Question]) -> bool:
    """Whether the question stands on the screen and has the keys."""
    shown = app.pane.question
    return isinstance(shown, question) and app.focused is not None and shown in app.focused.ancestors_with_self
