"""A screen that is written in parts: the same picture in the end, the newest first, and nothing that is outdated."""

import asyncio
import io
import random
import re
from functools import partial
from threading import Thread

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as some
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import _compositor
from textual.app import App, ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import CursorPosition, Resize
from textual.geometry import Size
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Static

from makemore_tui.shell.backlog import Backlog
from makemore_tui.shell.flow import LEAST_BYTES, Flow
from makemore_tui.shell.paced_screen import PacedScreen
from makemore_tui.shell.screen_memory import ScreenMemory
from makemore_tui.shell.terminal_app import TerminalApp

WIDTH, HEIGHT = 40, 12
QUESTION = re.compile(r"\x1b\[(\d+);(\d+)H\x1b\[6n")


def console() -> Console:
    return Console(file=io.StringIO(), color_system="256", force_terminal=True)


def strip(text: str, style: str | None = None) -> Strip:
    return Strip([Segment(text, Style.parse(style) if style else None)])


@given(
    some.lists(
        some.lists(some.tuples(some.integers(0, 3), some.integers(0, 15), some.text("ab山", min_size=1, max_size=4))),
        max_size=6,
    )
)
def test_what_waits_comes_out_as_the_last_state_of_each_cell(updates: list[list[tuple[int, int, str]]]) -> None:
    wanted: dict[tuple[int, int], str] = {}
    backlog = Backlog()
    for update in updates:
        backlog.add((y, x, strip(text)) for y, x, text in update)
        for y, x, text in update:
            wanted |= {(y, x + place): cell for place, cell in enumerate(cells(text))}
    found: dict[tuple[int, int], str] = {}
    for y, x, piece in backlog.drain():
        for place, cell in enumerate(cells(piece.text)):
            assert (y, x + place) not in found, "a cell is written twice"
            found[y, x + place] = cell
    # A wide character that is half covered leaves a blank.
    assert found.keys() == wanted.keys()
    assert all(found[at] == cell or (found[at] == " " and cell in "山>") for at, cell in wanted.items())
    assert not backlog


def cells(text: str) -> list[str]:
    return [cell for character in text for cell in (["山", ">"] if character == "山" else [character])]


def test_the_rows_of_the_last_update_come_first_and_others_keep_their_turn() -> None:
    backlog = Backlog()
    backlog.add((y, 0, strip(f"old {y}")) for y in range(4))
    backlog.add([(2, 0, strip("new")), (3, 0, strip("old 3"))])
    assert [(y, piece.text) for y, _, piece in backlog.drain()] == [
        (2, "new"),
        (2, " 2"),
        (0, "old 0"),
        (1, "old 1"),
        (3, "old 3"),
    ]


class Sides:
    """A paced screen before a terminal that answers when it is told to, and one that was written whole."""

    def __init__(self) -> None:
        self.now = 0.0
        self.console = console()
        self.paced = PacedScreen(ScreenMemory(), Flow(lambda: self.now))
        self.paced.fit(WIDTH, HEIGHT)
        self.screen, self.whole = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
        self.owed: list[tuple[int, int]] = []
        self._write(self.paced.flow.ask())
        self.answer()

    def paint(self, *pieces: tuple[int, int, Strip]) -> str:
        for y, x, piece in pieces:
            pyte.Stream(self.whole).feed(f"\x1b[{y + 1};{x + 1}H{piece.render(self.console)}")
        return self._write(self.paced.paint(pieces, self.console))

    def answer(self) -> str:
        self.now += 0.1
        assert self.paced.flow.answered(*self.owed.pop(0), self.now)
        return self._write(self.paced.next_part(self.console))

    @property
    def is_behind(self) -> bool:
        return self.paced.is_behind or bool(self.owed)

    def _write(self, text: str) -> str:
        assert not (text and self.owed), "more was written before the answer came"
        self.owed += [(int(column) - 1, int(row) - 1) for row, column in QUESTION.findall(text)]
        pyte.Stream(self.screen).feed(text)
        return text


def test_in_the_end_the_terminal_shows_what_it_would_show_at_once() -> None:
    dice, sides = random.Random(3), Sides()
    styles = ["red on blue", "bold #aabbcc", "reverse", "on #112233"]
    for _ in range(80):
        pieces = []
        for _ in range(dice.randrange(HEIGHT)):
            y, x = dice.randrange(HEIGHT), dice.randrange(WIDTH - 1)
            text = "".join(dice.choices("abcd efg", k=dice.randint(1, WIDTH - x)))
            pieces.append((y, x, strip(text, dice.choice(styles))))
        sides.paint(*pieces)
        if sides.owed and dice.random() < 0.5:
            sides.answer()
    while sides.is_behind:
        sides.answer()
    shown = [sides.screen.buffer[y][x] for y in range(HEIGHT) for x in range(WIDTH)]
    whole = [sides.whole.buffer[y][x] for y in range(HEIGHT) for x in range(WIDTH)]
    assert [(cell.data, cell.bg, cell.reverse) for cell in shown] == [
        (cell.data, cell.bg, cell.reverse) for cell in whole
    ]


def colourful(letter: str) -> Strip:
    return Strip([Segment(letter, Style.parse(f"color({16 + place})")) for place in range(WIDTH)])


def test_a_picture_goes_out_in_parts_and_a_key_meanwhile_is_answered_before_the_rest() -> None:
    sides = Sides()
    first = sides.paint(*((y, 0, colourful("x")) for y in range(HEIGHT)))
    assert LEAST_BYTES <= len(first) < 2 * LEAST_BYTES
    assert sides.paint((HEIGHT - 1, 0, strip("the answer"))) == ""
    assert sides.paced.is_behind
    assert sides.answer().startswith(f"\x1b[{HEIGHT}Hthe answer")


def test_what_was_overtaken_is_never_written() -> None:
    sides = Sides()
    written = sides.paint(*((y, 0, colourful("x")) for y in range(HEIGHT)))
    sides.paint(*((y, 0, colourful("y")) for y in range(HEIGHT)))
    while sides.is_behind:
        written += sides.answer()
    seen = re.sub(r"\x1b\[[0-9;]*[a-zA-Z]", "", written)
    assert seen.count("y") == HEIGHT * WIDTH
    assert 0 < seen.count("x") < HEIGHT * WIDTH / 2


def test_the_parts_are_measured_in_bytes() -> None:
    sides = Sides()
    braille = [(y, 0, strip("⣿" * WIDTH, f"color({16 + y})")) for y in range(HEIGHT)]
    assert LEAST_BYTES <= len(sides.paint(*braille).encode()) < LEAST_BYTES + 3 * WIDTH + 60


def test_what_waits_is_written_also_if_meanwhile_all_was_forgotten() -> None:
    sides = Sides()
    sides.paint(*((y, 0, colourful("x")) for y in range(HEIGHT)))
    sides.paced.forget()
    sides.paced.fit(WIDTH, HEIGHT)
    written = ""
    while sides.is_behind:
        written += sides.answer()
    assert f"\x1b[{HEIGHT}H" in written


def test_of_another_size_nothing_old_is_written() -> None:
    sides = Sides()
    sides.paint(*((y, 0, colourful("x")) for y in range(HEIGHT)))
    sides.paced.fit(WIDTH - 5, HEIGHT - 5)
    assert "x" not in sides.answer()


@pytest.fixture(autouse=True)
def textual_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ChopsUpdate", "LayoutUpdate"):
        monkeypatch.setattr(_compositor, name, getattr(_compositor, name))


class Wall(TerminalApp):
    """Colours all over, more than three parts of them, and a line."""

    def compose(self) -> ComposeResult:
        yield Static("line", id="line")
        yield Static(
            "\n".join("".join(f"[on #{row:02x}{8 * column:02x}40]wall" for column in range(16)) for row in range(30))
        )


class Driven:
    """What an app has written, and answers to its questions."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._answered = 0

    @property
    def text(self) -> str:
        return "".join(self.parts)

    @property
    def questions(self) -> list[tuple[int, int]]:
        return [(int(column) - 1, int(row) - 1) for row, column in QUESTION.findall(self.text)]

    @property
    def is_owed(self) -> bool:
        return len(self.questions) > self._answered

    def answer(self, app: TerminalApp) -> None:
        place = self.questions[self._answered]
        self._answered += 1
        app.post_message(CursorPosition(*place))


@pytest.fixture
def driven(monkeypatch: pytest.MonkeyPatch) -> Driven:
    driven = Driven()
    monkeypatch.setattr(HeadlessDriver, "is_headless", False)
    monkeypatch.setattr(HeadlessDriver, "write", lambda _, text: driven.parts.append(text))
    monkeypatch.setattr("makemore_tui.shell.flow.PATIENCE_S", 1e6)
    monkeypatch.setattr("makemore_tui.shell.flow.FIRST_PATIENCE_S", 1e6)
    monkeypatch.setattr("makemore_tui.shell.paced_app.LAST_PATIENCE_S", 1e6)
    return driven


async def answer_all(driven: Driven, app: TerminalApp, pilot: Pilot[None]) -> None:
    while driven.is_owed:
        driven.answer(app)
        await pilot.pause()


async def test_an_app_over_ssh_goes_on_writing_when_the_terminal_answers(driven: Driven) -> None:
    app = Wall(interval=1.0)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.pause()
        assert len(driven.questions) == 1
        assert app.is_line_full
        app.query_one("#line", Static).update("SOMETHING")
        await pilot.pause()
        driven.answer(app)
        assert "SOMETHING" in driven.text  # at once, and before the rest
        assert app.is_line_full
        await answer_all(driven, app, pilot)
        assert not app.is_line_full
        assert driven.text.count("wall") >= 30 * 16


async def test_a_terminal_that_is_mute_gets_all_in_the_end(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makemore_tui.shell.flow.FIRST_PATIENCE_S", 0.05)
    app = Wall(interval=1.0)
    async with app.run_test(size=(80, 40)) as pilot:
        while app.is_line_full or "wall" not in driven.text:
            await pilot.pause(0.02)
        assert driven.text.count("wall") >= 30 * 16
        assert len(driven.questions) == 1


async def test_a_resize_to_the_same_size_loses_nothing(driven: Driven) -> None:
    app = Wall(interval=1.0)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.pause()
        app.post_message(Resize(Size(80, 40), Size(80, 40)))
        app.query_one("#line", Static).update("SOMETHING")
        await pilot.pause()
        await answer_all(driven, app, pilot)
        assert "SOMETHING" in driven.text and driven.text.count("wall") >= 30 * 16


async def test_an_app_on_a_line_at_hand_asks_nothing(driven: Driven) -> None:
    async with Wall(interval=0.25).run_test(size=(80, 40)) as pilot:
        await pilot.pause()
    assert "wall" in driven.text
    assert not driven.questions


async def test_an_app_is_left_when_the_terminal_owes_no_answer(driven: Driven) -> None:
    app = Wall(interval=1.0)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.pause()
        driven.answer(app)
        await pilot.pause()
        asked = len(driven.questions)
        app.exit(return_code=3)
        await pilot.pause()
        assert app.is_running and not app._batch_count
        driven.answer(app)
        await pilot.pause()
        assert len(driven.questions) == asked == 2
    assert app.return_code == 3


async def test_an_app_is_left_without_the_answer_after_a_while(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makemore_tui.shell.paced_app.LAST_PATIENCE_S", 0.05)
    app = Wall(interval=1.0)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.pause()
        loop = asyncio.get_running_loop()
        # As a signal has it ended: by a thread of its own, which knows of no app.
        leaving = Thread(target=lambda: loop.call_soon_threadsafe(partial(app.exit, return_code=4)))
        leaving.start()
        while app.is_running and not app._batch_count:
            await asyncio.sleep(0.02)
    assert app.return_code == 4


async def test_while_it_waits_to_be_suspended_an_app_asks_nothing_more(
    driven: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspended: list[bool] = []
    monkeypatch.setattr(App, "action_suspend_process", lambda _: suspended.append(driven.is_owed))
    app = Wall(interval=1.0)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.pause()
        driven.answer(app)
        await pilot.pause()
        app.action_suspend_process()
        app.query_one("#line", Static).update("SOMETHING")
        await pilot.pause()
        assert suspended == []
        driven.answer(app)
        assert suspended == [False]
        await pilot.pause()
        await answer_all(driven, app, pilot)
        assert "SOMETHING" in driven.text
