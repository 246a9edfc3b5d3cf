"""Fixtures for the tests that drive the real program in a pseudo-terminal."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.harness import PROGRAM, Terminal

ITEMS = [
    "emma", "olivia", "ava", "isabella", "sophia", "charlotte", "mia", "amelia", "harper", "evelyn", "abigail",
    "emily", "elizabeth", "mila", "ella", "avery", "sofia", "camila", "aria", "scarlett", "victoria", "madison",
]  # fmt: skip

SHOWN = {"f1": "emma", "f2": "P(a|.)", "f3": "ctrl+s starts", "f4": "top-k", "f5": "no runs yet"}
"""The key of each pane, and what it shows of this list where nothing was trained."""

Start = Callable[..., Terminal]


@pytest.fixture
def items_file(tmp_path: Path) -> Path:
    """A small list, `items.txt`."""
    path = tmp_path / "items.txt"
    path.write_text("\n".join(ITEMS) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the program with arguments in a terminal; what was started is ended with the test."""
    started: list[Terminal] = []

    def open_terminal(*arguments: str | Path, **options: Any) -> Terminal:
        terminal = Terminal([*PROGRAM, *map(str, arguments)], **options)
        started.append(terminal)
        return terminal

    yield open_terminal
    for terminal in started:
        terminal.close()
