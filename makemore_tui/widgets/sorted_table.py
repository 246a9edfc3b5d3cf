"""A table whose rows stand in the order of one column: titles that can be clicked, above a list with a cursor.

The rows come sorted: the widget shows by which column, and says when a person wants another one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.message import Message

from makemore_tui.display import fit
from makemore_tui.widgets.inks import Inks
from makemore_tui.widgets.rows import Row, Rows, right, span

GAP = 2
"""Cells between two columns."""

MARK = 2
"""Cells before the first column, for the mark of a row."""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    key: str
    title: str
    is_number: bool = True
    """Numbers stand against the right edge."""

    rank: int = 0
    """Where there is no room for all columns, those with the highest ranks are left out."""

    most: int = 20
    """Cells that it takes at the most."""


@dataclass(frozen=True)
class TableRow:
    """A row of a table."""

    key: str
    cells: tuple[str, ...]
    """As they are shown, one for each column."""

    is_bad: bool = False
    """Something went wrong with it."""

    strong: frozenset[int] = frozenset()
    """The places of the cells that stand out."""


@dataclass(frozen=True)
class Table:
    """What a table shows; a source of rows for a `PickList`."""

    columns: tuple[Column, ...] = ()
    rows: tuple[TableRow, ...] = ()
    sorted_by: str = ""
    """The key of the column by which the rows are sorted."""

    is_reversed: bool = False
    marks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """A sign and its colour, by the key of the row before which it stands."""

    words: str = ""
    """What stands in the place of the rows where there are none."""

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, place: int, width: int, inks: Inks, ascii: bool) -> Row:
        """The row at this place."""
        row = self.rows[place]
        sign, color = self.marks.get(row.key, ("", ""))
        parts = [span(fit(sign, MARK, ascii=ascii), Style(color=color) if color and inks.colored else None)]
        ink = inks.cut if row.is_bad else None
        for index, cells in self.shown(width):
            shown = _cell(row.cells[index], self.columns[index], cells, ascii) + " " * GAP
            parts.append(span(shown, inks.strong if index in row.strong else ink))
        return parts

    def head(self, width: int, inks: Inks, ascii: bool) -> Row:
        """The titles; the one by which the rows are sorted has an arrow to the lowest value."""
        parts = [span(" " * MARK)]
        for index, cells in self.shown(width):
            column = self.columns[index]
            is_chosen = column.key == self.sorted_by
            title = _cell(column.title + (self.arrow(ascii) if is_chosen else ""), column, cells, ascii)
            parts.append(span(title, inks.strong if is_chosen else inks.muted))
            parts.append(span(" " * GAP))
        return parts

    def arrow(self, ascii: bool) -> str:
        """Stands behind the title by which the rows are sorted: up where they rise from the top."""
        return ("v" if self.is_reversed else "^") if ascii else ("▼" if self.is_reversed else "▲")

    def shown(self, width: int) -> list[tuple[int, int]]:
        """The columns that have room, by their places, and the cells of each."""
        cells = list(self.widths)
        kept = list(range(len(self.columns)))
        while len(kept) > 1 and MARK + sum(cells[index] + GAP for index in kept) > width:
            kept.remove(max(kept, key=lambda index: (self.columns[index].rank, index)))
        if len(kept) == 1:
            cells[kept[0]] = max(1, min(cells[kept[0]], width - MARK - GAP))
        return [(index, cells[index]) for index in kept]

    def column_at(self, x: int, width: int) -> str | None:
        """The key of the column at this cell."""
        left = MARK
        for index, cells in self.shown(width):
            if left <= x < left + cells + GAP:
                return self.columns[index].key
            left += cells + GAP
        return None

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """The cells that each column takes: worked out once, as there may be many rows."""
        return tuple(map(self._cells, range(len(self.columns))))

    def _cells(self, index: int) -> int:
        column = self.columns[index]
        widest = max((cell_len(row.cells[index]) for row in self.rows), default=0)
        return max(min(widest, column.most), cell_len(column.title) + 1)

    def neighbour(self, by: int) -> str:
        """The key of the column so many places beside the one by which the rows are sorted, round the ends."""
        keys = [column.key for column in self.columns]
        place = keys.index(self.sorted_by) if self.sorted_by in keys else -min(by, 0)
        return keys[(place + by) % len(keys)] if keys else ""


def _cell(text: str, column: Column, cells: int, ascii: bool) -> str:
    shown = fit(text, cells, ascii=ascii)
    return right(shown.rstrip(), cells) if column.is_number else shown


class TableHead(Rows):
    """The titles of a table. A click asks for the rows in the order of a column."""

    DEFAULT_CSS = "TableHead { height: 1; }"

    class Clicked(Message):
        """A person wants the rows in the order of this column."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.table = Table()
        self._room = 0

    def show(self, table: Table, room: int) -> None:
        """Show the titles over rows that have this many cells."""
        self.table, self._room = table, room
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """One line."""
        return [self.table.head(self._room or width, self.inks, self.look.ascii)]

    def on_click(self, event: events.Click) -> None:
        """Find out which title was meant."""
        offset = event.get_content_offset(self)
        key = self.table.column_at(offset.x, self._room or self.content_size.width) if offset is not None else None
        if key is not None:
            self.post_message(self.Clicked(key))


def rows_of(rows: Sequence[TableRow], key: str | None) -> int:
    """The place of the row with this key; 0 where there is none."""
    return next((place for place, row in enumerate(rows) if row.key == key), 0)
