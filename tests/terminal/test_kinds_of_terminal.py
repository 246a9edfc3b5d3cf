"""What the app makes of each kind of terminal: the table in the README."""

import re
from pathlib import Path

import pytest

from makemore_tui.shell.terminal import leave_colours_out, prefers_ascii
from tests.terminal.conftest import Start

TRUECOLOR = re.compile(rb"[34]8;2;(\d+);(\d+);(\d+)")
PALETTE = re.compile(rb"[34]8;5;")
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
    terminal.wait_quiet(0.3)
    assert terminal.unreadable() == []
    terminal.press("?")
    terminal.wait_for("help: bigrams")
    assert terminal.output.isascii() == ascii_only
    if expected is not None:
        assert colours(bytes(terminal.output)) == expected
    else:  # shades of grey, which a terminal without colours leaves aside
        assert all(red == green == blue for red, green, blue in TRUECOLOR.findall(terminal.output))
    terminal.press("escape", "ctrl+q")
    assert terminal.wait_exit() == 0


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
    old, new = {"TERM": "vt100"}, {"TERM": "xterm"}
    leave_colours_out(old)
    leave_colours_out(new)
    assert (old.get("NO_COLOR"), new.get("NO_COLOR")) == ("1", None)
