"""A drawn chart: a character and an ink for each cell, and where two of them differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from makemore_tui.widgets.line_chart.scales import Axis
from makemore_tui.widgets.spans import Stretch, stretches


class Ink(IntEnum):
    """What a cell is part of; a palette gives each its colour. Series have two inks each, from SERIES on."""

    BLANK = 0
    AXIS = 1
    LABEL = 2
    GRID = 3
    REFERENCE = 4
    TITLE = 5
    CURSOR = 6
    SERIES = 8


_EDGE = 1e-9
SLOTS = 6
"""How many series can be told apart by colour and marker; further ones start again."""


def line_ink(slot: int) -> int:
    """The ink of the line of the series in this slot."""
    return Ink.SERIES + 2 * (slot % SLOTS)


def band_ink(slot: int) -> int:
    """The ink of the band of the series in this slot."""
    return line_ink(slot) + 1


@dataclass(frozen=True)
class Plot:
    """Where the curves lie in a frame, and over which steps."""

    left: int
    top: int
    width: int
    height: int
    steps: Axis
    whole: tuple[float, float]
    """The ends of the step axis that would show all."""

    def step_at(self, x: int) -> float:
        """The step in the middle of a column of the frame; columns beside the plot count as its first or last."""
        edges = self.steps.edges(2 * self.width)
        return float(edges[2 * min(max(x - self.left, 0), self.width - 1) + 1])

    def column_of(self, step: float) -> int | None:
        """The column of the frame that holds a step; None where it is not shown."""
        fraction = float(self.steps.fractions(np.array([step]))[0])
        if not -_EDGE <= fraction <= 1 + _EDGE:
            return None
        return self.left + min(max(int(fraction * self.width + _EDGE), 0), self.width - 1)


@dataclass(frozen=True, eq=False)
class Frame:
    """The cells of a chart, row by row."""

    glyphs: NDArray[np.uint32]
    """Code points, (height, width)."""
    inks: NDArray[np.uint8]
    """Inks, (height, width)."""
    plot: Plot | None = None
    """None where there is no room for curves, or none to draw."""

    @classmethod
    def blank(cls, width: int, height: int) -> "Frame":
        """A frame of spaces."""
        return cls(np.full((height, width), ord(" "), np.uint32), np.zeros((height, width), np.uint8))

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.glyphs.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.glyphs.shape[1])

    def write(self, x: int, y: int, text: str, ink: int) -> int:
        """Put text into a row, cut off at its ends; returns the column after it."""
        end = x + len(text)
        if 0 <= y < self.height:
            start, stop = max(x, 0), min(end, self.width)
            if stop > start:
                self.glyphs[y, start:stop] = [ord(character) for character in text[start - x : stop - x]]
                self.inks[y, start:stop] = ink
        return end

    def text(self, y: int) -> str:
        """The characters of a row."""
        return "".join(map(chr, self.glyphs[y].tolist()))

    def runs(self, y: int) -> Iterator[tuple[str, int]]:
        """The row as runs of one ink: (text, ink)."""
        inks, text = self.inks[y], self.text(y)
        borders = [0, *(np.flatnonzero(np.diff(inks)) + 1).tolist(), self.width]
        for start, stop in pairwise(borders):
            if stop > start:
                yield text[start:stop], int(inks[start])

    def changes(self, older: "Frame") -> dict[int, list[Stretch]]:
        """The stretches of each row that differ from an older frame of the same size, by row."""
        differs = (self.glyphs != older.glyphs) | (self.inks != older.inks)
        return {y: stretches(np.flatnonzero(differs[y]).tolist()) for y in np.flatnonzero(differs.any(axis=1)).tolist()}
