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
from textual.geometry import Region
from textual.strip import Strip

from makemore_tui.shell import lean_updates
from makemore_tui.shell.ink import PLAIN, Ink, change, ink_of
from makemore_tui.shell.screen_memory import SURE, ScreenMemory

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
def test_written_by_difference_a_screen_looks_as_if_it_were_written_whole(system, erases):
    dice = random.Random(1)
    screens = Screens(ScreenMemory(erases=erases[0], erases_in_ground=erases[1]), system)
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
