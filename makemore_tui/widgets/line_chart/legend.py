"""The first row of a chart: what it shows, and the value of each curve, at its end or at the cursor."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from makemore_tui.widgets.line_chart.frame import SLOTS, Frame, Ink, line_ink
from makemore_tui.widgets.line_chart.glyphs import Glyphs
from makemore_tui.widgets.line_chart.series import Chart, Series

Floats: TypeAlias = NDArray[np.float64]

_SHORTEST = 3
"""Characters that a name is cut to at most before its value is left out."""
_GAP = 2


def slots(chart: Chart) -> list[tuple[Series, int]]:
    """Each series with the slot that it is drawn in."""
    return [(one, index if one.slot is None else one.slot) for index, one in enumerate(chart.series)]


def value_at(series: Series, values: Floats, step: float) -> float:
    """Of `values` (n,), one for each point of the series, the one nearest to a step.

    NaN beyond the ends of the series and where the nearest point is a gap.
    """
    steps = series.steps
    if not steps.size or not steps[0] - _reach(steps) <= step <= steps[-1] + _reach(steps):
        return float("nan")
    after = min(int(np.searchsorted(steps, step)), steps.size - 1)
    before = max(after - 1, 0)
    nearest = before if step - steps[before] < steps[after] - step else after
    return float(values[nearest])


def _reach(steps: Floats) -> float:
    """How far beyond its ends a series is read: half of the usual distance between two points."""
    return float(steps[-1] - steps[0]) / max(steps.size - 1, 1) / 2


def write_legend(frame: Frame, chart: Chart, smoothed: Sequence[Floats], glyphs: Glyphs) -> None:
    """One row: title and unit, series with their values, reference lines, a note.

    `smoothed` holds a line for each series, also for those that are not named here. Where there is little room the
    note goes first, then the unit, the values of single points and the reference lines; in the end names are cut.
    """
    named = [(one, slot, line) for (one, slot), line in zip(slots(chart), smoothed, strict=True) if one.in_legend]
    series, smoothed = [one for one, _, _ in named], [line for _, _, line in named]
    step = chart.view.cursor
    place = "" if step is None else f"at {chart.x_title} {step:,.0f}"
    head = glyphs.chosen if chart.chosen else ""
    full = " ".join(filter(None, (head, chart.title, chart.unit, place)))
    short = " ".join(filter(None, (head, chart.title, place)))
    values, points = _values(series, smoothed, step)
    both = [value + point for value, point in zip(values, points, strict=True)]
    levels = [f"{glyphs.reference} {one.label} {_number(one.value)}" for one in chart.references]
    for title, numbers, lines in (
        (full, both, levels),
        (short, both, levels),
        (short, values, levels),
        (short, values, []),
    ):
        room = frame.width - (len(title) + _GAP if title else 0) - sum(len(line) + _GAP for line in lines)
        texts = [one.name + number for one, number in zip(series, numbers, strict=True)]
        if _width(texts) <= room:
            break
    else:
        texts = _shortened([one.name for one in series], values, room, glyphs)
    x = frame.write(0, 0, title, Ink.TITLE) + _GAP if title else 0
    for (_, slot, _), text in zip(named, texts, strict=True):
        x = frame.write(x, 0, f"{glyphs.markers[slot % SLOTS]} {text}", line_ink(slot)) + _GAP
    for line in lines:
        x = frame.write(x, 0, line, Ink.REFERENCE) + _GAP
    if chart.note and x + len(chart.note) <= frame.width:
        frame.write(frame.width - len(chart.note), 0, chart.note, Ink.LABEL)


def _values(series: Sequence[Series], smoothed: Sequence[Floats], step: float | None) -> tuple[list[str], list[str]]:
    """Of each series the last value, or the one at the cursor, and there that of the point behind the average."""
    if step is None:
        lasts = [_last(line) for line in smoothed]
        return ["" if np.isnan(value) else f" {_number(value)}" for value in lasts], [""] * len(lasts)
    reads = [value_at(one, line, step) for one, line in zip(series, smoothed, strict=True)]
    points = [value_at(one, one.values, step) if one.noisy else np.nan for one in series]
    return (
        [f" {_number(value)}" for value in reads],
        ["" if np.isnan(value) else f" ({_number(value)})" for value in points],
    )


def _shortened(names: Sequence[str], values: Sequence[str], room: int, glyphs: Glyphs) -> list[str]:
    """Names with their values; the longest names are cut until all have room, and then the values are left out."""
    for length in range(max(map(len, names), default=0), _SHORTEST - 1, -1):
        texts = [_cut(name, length, glyphs) + value for name, value in zip(names, values, strict=True)]
        if _width(texts) <= room:
            return texts
    return [_cut(name, _SHORTEST, glyphs) for name in names]


def _width(texts: Sequence[str]) -> int:
    """Cells of the entries with their markers and gaps."""
    return sum(len(text) + 2 + _GAP for text in texts) - _GAP


def _cut(name: str, length: int, glyphs: Glyphs) -> str:
    """The beginning and the end of a name: names of runs often differ by the number at their end."""
    if len(name) <= length:
        return name
    tail = (length - 1) // 2
    return name[: length - 1 - tail] + glyphs.cut + name[len(name) - tail :]


def _last(values: Floats) -> float:
    finite = np.flatnonzero(np.isfinite(values))
    return float(values[finite[-1]]) if finite.size else float("nan")


def _number(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.4g}"
