"""The shell: panes mounted at their first visit and kept told, help, palette, quitting, another list."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Size
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from makemore_tui.app import MakemoreApp
from makemore_tui.messages import OpenList, ShowPane
from makemore_tui.shell import panes as shell_panes
from makemore_tui.shell.help import HelpScreen
from makemore_tui.shell.key_bar import KeyBar
from makemore_tui.shell.top_bar import TopBar
from tests.tui.conftest import SIZES, Snap, settle, until
from tests.tui.shell_views import FakePane, fake_panes, items_file, ready, settle_on

__all__ = ["fake_panes", "items_file"]


async def test_panes_are_loaded_at_their_first_visit_and_kept(fake_panes: list[str], items_file: Path) -> None:
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await ready(pilot)
        assert fake_panes == ["data"]
        await pilot.press("3", "f1", "3")
        await settle(pilot)
        assert fake_panes == ["data", "train"]
        assert [pane.id for pane in app.query(FakePane) if pane.display] == ["pane-train"]
        assert app.query_one("#pane-train", FakePane).shown == 2


async def test_a_hidden_pane_is_told_of_a_list_only_when_it_is_shown(
    fake_panes: list[str], items_file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("rex\nraptor\n", encoding="utf-8")
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("2")
        await settle(pilot)
        app.query_one("#pane-bigrams").post_message(OpenList(str(other)))
        await until(pilot, lambda: app.corpus is not None and app.corpus.name == "other.txt")
        data, bigrams = app.query_one("#pane-data", FakePane), app.query_one("#pane-bigrams", FakePane)
        assert [corpus.name for corpus in bigrams.told if corpus] == ["items.txt", "other.txt"]
        assert [corpus.name for corpus in data.told if corpus] == ["items.txt"]
        bigrams.post_message(ShowPane("data"))
        await settle(pilot)
        assert [corpus.name for corpus in data.told if corpus] == ["items.txt", "other.txt"]


async def test_of_two_lists_asked_for_the_last_is_opened(
    fake_panes: list[str], items_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from makemore_core import corpus as corpus_module

    slow, read = threading.Event(), corpus_module.read_corpus

    def read_slowly(source: str, **options: Any) -> Any:
        if source.endswith("slow.txt"):
            slow.wait(60)
        return read(source, **options)

    for name in ("slow.txt", "quick.txt"):
        (tmp_path / name).write_text("rex\nraptor\n", encoding="utf-8")
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await ready(pilot)
        monkeypatch.setattr(corpus_module, "read_corpus", read_slowly)
        app.read_list(str(tmp_path / "slow.txt"))
        late = app._reader._thread
        app.read_list(str(tmp_path / "quick.txt"))
        slow.set()
        late.join()
        app._reader._thread.join()
        await settle(pilot)
        assert app.corpus.name == "quick.txt"


async def test_another_list_that_cannot_be_read_leaves_the_first_open(fake_panes: list[str], items_file: Path) -> None:
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await ready(pilot)
        app.read_list("/nowhere/[bold]x.txt")
        app._reader._thread.join()
        await settle(pilot)
        assert app.corpus.name == "items.txt"
        assert ["There is no file /nowhere/[bold]x.txt" in note.message for note in app._notifications] == [True]
        assert str(app.query_one(TopBar).note) == "items.txt"


async def test_a_first_list_that_cannot_be_read_ends_the_app_with_the_reason(fake_panes: list[str]) -> None:
    app = MakemoreApp("/nowhere/x.txt")
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.failure)
    assert app.return_code == 1
    assert "There is no file" in str(app.failure)


async def test_a_fault_of_the_program_is_not_taken_for_a_bad_list(
    fake_panes: list[str], items_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("makemore_core.corpus.read_corpus", broken)
    with pytest.raises(ZeroDivisionError):
        async with (app := MakemoreApp(str(items_file))).run_test():
            while app._exception is None:
                await asyncio.sleep(0.01)


async def test_help_lists_each_key_once_and_the_pane_goes_first(fake_panes: list[str], items_file: Path) -> None:
    app = MakemoreApp(str(items_file))
    async with app.run_test(size=(80, 60)) as pilot:
        await ready(pilot)
        await pilot.press("?")
        await settle(pilot)
        assert isinstance(app.screen, HelpScreen)
        table = str(app.screen.query_one("#keys", Static).content)
        rows = [line.split("  ") for line in table.splitlines() if line.startswith("  ")]
        keys = [key for row in rows for key in row[1].split()]
        assert sorted(keys) == sorted(set(keys))
        assert {"a", "b", "c", "?", "^q", "q", "f1", "2", "f2", "^p"} <= set(keys)
        assert table.index("is not the shell's here") < table.index("Everywhere") < table.index("show data")
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)


async def test_the_palette_offers_only_what_can_be_done(fake_panes: list[str], items_file: Path) -> None:
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await ready(pilot)
        from makemore_tui.shell.palette import ShellCommands

        provider = ShellCommands(app.screen)
        names = [name for name, _, _ in provider._commands()]
        assert len(names) == len(set(names))
        assert {"Act (a)", "Go to sample", "Open a list…", "Theme…", "Quit"} <= set(names)
        assert "Go to data" not in names
        assert not any("off" in name for name in names)
        act = next(callback for name, _, callback in provider._commands() if name == "Act (a)")
        await act()
        assert app.query_one("#pane-data", FakePane).acted == 1


async def test_the_dialog_opens_the_list_that_is_typed(fake_panes: list[str], items_file: Path, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("rex\nraptor\n", encoding="utf-8")
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("ctrl+o")
        await settle(pilot)
        app.screen.query_one(Input).value = str(tmp_path / "oth")
        await settle(pilot)
        await pilot.press("end", "right", "enter")
        await until(pilot, lambda: app.corpus.name == "other.txt")
        assert app.source == str(tmp_path / "other.txt")


async def test_the_pane_at_the_front_knows_its_room_before_it_is_laid_out(
    fake_panes: list[str], items_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[Size, Size]] = []
    monkeypatch.setattr(FakePane, "foresee", lambda self, size: told.append((size, self.size)))
    app = MakemoreApp(str(items_file))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        pane = app.query_one("#pane-data")
        told.clear()
        await pilot.resize_terminal(120, 40)
        await settle_on(pilot, lambda: pane.size == Size(120, 38))
        assert told[0] == (Size(120, 38), Size(80, 22))
        told.clear()
        await pilot.resize_terminal(60, 20)  # too small: there is nothing to arrange
        await pilot.pause()
        assert told == []


async def test_a_tab_and_a_key_can_be_clicked(fake_panes: list[str], items_file: Path) -> None:
    app = MakemoreApp(str(items_file))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        line = str(app.query_one(TopBar).render())
        await pilot.click(TopBar, offset=(line.index("train"), 0))
        await settle(pilot)
        assert app.current == "train"
        line = str(app.query_one(KeyBar).render())
        await pilot.click(KeyBar, offset=(line.index("act"), 0))
        await settle(pilot)
        assert app.query_one("#pane-train", FakePane).acted == 1
        await pilot.click(KeyBar, offset=(line.index("help"), 0))
        await settle(pilot)
        assert isinstance(app.screen, HelpScreen)


def test_whatever_an_import_beside_the_app_raises_the_others_are_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    from makemore_tui.shell import loading

    asked: list[str] = []

    def broken(module: str) -> None:
        asked.append(module)
        raise OSError("libtorch.so: cannot open shared object file")

    monkeypatch.setattr(loading, "import_module", broken)
    started: list[threading.Thread] = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread))
    loading.load_beside()
    started[0].run()
    assert asked == [entry.module for entry in shell_panes.PANES]


async def test_leaving_while_a_pane_is_being_mounted_is_no_fault(
    items_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LeftWhileMounting(FakePane):
        def compose(self) -> ComposeResult:
            self.app.exit(return_code=143)
            yield Static(id="child")

        def on_mount(self) -> None:
            self.query_one("#child")

    monkeypatch.setattr(shell_panes.PaneEntry, "load", lambda entry: LeftWhileMounting)
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await settle_on(pilot, lambda: app._exit)
    assert app.return_code == 143


@pytest.mark.parametrize(
    "needs_app",
    [lambda pane: pane.query_one("#child"), lambda pane: pane.app.theme_changed_signal.subscribe(pane.app, print)],
    ids=["a child", "a signal"],
)
async def test_an_app_that_is_closed_while_a_pane_is_being_mounted_is_no_fault(
    items_file: Path, monkeypatch: pytest.MonkeyPatch, needs_app: Callable[[Widget], object]
) -> None:
    class Late(Container):
        async def _compose(self) -> None:
            while self.app.is_running:
                await asyncio.sleep(0.01)
            await super()._compose()

        def compose(self) -> ComposeResult:
            yield Static(id="child")

    class ClosedWhileMounting(FakePane):
        def compose(self) -> ComposeResult:
            yield Late()

        def on_mount(self) -> None:
            mounted.append(len(self.query("#child")))
            needs_app(self)

    mounted: list[int] = []
    monkeypatch.setattr(shell_panes.PaneEntry, "load", lambda entry: ClosedWhileMounting)
    app = MakemoreApp(str(items_file))
    async with app.run_test():
        while not app.query(Late):
            await asyncio.sleep(0.01)
    assert mounted == [0]


async def test_what_would_ask_when_the_app_is_closing_asks_nobody(
    fake_panes: list[str], items_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Asking(FakePane):
        def on_mount(self) -> None:
            self.ask()

        @work
        async def ask(self) -> None:
            while self.app._running:  # as where a thread is waited for
                await asyncio.sleep(0)
            try:
                await self.app.push_screen_wait(ModalScreen[None]())
            finally:
                ended.append(self.app._running)

    ended: list[bool] = []
    monkeypatch.setattr(shell_panes.PaneEntry, "load", lambda entry: Asking)
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.query(Asking))
    assert ended == [False]


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_the_shell(snap: Snap, fake_panes: list[str], items_file: Path, size: tuple[int, int]) -> None:
    await snap(MakemoreApp(str(items_file)), size=size, before=ready)


async def test_picture_of_the_help(snap: Snap, fake_panes: list[str], items_file: Path) -> None:
    async def open_help(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await pilot.press("?")

    await snap(MakemoreApp(str(items_file)), before=open_help)


def test_marks_and_the_search_line_have_a_stand_in_as_wide_as_they_are() -> None:
    """A question mark is the sign of what is not known: no state but those may look like it."""
    from rich.cells import cell_len
    from textual.command import SearchIcon

    from makemore_tui.panes.train.status import STATE_MARKS
    from makemore_tui.shell.ascii import ascii_only
    from makemore_tui.shell.run_state import MARKS

    for mark in [mark for mark, _ in MARKS.values() if mark != "?"] + [SearchIcon().icon]:
        assert "?" not in ascii_only(mark)
        assert len(ascii_only(mark)) == cell_len(mark)
    assert MARKS["paused"][0] == STATE_MARKS["paused"][0]


@pytest.mark.parametrize(
    ("display", "named"),
    [("⏎", "enter"), ("↑↓", "up/down"), ("^r", "^r"), ("shift+↑", "shift+up"), ("←→", "left/right")],
)
def test_keys_have_names_in_ascii(display: str, named: str) -> None:
    from makemore_tui.shell.ascii import key_in_ascii

    assert key_in_ascii(display) == named


async def test_picture_of_ascii(snap: Snap, fake_panes: list[str], items_file: Path) -> None:
    async def open_help(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await pilot.press("?")

    picture = await snap(MakemoreApp(str(items_file), ascii_only=True), before=open_help)
    assert picture.replace("\u00a0", " ").isascii()
