"""From columns to dots, and from dots to characters."""

import numpy as np
from numpy.typing import NDArray

BRAILLE = 0x2800
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint32)
"""The bit of each dot of a braille character, (4 rows, 2 columns), as Unicode numbers them."""


def fill(low: NDArray[np.float64], high: NDArray[np.float64], rows: int) -> NDArray[np.bool_]:
    """Dots (rows, columns) between two heights for each column, both ends included.

    Heights are fractions of the whole, 0 at the bottom; those outside 0..1 are cut off, NaN draws nothing.
    """
    top, bottom = _row(high, rows), _row(low, rows)
    row = np.arange(rows)[:, None]
    return np.asarray((row >= top) & (row <= bottom))


def trace(heights: NDArray[np.float64], rows: int) -> NDArray[np.bool_]:
    """Dots (rows, columns) of an unbroken line through the height of each column (columns,), NaN as gaps.

    Each column reaches half-way to its neighbours, so that steep parts stay connected.
    """
    before = np.concatenate([heights[:1], heights[:-1]])
    after = np.concatenate([heights[1:], heights[-1:]])
    halfway = np.stack([heights, (heights + before) / 2, (heights + after) / 2])
    low, high = np.fmin.reduce(halfway), np.fmax.reduce(halfway)
    missing = np.isnan(heights)
    low[missing] = high[missing] = np.nan
    return fill(low, high, rows)


def spots(heights: NDArray[np.float64], columns: NDArray[np.intp], rows: int) -> NDArray[np.bool_]:
    """Dots (rows, columns) of a small square around the height of each of these columns."""
    dots = np.zeros((rows, heights.size), np.bool_)
    tops = _row(heights[columns], rows)
    for column, row in zip(columns.tolist(), tops.tolist(), strict=True):
        if 0 <= row < rows:
            dots[max(int(row) - 1, 0) : int(row) + 2, max(column - 1, 0) : column + 2] = True
    return dots


def checkerboard(dots: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Every other dot, so that an area looks lighter than a line even without colours."""
    rows, columns = dots.shape
    return np.asarray(dots & ((np.arange(rows)[:, None] + np.arange(columns)) % 2 == 0))


def braille(dots: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Dots (4 rows, 2 columns) for each cell to code points (rows / 4, columns / 2); an empty cell is a space."""
    rows, columns = dots.shape
    cells = dots.reshape(rows // 4, 4, columns // 2, 2).transpose(1, 3, 0, 2)
    bits = np.zeros(cells.shape[2:], np.uint32)
    for row, column in np.ndindex(4, 2):
        bits += cells[row, column] * _BITS[row, column]
    return np.where(bits > 0, bits + BRAILLE, ord(" ")).astype(np.uint32)


def _row(heights: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    """The row of dots at each height: row 0 is at the top, its middle at height 1."""
    return np.asarray(np.rint((1.0 - heights) * (rows - 1)))
