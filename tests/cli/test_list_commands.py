"""`lists` and `download`, as the program that a person starts."""

import json
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data.conftest import ListServer, list_server

__all__ = ["list_server"]

PROGRAM = [sys.executable, "-c", "from makemore_tui.cli import main; main()"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "cache"
    monkeypatch.setenv("MAKEMORE_CACHE", str(folder))
    yield folder


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)


def test_lists_names_each_list_and_how_to_open_it() -> None:
    result = run("lists")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["@names", "@dinosaurs", "@towns", "@elements"]
    assert lines[3].split()[1] == "118"
    assert "makemore-tui @dinosaurs" in result.stdout
    assert "makemore-tui download names" in result.stdout
    assert max(map(len, lines)) <= 80


def test_lists_as_json() -> None:
    entries = json.loads(run("lists", "--json").stdout)["lists"]
    assert [entry["name"] for entry in entries] == ["names", "dinosaurs", "towns", "elements"]
    assert all(set(entry) == {"name", "items", "description", "open", "path"} for entry in entries)
    assert entries[3]["items"] == 118
    assert entries[1]["open"] == "makemore-tui @dinosaurs"
    assert all(Path(entry["path"]).is_file() for entry in entries)


def test_downloaded_names_can_be_opened(
    names_file: Path, list_server: ListServer, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_server.payload = names_file.read_bytes()
    monkeypatch.setenv("MAKEMORE_DOWNLOAD_URL", list_server.url)
    result = run("download", "names")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        f"Fetched: {cache / 'names.txt'}",
        "Open it with: makemore-tui @canonical-names",
    ]
    again = json.loads(run("download", "names", "--json").stdout)
    assert again["fetched"] is False
    assert again["path"] == str(cache / "names.txt")
    assert list_server.requests == ["/names.txt"]
    assert json.loads(run("stats", "@canonical-names", "--json").stdout)["items"] == 32_033
    listed = run("lists").stdout
    assert "@canonical-names  32,033" in listed
    assert "download names" not in listed


@pytest.mark.parametrize("behaviour", ["missing", "ends half way", "whole"])
def test_a_failed_download_is_one_line_and_status_1(
    behaviour: str, list_server: ListServer, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with the server's own list, which is whole and not the canonical one."""
    list_server.behaviour = behaviour
    monkeypatch.setenv("MAKEMORE_DOWNLOAD_URL", list_server.url)
    result = run("download", "names")
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("makemore-tui: ")
    assert result.stderr.count("\n") == 1
    assert list(cache.iterdir()) == []


def test_the_bar_goes_to_standard_error_and_the_error_to_a_line_of_its_own(
    list_server: ListServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_server.behaviour = "ends half way"
    monkeypatch.setenv("MAKEMORE_DOWNLOAD_URL", list_server.url)
    controller, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    try:
        result = subprocess.run(
            [*PROGRAM, "download", "names"], stdout=subprocess.PIPE, stderr=terminal, timeout=120, check=False
        )
        drawn = os.read(controller, 1 << 16).decode()
    finally:
        os.close(terminal)
        os.close(controller)
    assert result.returncode == 1
    assert result.stdout == b""
    bars, start_of_line, error = drawn.partition("\r\nmakemore-tui: The transfer from ")
    assert "names.txt:" in bars
    assert start_of_line
    assert error.endswith("\r\n") and "names.txt:" not in error


def test_download_of_anything_else_is_a_wrong_command_line() -> None:
    result = run("download", "dinosaurs")
    assert result.returncode == 2
    assert "names" in result.stderr
    assert result.stderr.count("\n") == 1


def test_listing_the_lists_imports_neither_torch_nor_the_downloader() -> None:
    code = (
        "import sys\nfrom makemore_tui.cli.lists import show_lists\nshow_lists()\n"
        "print(sorted({'torch', 'numpy', 'pooch', 'requests'} & set(sys.modules)), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert result.stderr == "[]\n"
