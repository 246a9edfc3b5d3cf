"""What is written to the terminal: by difference, and to the same picture as if all of it were written."""

import io
import random

import pyte
import pytest
from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import _compositor
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widgets import Static

from makemore_tui.shell import lean_updates, screen_memory
from makemore_tui.shell.ink import PLAIN, Ink, change, ink_of
from makemore_tui.shell.screen_memory import SURE, ScreenMemory
from makemore_tui.shell.terminal_app import TerminalApp

WIDTH, HEIGHT = 30, 6
WORDS = ["loss", " ", " " * 12, "▁▂▃", "⠿⠛", "é·ü", "a b", "=", " " * 30]
STYLES = [
    "",
    "bold",
    "red on blue",
    "bold #aabbcc on #112233",
    "on #112233",
    "reverse",
    "underline",
    "dim green",
    "italic",
]

EMOJI = [
    *[(0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122), (0x2139, 0x2139), (0x2194, 0x2199), (0x21A9, 0x21AA)],
    *[(0x231A, 0x231B), (0x2328, 0x2328), (0x23CF, 0x23CF), (0x23E9, 0x23F3), (0x23F8, 0x23FA), (0x24C2, 0x24C2)],
    *[(0x25AA, 0x25AB), (0x25B6, 0x25B6), (0x25C0, 0x25C0), (0x25FB, 0x25FE), (0x2600, 0x2604), (0x260E, 0x260E)],
    *[(0x2611, 0x2611), (0x2614, 0x2615), (0x2618, 0x2618), (0x261D, 0x261D), (0x2620, 0x2620), (0x2622, 0x2623)],
    *[(0x2626, 0x2626), (0x262A, 0x262A), (0x262E, 0x262F), (0x2638, 0x263A), (0x2640, 0x2640), (0x2642, 0x2642)],
    *[(0x2648, 0x2653), (0x265F, 0x2660), (0x2663, 0x2663), (0x2665, 0x2666), (0x2668, 0x2668), (0x267B, 0x267B)],
    *[(0x267E, 0x267F), (0x2692, 0x2697), (0x2699, 0x2699), (0x269B, 0x269C), (0x26A0, 0x26A1), (0x26A7, 0x26A7)],
    *[(0x26AA, 0x26AB), (0x26B0, 0x26B1), (0x26BD, 0x26BE), (0x26C4, 0x26C5), (0x26C8, 0x26C8), (0x26CE, 0x26CF)],
    *[(0x26D1, 0x26D1), (0x26D3, 0x26D4), (0x26E9, 0x26EA), (0x26F0, 0x26F5), (0x26F7, 0x26FA), (0x26FD, 0x26FD)],
    *[(0x2702, 0x2702), (0x2705, 0x2705), (0x2708, 0x270D), (0x270F, 0x270F), (0x2712, 0x2712), (0x2714, 0x2714)],
    *[(0x2716, 0x2716), (0x271D, 0x271D), (0x2721, 0x2721), (0x2728, 0x2728), (0x2733, 0x2734), (0x2744, 0x2744)],
    *[(0x2747, 0x2747), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757), (0x2763, 0x2764)],
    *[(0x2795, 0x2797), (0x27A1, 0x27A1), (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2934, 0x2935), (0x2B05, 0x2B07)],
    *[(0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55)],
]
"""Emoji=Yes below U+3000 and above Latin-1, from https://www.unicode.org/Public/UCD/latest/ucd/emoji/emoji-data.txt."""


@pytest.fixture(autouse=True)
def textual_as_it_was(monkeypatch):
    for name in ("ChopsUpdate", "LayoutUpdate"):
        monkeypatch.setattr(_compositor, name, getattr(_compositor, name))


def console(system="truecolor"):
    return Console(file=io.StringIO(), color_system=system, force_terminal=True)


class Screens:
    """Two terminals that are to show the same: one is written by difference, the other one whole."""

    def __init__(self, memory, system="truecolor"):
        Style.parse.cache_clear()  # a style keeps the codes of the first terminal that it was written to
        self.memory, self.console = memory, console(system)
        self.memory.fit(WIDTH, HEIGHT)
        self.lean, self.whole = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)

    def paint(self, *pieces):
        """The pieces are (y, x, strip); returns what was written by difference."""
        written = self.memory.paint(pieces, self.console)
        pyte.Stream(self.lean).feed(written)
        plain = "".join(f"\x1b[{y + 1};{x + 1}H{strip.render(self.console)}" for y, x, strip in pieces)
        pyte.Stream(self.whole).feed(plain)
        return written

    @staticmethod
    def seen(screen):
        """The cells as a person sees them: of a blank the ground, and what is drawn on blanks too."""
        cells = [screen.buffer[y][x] for y in range(HEIGHT) for x in range(WIDTH)]
        return [
            (cell.data, cell.bg) if cell.data == " " and not (cell.reverse or cell.underscore) else cell
            for cell in cells
        ]


def random_strip(dice, width, words=WORDS):
    segments, used = [], 0
    while used < width:
        text = dice.choice(words)
        while cell_len(text) > width - used:
            text = text[:-1]
        style = dice.choice(STYLES)
        segments.append(Segment(text or " ", Style.parse(style) if style else None))
        used += cell_len(text or " ")
    return Strip(segments, width)


@pytest.mark.parametrize("system", ["truecolor", "256", "standard", None])
@pytest.mark.parametrize("erases", [(False, False), (True, False), (True, True)])
@pytest.mark.parametrize("spares_bytes", [True, False])
def test_written_by_difference_a_screen_looks_as_if_it_were_written_whole(system, erases, spares_bytes, monkeypatch):
    monkeypatch.setattr(screen_memory, "SOON", 0)
    dice = random.Random(1)
    memory = ScreenMemory(erases=erases[0], erases_in_ground=erases[1], spares_bytes=spares_bytes)
    screens = Screens(memory, system)
    screens.paint(*((y, 0, random_strip(dice, WIDTH)) for y in range(HEIGHT)))
    for _ in range(60):
        y, x = dice.randrange(HEIGHT), dice.randrange(WIDTH)
        screens.paint((y, x, random_strip(dice, dice.randint(1, WIDTH - x))))
        assert screens.seen(screens.lean) == screens.seen(screens.whole)


def test_characters_of_another_width_are_written_whole_and_leave_their_row_unknown():
    dice = random.Random(2)
    screens = Screens(ScreenMemory(erases=True, erases_in_ground=True))
    screens.paint(*((y, 0, random_strip(dice, WIDTH)) for y in range(HEIGHT)))
    for _ in range(60):
        y, x = dice.randrange(HEIGHT), dice.randrange(WIDTH - 4)
        screens.paint((y, 0, random_strip(dice, WIDTH, [*WORDS, "山", "ab山川c"])))
        screens.paint((y, 0, random_strip(dice, x + 1)))
    assert screens.seen(screens.lean) == screens.seen(screens.whole)
    screens.paint((0, 0, Strip([Segment("山" + "x" * (WIDTH - 2))])))
    # A terminal that takes the character to be one cell wide has shifted the rest, so that all of it is written again.
    assert "x" * (WIDTH - 2) in screens.paint((0, 2, Strip([Segment("x" * (WIDTH - 2))])))


def test_what_stands_there_already_is_not_written():
    screens = Screens(ScreenMemory())
    line = Strip([Segment("step 12", Style.parse("bold red")), Segment(" of 99")])
    assert screens.paint((2, 3, line)) == "\x1b[3;4H\x1b[1;31mstep 12 \x1b[mof 99"
    assert screens.paint((2, 3, line)) == ""
    assert screens.paint((2, 3, Strip([Segment("step 13", Style.parse("bold red"))]))) == "\x1b[3;10H\x1b[1;31m3\x1b[m"


def test_on_a_fast_line_what_a_large_change_changes_most_is_written_as_it_is_drawn(monkeypatch):
    monkeypatch.setattr(screen_memory, "SOON", 25)
    screens = Screens(ScreenMemory(erases=True, erases_in_ground=True, spares_bytes=False))
    old, new = Strip([Segment("a" * 8 + "x" * 12)]), Strip([Segment("b" * 8 + "y" * 3 + "x" * 9, Style.parse("red"))])
    drawn = new.render(screens.console)
    screens.paint((0, 4, old), (1, 4, old))
    assert screens.paint((0, 4, new), (1, 4, new)).endswith(f"xxx\x1b[m\x1b[2;5H{drawn}")
    assert screens.paint((0, 4, new), (1, 4, new)) == ""
    assert screens.paint((1, 4, old)) == f"\x1b[2;5H{'a' * 8}{'x' * 12}"
    screens.paint((1, 4, new))
    fewer = Strip([Segment("b" * 8 + "z" * 3 + "x" * 9, Style.parse("red"))])
    assert screens.paint((1, 4, fewer)) == "\x1b[2;13H\x1b[31mzzz\x1b[m"


def test_what_may_be_of_another_width_is_written_again_only_after_a_change_in_its_row():
    screens = Screens(ScreenMemory())
    unsure, beside = Strip([Segment("山▶")]), Strip([Segment("abc")])
    assert screens.paint((0, 0, unsure), (0, 9, beside)) == "\x1b[1H山▶\x1b[1;10Habc"
    assert screens.paint((0, 0, unsure), (0, 9, beside)) == ""
    assert screens.paint((0, 1, beside), (0, 0, unsure)) == "\x1b[1;2Habc\x1b[1H山▶"
    assert screens.paint((0, 9, beside)) == "\x1b[1;10Habc"  # it may have been written over
    screens.memory.forget()
    screens.memory.fit(WIDTH, HEIGHT)
    assert screens.paint((0, 0, unsure)) == "\x1b[1H山▶"


def test_after_a_change_of_size_or_where_it_was_forgotten_all_is_written():
    screens = Screens(ScreenMemory())
    line = Strip([Segment("abc")])
    first = screens.paint((0, 0, line))
    screens.memory.fit(WIDTH, HEIGHT)
    assert screens.paint((0, 0, line)) == ""
    screens.memory.fit(WIDTH + 1, HEIGHT)
    assert screens.paint((0, 0, line)) == first
    screens.memory.forget()
    screens.memory.fit(WIDTH + 1, HEIGHT)
    assert screens.paint((0, 0, line)) == first


def test_blanks_are_erased_where_the_terminal_gives_them_their_ground():
    blanks = Strip([Segment("a" + " " * 9, Style.parse("on blue")), Segment(" " * 20, Style.parse("on red"))])
    ground, other = "\x1b[44m", "\x1b[41m"
    for memory, written in (
        (ScreenMemory(erases=True, erases_in_ground=True), f"\x1b[1H{ground}a\x1b[9X\x1b[9C{other}\x1b[K\x1b[m"),
        (ScreenMemory(erases=True), f"\x1b[1H{ground}a{' ' * 9}{other}{' ' * 20}\x1b[m"),
    ):
        assert Screens(memory).paint((0, 0, blanks)) == written


def test_a_link_is_written_as_rich_writes_it():
    link = Strip([Segment("here", Style(link="https://example.org"))])
    assert "\x1b]8;" in Screens(ScreenMemory()).paint((0, 0, link))


@pytest.mark.parametrize(
    ("was", "now", "codes"),
    [
        (PLAIN, Ink(("1",), "31", "44"), "\x1b[1;31;44m"),
        (Ink(("1",), "38;5;200", "48;5;17"), Ink((), "38;5;200", "48;5;17"), "\x1b[22m"),
        (Ink(("1", "2"), "38;5;200", ""), Ink(("2",), "38;5;200", ""), "\x1b[22;2m"),
        (Ink((), "38;5;200", "48;5;17"), Ink((), "38;5;201", "48;5;17"), "\x1b[38;5;201m"),
        (Ink((), "31", "44"), Ink((), "", "44"), "\x1b[39m"),
        (Ink(("1",), "31", "44"), PLAIN, "\x1b[m"),
        (Ink(("1", "4")), Ink(("4",)), "\x1b[0;4m"),  # without colours, as on a vt100, nothing is ended by itself
    ],
)
def test_the_codes_between_two_inks(was, now, codes):
    assert change(was, now) == codes


def test_the_ink_of_a_style_has_the_colours_that_the_terminal_has():
    style = Style(color=Color.parse("#ff0000"), bgcolor="default", bold=True, italic=False)
    assert ink_of(style, ColorSystem.TRUECOLOR) == Ink(("1",), "38;2;255;0;0", "")
    assert ink_of(style, ColorSystem.EIGHT_BIT) == Ink(("1",), "38;5;196", "")


def test_what_is_taken_to_be_one_cell_wide_is():
    every = [chr(code) for code in range(0x20, 0x3000) if SURE.fullmatch(chr(code))]
    assert len(every) > 2000
    assert [hex(ord(character)) for character in every if cell_len(character) != 1] == []


def test_what_can_be_an_emoji_is_not_taken_to_be_one_cell_wide():
    ranges = [(0xA9, 0xA9), (0xAE, 0xAE), *EMOJI]
    every = [chr(code) for first, last in ranges for code in range(first, last + 1)]
    assert [hex(ord(character)) for character in every if SURE.fullmatch(character)] == []
    # What the pictures are made of is no emoji.
    assert SURE.fullmatch("←↑→↓⇥↵·…─│┼╭╯▀▄█▌▐▁▏░▲▼◂▸►●○◆■□⠿⣿✓✗≤∞∑")


async def test_an_update_that_changes_nothing_writes_nothing(monkeypatch):
    class Two(TerminalApp):
        def compose(self):
            yield Static("still", id="still")
            yield Static("old", id="moving")

    written = []
    monkeypatch.setattr(HeadlessDriver, "is_headless", False)
    monkeypatch.setattr(HeadlessDriver, "write", lambda self, data: written.append(data))
    app = Two(interval=0.1)
    async with app.run_test() as pilot:
        app._sync_available = True
        await pilot.pause()
        written.clear()
        app.query_one("#still").refresh()
        await pilot.pause()
        assert written == []
        app.cursor_position = Offset(1, 0)  # as a field does that has the focus
        app.query_one("#still").refresh()
        await pilot.pause()
        assert "\x1b[1;2H" in written
        written.clear()
        app.query_one("#still").refresh()
        await pilot.pause()
        assert written == []
        app.query_one("#moving", Static).update("new")
        await pilot.pause()
        assert any("new" in data and data.endswith("\x1b[1;2H") for data in written)


def test_updates_of_textual_are_written_by_difference():
    memory, terminal = ScreenMemory(), console(None)
    lean_updates.install(memory)
    whole = _compositor.LayoutUpdate([[Strip([Segment("abcdef")]), Strip([Segment("uvwxyz")])]], Region(0, 0, 12, 1))
    assert whole.render_segments(terminal) == "\x1b[1Habcdefuvwxyz"
    # From column 5 (counted from 1) to the end of the left part, then the beginning of the right one.
    chops = {0: Strip([Segment("abcdEF")]), 6: Strip([Segment("UVWXYZ")])}
    part = _compositor.ChopsUpdate([chops], [(0, 4, 8)], [[6, 12]])
    assert part.render_segments(terminal) == "\x1b[1;5HEFUV"
    beside = _compositor.ChopsUpdate(
        [{0: Strip([Segment("123")]), 3: None, 6: Strip([Segment("xyz")])}], [(0, 0, 3), (0, 4, 5)], [[3, 6, 12]]
    )
    assert beside.render_segments(terminal) == "\x1b[1H123"
