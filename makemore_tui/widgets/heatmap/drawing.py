"""The rows of a heatmap as pure functions: from numbers, a layout and a colour map to styled text.

Only what is in view is ever asked for: drawing one line costs one block of `visible_columns` values, whatever the size
of the matrix.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import isqrt

import numpy as np
from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from makemore_tui.widgets.color_maps import ColorMap
from makemore_tui.widgets.heatmap.data import HeatmapData, Indices
from makemore_tui.widgets.heatmap.layout import TOTAL_WIDTH, CellSize, Layout
from makemore_tui.widgets.heatmap.scales import Scale, diverging_levels, sequential_levels
from makemore_tui.widgets.heatmap.texts import cell_text, compact

Cells = list[Segment]
"""One segment for each column in view."""

DENSITY = " .:-=+*#%@"
"""From nothing to much in ASCII, for terminals on which cells cannot be told apart by colour."""

_BARS = "▁▂▃▄▅▆▇█"

_UPPER_DOTS = (0x0001, 0x0200, 0x0100, 0x0002, 0x0008, 0x1000, 0x0800, 0x0010)
_LOWER_DOTS = (0x0004, 0x4000, 0x0400, 0x0040, 0x0020, 0x8000, 0x2000, 0x0080)
"""The bits of the dots in each half of two braille characters, the second one's in the higher byte, in the order in
which they come: spread evenly, as in a printed grey."""


@dataclass(frozen=True)
class Inks:
    """How the parts around the cells are drawn."""

    header: Style
    header_cursor: Style
    total: Style


PLAIN = Inks(Style(), Style(reverse=True, bold=True), Style())
"""Inks that need no colour."""


@dataclass(frozen=True)
class Picture:
    """All that drawing needs. Rows and columns are places on the screen, that is after sorting."""

    data: HeatmapData
    layout: Layout
    scale: Scale
    colors: ColorMap
    inks: Inks = PLAIN

    @property
    def diverging(self) -> bool:
        """Whether values have a sign."""
        return self.data.notation.has_sign

    def alike(self, other: "Picture") -> bool:
        """Whether all but the values is the same."""
        return (
            (self.layout, self.scale, self.colors, self.inks) == (other.layout, other.scale, other.colors, other.inks)
            and self.data.notation is other.data.notation
            and (self.data.row_labels, self.data.column_labels) == (other.data.row_labels, other.data.column_labels)
            and self.data.row_totals is other.data.row_totals
            and self.data.column_totals is other.data.column_totals
            and np.array_equal(self.data.row_ids, other.data.row_ids)
            and np.array_equal(self.data.column_ids, other.data.column_ids)
        )

    def row_label(self, row: int) -> str:
        """The label of a row."""
        return self.data.row_labels[int(self.data.row_ids[row])]

    def column_label(self, column: int) -> str:
        """The label of a column."""
        return self.data.column_labels[int(self.data.column_ids[column])]

    def column_places(self, first_column: int) -> range:
        """The columns in view."""
        return range(first_column, min(first_column + self.layout.visible_columns, self.layout.columns))

    def row_places(self, step: int) -> range:
        """The rows of a step: one or two."""
        first = step * self.layout.rows_per_line
        return range(first, min(first + self.layout.rows_per_line, self.layout.rows))


def draw_cells(picture: Picture, step: int, first_column: int) -> list[Cells]:
    """The cells in view of one step, without cursor: one list for each line."""
    data, layout = picture.data, picture.layout
    rows, columns = picture.row_places(step), picture.column_places(first_column)
    row_ids, column_ids = data.row_ids[rows.start : rows.stop], data.column_ids[columns.start : columns.stop]
    values = data.values.block(row_ids, column_ids)
    measure = diverging_levels if picture.diverging else sequential_levels
    levels = measure(values, data.bounds, picture.scale, picture.colors.levels)
    if layout.size is CellSize.SMALL:
        if layout.rows_per_line == 1:
            return [_density(picture, levels)]
        return [(_dots if picture.colors.colorless else _half_blocks)(picture, levels)]
    width, ascii_only = layout.size.width, layout.ascii_only
    styles = [picture.colors.cell(level) for level in range(-1, picture.colors.levels)]
    numbers = [
        Segment(cell_text(value, data.notation, width, ascii_only=ascii_only).rjust(width), styles[level + 1])
        for value, level in zip(values[0].tolist(), levels[0].tolist(), strict=True)
    ]
    if layout.size is not CellSize.PAIR:
        return [numbers]
    first = picture.row_label(rows.start)
    pairs = [
        Segment(_centred(first + picture.column_label(column), width), segment.style)
        for column, segment in zip(columns, numbers, strict=True)
    ]
    return [pairs, numbers]


def mark_cursor(picture: Picture, lines: list[Cells], place: int, lower: bool) -> list[Cells]:
    """The lines of a step with the cursor on the cell at `place`; on its lower half where there are two rows.

    Without colours it covers both: the label of its row tells them apart.
    """
    colors = picture.colors
    marked = []
    for cells in lines:
        old = cells[place]
        style = colors.cursor_cell
        if picture.layout.rows_per_line == 2 and not colors.colorless:
            top, bottom = _shades_of(old)
            top, bottom = (top, colors.cursor) if lower else (colors.cursor, bottom)
            marked.append([*cells[:place], _half_block(top, bottom), *cells[place + 1 :]])
            continue
        marked.append([*cells[:place], Segment(old.text, style), *cells[place + 1 :]])
    return marked


def draw_header(picture: Picture, first_column: int, cursor: int | None = None) -> list[Segment]:
    """The line of column labels; the column of the cursor stands out."""
    layout, inks = picture.layout, picture.inks
    segments = [Segment(" " * layout.header_width, inks.header)]
    for column in picture.column_places(first_column):
        style = inks.header_cursor if column == cursor else inks.header
        segments.append(Segment(_column_text(picture.column_label(column), layout.size), style))
    if layout.row_totals:
        segments.append(Segment("sum".rjust(TOTAL_WIDTH), inks.total))
    return segments


def draw_row_header(picture: Picture, step: int, line: int, cursor: int | None = None) -> list[Segment]:
    """The labels at the left of a line; the row of the cursor stands out."""
    layout, inks = picture.layout, picture.inks
    if line:
        return [Segment(" " * layout.header_width, inks.header)]
    segments = [] if layout.size is CellSize.SMALL else [Segment(" ", inks.header)]
    for row in picture.row_places(step):
        style = inks.header_cursor if row == cursor else inks.header
        segments.append(Segment(_padded(picture.row_label(row), layout.label_width), style))
    missing = layout.header_width - sum(segment.cell_length for segment in segments)
    return [*segments, Segment(" " * missing, inks.header)]


def draw_row_total(picture: Picture, step: int, line: int) -> list[Segment]:
    """The totals at the right of a line, where they are shown: of both rows where there are two."""
    totals = picture.data.row_totals
    if not picture.layout.row_totals:
        return []
    if totals is None or line:
        return [Segment(" " * TOTAL_WIDTH)]
    numbers = [int(totals[picture.data.row_ids[row]]) for row in picture.row_places(step)]
    if picture.layout.rows_per_line == 1:
        text = compact(numbers[0], TOTAL_WIDTH - 1)
    else:
        text = "".join(compact(number, 3).rjust(4) for number in numbers).ljust(8)
    return [Segment(text.rjust(TOTAL_WIDTH), picture.inks.total)]


def draw_totals(picture: Picture, first_column: int) -> list[Segment]:
    """The line of column totals: numbers, or bars where cells are too small for numbers."""
    layout, style, totals = picture.layout, picture.inks.total, picture.data.column_totals
    label = ("S" if layout.ascii_only else "Σ").rjust(layout.header_width - 1) + " "
    segments = [Segment(label, style)]
    if totals is None:
        return segments
    width = layout.size.width
    shown: Indices = totals[picture.data.column_ids[first_column : first_column + layout.visible_columns]]
    largest = max(1, int(totals.max()))
    for total in shown.tolist():
        if width < 4:
            marks = DENSITY[1:] if layout.ascii_only else _BARS
            text = marks[min(len(marks) - 1, isqrt(total * len(marks) ** 2 // largest))]
        else:
            text = compact(total, width - 1)
        segments.append(Segment(text.rjust(width), style))
    if layout.row_totals:
        everything = compact(int(totals.sum()), TOTAL_WIDTH - 1).rjust(TOTAL_WIDTH)
        segments.append(Segment(everything, style))
    return segments


def _half_blocks(picture: Picture, levels: Indices) -> Cells:
    """Two rows of levels, or one at the end, as upper half blocks."""
    shade = picture.colors.shade
    if len(levels) == 1:
        return [_half_block(shade(level), None) for level in levels[0].tolist()]
    return [
        _half_block(shade(top), shade(bottom))
        for top, bottom in zip(levels[0].tolist(), levels[1].tolist(), strict=True)
    ]


@lru_cache(maxsize=4096)
def _half_block(top: Color | None, bottom: Color | None) -> Segment:
    if top == bottom:
        return Segment("  ", Style(color=bottom, bgcolor=bottom))
    return Segment("▀▀", Style(color=top, bgcolor=bottom))


def _shades_of(segment: Segment) -> tuple[Color | None, Color | None]:
    style = segment.style or Style()
    return style.color, style.bgcolor


def _dots(picture: Picture, levels: Indices) -> Cells:
    """Two rows of levels, or one at the end, as dots: none for zero, eight for the most."""
    steps = max(1, picture.colors.levels - 1)
    counts = np.where(levels < 0, 0, 1 + levels * 7 // steps).tolist()
    bottoms = counts[1] if len(counts) == 2 else [0] * len(counts[0])
    return [Segment(dots(top, bottom), picture.colors.cell(0)) for top, bottom in zip(counts[0], bottoms, strict=True)]


@lru_cache(maxsize=128)
def dots(top: int, bottom: int = 0) -> str:
    """Two braille characters with so many dots (0 to 8) in their upper and in their lower half."""
    bits = sum(_UPPER_DOTS[:top]) + sum(_LOWER_DOTS[:bottom])
    return "".join(chr(0x2800 + half) if half else " " for half in (bits & 0xFF, bits >> 8))


def _density(picture: Picture, levels: Indices) -> Cells:
    """One row of levels as signs, darker ones for more; the sign of a difference comes first."""
    colors, steps = picture.colors, len(DENSITY) - 2
    cells = []
    for level in levels[0].tolist():
        if level < 0:
            text = "  "
        elif picture.diverging:
            middle = colors.levels // 2
            part = round(abs(level - middle) / max(1, middle) * steps)
            text = ("-" if level < middle else "+" if level > middle else " ") + DENSITY[1 + part]
        else:
            text = DENSITY[1 + round(level / max(1, colors.levels - 1) * steps)] * 2
        cells.append(Segment(text, colors.cell(level)))
    return cells


def _column_text(label: str, size: CellSize) -> str:
    """A column's label over the last digit of its numbers, or in the middle of wide cells."""
    if size is CellSize.PAIR:
        return _centred(label, size.width)
    return " " * (size.width - cell_len(label)) + label


def _centred(text: str, width: int) -> str:
    left = (width - cell_len(text)) // 2
    return _padded(" " * left + text, width)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def label_width(labels: tuple[str, ...]) -> int:
    """Columns for the widest label. Looked at once for each change of the data."""
    return int(np.max([cell_len(label) for label in labels], initial=1))
