"""Sentences on a terminal: broken between words, with paths and commands whole."""

import fcntl
import io
import os
import pty
import struct
import termios

import pytest
from rich.console import Console

from makemore_tui.cli.errors import print_error
from makemore_tui.cli.wrapping import by_words, print_words

PATH = "/home/ada/a-folder-with-a-name-that-is-longer-than-a-line/run.db"


def test_lines_are_broken_between_words_and_long_words_are_whole() -> None:
    told = by_words(f"the store of this run cannot be read: {PATH}: it is no database", 30)
    assert told.split("\n") == ["the store of this run cannot", "be read:", f"{PATH}:", "it is no database"]


def test_wide_characters_take_two_cells() -> None:
    assert by_words("東京 東京 東京", 9).split("\n") == ["東京 東京", "東京"]


def test_a_command_is_not_broken() -> None:
    assert by_words("say `makemore-tui runs`, and see", 12) == "say\n`makemore-tui runs`,\nand see"


def test_an_error_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 30, 0, 0))
    with os.fdopen(terminal, "w") as stream:
        monkeypatch.setattr("sys.stderr", stream)
        print_error(f"there is nothing worth reading at {PATH}")
        shown = os.read(controller, 1000).decode().rstrip().split("\r\n")
    os.close(controller)
    assert shown == ["makemore-tui: there is nothing", "worth reading at", PATH]


def test_an_error_elsewhere_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(f"there is nothing worth reading at {PATH}, {PATH} or {PATH}")
    assert capsys.readouterr().err.count("\n") == 1


def test_rich_cuts_no_path_either() -> None:
    console = Console(file=io.StringIO(), width=30, force_terminal=True, color_system=None)
    print_words(console, f"[b] failed :cat: at {PATH}")
    assert console.file.getvalue() == f"[b] failed :cat: at\n{PATH}\n"  # type: ignore[attr-defined]
