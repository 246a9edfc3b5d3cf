"""Matrices that stand side by side in one heatmap, each behind a column with its name."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

CELL = 2
"""Columns of the smallest cells."""


@dataclass(frozen=True, eq=False)
class Block:
    """One of the matrices; all have as many columns."""

    name: str
    """One or two cells."""
    values: NDArray[np.float32]
    """(rows, T)."""


@dataclass(frozen=True, eq=False)
class Beside:
    """Those that are shown, the chosen one among them."""

    values: NDArray[np.float32]
    labels: tuple[str, ...]
    """Of the columns."""
    first: int
    """Which block is the first that is shown."""
    shown: int
    offset: int
    """The first column of the chosen block, behind that of its name."""
    time: int
    """T."""
    gap: int = 0
    """Columns before each block, the last of which holds its name."""

    def place(self, column: int) -> tuple[int, int]:
        """Which block a column is of, and which of its columns it is: below 0 for its name."""
        number, within = divmod(column, self.time + self.gap)
        return self.first + number, within - self.gap


def arrange(blocks: Sequence[Block], chosen: int, labels: tuple[str, ...], room: int, *, header: int) -> Beside:
    """As many blocks of the chosen one's height as there is room for, in columns, beside the labels of the rows.

    They are turned over like pages. The chosen block is shown whatever the room; alone, it needs no name.
    """
    time, rows = len(labels), len(blocks[chosen].values)
    alike = [number for number, block in enumerate(blocks) if len(block.values) == rows]
    alike = alike if alike == list(range(alike[0], alike[-1] + 1)) else [chosen]
    gap = max(cell_len(blocks[number].name) for number in alike)  # a wide name would touch what stands before it
    most = max((room - header) // ((time + gap) * CELL), 1)
    page = (chosen - alike[0]) // most
    shown = alike[page * most : (page + 1) * most]
    if len(shown) == 1:
        return Beside(blocks[chosen].values, labels, chosen, 1, 0, time)
    before = np.zeros((rows, gap), np.float32)
    values = np.concatenate([part for number in shown for part in (before, blocks[number].values)], 1)
    names = tuple(label for number in shown for label in (*[""] * (gap - 1), blocks[number].name, *labels))
    offset = (chosen - shown[0]) * (time + gap) + gap
    return Beside(values, names, shown[0], len(shown), offset, time, gap)
