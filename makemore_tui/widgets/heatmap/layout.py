"""Where the cells of a heatmap stand: sizes, and what is in view. All numbers are columns and lines of the terminal."""

from dataclasses import dataclass, replace
from enum import IntEnum


class CellSize(IntEnum):
    """How large cells are drawn, smallest first."""

    SMALL = 0
    """Colour alone, 2 columns: two rows on a line by half blocks, or by dots where there are no colours; one row of
    signs where only ASCII is shown."""
    SHORT = 1
    """3 columns: a percentage or a rounded count in two of them."""
    NUMBER = 2
    """5 columns: the number itself."""
    PAIR = 3
    """5 columns and 2 lines: the labels over the number, as in the lecture's figure."""

    @property
    def width(self) -> int:
        """Columns of a cell."""
        return (2, 3, 5, 5)[self]

    @property
    def lines(self) -> int:
        """Lines of a row, or of two rows by half blocks."""
        return 2 if self is CellSize.PAIR else 1

    @property
    def title(self) -> str:
        """What a person calls it."""
        return ("small cells", "short numbers", "numbers", "pairs over numbers")[self]


TOTAL_WIDTH = 8
"""Columns of the row totals, the gap before them included."""


@dataclass(frozen=True)
class Layout:
    """A heatmap of `rows` x `columns` in a room of `width` x `height`."""

    rows: int
    columns: int
    width: int
    height: int
    size: CellSize
    label_width: int = 1
    ascii_only: bool = False
    signs: bool = False
    """Whether small cells hold signs, one row a line, also where more than ASCII is shown."""
    row_totals: bool = False
    column_totals: bool = False

    @property
    def rows_per_line(self) -> int:
        """Two by half blocks or dots, else one."""
        return 2 if self.size is CellSize.SMALL and not (self.ascii_only or self.signs) else 1

    @property
    def header_width(self) -> int:
        """Columns of the row labels."""
        return self.label_width * self.rows_per_line + (1 if self.size is CellSize.SMALL else 2)

    @property
    def total_width(self) -> int:
        """Columns of the row totals."""
        return TOTAL_WIDTH if self.row_totals else 0

    @property
    def steps(self) -> int:
        """Steps of vertical scrolling: rows, or lines of two rows."""
        return -(-self.rows // self.rows_per_line)

    @property
    def needed_width(self) -> int:
        """Columns for the whole matrix."""
        return self.header_width + self.columns * self.size.width + self.total_width

    @property
    def needed_height(self) -> int:
        """Lines for the whole matrix."""
        return 1 + self.steps * self.size.lines + self.column_totals

    @property
    def fits(self) -> bool:
        """Whether the whole matrix is in view."""
        return self.needed_width <= self.width and self.needed_height <= self.height

    @property
    def visible_columns(self) -> int:
        """Whole columns in view, at least one."""
        room = (self.width - self.header_width - self.total_width) // self.size.width
        return max(1, min(self.columns, room))

    @property
    def visible_steps(self) -> int:
        """Whole steps in view, at least one."""
        room = (self.height - 1 - self.column_totals) // self.size.lines
        return max(1, min(self.steps, room))

    @property
    def virtual_width(self) -> int:
        """The width to tell a scroll view, so that its last position shows the last column whole."""
        hidden = self.columns - self.visible_columns
        return self.width + hidden * self.size.width if hidden else min(self.needed_width, self.width)

    @property
    def virtual_height(self) -> int:
        """The height to tell a scroll view, so that its last position shows the last row whole."""
        hidden = self.steps - self.visible_steps
        return self.height + hidden * self.size.lines if hidden else min(self.needed_height, self.height)

    def first_column(self, scroll_x: int) -> int:
        """The first column in view: scrolling goes by whole columns."""
        return max(0, min(scroll_x // self.size.width, self.columns - self.visible_columns))

    def first_step(self, scroll_y: int) -> int:
        """The first step in view: scrolling goes by whole rows."""
        return max(0, min(scroll_y // self.size.lines, self.steps - self.visible_steps))

    def column_x(self, column: int, first_column: int) -> int:
        """Where a column starts."""
        return self.header_width + (column - first_column) * self.size.width

    def row_y(self, row: int, first_step: int) -> int:
        """Where a row starts."""
        return 1 + (row // self.rows_per_line - first_step) * self.size.lines

    def with_bars(self) -> "Layout":
        """The layout that is left beside scroll bars (one line, one column), where the matrix needs them."""
        across = self.needed_width > self.width
        down = self.needed_height > self.height - across
        across = self.needed_width > self.width - down
        return replace(self, width=max(1, self.width - down), height=max(1, self.height - across))


def best_layout(wide: Layout, *, size: CellSize | None = None, totals: bool | None = None) -> Layout:
    """The layout for a room: with the largest cells that show the whole matrix in it, else with the smallest.

    `size` overrides that choice. Totals are shown where room is left for them, or as `totals` says.
    """

    def candidate(cells: CellSize, with_totals: bool) -> Layout:
        return replace(wide, size=cells, row_totals=with_totals, column_totals=with_totals)

    if size is None:
        fitting = [cells for cells in CellSize if candidate(cells, bool(totals)).fits]
        size = fitting[-1] if fitting else CellSize.SMALL
    chosen = candidate(size, bool(totals))
    if totals is None:
        for row_totals, column_totals in ((True, True), (True, False), (False, True)):
            layout = replace(chosen, row_totals=row_totals, column_totals=column_totals)
            if layout.fits:
                return layout
    return chosen
