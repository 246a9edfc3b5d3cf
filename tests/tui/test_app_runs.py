"""The shell and runs: the state in the first line, what goes on training, and leaving."""

import threading
from pathlib import Path

import pytest
from textual.widgets import Static

from makemore_tui.app import MakemoreApp
from makemore_tui.messages import RunSelected
from makemore_tui.shell import quitting
from makemore_tui.shell.quitting import QuitScreen
from makemore_tui.shell.top_bar import TopBar
from tests.tui.conftest import settle
from tests.tui.shell_views import FakePane, fake_panes, items_file, ready, settle_on

__all__ = ["fake_panes", "items_file"]


async def test_quitting_says_what_goes_on_training(
    fake_panes: list[str], items_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quitting, "active_runs", lambda home: ["bigram-1", "bigram-2"])
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("q")
        await settle_on(pilot, lambda: isinstance(app.screen, QuitScreen))
        words = str(app.screen.query_one(Static).content)
        assert "bigram-1, bigram-2 go on training" in words
        assert "makemore-tui watch bigram-1" in words
        await pilot.press("escape")
        await pilot.pause()
        assert app.is_running
        assert not isinstance(app.screen, QuitScreen)
        await pilot.press("q")
        await settle_on(pilot, lambda: isinstance(app.screen, QuitScreen))
        await pilot.press("enter")
        await pilot.pause()
    assert app.return_code == 0


async def test_quitting_is_immediate_when_nothing_trains(fake_panes: list[str], items_file: Path) -> None:
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("ctrl+q")
        await settle_on(pilot, lambda: app._exit)
    assert app.return_code == 0


async def test_asking_twice_leaves_at_once(
    fake_panes: list[str], items_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = threading.Event()
    monkeypatch.setattr(quitting, "active_runs", lambda home: [str(wait.wait(60))])
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("ctrl+q", "ctrl+q")
        await settle_on(pilot, lambda: app._exit)
        wait.set()
    assert app.return_code == 0


async def test_the_selected_run_stands_in_the_first_line_with_its_state(
    fake_panes: list[str], items_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from makemore_tui import app as app_module

    state = "running"
    turned: list[str] = []
    monkeypatch.setattr(app_module, "STATE_INTERVAL_S", 0.05)
    monkeypatch.setattr(app_module, "read_state", lambda name, home: state)
    monkeypatch.setattr(FakePane, "on_runs_turned", lambda self: turned.append(state), raising=False)
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await ready(pilot)
        app.query_one("#pane-data").post_message(RunSelected("bigram-1"))
        await settle_on(pilot, lambda: "● running bigram-1" in str(app.query_one(TopBar).note))
        assert app.query_one("#pane-data", FakePane).run_name == "bigram-1"
        state = "died"
        await settle_on(pilot, lambda: "died bigram-1" in str(app.query_one(TopBar).note))
        assert turned == ["running", "died"]  # the pane at the front is told, and once


async def test_where_no_run_is_selected_no_state_is_read(
    fake_panes: list[str], items_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from makemore_tui import app as app_module

    looks: list[str] = []
    for interval in ("STATE_INTERVAL_S", "RESTING_INTERVAL_S"):
        monkeypatch.setattr(app_module, interval, 0.01)
    monkeypatch.setattr(app_module, "read_state", lambda name, home: looks.append(name) or "finished")
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.pause(0.1)
        assert looks == []
        app.run_name = "bigram-1"
        await settle_on(pilot, lambda: len(looks) > 2)  # another app may let it go on
        app.run_name = None
        await settle(pilot)
        seen = len(looks)
        await pilot.pause(0.1)
        assert len(looks) == seen and "bigram-1" not in str(app.query_one(TopBar).note)


async def test_runs_that_train_are_told_of_wherever_one_is(
    fake_panes: list[str], items_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from makemore_tui import app as app_module

    going = ["mlp-1"]
    monkeypatch.setattr(app_module, "FIRST_LOOK_S", 0.02)
    monkeypatch.setattr(app_module, "LOOK_INTERVAL_S", 0.05)
    monkeypatch.setattr(app_module, "training_runs", lambda home: list(going))
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await ready(pilot)
        await settle_on(pilot, lambda: "1 run trains: 3 shows it" in str(app.query_one(TopBar).note))
        going.append("rnn-1")
        await settle_on(pilot, lambda: "2 runs train: 3 shows them" in str(app.query_one(TopBar).note))
        await pilot.press("3")
        await settle_on(pilot, lambda: "2 runs train  " in str(app.query_one(TopBar).note))
        going.clear()
        await settle_on(pilot, lambda: "train" not in str(app.query_one(TopBar).note))


def test_of_the_folder_of_runs_those_count_that_train(tmp_path: Path) -> None:
    """One run trains in this very process, one has never been started."""
    from makemore_core.corpus import corpus_from_bytes
    from makemore_core.runs.folder import create_run
    from makemore_core.runs.store import Store
    from makemore_core.training.config import DataConfig, make_config
    from makemore_tui.shell.run_state import training_runs

    corpus = corpus_from_bytes(b"emma\nava\n", name="two", source="-")
    config = make_config({"type": "bigram", "data": DataConfig.of(corpus).model_dump(), "max_steps": 10})
    folders = [create_run(config, corpus, tmp_path, name) for name in ("going", "new")]
    with Store(folders[0].database) as store:
        store.request_start()
        store.claim()
        assert training_runs(tmp_path) == ["going"]
    assert training_runs(tmp_path / "missing") == []


async def test_the_app_can_be_opened_on_a_run(
    fake_panes: list[str], items_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from makemore_tui import app as app_module

    monkeypatch.setattr(app_module, "read_state", lambda name, home: "running")
    app = MakemoreApp(str(items_file), watch="bigram-7")
    async with app.run_test() as pilot:
        await ready(pilot)
        assert fake_panes == ["train"]
        assert app.query_one("#pane-train", FakePane).run_name == "bigram-7"
        await settle_on(pilot, lambda: "● running bigram-7" in str(app.query_one(TopBar).note))


def test_a_run_that_the_system_withholds_has_a_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from makemore_core.runs import folder
    from makemore_tui.shell.run_state import read_state

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    assert read_state("bigram-1", tmp_path) == "gone"  # deleted, say, while the app shows it
    monkeypatch.setattr(folder, "find_run", refused)
    assert read_state("bigram-1", tmp_path) == "unreadable"
