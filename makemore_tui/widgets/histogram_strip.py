"""A histogram of many equal parts: in one row, or as bars that stand. Pure functions of counts to rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style

from makemore_tui.widgets.histogram import bar_heights
from makemore_tui.widgets.rows import Row, span

LEVELS = " ▁▂▃▄▅▆▇█"
ASCII_LEVELS = " .:-=+*%#"
"""Eighths of a row, as ink that gets denser."""
THICKEST = 4
"""Columns of a bar that stands, at the most."""


@dataclass(frozen=True)
class Bars:
    """How often values fell into each of some equal parts of the range from `low` to `high`."""

    counts: tuple[int, ...]
    low: float = 0.0
    high: float = 1.0
    flat: tuple[bool, ...] = ()
    """Which parts are drawn apart from the others; none where it is empty."""

    def merged(self, most: int) -> "Bars":
        """As many neighbours joined into one as it takes for no more than `most` parts.

        All get the same number of neighbours where the parts can be shared so, since a smaller one would look rare.
        """
        size = next(
            (size for size in range(1, len(self.counts) + 1) if not len(self.counts) % size and self._of(size) <= most),
            len(self.counts),
        )
        if size == 1:
            return self
        starts = range(0, len(self.counts), size)
        flat = tuple(any(self.flat[start : start + size]) for start in starts) if self.flat else ()
        return Bars(tuple(sum(self.counts[start : start + size]) for start in starts), self.low, self.high, flat)

    def _of(self, size: int) -> int:
        return -(-len(self.counts) // size)


@dataclass(frozen=True)
class BarInks:
    """What the bars are drawn in."""

    bar: Style | None = None
    flat: Style | None = None
    muted: Style | None = None


def strip(bars: Bars, width: int, inks: BarInks = BarInks(), *, ascii: bool = False) -> Row:
    """The histogram in one row, a cell for each part; exactly `width` cells."""
    if width < 1 or not bars.counts:
        return [span(" " * max(width, 0))]
    bars = bars.merged(width)
    levels = ASCII_LEVELS if ascii else LEVELS
    cells = "".join(levels[min(height, 8)] for height in bar_heights(bars.counts, 1))
    return [*_runs(cells, bars.flat, 1, inks), span(" " * (width - len(cells)))]


def standing(
    bars: Bars,
    width: int,
    height: int,
    inks: BarInks = BarInks(),
    *,
    ascii: bool = False,
) -> list[Row]:
    """Bars `height - 1` rows high, and the ends and the middle of the range under them."""
    if width < 1 or height < 2 or not bars.counts:
        return []
    bars = bars.merged(width)
    thick = min(width // len(bars.counts), THICKEST)
    heights = bar_heights(bars.counts, height - 1)
    levels = ASCII_LEVELS if ascii else LEVELS
    rows: list[Row] = []
    for level in reversed(range(height - 1)):
        cells = "".join(levels[min(max(eighths - 8 * level, 0), 8)] for eighths in heights)
        rows.append(_runs(cells, bars.flat, thick, inks))
    return [*rows, [span(_labels(bars, thick * len(bars.counts)), inks.muted)]]


def _runs(cells: str, flat: Sequence[bool], thick: int, inks: BarInks) -> Row:
    """The cells, each `thick` columns wide, in runs of one ink."""
    row: Row = []
    start = 0
    for place in range(1, len(cells) + 1):
        if place == len(cells) or (flat and flat[place] != flat[start]):
            text = "".join(cell * thick for cell in cells[start:place])
            row.append(span(text, inks.flat if flat and flat[start] else inks.bar))
            start = place
    return row


def _labels(bars: Bars, width: int) -> str:
    low, middle, high = (f"{value:.3g}" for value in (bars.low, (bars.low + bars.high) / 2, bars.high))
    if width < len(low) + len(middle) + len(high) + 4:
        return low.ljust(max(width - len(high), 0)) + high
    line = low.ljust(width - len(high)) + high
    start = width // 2 - len(middle) // 2
    return line[:start] + middle + line[start + len(middle) :]
