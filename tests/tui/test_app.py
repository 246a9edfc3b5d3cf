"""The shell: panes mounted at their first visit and kept told, help, palette, quitting, another list."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.binding import Binding
from textual.geometry import Size
from textual.pilot import Pilot
from textual.reactive import reactive
from textual.widgets import Input, Static

from makemore_tui.app import MakemoreApp
from makemore_tui.messages import OpenList, RunSelected, ShowPane
from makemore_tui.panes.base import Pane
from makemore_tui.shell import panes as shell_panes
from makemore_tui.shell import quitting
from makemore_tui.shell.help import HelpScreen
from makemore_tui.shell.key_bar import KeyBar
from makemore_tui.shell.quitting import QuitScreen
from makemore_tui.shell.top_bar import TopBar
from tests.tui.conftest import SIZES, Snap, settle


class FakePane(Pane, can_focus=True):
    """A pane that keeps count of what it is told."""

    TITLE = "fake"
    HELP = "# A pane\n\nWith [some] help, and a [bold]list[/bold] that is no markup."
    BINDINGS = [
        Binding("a", "act", "act"),
        Binding("b,c", "other", "do another thing"),
        Binding("1", "steal", "is not the shell's here", show=False),
        Binding("d", "off", "what is off now"),
    ]
    mounted: reactive[int] = reactive(0)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.told: list[object] = []
        self.shown = 0
        self.acted = 0

    def watch_corpus(self, corpus: object) -> None:
        self.told.append(corpus)

    def on_pane_shown(self) -> None:
        self.shown += 1
        self.focus()

    def action_act(self) -> None:
        self.acted += 1

    def action_other(self) -> None:
        pass

    def action_steal(self) -> None:
        pass

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "off"


@pytest.fixture
def fake_panes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fake panes in the place of the real ones; the names of those that were loaded."""
    loaded: list[str] = []

    def load(entry: shell_panes.PaneEntry) -> type[Pane]:
        loaded.append(entry.name)
        return FakePane

    monkeypatch.setattr(shell_panes.PaneEntry, "load", load)
    return loaded


@pytest.fixture
def items_file(tmp_path: Path) -> Path:
    path = tmp_path / "items.txt"
    path.write_text("emma\nolivia\nava\n", encoding="utf-8")
    return path


async def ready(pilot: Pilot[Any]) -> None:
    """Wait until the list is read and the first pane shown."""
    for _ in range(500):
        await pilot.pause(0.01)
        if pilot.app.corpus is not None and pilot.app._panes:
            break
    await settle(pilot)


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
        for _ in range(500):
            await pilot.pause(0.01)
            if app.corpus is not None and app.corpus.name == "other.txt":
                break
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
            slow.wait(10)
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
        for _ in range(500):
            await pilot.pause(0.01)
            if app.failure:
                break
    assert app.return_code == 1
    assert "There is no file" in str(app.failure)


async def test_a_fault_of_the_program_is_not_taken_for_a_bad_list(
    fake_panes: list[str], items_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("makemore_core.corpus.read_corpus", broken)
    with pytest.raises(ZeroDivisionError):
        async with MakemoreApp(str(items_file)).run_test() as pilot:
            await pilot.pause(2)


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
        for _ in range(500):
            await pilot.pause(0.01)
            if app.corpus.name == "other.txt":
                break
        assert app.source == str(tmp_path / "other.txt")


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
    monkeypatch.setattr(quitting, "active_runs", lambda home: [str(wait.wait(10))])
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
        await pilot.pause()
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


async def settle_on(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(500):
        if holds():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never holds")
