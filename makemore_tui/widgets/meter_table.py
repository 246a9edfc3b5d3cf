"""A table with a bar at the end of each row, and the line of titles above it. A source of rows for a `PickList`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

from rich.cells import cell_len

from makemore_tui.display import fit, visible
from makemore_tui.widgets.bar_list import lying_bar
from makemore_tui.widgets.inks import Inks
from makemore_tui.widgets.rows import Row, Rows, right, span

GAP = 2
LEAST_BAR = 4
WIDEST_BAR = 40
LEAST_TEXT = 6


@dataclass(frozen=True)
class MeterRow:
    """One row: what stands in its columns, and how long its bar is."""

    cells: tuple[str, ...]
    value: float | None = None
    """None has no bar; what is infinite fills the room."""
    ink: str = "plain"
    """The name of one of the `Inks`, for the text."""


@dataclass(frozen=True)
class MeterTable:
    """The rows. Columns are numbers and stand against the right edge, but for those that hold texts."""

    columns: tuple[str, ...] = ()
    rows: tuple[MeterRow, ...] = ()
    texts: tuple[int, ...] = (0,)
    """The places of the columns that hold texts; where there is too little room, the last of them is cut first."""
    full: float | None = None
    """The value whose bar fills the room; None: the largest."""
    words: str = ""
    """What stands in the place of the rows where there are none."""

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, place: int, width: int, inks: Inks, ascii: bool) -> Row:
        """The row at this place, in at most `width` cells."""
        row = self.rows[place]
        cells = self._room(width, ascii)
        parts = [span(self._cells(row.cells, cells, ascii), getattr(inks, row.ink))]
        left = min(width - sum(cells) - GAP * len(cells), WIDEST_BAR)
        if row.value is not None and left >= LEAST_BAR:
            share = min(row.value / self._full, 1.0) if isfinite(row.value) else 1.0
            parts.append(span(lying_bar(share, left, ascii=ascii), inks.after if isfinite(row.value) else inks.cut))
        return parts

    def head(self, width: int, inks: Inks, ascii: bool) -> Row:
        """The titles of the columns."""
        return [span(self._cells(self.columns, self._room(width, ascii), ascii), inks.muted)]

    def _cells(self, texts: Sequence[str], room: Sequence[int], ascii: bool) -> str:
        """The texts of a row, each in its room, with a gap behind each."""
        parts = []
        for place, (text, cells) in enumerate(zip(texts, room, strict=False)):
            shown = fit(text, cells, ascii=ascii)
            parts.append((shown if place in self.texts else right(shown.rstrip(), cells)) + " " * GAP)
        return "".join(parts)

    def _room(self, width: int, ascii: bool) -> list[int]:
        """The cells of each column; where there is too little room for all, texts are cut."""
        cells = [
            max(cell_len(visible(text, ascii=ascii)) for text in (title, *self._widest[place]))
            for place, title in enumerate(self.columns)
        ]
        missing = sum(cells) + GAP * len(cells) - width
        for place in reversed(self.texts):
            if missing > 0:
                less = min(missing, max(cells[place] - LEAST_TEXT, 0))
                cells[place], missing = cells[place] - less, missing - less
        return cells

    @cached_property
    def _widest(self) -> list[list[str]]:
        """The longest texts of each column: the widest is among them, but for rare scripts."""
        return [
            sorted((row.cells[place] for row in self.rows), key=cell_len)[-3:] for place in range(len(self.columns))
        ]

    @cached_property
    def _full(self) -> float:
        most = max((row.value for row in self.rows if row.value is not None and isfinite(row.value)), default=0.0)
        return (self.full if self.full is not None else most) or 1.0


class MeterHead(Rows):
    """A title and, under it, those of the columns."""

    DEFAULT_CSS = "MeterHead { height: 2; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.title, self.note = "", ""
        self.table = MeterTable()

    def show(self, title: str, table: MeterTable, note: str = "") -> None:
        """Take other titles; the note stands behind the title."""
        self.title, self.table, self.note = title, table, note
        self.styles.height = 2 if any(table.columns) or table.words else 1
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """Two lines."""
        ascii_only, inks = self.look.ascii, self.inks
        title: Row = [span(visible(self.title, ascii=ascii_only), inks.strong)]
        if self.note:
            title.append(span("  " + visible(self.note, ascii=ascii_only), inks.muted))
        words = [span(visible(self.table.words, ascii=ascii_only), inks.muted)]
        return [title, self.table.head(width, inks, ascii_only) if self.table.rows else words]
