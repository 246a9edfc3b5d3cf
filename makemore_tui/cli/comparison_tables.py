"""A comparison in the terminal: its tables, and how far it is."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

    from makemore_core.comparison.ranking import Ranked
    from makemore_core.comparison.rows import Measure, Row

BEST = "*"
"""Stands before what is best in its column: colour and weight alone would be lost in a file."""


FIRST_TO_GO = (
    *("diversity", "nearest", "unique", "trigrams", "lengths", "novelty"),
    *("tokens", "steps", "seconds", "train", "parameters", "type"),
)
"""Columns that are left out, in this order, where a terminal is too narrow for all."""


def measuring_progress() -> "Progress":
    """A line on standard error, where that is a terminal, for as long as something is measured."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True, highlight=False)
    return Progress(
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        refresh_per_second=4,
        disable=not console.is_terminal,
        transient=True,
    )


def print_comparison(groups: "Sequence[Ranked]") -> None:
    """Write the tables of each list and split, and what there is to say of them."""
    from makemore_tui.cli.following import table_console
    from makemore_tui.cli.wrapping import print_words
    from makemore_tui.display import visible

    console = table_console()
    for number, group in enumerate(groups):
        if number:
            console.print()
        console.print(visible(group.ground.words), markup=False, emoji=False, style="bold")
        table, left_out = _losses(group, console.width if console.is_terminal else None)
        console.print(table)
        if left_out:
            console.print(f"no room for {', '.join(left_out)}: a wider terminal, --csv or --json has them")
        if group.differences:
            console.print()
            console.print(_differences(group))
        if group.note:
            console.print(group.note)
        for row in group.rows:
            if row.trouble:
                print_words(console, visible(f"{row.name}: {row.trouble}"))
    _footnotes(groups, console)


def _losses(group: "Ranked", width: int | None) -> "tuple[Table, list[str]]":
    """The main table in so many cells, if they are limited, and the titles of the columns that have no room."""
    from rich.cells import cell_len
    from rich.text import Text

    from makemore_core.comparison.exports import cell_words
    from makemore_core.comparison.rows import value_of
    from makemore_tui.display import visible

    measures = [one for one in group.measures if any(value_of(row, one.key) is not None for row in group.rows)]

    def cell(row: "Row", measure: "Measure") -> str:
        words = visible(cell_words(measure, value_of(row, measure.key), short=True))
        state = f" ({row.state})" if measure.key == "name" and row.state else ""
        return (BEST if row.key in group.best.get(measure.key, ()) else "") + words + state

    kept = {
        one.key: max(cell_len(text) for text in (one.title, *(cell(row, one) for row in group.rows)))
        for one in measures
    }
    for key in FIRST_TO_GO:
        if width is not None and sum(kept.values()) + 2 * len(kept) > width:
            kept.pop(key, None)
    shown = [measure for measure in measures if measure.key in kept]
    table = _table([(measure.title, measure.form != "text") for measure in shown])
    for row in group.rows:
        texts = [cell(row, measure) for measure in shown]
        table.add_row(*(Text(text, style="bold" if text.startswith(BEST) else "") for text in texts))
    return table, [measure.title for measure in measures if measure.key not in kept]


def _differences(group: "Ranked") -> "Table":
    from rich.text import Text

    from makemore_tui.display import visible

    name = next(row.name for row in group.rows if row.key == group.reference)
    level = next(iter(group.differences.values())).interval.level
    title = f"{group.side} against {visible(name)}"
    table = _table([(title, False), ("difference", True), (f"{level:.0%} from", True)])
    table.columns[0].header = Text(title)
    table.add_column("to", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for row in group.rows:
        if (found := group.differences.get(row.key)) is None:
            continue
        value, low, high = (
            "" if math.isnan(number) else f"{number:+.4f}"
            for number in (found.interval.value, found.interval.low, found.interval.high)
        )
        verdict = ("better" if found.interval.value < 0 else "worse") if found.is_clear else "not clear"
        table.add_row(Text(visible(row.name)), value, low, high, "" if not low else verdict)
    return table


def _footnotes(groups: "Sequence[Ranked]", console: "Console") -> None:
    words = f"losses in nats per character; {BEST} the best of its column"
    if (items := {one.interval.items for group in groups for one in group.differences.values()}) and len(items) == 1:
        words += f"; intervals: bootstrap over {_items_words(items.pop())}"
    elif any(group.differences for group in groups):
        words += "; intervals: bootstrap over items"
    console.print(words)
    sampled = {row.measured.sampled for group in groups for row in group.rows if row.measured is not None}
    if count := max(sampled, default=0):
        console.print(f"samples: {count:,} of each model; the row 'real items' has held-out items in their place")
    if len(groups) > 1:
        console.print("models of another list or split are no better or worse: their losses are of other items")


def _items_words(count: int) -> str:
    return "1 item" if count == 1 else f"{count:,} items"


def _table(columns: Sequence[tuple[str, bool]]) -> "Table":
    """A table with these titles; numbers stand at the right and are never broken."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    for title, is_number in columns:
        table.add_column(title, justify="right" if is_number else "left", no_wrap=is_number, overflow="fold")
    return table
