"""A person at the keyboard: start, tabs, help, commands, another size, leave."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.terminal.conftest import SHOWN, Start
from tests.terminal.harness import DEADLINE_S

PANES = ["data", "bigrams", "train", "sample", "compare"]


def test_the_app_opens_on_the_built_in_names(start: Start) -> None:
    terminal = start()
    terminal.wait_opened("@names")
    assert terminal.lines[0].startswith(" 1 data  2 bigrams  3 train  4 sample  5 compare ")


def test_every_pane_can_be_reached_by_digit_and_by_function_key(start: Start, items_file: Path) -> None:
    terminal = start(items_file)
    terminal.wait_opened("items.txt")
    for number, name in enumerate(PANES, 1):
        terminal.press(f"f{number}")
        terminal.wait_for(SHOWN[f"f{number}"])
        terminal.wait_quiet()
        terminal.press("?")
        terminal.wait_for(f"help: {name}")
        terminal.press("escape")
        terminal.wait_for(lambda text, name=name: f"help: {name}" not in text)
    terminal.press("f1")
    terminal.wait_for(lambda text: SHOWN["f1"] in text and SHOWN["f5"] not in text)
    terminal.wait_quiet()
    terminal.press("2", "?")
    terminal.wait_for("help: bigrams")


def test_the_command_palette_goes_to_a_pane_and_opens_another_list(start: Start, items_file: Path) -> None:
    terminal = start(items_file)
    terminal.wait_opened("items.txt")
    terminal.press("ctrl+p", *"go to")
    terminal.wait_for(lambda text: "Go to sample" in text and "Search (" not in text)
    assert "Go to data" not in terminal.text  # it is there already
    terminal.press("escape")
    terminal.wait_for(lambda text: "Go to sample" not in text)
    terminal.press("ctrl+p", *"elements")
    terminal.wait_for(lambda text: "Open @elements" in text and "Go to" not in text and "Search (" not in text)
    terminal.press("enter")
    terminal.wait_opened("@elements")


def test_the_screen_is_whole_after_every_change_of_size(start: Start, items_file: Path) -> None:
    terminal = start(items_file, size=(80, 24))
    terminal.wait_opened("items.txt")
    for pane in ("1", "2"):
        terminal.press(pane)
        for columns, rows in ((120, 40), (200, 60), (80, 24), (200, 60), (120, 40), (80, 24)):
            terminal.resize(columns, rows)
            terminal.wait_for(
                lambda text, rows=rows, columns=columns: (
                    "^q quit" in text.splitlines()[-1]
                    and len(text.splitlines()) == rows
                    and text.splitlines()[0].endswith("items.txt")
                    and len(text.splitlines()[0]) == columns - 1
                )
            )


def test_a_resize_while_the_list_is_being_read_is_not_lost(start: Start, items_file: Path) -> None:
    terminal = start(items_file, size=(80, 24))
    terminal.wait_for("1 data")
    terminal.resize(120, 40)
    terminal.wait_for(lambda text: len(text.splitlines()) == 40 and "^q quit" in text.splitlines()[-1])
    terminal.wait_opened("items.txt")


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (20, 5), (4, 2)])
def test_a_small_terminal_is_told_how_much_room_is_wanted_and_recovers(
    start: Start, items_file: Path, size: tuple[int, int]
) -> None:
    terminal = start(items_file, size=size)
    if size[0] >= 20:
        terminal.wait_for(lambda text: "80x24 wanted" in text and f"{size[0]}x{size[1]}" in text)
    else:
        terminal.wait_quiet()
        assert terminal.process.poll() is None
    terminal.resize(80, 24)
    terminal.wait_opened("items.txt")
    terminal.press("?")
    terminal.wait_for("help: data")
    terminal.press("escape")
    terminal.resize(*size)
    terminal.wait_quiet()
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
def test_quit_leaves_at_once_and_gives_the_terminal_back(start: Start, items_file: Path, key: str) -> None:
    terminal = start(items_file)
    terminal.wait_opened("items.txt")
    assert {"1049", "1000", "1003"} <= terminal.modes
    terminal.press(key)
    assert terminal.wait_exit() == 0
    assert not {"1049", "1000", "1003", "1006", "1015", "1004", "2004"} & terminal.modes
    assert "25" in terminal.modes  # the cursor


def test_a_list_from_standard_input_with_keys_from_the_terminal(start: Start) -> None:
    terminal = start("-", feed=b"emma\nolivia\nava\n")
    terminal.wait_opened("standard input")
    terminal.press("?")
    terminal.wait_for("help: data")
    terminal.press("escape", "ctrl+q")
    assert terminal.wait_exit() == 0


def test_standard_error_in_a_file_leaves_the_app_alone(start: Start, items_file: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    terminal = start(items_file, stderr=log)
    terminal.wait_opened("items.txt")
    terminal.press("q")
    assert terminal.wait_exit() == 0
    assert log.read_bytes() == b""


def test_keys_come_from_the_terminal_when_standard_input_does_not(start: Start, items_file: Path) -> None:
    """As in a shell's `while read` loop, where standard input is taken."""
    terminal = start(items_file, feed=b"")
    terminal.wait_opened("items.txt")
    terminal.press("q")
    assert terminal.wait_exit() == 0


@pytest.mark.parametrize("key", ["ctrl+l", "f12"])
def test_a_screen_that_was_written_over_is_drawn_anew(start: Start, items_file: Path, key: str) -> None:
    terminal = start(items_file)
    terminal.wait_opened("items.txt")
    terminal.wait_quiet()
    before = terminal.text
    terminal.write_over("\x1b[3;5HBroadcast message")
    assert "Broadcast message" in terminal.text
    terminal.press("down", "up")  # what changes is written, and nothing else
    terminal.wait_quiet()
    assert "Broadcast message" in terminal.text
    terminal.press(key)
    terminal.wait_for(lambda text: text == before)


def test_a_dialog_costs_its_own_cells_alone_over_a_line_that_may_be_slow(start: Start, items_file: Path) -> None:
    """Twice: opened and closed it is nothing that was not there before, whatever lies beneath."""
    over_ssh = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22", "COLORTERM": None, "TERM": "xterm-256color"}
    written = {}
    for name, environment in (("near", {"SSH_CONNECTION": None}), ("far", over_ssh)):
        terminal = start(items_file, size=(120, 40), environment=environment)
        terminal.wait_opened("items.txt")
        terminal.press("f2")
        terminal.wait_for("P(a|.)")
        terminal.wait_quiet(1.5)
        before, sent = terminal.text, len(terminal.output)
        terminal.press("ctrl+o")
        terminal.wait_for("open a list")
        terminal.wait_quiet()
        terminal.press("escape")
        terminal.wait_for(lambda text, before=before: text == before)
        written[name] = len(terminal.output) - sent
    assert written["far"] < 5_000 < written["near"]


def test_suspending_gives_the_terminal_back_until_the_app_goes_on(start: Start, items_file: Path) -> None:
    terminal = start(items_file)
    terminal.wait_opened("items.txt")
    terminal.press("ctrl+z")
    deadline = time.monotonic() + DEADLINE_S
    while "1049" in terminal.modes and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not {"1049", "1000", "1003"} & terminal.modes
    terminal.wait_quiet()
    before = len(terminal.output)
    os.kill(terminal.process.pid, signal.SIGCONT)
    while "1049" not in terminal.modes and time.monotonic() < deadline:
        time.sleep(0.05)
    terminal.wait_for(lambda _: b"bigrams" in terminal.output[before:])  # all of it, though nothing of it has changed
    terminal.wait_quiet()
    terminal.press("?")
    terminal.wait_for("help: data")
