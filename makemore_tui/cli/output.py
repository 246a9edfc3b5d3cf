"""What commands write to standard output: JSON for programs, text and tables for people."""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import Any


def print_json(value: Any) -> None:
    """Write one JSON document, in UTF-8 terms as readable as can be; numbers that JSON lacks become null.

    On a terminal, what it would obey or not show is written as `\\u202e`, which JSON reads as the same.
    """
    text = json.dumps(_finite(value), ensure_ascii=not _writes_unicode(), indent=2, allow_nan=False)
    if sys.stdout.isatty():
        text = "".join(one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in text)
    sys.stdout.write(text + "\n")


def _writes_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def print_text(text: str) -> None:
    """Write one line of list text: as it is into a file or pipe, with visible stand-ins on a terminal."""
    if sys.stdout.isatty():
        from makemore_tui.display import visible

        text = visible(text)
    sys.stdout.write(text + "\n")


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> None:
    """Write a table for people; the first column is text of a list, the others are numbers.

    The caption stands below it, as wide as the terminal: a table may be narrower than the sentence.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from makemore_tui.display import visible

    table = Table(head[0], box=SIMPLE_HEAD, show_edge=False)
    for name in head[1:]:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(Text(visible(row[0])), *row[1:])
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(table)
    if caption:
        console.print(f" {caption}", style="italic")
