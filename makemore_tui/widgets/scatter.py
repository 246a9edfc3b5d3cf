"""Labelled points in the plane, each drawn as its label. Pure functions of points to rows, and the widget."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite

from rich.cells import cell_len
from rich.style import Style

from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import Row, span
from makemore_tui.widgets.spans import SpanRows

ASPECT = 2.0
"""A cell is about twice as high as it is wide."""
REACH = 3
"""A label whose place is taken moves aside by so many rows, or twice as many columns, at the most."""


MOST = 1000
"""So many points are looked for a place for, at the most: no screen has room for more labels."""


@dataclass(frozen=True)
class Point:
    """One point."""

    label: str
    """One or two cells."""
    x: float
    y: float
    stands_out: bool = False


@dataclass(frozen=True)
class Scatter:
    """Points, the most important first: where there is no room for all labels, the last ones are left out."""

    points: tuple[Point, ...] = ()
    words: str = ""
    """What stands in their place where there are none."""


@dataclass(frozen=True)
class Placed:
    """A label and the cell where it begins."""

    point: Point
    column: int
    row: int


@dataclass(frozen=True)
class Plan:
    """Which label stands where, in a room of some size."""

    placed: tuple[Placed, ...] = ()
    left_out: int = 0
    """How many labels have no room."""
    origin: tuple[int, int] | None = None
    """The column and the row of the point 0, 0; a place outside of the room where that is not in view."""


class ScatterMap(SpanRows):
    """Draws a `Scatter`. Both axes have one scale, so that distances can be compared."""

    data: Scatter = Scatter()

    def show(self, data: Scatter) -> None:
        """Take other points."""
        if data != self.data:
            self.data = data
            self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The labels, and where the axes cross them."""
        return scatter_rows(self.data, width, height, self.inks, self.marks)


def scatter_rows(data: Scatter, width: int, height: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE) -> list[Row]:
    """The points in a room of this size; the last row says how many labels had no room in it, if any."""
    if not data.points:
        return [[span(data.words, inks.muted)]]
    plan = plan_labels(data.points, width, height)
    words = ""
    if plan.left_out:
        plan = plan_labels(data.points, width, height - 1)
        words = f"{plan.left_out:,} more have no room here"
    canvas = _Canvas(width, height)
    if plan.origin is not None:
        canvas.draw_axes(*plan.origin, inks.muted, marks.dot)
    for placed in plan.placed:
        style = inks.picked if placed.point.stands_out else inks.strong
        canvas.write(placed.column, placed.row, placed.point.label, style)
    if words:
        canvas.clear(height - 1)
        canvas.write(0, height - 1, words, inks.muted)
    return canvas.rows()


def plan_labels(points: tuple[Point, ...], width: int, height: int) -> Plan:
    """Find a cell for each label: its own, or where that is taken the nearest that is free, within reach."""
    known = [point for point in points if isfinite(point.x) and isfinite(point.y)]
    if not known or width < 2 or height < 1:
        return Plan(left_out=len(points))
    widest = max(cell_len(point.label) for point in known)
    low_x, high_x = min(point.x for point in known), max(point.x for point in known)
    low_y, high_y = min(point.y for point in known), max(point.y for point in known)
    columns, rows = max(width - widest, 1), max(height - 1, 1)
    cell = max((high_x - low_x) / columns, (high_y - low_y) / (rows * ASPECT)) or 1.0  # of the plane, in one column
    left = (columns - (high_x - low_x) / cell) / 2
    top = (rows - (high_y - low_y) / (cell * ASPECT)) / 2

    def place(x: float, y: float) -> tuple[int, int]:
        return round(left + (x - low_x) / cell), round(top + (high_y - y) / (cell * ASPECT))

    taken: set[tuple[int, int]] = set()
    placed = []
    for point in known[:MOST]:
        long = cell_len(point.label)
        for column, row in _around(*place(point.x, point.y)):
            cells = {(column + x, row) for x in range(long)}
            beside = {(column - 1, row), (column + long, row)}  # labels that touch would read as one
            if 0 <= row < height and 0 <= column <= width - long and not taken & (cells | beside):
                taken |= cells
                placed.append(Placed(point, column, row))
                break
    return Plan(tuple(placed), len(points) - len(placed), place(0.0, 0.0))


def _around(column: int, row: int) -> Iterator[tuple[int, int]]:
    """The cell itself, then those around it, the nearest first."""
    for x, y in _OFFSETS:
        yield column + x, row + y


_OFFSETS = sorted(
    ((x, y) for y in range(-REACH, REACH + 1) for x in range(-2 * REACH, 2 * REACH + 1)),
    key=lambda offset: (offset[0] ** 2 + (ASPECT * offset[1]) ** 2, offset[1], offset[0]),
)


@dataclass
class _Canvas:
    """Cells that are written to one after the other."""

    width: int
    height: int
    _cells: dict[tuple[int, int], tuple[str, Style]] = field(default_factory=dict)

    def draw_axes(self, column: int, row: int, style: Style, dot: str) -> None:
        """The axes through a place, as dots."""
        for y in range(self.height):
            self.write(column, y, dot, style)
        for x in range(column % 2, self.width, 2):
            self.write(x, row, dot, style)

    def write(self, column: int, row: int, text: str, style: Style) -> None:
        """Put a text into one row; what lies outside is left out. The cells that it covers hold nothing else."""
        if not (0 <= row < self.height and 0 <= column < self.width):
            return
        for x in range(column, column + cell_len(text)):
            self._cells.pop((x, row), None)
        self._cells[column, row] = (text, style)

    def clear(self, row: int) -> None:
        """Leave nothing in a row."""
        for column in range(self.width):
            self._cells.pop((column, row), None)

    def rows(self) -> list[Row]:
        """What was written."""
        return [self._row(y) for y in range(self.height)]

    def _row(self, y: int) -> Row:
        row: Row = []
        end = 0
        for column in sorted(x for x, at in self._cells if at == y):
            text, style = self._cells[column, y]
            row += [span(" " * (column - end)), span(text, style)]
            end = column + cell_len(text)
        return row
