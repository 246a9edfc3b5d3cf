"""What travels over the line: ASCII alone where asked, few colours where few are shown, nothing while idle."""

import re
from pathlib import Path

import pytest

from tests.terminal.conftest import SHOWN, Start
from tests.terminal.harness import Terminal

TRUECOLOR = re.compile(rb"[34]8;2;(\d+);(\d+);(\d+)")
PALETTE = re.compile(rb"[34]8;5;")


def tour(terminal: Terminal) -> None:
    """Every pane, which can be read, the help, the palette."""
    for number in "1234":
        terminal.press(f"f{number}")
        terminal.wait_for(SHOWN[f"f{number}"])
        terminal.wait_quiet(0.3)
        assert terminal.unreadable() == []
        terminal.press("?")
        terminal.wait_for("help: ")
        terminal.press("escape")
        terminal.wait_for(lambda text: "help: " not in text)
    terminal.press("ctrl+p")
    terminal.wait_for("Search for commands")
    terminal.press("escape")
    terminal.wait_quiet(0.3)


@pytest.fixture
def foreign_file(items_file: Path) -> Path:
    """The list with items beyond ASCII."""
    with items_file.open("a", encoding="utf-8") as file:
        file.write("zoë\n北京\n")
    return items_file


def test_ascii_lets_nothing_else_out(start: Start, foreign_file: Path) -> None:
    terminal = start(foreign_file, "--ascii")
    terminal.wait_opened("items.txt")
    tour(terminal)
    assert terminal.output.isascii()


@pytest.mark.parametrize("locale", ["en_US.ISO-8859-1", "C"])
def test_a_locale_without_more_gets_ascii(start: Start, foreign_file: Path, locale: str) -> None:
    """It chooses the same look as the option, with which every pane is gone through."""
    terminal = start(foreign_file, environment={"LC_ALL": locale})
    terminal.wait_opened("items.txt")
    terminal.press("f2")
    terminal.wait_for("P(a|.)")
    terminal.press("?")
    terminal.wait_for("help: bigrams")
    assert terminal.output.isascii()


def test_sixteen_colours_get_no_others(start: Start, items_file: Path) -> None:
    few = {"TERM": "xterm", "COLORTERM": None, "TEXTUAL_COLOR_SYSTEM": None}
    terminal = start(items_file, environment=few)
    terminal.wait_opened("items.txt")
    tour(terminal)
    assert not TRUECOLOR.search(terminal.output)
    assert not PALETTE.search(terminal.output)


def test_256_colours_get_no_others(start: Start, items_file: Path) -> None:
    few = {"TERM": "xterm-256color", "COLORTERM": None, "TEXTUAL_COLOR_SYSTEM": None}
    terminal = start(items_file, environment=few)
    terminal.wait_opened("items.txt")
    tour(terminal)
    assert PALETTE.search(terminal.output)
    assert not TRUECOLOR.search(terminal.output)


@pytest.mark.parametrize("pane", SHOWN)
def test_nothing_is_written_while_nothing_happens(start: Start, items_file: Path, pane: str) -> None:
    terminal = start(items_file)
    terminal.wait_opened("items.txt")
    terminal.press(pane)
    terminal.wait_for(SHOWN[pane])
    terminal.wait_quiet(1.0)
    terminal.wait_for(lambda text: not any(word in text for word in ("loading", "looking for runs", "measuring")))
    terminal.wait_quiet(1.0)
    before = len(terminal.output)
    for _ in range(10):
        terminal.wait_quiet(0.3)
    assert bytes(terminal.output[before:]) == b""


def test_a_terminal_that_says_nothing_shows_everything_over_ssh_too(start: Start, items_file: Path) -> None:
    over_ssh = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22", "COLORTERM": None, "TERM": "xterm-256color"}
    terminal = start(items_file, environment=over_ssh, answers=False)
    terminal.wait_opened("items.txt")
    terminal.press("f2")
    terminal.wait_for("P(a|.)")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
