"""The scrolling part of a heatmap: it draws the lines in view, and moves the cursor."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.cache import LRUCache
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from makemore_tui.widgets.heatmap.drawing import (
    Cells,
    Picture,
    draw_cells,
    draw_header,
    draw_row_header,
    draw_row_total,
    draw_totals,
    mark_cursor,
)


class HeatmapGrid(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws a `Picture`. Row and column labels stay in view; scrolling goes by whole cells.

    The cursor is a place on the screen, row and column after sorting. A move repaints the cells that it left and
    entered and their labels, nothing else; when it leaves the view, the view jumps by a part of its size, so that
    holding a key down does not repaint everything at each step.
    """

    BINDINGS = [
        Binding("up", "move(-1, 0)", "cell up", show=False),
        Binding("down", "move(1, 0)", "cell down", show=False),
        Binding("left", "move(0, -1)", "cell left", show=False),
        Binding("right", "move(0, 1)", "cell right", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home", "edge(0, -1)", "first column", show=False),
        Binding("end", "edge(0, 1)", "last column", show=False),
        Binding("ctrl+home", "edge(-1, 0)", "first row", show=False),
        Binding("ctrl+end", "edge(1, 0)", "last row", show=False),
    ]

    DEFAULT_CSS = """
    HeatmapGrid {
        scrollbar-size: 1 1;
    }
    """

    @dataclass
    class Moved(Message):
        """The cursor stands on another cell, at this place after sorting."""

        row: int
        column: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.picture: Picture | None = None
        self.place = Offset(0, 0)
        """The cursor: x is the column, y the row."""
        self.repainted = 0
        """How many cells the latest picture had painted anew."""
        self._words = ""
        self._cells: LRUCache[tuple[int, int], list[Cells]] = LRUCache(512)

    def show(self, picture: Picture, place: Offset) -> None:
        """Draw this instead; the cursor goes to `place` without a message.

        Where only values changed, only the cells that look different are painted again.
        """
        stale, stale_place, cells = self.picture, self.place, self._cells
        self.picture, self.place, self._cells = picture, place, LRUCache(512)
        layout = picture.layout
        self.virtual_size = Size(layout.virtual_width, layout.virtual_height)
        if stale is not None and place == stale_place and stale.alike(picture):
            changed = list(self._changed_cells(cells))
            size = layout.size
            self.repainted = sum(region.area for region in changed) // (size.width * size.lines)
            if changed:
                self.refresh(*changed)
            return
        self.repainted = layout.visible_columns * layout.visible_steps
        self.refresh()
        if self.size:
            self.call_after_refresh(self._scroll_into_view)

    def clear(self, words: str) -> None:
        """Draw these words instead of cells."""
        if self.picture is not None or words != self._words:
            self.picture, self._words = None, words
            self.refresh()

    def _changed_cells(self, stale: LRUCache[tuple[int, int], list[Cells]]) -> Iterator[Region]:
        """Where the cells in view differ from those that were drawn."""
        assert self.picture is not None
        layout, first_column = self.picture.layout, self.first_column
        width, height = layout.size.width, layout.size.lines
        for step in range(self.first_step, self.first_step + layout.visible_steps):
            y = layout.row_y(step * layout.rows_per_line, self.first_step)
            old = stale.get((step, first_column))
            if old is None:
                yield Region(0, y, self.size.width, height)
                continue
            places = zip(zip(*old, strict=True), zip(*self._cells_of(step, first_column), strict=True), strict=True)
            for place, (before, after) in enumerate(places):
                if before != after:
                    yield Region(layout.header_width + place * width, y, width, height)

    # Drawing

    @property
    def first_column(self) -> int:
        """The first column in view."""
        return self.picture.layout.first_column(round(self.scroll_x)) if self.picture else 0

    @property
    def first_step(self) -> int:
        """The first row in view, or line of two rows."""
        return self.picture.layout.first_step(round(self.scroll_y)) if self.picture else 0

    def render_line(self, y: int) -> Strip:
        """The line at `y` of the view."""
        strip = Strip(self._segments(y)).adjust_cell_length(self.size.width)
        return strip.apply_style(self.rich_style).simplify()

    def _segments(self, y: int) -> list[Segment]:
        picture = self.picture
        if picture is None:
            lines = wrap(self._words, max(20, min(self.size.width - 2, 60)))
            return [Segment(f" {lines[y - 1]}")] if 0 < y <= len(lines) else []
        layout, first_column = picture.layout, self.first_column
        if y == 0:
            return draw_header(picture, first_column, self.place.x)
        step, line = divmod(y - 1, layout.size.lines)
        if step >= layout.visible_steps:
            at_totals = layout.column_totals and y == 1 + layout.visible_steps * layout.size.lines
            return draw_totals(picture, first_column) if at_totals else []
        step += self.first_step
        cells = self._cells_of(step, first_column)
        if self.place.y in picture.row_places(step) and self.place.x in picture.column_places(first_column):
            lower = self.place.y % layout.rows_per_line == 1
            cells = mark_cursor(picture, cells, self.place.x - first_column, lower)
        head = draw_row_header(picture, step, line, self.place.y)
        return [*head, *cells[line], *draw_row_total(picture, step, line)]

    def _cells_of(self, step: int, first_column: int) -> list[Cells]:
        """Cells are drawn once for each place of the view; `show` forgets them."""
        assert self.picture is not None
        key = (step, first_column)
        if (cells := self._cells.get(key)) is None:
            cells = self._cells[key] = draw_cells(self.picture, step, first_column)
        return cells

    # The cursor

    def move_to(self, row: int, column: int) -> None:
        """Put the cursor on a cell, as near as there is one, and bring it into view."""
        if self.picture is None:
            return
        layout = self.picture.layout
        place = Offset(max(0, min(column, layout.columns - 1)), max(0, min(row, layout.rows - 1)))
        if place == self.place:
            return
        stale = self._regions(self.place)
        self.place = place
        if not self._scroll_into_view():
            self.refresh(*stale, *self._regions(place))
        self.post_message(self.Moved(place.y, place.x))

    def _regions(self, place: Offset) -> list[Region]:
        """What shows that the cursor is at `place`: the cell and its two labels, as far as they are in view."""
        assert self.picture is not None
        layout = self.picture.layout
        x, y = layout.column_x(place.x, self.first_column), layout.row_y(place.y, self.first_step)
        width, height = layout.size.width, layout.size.lines
        column_in_view = 0 <= place.x - self.first_column < layout.visible_columns
        row_in_view = 0 <= place.y // layout.rows_per_line - self.first_step < layout.visible_steps
        regions = []
        if column_in_view:
            regions.append(Region(x, 0, width, 1))
        if row_in_view:
            regions.append(Region(0, y, layout.header_width, 1))
        if column_in_view and row_in_view:
            regions.append(Region(x, y, width, height))
        return regions

    def _scroll_into_view(self) -> bool:
        """Jump by a part of the view where the cursor is outside of it. Whether it had to."""
        if self.picture is None:
            return False
        layout = self.picture.layout
        column = _jump(self.place.x, self.first_column, layout.visible_columns)
        step = _jump(self.place.y // layout.rows_per_line, self.first_step, layout.visible_steps)
        if (column, step) == (self.first_column, self.first_step):
            return False
        self.scroll_to(column * layout.size.width, step * layout.size.lines, animate=False, force=True)
        return True

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor by so many cells."""
        self.move_to(self.place.y + rows, self.place.x + columns)

    def action_page(self, direction: int) -> None:
        """Move the cursor by the rows in view."""
        if self.picture is not None:
            layout = self.picture.layout
            rows = layout.visible_steps * layout.rows_per_line
            self.move_to(self.place.y + direction * max(1, rows - 1), self.place.x)

    def action_edge(self, rows: int, columns: int) -> None:
        """Move the cursor to the first or last row or column."""
        far = 1 << 40
        self.move_to(self.place.y + rows * far, self.place.x + columns * far)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; a click on a label moves it to that row or column."""
        if self.picture is None:
            return
        layout = self.picture.layout
        column = self.first_column + (event.x - layout.header_width) // layout.size.width
        in_columns = 0 <= column - self.first_column < layout.visible_columns and event.x >= layout.header_width
        step = (event.y - 1) // layout.size.lines
        in_rows = event.y >= 1 and step < layout.visible_steps
        row = (self.first_step + step) * layout.rows_per_line
        if in_rows and layout.rows_per_line == 2:
            row += self._lower_half(event, row)
        if in_rows or in_columns:
            self.move_to(row if in_rows else self.place.y, column if in_columns else self.place.x)

    def _lower_half(self, event: events.Click, row: int) -> int:
        """A line holds two rows: on a label the one that was hit, on a cell the one where the cursor is not yet."""
        assert self.picture is not None
        if event.x < self.picture.layout.header_width:
            return int(event.x >= self.picture.layout.label_width)
        return int(self.place.y == row)


def _jump(place: int, first: int, visible: int) -> int:
    """The new first row or column: the same where `place` is in view, else with room ahead of it."""
    if first <= place < first + visible:
        return first
    ahead = visible // 3
    return max(0, place - ahead) if place < first else place - visible + 1 + ahead
