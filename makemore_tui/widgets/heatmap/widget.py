"""A matrix as a heatmap with a cursor."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Offset, Size
from textual.message import Message
from textual.widget import Widget

from makemore_tui.look import Look, look_of
from makemore_tui.widgets.color_maps import ColorMap, sequential_maps
from makemore_tui.widgets.heatmap.data import HeatmapData
from makemore_tui.widgets.heatmap.drawing import Inks, Picture, label_width
from makemore_tui.widgets.heatmap.grid import HeatmapGrid
from makemore_tui.widgets.heatmap.layout import CellSize, Layout, best_layout
from makemore_tui.widgets.heatmap.scales import Scale

_RULER = 6  # columns: about what is sent again beside a changed cell; each cut costs 8 bytes a line when all is painted


class Heatmap(Container):
    """Shows a `HeatmapData` with cells as large as the room allows, or as `zoom` says.

    Textual sends a changed part of a widget again from the left edge of that widget on. Empty widgets below the grid,
    the rulers, cut its lines into short pieces, so that a cursor move sends two cells and not two rows.
    """

    COMPONENT_CLASSES = {"heatmap--header", "heatmap--header-cursor", "heatmap--total"}

    DEFAULT_CSS = """
    Heatmap {
        layers: rulers grid;
        & > .heatmap--header { color: $foreground 70%; }
        & > .heatmap--header-cursor { color: $background; background: $foreground; text-style: bold; }
        & > .heatmap--total { color: $foreground 60%; }
        & HeatmapGrid { layer: grid; width: 100%; height: 100%; }
        & .heatmap-ruler { layer: rulers; height: 100%; position: absolute; }
    }
    """

    @dataclass
    class CursorMoved(Message):
        """The cursor stands on another cell: row and column as in the data, whatever the order on the screen."""

        row: int
        column: int

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._data: HeatmapData | None = None
        self._cursor = (0, 0)
        self._label_width = 1
        self._room: Size | None = None
        self._zoom: CellSize | None = None
        self._totals: bool | None = None
        self._scale = Scale.LOG
        self._colors: ColorMap | None = None
        self._drawn_rulers: tuple[int, int, int] = (0, 0, 0)

    def compose(self) -> ComposeResult:
        """The grid; rulers are mounted when its layout is known."""
        yield HeatmapGrid()

    @property
    def grid(self) -> HeatmapGrid:
        """The part that takes keys and the mouse."""
        return self.query_one(HeatmapGrid)

    @property
    def look(self) -> Look:
        """What the terminal can show."""
        return look_of(self.app)

    @property
    def color_map(self) -> ColorMap:
        """The colour map that was asked for, or the first of those for this terminal."""
        return self._colors or sequential_maps(self.look.depth)[0]

    # What is shown

    @property
    def data(self) -> HeatmapData | None:
        """The matrix. A new one keeps the cursor on the same row and column of the data where they exist."""
        return self._data

    @property
    def cursor(self) -> tuple[int, int]:
        """The row and the column under the cursor, as in the data."""
        picture, place = self.grid.picture, self.grid.place
        if picture is not None and picture.data is self._data:
            self._cursor = int(picture.data.row_ids[place.y]), int(picture.data.column_ids[place.x])
        return self._cursor

    @property
    def layout_now(self) -> Layout | None:
        """How the cells are laid out in the room at hand."""
        if self._data is None:
            return None
        return self._layout(self._room or self.outer_size)

    def show(
        self,
        data: HeatmapData,
        *,
        scale: Scale,
        colors: ColorMap | None = None,
        zoom: CellSize | None = None,
        totals: bool | None = None,
    ) -> None:
        """Show a matrix.

        `zoom` and `totals` of None leave the size of the cells, and whether there are totals, to the room.
        """
        if data is not self._data:
            self._label_width = label_width((*data.row_labels, *data.column_labels))
            (row, column), (rows, columns) = self.cursor, data.shape
            self._cursor = min(row, rows - 1), min(column, columns - 1)
        self._data, self._scale, self._colors = data, scale, colors
        self._zoom, self._totals = zoom, totals
        self.redraw()

    def clear(self, words: str = "") -> None:
        """Show these words instead of a matrix; the cursor and the focus stay."""
        self._cursor = self.cursor
        self._data = None
        self.grid.clear(words)

    def set_room(self, room: Size) -> None:
        """Choose cells for this room instead of the widget's own size, which may depend on that choice."""
        self._room = room

    def redraw(self) -> None:
        """Draw everything anew: the theme, the room or the data changed."""
        if self._data is None or not self.is_attached or not self.outer_size:
            return
        layout = self._layout(self._room or self.outer_size)
        layout = replace(layout, width=self.outer_size.width, height=self.outer_size.height).with_bars()
        style = self.get_component_rich_style
        inks = Inks(style("heatmap--header"), style("heatmap--header-cursor"), style("heatmap--total"))
        self._mount_rulers(layout)
        self.grid.show(Picture(self._data, layout, self._scale, self.color_map, inks), self._place(self.cursor))

    def move_to(self, row: int, column: int) -> None:
        """Put the cursor on this row and column of the data."""
        if self._data is None:
            return
        picture = self.grid.picture
        if picture is None or picture.data is not self._data:  # not laid out yet: it begins there
            self._cursor = row, column
            return
        place = self._place((row, column))
        self.grid.move_to(place.y, place.x)

    def _layout(self, room: Size) -> Layout:
        assert self._data is not None
        rows, columns = self._data.shape
        wide = Layout(
            rows,
            columns,
            room.width,
            room.height,
            CellSize.SMALL,
            label_width=self._label_width,
            ascii_only=self.look.ascii,
            signs=self._data.notation.has_sign and self.color_map.colorless,
        )
        has_totals = self._data.row_totals is not None
        return best_layout(wide, size=self._zoom, totals=self._totals if has_totals else False)

    def _place(self, cell: tuple[int, int]) -> Offset:
        """Where a cell of the data stands after sorting."""
        assert self._data is not None
        row = int((self._data.row_ids == cell[0]).argmax())
        column = int((self._data.column_ids == cell[1]).argmax())
        return Offset(column, row)

    # Events

    def on_heatmap_grid_moved(self, event: HeatmapGrid.Moved) -> None:
        """Tell of the move in terms of the data."""
        event.stop()
        if self._data is not None:
            self.post_message(self.CursorMoved(*self.cursor))

    def on_resize(self, _event: events.Resize) -> None:
        """The cells depend on the room."""
        self.redraw()

    def notify_style_update(self) -> None:
        """The theme changed."""
        super().notify_style_update()
        if self.is_attached:
            self.call_later(self.redraw)

    # Rulers

    def _mount_rulers(self, layout: Layout) -> None:
        key = (layout.header_width, layout.size.width, layout.width)
        if key == self._drawn_rulers:
            return
        self._drawn_rulers = key
        self.query(".heatmap-ruler").remove()
        self.mount(*_rulers(*key))


def _rulers(header: int, cell: int, width: int) -> Iterator[Widget]:
    """Every other piece of a line is a ruler: the edges of each cut the line twice. Pieces are whole cells."""
    piece = max(1, _RULER // cell) * cell
    for left in range(header, width - piece, 2 * piece):
        ruler = Widget(classes="heatmap-ruler")
        ruler.styles.width = piece
        ruler.styles.offset = (left, 0)
        yield ruler
