"""Sentences on a terminal: broken between words, where the terminal itself would break them in the middle of one."""

import os
import re
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_WORD = re.compile(r"`[^`]*`\S*|\S+")
"""A command in backticks is one word."""


def by_words(text: str, width: int) -> str:
    """The text in lines of at most `width` cells.

    A longer word, such as a path, is left to the terminal to break: it is whole when it is copied.
    """
    from rich.cells import cell_len

    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _WORD.findall(paragraph):
            wider = f"{line} {word}" if line else word
            if line and cell_len(wider) > width:
                lines.append(line)
                line = word
            else:
                line = wider
        lines.append(line)
    return "\n".join(lines)


def fitted(text: str, stream: TextIO) -> str:
    """The text as it is written to a stream: by words where that is a terminal, else as it is."""
    try:
        if not stream.isatty():
            return text
        width = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return text
    return by_words(text, width) if width > 0 else text


def print_words(console: "Console", text: str) -> None:
    """Write a sentence through Rich, which would cut paths; nothing in it is markup."""
    words = by_words(text, console.width) if console.is_terminal else text
    console.print(words, soft_wrap=True, highlight=False, markup=False, emoji=False)
