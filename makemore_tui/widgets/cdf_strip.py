"""The cumulative distribution in vocabulary order as one strip from 0 to 1, with `u` under it.

A draw by inverse CDF is read off it: u falls into the segment of one character, and that is the one picked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.style import Style

from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import Row, Rows, right, row_width, span

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, eq=False)
class CdfData:
    """What the strip shows."""

    cumulative: NDArray[np.float64]
    """(V,) the running sum of the probabilities in vocabulary order; the last is 1."""

    symbols: Sequence[str]
    """The V characters in the same order, as they are shown."""

    u: float
    picked: int
    """The id whose interval holds u."""

    pending: bool = True
    """Whether u is still to be used; False for an item that has ended, where nothing is left to draw."""


class CdfStrip(Rows):
    """Draws CdfData: the strip, the pointer, and the scale where there is a third row."""

    data: CdfData | None = None
    nothing = ""
    """What is said where there is no distribution."""

    def show(self, data: CdfData | None, nothing: str = "") -> None:
        """Take a new distribution, or None and the words in its place."""
        self.data, self.nothing = data, nothing
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The strip, the pointer and the scale."""
        if self.data is None:
            return [[span(self.nothing, self.inks.muted)]]
        rows = [strip_row(self.data, width, self.inks, self.marks)]
        rows.append(pointer_row(self.data, width, self.inks, self.marks))
        return [*rows, scale_row(width, self.inks)]


def column_owners(data: CdfData, width: int) -> NDArray[np.int64]:
    """The id that each of the `width` columns belongs to: the one at its middle; the column of u is its pick's.

    Narrow segments may get no column, the picked one always has one. Takes O(width log V).
    """
    middles = (np.arange(width) + 0.5) / width
    owners = np.searchsorted(data.cumulative, middles, side="right").astype(np.int64)
    if data.pending:
        owners[u_column(data.u, width)] = data.picked
    return owners


def u_column(u: float, width: int) -> int:
    """The column that holds u."""
    return min(int(u * width), width - 1)


def strip_row(data: CdfData, width: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE) -> Row:
    """Segments in alternating shades, each with its character in the middle where it fits."""
    owners = column_owners(data, width)
    starts = [0, *(np.flatnonzero(np.diff(owners)) + 1).tolist(), width]
    row: Row = []
    for index, (start, end) in enumerate(pairwise(starts)):
        owner = int(owners[start])
        picked = data.pending and owner == data.picked
        shade = inks.picked if picked else (inks.segment_a, inks.segment_b)[index % 2]
        row.append(span(_label(data.symbols[owner], end - start, inks, marks), shade))
    return row


def _label(symbol: str, room: int, inks: Inks, marks: Marks) -> str:
    """A character in the middle of a segment; without colours a bar on its left edge tells segments apart."""
    edge = "" if inks.colored else "|" if marks is not UNICODE else "▏"
    if cell_len(symbol) + len(edge) > room:
        return (edge + " " * room)[:room]
    left = (room - cell_len(symbol)) // 2
    text = " " * left + symbol + " " * (room - left - cell_len(symbol))
    return edge + text[1:] if edge and left else text


def pointer_row(data: CdfData, width: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE) -> Row:
    """A mark under u, its value and the character that it picks, on the side where there is room."""
    if not data.pending:
        return []
    column = u_column(data.u, width)
    text = f"u = {data.u:.4f} {marks.arrow} {data.symbols[data.picked]}"
    style = inks.strong + Style(color=inks.picked.bgcolor) if inks.colored else inks.strong
    if column + 2 + cell_len(text) <= width:
        return [span(" " * column), span(f"{marks.up} {text}", style)]
    return [span(right(f"{text} {marks.up}", column + 1), style)]


def scale_row(width: int, inks: Inks = MONOCHROME) -> Row:
    """0, a quarter, a half, three quarters and 1, where they belong."""
    row: Row = []
    for tick in TICKS:
        text = f"{tick:g}"
        column = min(round(tick * width), width - len(text))
        if column >= row_width(row):
            row += [span(" " * (column - row_width(row))), span(text, inks.muted)]
    return row
