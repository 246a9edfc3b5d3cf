"""Bad input at the start: one line on standard error, exit status 1, and no app that flashes up."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.terminal.conftest import Start
from tests.terminal.harness import PROGRAM

ALTERNATE_SCREEN = b"\x1b[?1049h"

BAD_CONTENT = {
    "empty": b"",
    "blank lines": b"\n  \n\t\n\r\n",
    "not utf-8": b"emma\nolivia\nzo\xeb\n",
    "binary": b"\x7fELF\x02\x01\x00\x00\x01",
    "one item": b"emma\n",
    "one character": b"a\naa\naaa\n",
}
SAID = {
    "missing": "There is no file",
    "folder": "is a folder",
    "no permission": "permission",
    "empty": "is empty",
    "blank lines": "only blank lines",
    "not utf-8": "line 3",
    "binary": "line 1",
    "one item": "single item",
    "one character": "single distinct character",
}


def bad_list(kind: str, folder: Path) -> Path:
    path = folder / "bad.txt"
    if kind == "folder":
        path.mkdir()
    elif kind == "no permission":
        path.write_text("emma\nolivia\n")
        path.chmod(0)
    elif kind != "missing":
        path.write_bytes(BAD_CONTENT[kind])
    return path


@pytest.mark.parametrize("kind", SAID)
def test_a_bad_list_is_refused_in_one_line_before_the_screen_changes(kind: str, start: Start, tmp_path: Path) -> None:
    if kind == "no permission" and os.geteuid() == 0:
        pytest.skip("root may read everything")
    path, errors = bad_list(kind, tmp_path), tmp_path / "errors"
    terminal = start(path, stderr=errors)
    assert terminal.wait_exit() == 1
    said = errors.read_text()
    assert said.startswith("makemore-tui: ")
    assert said.count("\n") == 1
    assert SAID[kind] in said
    assert "bad.txt" in said
    assert ALTERNATE_SCREEN not in terminal.output


def test_a_fault_far_down_in_a_list_ends_the_app_with_the_same_line(start: Start, tmp_path: Path) -> None:
    path, errors = tmp_path / "long.txt", tmp_path / "errors"
    path.write_bytes(b"emma\nolivia\n" * 20_000 + b"zo\xeb\n")
    terminal = start(path, stderr=errors)
    assert terminal.wait_exit() == 1
    said = errors.read_text()
    assert said.startswith(f"makemore-tui: {path}, line 40001: ")
    assert said.count("\n") == 1
    assert "1049" not in terminal.modes


def test_an_unknown_built_in_list_is_refused(start: Start, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    terminal = start("@nobody", stderr=errors)
    assert terminal.wait_exit() == 1
    assert "nobody" in errors.read_text()
    assert "@names" in errors.read_text()


def test_an_unknown_encoding_is_refused(start: Start, tmp_path: Path, items_file: Path) -> None:
    errors = tmp_path / "errors"
    terminal = start(items_file, "--encoding", "klingon", stderr=errors)
    assert terminal.wait_exit() == 1
    assert "klingon" in errors.read_text()
    assert ALTERNATE_SCREEN not in terminal.output


def test_an_unknown_theme_is_refused(start: Start, tmp_path: Path, items_file: Path) -> None:
    errors = tmp_path / "errors"
    terminal = start(items_file, "--theme", "ultraviolet", stderr=errors)
    assert terminal.wait_exit() == 1
    assert "makemore-dark" in errors.read_text()
    assert ALTERNATE_SCREEN not in terminal.output


@pytest.mark.parametrize("feed", [b"", b"\n\n", b"one\n"])
def test_a_bad_list_on_standard_input_is_refused(feed: bytes, start: Start, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    terminal = start("-", feed=feed, stderr=errors)
    assert terminal.wait_exit() == 1
    assert errors.read_text().startswith("makemore-tui: standard input")


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_without_a_cursor_is_refused(term: str, start: Start, items_file: Path, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    terminal = start(items_file, stderr=errors, environment={"TERM": term})
    assert terminal.wait_exit() == 1
    assert "TERM" in errors.read_text()
    assert terminal.output == b""


def test_output_that_is_no_terminal_is_refused(items_file: Path) -> None:
    done = subprocess.run([*PROGRAM, items_file], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("makemore-tui: Standard output is not a terminal")
    assert done.stderr.count("\n") == 1


def test_a_list_piped_in_without_the_dash_is_answered_with_how(start: Start, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    terminal = start(feed=b"emma\nolivia\n", stderr=errors)
    assert terminal.wait_exit() == 1
    assert "makemore-tui -" in errors.read_text()
