"""Bars that stand: one for each of a few numbers, with labels under them. Pure functions of data to rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from makemore_tui.widgets.rows import Row, fit, span

_LEVELS = " ▁▂▃▄▅▆▇█"
_ASCII_LEVELS = " ...::::#"
_WIDEST = 4


@dataclass(frozen=True)
class Bin:
    """One bar: what is written under it, and how much it stands for."""

    label: str
    count: int


def histogram_rows(
    bins: Sequence[Bin],
    width: int,
    height: int,
    *,
    bar: Style | None = None,
    muted: Style | None = None,
    every_label: bool = False,
    ascii: bool = False,
) -> list[Row]:
    """The rows of a histogram: bars `height - 1` rows high, and their labels.

    Labels that would run into each other are left out evenly, or with `every_label` the bars stand further apart. Bars
    for which there is no room are left out at the right: `room_for` says how many fit.
    """
    if not bins or width < 1 or height < 2:
        return []
    stride = _stride(bins, width, every_label)
    bins = bins[: width // stride]
    if not bins:
        return [[span("")] for _ in range(height)]
    thick = max(stride - 1, 1)
    heights = bar_heights([item.count for item in bins], height - 1)
    levels = _ASCII_LEVELS if ascii else _LEVELS
    rows: list[Row] = []
    for level in reversed(range(height - 1)):
        cells = (levels[min(max(eighths - 8 * level, 0), 8)] for eighths in heights)
        rows.append([span("".join(fit(cell * thick, stride) for cell in cells), bar)])
    return [*rows, [span(_labels(bins, stride, width, every_label), muted)]]


def _labels(bins: Sequence[Bin], stride: int, width: int, every_label: bool) -> str:
    """The labels that have room, numbers at multiples of the step between them; the last one is `+` or left out."""
    widest = max(cell_len(item.label) for item in bins)
    step = 1 if every_label else _step((widest + 1) / stride)
    line, end = "", 0
    for place, item in enumerate(bins):
        number = int(item.label) if item.label.isdecimal() and step > 1 else place * (not every_label)
        wanted = every_label or number % step == 0 or item.label == "+"
        if wanted and place * stride >= end and place * stride + cell_len(item.label) <= width:
            line += " " * (place * stride - cell_len(line)) + item.label
            end = cell_len(line) + (0 if every_label else 1)
    return fit(line, width)


def room_for(width: int, label_width: int = 1) -> int:
    """How many bars fit, each at least as wide as its label."""
    return width // max(label_width, 1)


def bar_heights(counts: Sequence[int], height: int) -> list[int]:
    """The heights of bars in eighths of a row; the largest fills the room, and what is not zero shows."""
    most = max(counts, default=0)
    if most <= 0:
        return [0] * len(counts)
    return [max(round(count / most * height * 8), 1 if count > 0 else 0) for count in counts]


def length_bins(counts: Sequence[int], most: int) -> list[Bin]:
    """At most `most` bins for lengths: `counts[n]` items have the length n.

    Where there are more lengths than bins, each bin takes 2, 5, 10, ... of them, and the last one the few longest
    (0.5%) together.
    """
    first = next(length for length, count in enumerate(counts) if count)
    if len(counts) - first <= most:
        return [Bin(str(length), counts[length]) for length in range(first, len(counts))]
    total, seen, top = sum(counts), 0, first
    for top in range(first, len(counts)):
        seen += counts[top]
        if seen >= 0.995 * total:
            break
    step = _step((top - first + 1) / max(most - 2, 1))
    start = first // step * step
    bins = [Bin(str(low), sum(counts[low : low + step])) for low in range(start, top + 1, step)]
    if rest := total - sum(item.count for item in bins):
        bins.append(Bin("+", rest))
    return bins


def _step(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50, ... that is not below `least`."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor >= least:
                return step * factor
        step *= 10


def _stride(bins: Sequence[Bin], width: int, every_label: bool) -> int:
    """Columns from one bar to the next: as many as there is room for, up to a point."""
    least = max(cell_len(item.label) for item in bins) if every_label else 1
    return max(min(width // len(bins), _WIDEST), least)
