"""A list of histograms, one a row between a name and its numbers, with a cursor."""

from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.message import Message

from makemore_tui.display import visible
from makemore_tui.widgets.histogram_strip import BarInks, Bars, strip
from makemore_tui.widgets.inks import Inks, Marks
from makemore_tui.widgets.rows import Row, fit, right, span
from makemore_tui.widgets.spans import SpanRows

BARS = (40, 20, 10)
"""Cells of a histogram: the most for which there is room."""
NAME = 12
"""Cells that a name is given before the histogram gets more."""
LONGEST = 28
"""Cells of a name at the most."""
_BEFORE = 4
"""Cells before a name: the cursor, and the sign of the row."""


@dataclass(frozen=True)
class HistogramItem:
    """One row."""

    name: str
    bars: Bars
    cells: tuple[str, ...]
    """Numbers as they are shown, one for each column."""
    sign: tuple[str, str] = ("", "")
    """A sign before the name, and its colour."""
    is_bad: bool = False
    """Something is amiss with it: its name is marked."""


@dataclass(frozen=True)
class HistogramTable:
    """All rows, and what their numbers are called."""

    title: str = ""
    columns: tuple[str, ...] = ()
    items: tuple[HistogramItem, ...] = ()
    empty: str = ""
    """What stands in the place of the rows where there are none."""


@dataclass(frozen=True)
class Room:
    """The cells of each part of a row."""

    name: int
    bars: int
    columns: tuple[int, ...]


class HistogramList(SpanRows):
    """Draws a HistogramTable. Keys belong to whoever shows it; a click chooses a row, the wheel moves the cursor."""

    class Chosen(Message):
        """A row was clicked."""

        def __init__(self, histograms: "HistogramList", place: int) -> None:
            super().__init__()
            self.histograms = histograms
            self.place = place

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.table = HistogramTable()
        self.cursor: int | None = None
        """The row that is chosen; None where the choice lies elsewhere."""
        self._top = 0

    def show(self, table: HistogramTable, cursor: int | None) -> None:
        """Take other rows, or another choice among them."""
        if (table, cursor) != (self.table, self.cursor):
            self.table, self.cursor = table, cursor
            self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The titles, and as many rows as there is room for, the chosen one among them."""
        table = self.table
        lines = max(height - 1, 1)
        if self.cursor is not None:
            self._top = min(max(self._top, self.cursor - lines + 1), self.cursor)
        self._top = max(0, min(self._top, len(table.items) - lines))
        shown = table.items[self._top : self._top + lines]
        room, inks, marks, ascii_only = room_of(table, width), self.inks, self.marks, self.look.ascii
        rows = [head(table, room, inks, self._part(len(shown)))]
        if not table.items:
            return [*rows, [span(fit("  " + table.empty, width), inks.muted)]]
        return rows + [
            item_row(item, room, inks, marks, ascii=ascii_only, chosen=place == self.cursor)
            for place, item in enumerate(shown, self._top)
        ]

    def _part(self, shown: int) -> str:
        if shown == len(self.table.items):
            return ""
        return f"{self._top + 1}-{self._top + shown} of {len(self.table.items)}"

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the mouse."""
        event.stop()
        place = self._top + event.y - 1
        if event.y >= 1 and place < len(self.table.items):
            self.post_message(self.Chosen(self, place))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Choose the next row."""
        self._turn(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Choose the row before."""
        self._turn(event, -1)

    def _turn(self, event: events.MouseEvent, by: int) -> None:
        event.stop()
        last = len(self.table.items) - 1
        place = self._top if self.cursor is None else self.cursor + by
        if last >= 0:
            self.post_message(self.Chosen(self, min(max(place, 0), last)))


def head(table: HistogramTable, room: Room, inks: Inks, part: str = "") -> Row:
    """The title, which part of the rows is seen, and what the numbers are called."""
    title = table.title + (f"  {part}" if part else "")
    left = _BEFORE + room.name + 1 + room.bars
    row: Row = [span(fit(title, left), inks.strong)]
    for name, cells in zip(table.columns, room.columns, strict=True):
        row.append(span(" " + right(name, cells), inks.muted))
    return row


def item_row(
    item: HistogramItem, room: Room, inks: Inks, marks: Marks, *, ascii: bool = False, chosen: bool = False
) -> Row:
    """One row of the list."""
    sign, color = item.sign
    style = Style(color=color) if color and inks.colored else None
    named = inks.strong if chosen else inks.plain
    bar_inks = BarInks(inks.after, inks.cut, inks.muted)
    return [
        span(fit(marks.here if chosen else "", 2), inks.strong),
        span(fit(sign, 1), style),
        span("!" if item.is_bad else " ", alarm_ink(inks)),
        span(fit(_ending(visible(item.name, ascii=ascii), room.name, marks), room.name) + " ", named),
        *strip(item.bars, room.bars, bar_inks, ascii=ascii),
        *(span(" " + right(cell, cells), named) for cell, cells in zip(item.cells, room.columns, strict=True)),
    ]


def alarm_ink(inks: Inks) -> Style:
    """What is amiss, also where there are no colours."""
    return inks.cut + inks.strong if inks.colored else inks.strong


def _ending(name: str, width: int, marks: Marks) -> str:
    """A name that is too long loses its beginning: parts of one network begin alike."""
    if cell_len(name) <= width:
        return name
    return marks.ellipsis + name[len(name) - max(width - 1, 0) :]


def room_of(table: HistogramTable, width: int) -> Room:
    """Share this width: numbers have what they need, then the name what it may need, and the histogram the rest."""
    columns = tuple(
        max([cell_len(name), *(cell_len(item.cells[place]) for item in table.items)])
        for place, name in enumerate(table.columns)
    )
    rest = width - _BEFORE - 1 - sum(cells + 1 for cells in columns)
    longest = min(max((cell_len(item.name) for item in table.items), default=NAME), LONGEST)
    bars = next((bars for bars in BARS if rest - bars >= min(longest, NAME)), BARS[-1])
    return Room(max(min(longest, rest - bars), 1), bars, columns)
