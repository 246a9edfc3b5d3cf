"""Drawing a chart: a pure function of arrays to rows of cells.

loss  ● train 2.087  ◆ dev 2.149  ╌ uniform guess 3.296     the legend, with the last values
3.0┤⡇                                                       a gutter of labels, then the plot
2.5┤⢇⣀⣀⣀⣀
   └──────┬───────
         10k   step                                         the steps
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from makemore_tui.widgets.line_chart import raster
from makemore_tui.widgets.line_chart.columns import Columns, reduce_columns
from makemore_tui.widgets.line_chart.frame import SLOTS, Frame, Ink, Plot, band_ink, line_ink
from makemore_tui.widgets.line_chart.glyphs import ASCII, UNICODE, Glyphs
from makemore_tui.widgets.line_chart.legend import slots, write_legend
from makemore_tui.widgets.line_chart.scales import Axis, step_axis, value_axis
from makemore_tui.widgets.line_chart.series import Chart, Series, View
from makemore_tui.widgets.line_chart.smoothing import smooth
from makemore_tui.widgets.line_chart.window import following, on_log_axis

Floats: TypeAlias = NDArray[np.float64]

_ROWS_AROUND = 3
"""The legend above the plot, the axis and its labels below."""
_NARROWEST = 16
"""Columns below which only the legend is drawn."""
_SETTLING = 0.05
"""The part of the steps at the start that may be cut off at the top where it would flatten all the rest."""
_SPARSE = 10
"""Columns of dots for each point from which on every point is drawn bold: the line between them is a guess."""
_EDGE = 1e-9
"""How far a value may lie beyond the ends of an axis by rounding."""
_DASHES = ((1, 0), (4, 2), (2, 2), (6, 2), (1, 1), (8, 4))
"""Dots and gaps of the line of each slot, where there are no colours to tell them apart."""


@dataclass(frozen=True, eq=False)
class _Curve:
    """A series made ready for one size of the plot."""

    slot: int
    band: bool
    averaged: bool
    """Only its average is drawn, not the range of its points."""
    columns: Columns


@dataclass(frozen=True)
class _Room:
    """Where the plot lies in the frame."""

    left: int
    top: int
    width: int
    height: int


def draw(chart: Chart, width: int, height: int, *, ascii_only: bool = False, dashed: bool = False) -> Frame:
    """Draw a chart into `width` x `height` cells.

    `dashed` gives each series a dash pattern of its own, for terminals without colours.
    """
    glyphs = ASCII if ascii_only else UNICODE
    frame = Frame.blank(width, height)
    if width < 1 or height < 1:
        return frame
    extent = _extent(chart)
    smoothed = [_smoothed(one, chart.view) for one in chart.series]
    write_legend(frame, chart, smoothed, glyphs)
    if extent is None or height < _ROWS_AROUND + 2 or width < _NARROWEST:
        if extent is None and height > 1:
            frame.write(2, height // 2, "no points yet"[: max(0, width - 2)], Ink.LABEL)
        return frame
    rows = height - _ROWS_AROUND
    # How many columns are left depends on the width of the labels, which depend on the values in those columns: the
    # range is taken from a rough pass, whose columns are those of the whole width.
    values = _value_axis(_curves(chart, smoothed, _step_axis(chart.view, extent, width), width), chart, rows)
    left = max((len(label) for label in values.labels), default=0) + 1
    left = max(left, min(chart.gutter, width // 4))
    room = _Room(left, 1, max(1, width - left), rows)
    steps = _step_axis(chart.view, extent, room.width)
    whole = _step_axis(replace(chart.view, x_range=None), extent, room.width)
    plot = Plot(room.left, room.top, room.width, room.height, steps, (whole.low, whole.high))
    curves = _curves(chart, smoothed, steps, room.width * glyphs.dots[1])
    _axes(frame, room, steps, values, chart.x_title, glyphs)
    _backdrop(frame, room, values, chart, curves, glyphs)
    _cursor(frame, plot, chart.view.cursor, glyphs)
    _lines(frame, room, values, curves, glyphs, dashed)
    _cut_off(frame, room, values, curves, chart.view, glyphs)
    return replace(frame, plot=plot)


def _extent(chart: Chart) -> tuple[float, float] | None:
    """The first and the last step that holds a point; None without any."""
    ends = []
    for one in chart.series:
        if one.steps.size and np.isfinite(one.values).any():
            ends += [float(one.steps[0]), float(one.steps[-1])]
    return (min(ends), max(ends)) if ends else None


def _smoothed(series: Series, view: View) -> Floats:
    return smooth(series.values, view.smoothing) if series.noisy else series.values


def _curves(chart: Chart, smoothed: list[Floats], axis: Axis, columns: int) -> list[_Curve]:
    return [
        _Curve(
            slot % SLOTS,
            one.noisy and one.band and chart.view.band,
            one.noisy and not (one.band and chart.view.band),
            reduce_columns(one.steps, one.values, line, axis, columns),
        )
        for (one, slot), line in zip(slots(chart), smoothed, strict=True)
    ]


def _step_axis(view: View, extent: tuple[float, float], width: int) -> Axis:
    at_most = max(2, width // 12)
    if view.x_range is not None:
        shown = following(view.x_range, extent[1]) if view.follow else view.x_range
        shown = on_log_axis(shown) if view.log_x else shown
        return step_axis(*shown, at_most, log=view.log_x, exact=True)
    return step_axis(*extent, at_most, limit=view.last_step, log=view.log_x)


def _value_axis(curves: list[_Curve], chart: Chart, rows: int) -> Axis:
    view, at_most = chart.view, max(2, rows * 2 // 5)
    if view.y_range is not None:
        return value_axis(*view.y_range, at_most, log=view.log_y, exact=True)
    low, high = _value_range(curves, [reference.value for reference in chart.references], view)
    return value_axis(low, high, at_most, log=view.log_y)


def _value_range(curves: list[_Curve], references: list[float], view: View) -> tuple[float, float]:
    """The values to show: all, except a start so high that it would leave the rest less than half of the rows.

    In a window of the steps, nothing is left out: the start is what somebody wants to see there.
    """
    log = view.log_y
    lows: list[float] = []
    highs: list[float] = []
    late_highs: list[float] = []
    for curve in curves:
        columns = curve.columns
        lower, upper = (columns.line, columns.line) if curve.averaged else (columns.low, columns.high)
        if view.x_range is not None:  # there may be no point in the window, only the line that joins those beside it
            lower, upper = np.fmin(lower, columns.line), np.fmax(upper, columns.line)
        shown = np.flatnonzero(lower > 0 if log else np.isfinite(lower))
        if shown.size:
            late = shown[shown >= shown[0] + (shown[-1] - shown[0]) * _SETTLING]
            lows.append(float(lower[shown].min()))
            highs.append(float(upper[shown].max()))
            late_highs.append(float(upper[late].max()))
    if not lows:
        return (0.1, 1.0) if log else (0.0, 1.0)
    bottom, top = min(lows), max(highs)
    settled = max([*late_highs, *(value for value in references if bottom <= value <= top)])
    flattened = not log and view.x_range is None and top - bottom > 2 * (settled - bottom) > 0
    return bottom, settled if flattened else top


def _axes(frame: Frame, room: _Room, steps: Axis, values: Axis, title: str, glyphs: Glyphs) -> None:
    base, column = room.top + room.height, room.left - 1
    for y in range(room.top, base):
        frame.write(column, y, glyphs.vertical, Ink.AXIS)
    frame.write(column, base, glyphs.corner + glyphs.horizontal * room.width, Ink.AXIS)
    for tick, label in zip(values.ticks, values.labels, strict=True):
        place = _place(tick, values, room, glyphs)
        if place is not None:
            frame.write(column - len(label), place[0], label, Ink.LABEL)
            frame.write(column, place[0], glyphs.y_tick, Ink.AXIS)
    title_start = frame.width - len(title)
    for fraction, label in zip(steps.fractions(np.array(steps.ticks)), steps.labels, strict=True):
        x = room.left + round(fraction * (room.width - 1))
        frame.write(x, base, glyphs.x_tick, Ink.AXIS)
        start = min(max(x - len(label) // 2, column), frame.width - len(label))
        if start + len(label) < title_start:
            frame.write(start, base + 1, label, Ink.LABEL)
    frame.write(title_start, base + 1, title, Ink.TITLE)


def _backdrop(frame: Frame, room: _Room, values: Axis, chart: Chart, curves: list[_Curve], glyphs: Glyphs) -> None:
    """Paint from back to front what lies behind the lines: grid, reference lines, bands."""
    rows = room.height * glyphs.dots[0]
    spots = np.arange(room.width * glyphs.dots[1])
    for tick in values.ticks:
        _level(frame, room, values, tick, spots % 8 == 0, glyphs, glyphs.grid, Ink.GRID)
    for reference in chart.references:
        _level(frame, room, values, reference.value, spots % 8 < 4, glyphs, glyphs.reference, Ink.REFERENCE)
    for curve in curves:
        if curve.band:
            low, high = values.fractions(curve.columns.low), values.fractions(curve.columns.high)
            band = raster.checkerboard(raster.fill(low, high, rows))
            _paint(frame, room, band, glyphs, glyphs.band, band_ink(curve.slot))


def _cursor(frame: Frame, plot: Plot, step: float | None, glyphs: Glyphs) -> None:
    column = None if step is None else plot.column_of(step)
    if column is not None:
        for y in range(plot.top, plot.top + plot.height):
            frame.write(column, y, glyphs.cursor, Ink.CURSOR)
        frame.write(column, plot.top + plot.height, glyphs.cursor_foot, Ink.CURSOR)


def _lines(frame: Frame, room: _Room, values: Axis, curves: list[_Curve], glyphs: Glyphs, dashed: bool) -> None:
    """Paint the lines and, above them, the markers at their ends."""
    rows, count = room.height * glyphs.dots[0], room.width * glyphs.dots[1]
    spots = np.arange(count)
    for curve in curves:
        heights = values.fractions(curve.columns.line)
        dots = raster.trace(heights, rows)
        if not curve.band and not curve.averaged:
            dots |= raster.fill(values.fractions(curve.columns.low), values.fractions(curve.columns.high), rows)
        if dashed:
            on, off = _DASHES[curve.slot]
            dots &= spots % (on + off) < on
        points = np.flatnonzero(np.isfinite(curve.columns.low))
        if points.size * _SPARSE <= count and glyphs is UNICODE:
            dots |= raster.spots(heights, points, rows)
        _paint(frame, room, dots, glyphs, glyphs.markers[curve.slot], line_ink(curve.slot))
    for curve in curves:
        _end_marker(frame, room, values, curve, glyphs)


def _level(
    frame: Frame, room: _Room, values: Axis, value: float, on: NDArray[np.bool_], glyphs: Glyphs, mark: str, ink: int
) -> None:
    """Paint a horizontal line of the dots that are `on`, where `value` lies on the axis."""
    place = _place(value, values, room, glyphs)
    if place is not None:
        row, dot = place
        dots = np.zeros((glyphs.dots[0], on.size), np.bool_)
        dots[dot] = on
        _paint(frame, _Room(room.left, row, room.width, 1), dots, glyphs, mark, ink)


def _place(value: float, values: Axis, room: _Room, glyphs: Glyphs) -> tuple[int, int] | None:
    """The row of the frame where a value lies, and the row of dots in it; None off the axis."""
    fraction = float(values.fractions(np.array([value]))[0])
    if not -_EDGE <= fraction <= 1 + _EDGE:
        return None
    row, dot = divmod(round((1 - fraction) * (room.height * glyphs.dots[0] - 1)), glyphs.dots[0])
    return room.top + row, dot


def _paint(frame: Frame, room: _Room, dots: NDArray[np.bool_], glyphs: Glyphs, mark: str, ink: int) -> None:
    """Put dots (rows, columns) into the cells of a part of the frame."""
    cells = np.where(dots, ord(mark), ord(" ")).astype(np.uint32) if glyphs is ASCII else raster.braille(dots)
    painted = cells != ord(" ")
    window = np.s_[room.top : room.top + room.height, room.left : room.left + room.width]
    frame.glyphs[window][painted] = cells[painted]
    frame.inks[window][painted] = ink


def _end_marker(frame: Frame, room: _Room, values: Axis, curve: _Curve, glyphs: Glyphs) -> None:
    drawn = np.flatnonzero(np.isfinite(curve.columns.line))
    place = _place(float(curve.columns.line[drawn[-1]]), values, room, glyphs) if drawn.size else None
    if place is not None:
        x = room.left + int(drawn[-1]) // glyphs.dots[1]
        frame.write(x, place[0], glyphs.markers[curve.slot], line_ink(curve.slot))


def _cut_off(frame: Frame, room: _Room, values: Axis, curves: list[_Curve], view: View, glyphs: Glyphs) -> None:
    """Say how far the curves go where the start was cut off at the top."""
    highs = [np.nanmax(curve.columns.high) for curve in curves if np.isfinite(curve.columns.high).any()]
    if view.y_range is None and highs and max(highs) > values.high:
        frame.write(room.left + 2, room.top, f"{glyphs.above} {max(highs):.4g}", Ink.LABEL)
