"""What the app makes of each kind of terminal: the table in the README."""

import re
from pathlib import Path

import pytest

from makemore_tui.shell.terminal import leave_colours_out, prefers_ascii
from tests.terminal.conftest import SHOWN, Start

TRUECOLOR = re.compile(rb"[34]8;2;(\d+);(\d+);(\d+)")
PALETTE = re.compile(rb"[34]8;5;")
SGR = re.compile(rb"\x1b\[([0-9;]*)m")
SIXTEEN = re.compile(rb"\x1b\[[0-9;]*\b(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])[;m]")

UTF_8 = {"LC_ALL": "C.UTF-8"}


def colours(output: bytes) -> str:
    """The richest colours that went over the line."""
    hues = [rgb for rgb in TRUECOLOR.findall(output) if len(set(rgb)) > 1]
    if hues:
        return "true colour"
    if PALETTE.search(output):
        return "256"
    return "16" if SIXTEEN.search(output) else "none"


@pytest.mark.parametrize(
    ("term", "colorterm", "expected", "ascii_only"),
    [
        ("xterm-256color", "truecolor", "true colour", False),
        ("xterm-256color", None, "256", False),
        ("tmux-256color", None, "256", False),
        ("xterm", None, "16", False),
        ("screen", None, "16", False),
        ("linux", None, "16", True),
        ("vt100", None, None, True),
    ],
)
def test_each_gets_the_colours_and_glyphs_that_it_has(
    start: Start, items_file: Path, term: str, colorterm: str | None, expected: str | None, ascii_only: bool
) -> None:
    environment = {**UTF_8, "TERM": term, "COLORTERM": colorterm, "TEXTUAL_COLOR_SYSTEM": None, "NO_COLOR": None}
    terminal = start(items_file, environment=environment)
    terminal.wait_opened("items.txt")
    terminal.press("f2")
    terminal.wait_for(SHOWN["f2"])
    terminal.wait_quiet(0.3)
    assert terminal.unreadable() == []
    terminal.press("?")
    terminal.wait_for("help: bigrams")
    assert terminal.output.isascii() == ascii_only
    if expected is not None:
        assert colours(bytes(terminal.output)) == expected
    else:
        assert colour_codes(bytes(terminal.output)) == set()
    terminal.press("escape", "ctrl+q")
    assert terminal.wait_exit() == 0


def colour_codes(output: bytes) -> set[int]:
    """The numbers of all codes that went over the line and choose a colour (ECMA-48, SGR; 90 and up are xterm's)."""
    numbers = {int(number or 0) for codes in SGR.findall(output) for number in codes.split(b";")}
    return numbers & {*range(30, 39), *range(40, 49), *range(90, 98), *range(100, 108)}


@pytest.mark.parametrize("few", [{"COLORTERM": None}, {"TERM": "xterm", "COLORTERM": None}])
def test_no_color_leaves_no_colour_of_any_depth(start: Start, items_file: Path, few: dict[str, str | None]) -> None:
    environment = {**UTF_8, "TERM": "xterm-256color", **few, "NO_COLOR": "1"}
    terminal = start(items_file, environment=environment)
    terminal.wait_opened("items.txt")
    terminal.press("f2")
    terminal.wait_for(lambda _: {"2 bigrams", "counts", "a", ".a"} <= set(terminal.reversed()))
    terminal.press("right")
    terminal.wait_for(lambda _: ".b" in terminal.reversed())
    terminal.press("?")
    terminal.wait_for("help: bigrams")
    assert colour_codes(bytes(terminal.output)) == set()
    assert b"\x1b[1" in terminal.output  # bold stays


def test_no_color_leaves_no_colour_and_the_cursor_in_sight(start: Start, items_file: Path) -> None:
    environment = {**UTF_8, "TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}
    terminal = start(items_file, environment=environment)
    terminal.wait_opened("items.txt")
    terminal.wait_for(lambda _: "1 data" in terminal.reversed())
    terminal.press("f2")
    terminal.wait_for(lambda _: "2 bigrams" in terminal.reversed())
    terminal.wait_for("P(a|.)")
    parts = {"counts", "a", ".a"}  # the view, the cursor's column, the pair
    terminal.wait_for(lambda _: parts <= set(terminal.reversed()))
    terminal.press("right")
    terminal.wait_for(lambda _: ".b" in terminal.reversed())
    for number in "34":
        terminal.press(f"f{number}")
        terminal.wait_for(SHOWN[f"f{number}"])
        terminal.wait_quiet(0.5)
    terminal.press("?")
    terminal.wait_for("help: sample")
    terminal.press("escape", "ctrl+p")
    terminal.wait_for("Search for commands")
    terminal.press("down", "down")
    terminal.wait_quiet(0.3)
    assert colour_codes(bytes(terminal.output)) == set()
    assert b"\x1b[1" in terminal.output  # bold stays


def test_an_empty_no_color_says_nothing(start: Start, items_file: Path) -> None:
    environment = {**UTF_8, "TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": ""}
    terminal = start(items_file, environment=environment)
    terminal.wait_opened("items.txt")
    assert colours(bytes(terminal.output)) == "true colour"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "xterm", "LANG": "de_DE.UTF-8"}, False),
        ({"TERM": "xterm", "LANG": "de_DE.utf8"}, False),
        ({"TERM": "xterm", "LANG": "de_DE.ISO-8859-1"}, True),
        ({"TERM": "xterm", "LANG": "de_DE.UTF-8", "LC_ALL": "C"}, True),
        ({"TERM": "linux", "LANG": "de_DE.UTF-8"}, True),
        ({"TERM": "vt220", "LANG": "de_DE.UTF-8"}, True),
    ],
)
def test_ascii_is_chosen_by_itself(environment: dict[str, str], expected: bool) -> None:
    assert prefers_ascii(environment) is expected


def test_terminals_without_colours_get_none() -> None:
    old, new, empty = {"TERM": "vt100"}, {"TERM": "xterm"}, {"TERM": "xterm", "NO_COLOR": ""}
    for environment in (old, new, empty):
        leave_colours_out(environment)
    assert [environment.get("NO_COLOR") for environment in (old, new, empty)] == ["1", None, None]
