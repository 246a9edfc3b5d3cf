"""The app lets runs that wait go on to be started, unless it only looks at runs."""

from pathlib import Path

import pytest

from makemore_core.errors import RunError
from makemore_core.queue import launch
from makemore_tui import app as app_module
from makemore_tui.app import MakemoreApp
from makemore_tui.shell.run_state import go_on_with_queue
from tests.tui.train_app import until


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders of runs whose queue was asked to go on."""
    folders: list[Path] = []
    monkeypatch.setattr(launch, "ensure_queue", folders.append)
    monkeypatch.setattr(app_module, "FIRST_LOOK_S", 0.01)
    return folders


async def test_the_queue_goes_on_with_the_app(asked, runs_home):
    app = MakemoreApp("@elements")
    async with app.run_test() as pilot:
        await until(pilot, lambda: asked == [runs_home])


async def test_who_only_looks_starts_nothing(asked, monkeypatch):
    looked: list[Path] = []
    monkeypatch.setattr(app_module, "training_runs", lambda home: looked.append(home) or [])
    app = MakemoreApp("@elements", read_only=True)
    async with app.run_test() as pilot:
        await until(pilot, lambda: looked)
        await pilot.pause(0.1)
        assert asked == []


def test_a_queue_that_cannot_go_on_is_no_reason_to_end(monkeypatch, runs_home):
    def refuse(home: Path) -> None:
        raise RunError(f"{home}: the queue cannot be started")

    monkeypatch.setattr(launch, "ensure_queue", refuse)
    go_on_with_queue(runs_home)
