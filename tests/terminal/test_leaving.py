"""The terminal goes away, or the process is told to end: no process is left, no terminal stays in disorder."""

import signal
import sys
from pathlib import Path

from tests.terminal.conftest import Start
from tests.terminal.harness import Terminal

MOUSE_AND_SCREEN = {"1049", "1000", "1003", "1006", "1015", "1004", "2004"}


def test_the_app_ends_when_the_line_hangs_up(start: Start, items_file: Path) -> None:
    terminal = start(items_file)
    terminal.wait_opened("items.txt")
    terminal.hang_up()
    # By the signal, or by the end of input where the app sees that first: a shell says 129 of either.
    assert terminal.wait_exit() in (-signal.SIGHUP, 128 + signal.SIGHUP)


def test_the_app_ends_on_a_hang_up_that_it_is_told_to_ignore(items_file: Path) -> None:
    """As under `nohup`: no signal comes through, only the end of input, on which a reader can spin for ever."""
    ignoring = ["sh", "-c", 'trap "" HUP; exec "$0" -m makemore_tui "$1"', sys.executable, str(items_file)]
    with Terminal(ignoring) as terminal:
        terminal.wait_opened("items.txt")
        terminal.hang_up()
        assert terminal.wait_exit() == 128 + signal.SIGHUP


def test_sigterm_gives_the_terminal_back(start: Start, items_file: Path) -> None:
    terminal = start(items_file)
    terminal.wait_opened("items.txt")
    assert terminal.modes >= {"1049", "1000", "1003"}
    terminal.process.terminate()
    assert terminal.wait_exit() == 128 + signal.SIGTERM
    assert not MOUSE_AND_SCREEN & terminal.modes
    assert "25" in terminal.modes


def test_sigint_from_outside_gives_the_terminal_back(start: Start, items_file: Path) -> None:
    terminal = start(items_file)
    terminal.wait_opened("items.txt")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.wait_exit() == 128 + signal.SIGINT
    assert not MOUSE_AND_SCREEN & terminal.modes


def test_sigterm_on_a_line_that_takes_nothing_ends_the_app_all_the_same(start: Start, items_file: Path) -> None:
    """Nobody reads the other end, so that an orderly end would wait for ever for its last words to be written."""
    terminal = start(items_file)
    terminal.wait_opened("items.txt")
    terminal.stop_reading()
    for _ in range(60):
        terminal.resize(200, 60)
        terminal.resize(120, 40)
        terminal.press("?", "escape")
    terminal.process.terminate()
    assert terminal.wait_exit() == 128 + signal.SIGTERM
