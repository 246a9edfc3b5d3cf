"""How numbers are written in the few columns of a cell."""

from math import isfinite

from makemore_tui.widgets.heatmap.data import Notation


def cell_text(value: float, notation: Notation, width: int, *, ascii_only: bool = False) -> str:
    """The value in at most `width - 1` columns: the one that is left keeps numbers of neighbours apart without colour.

    Zero is a dot. Shares are in percent, differences in percentage points. In cells of less than 4 columns counts are
    rounded (`short_count`), 1h is 100 percent, and ++ or -- are ten points or more. Other numbers are in tenths there,
    and ++ or -- are 0.95 or more.
    """
    if value == 0:
        return "." if ascii_only else "·"
    if not isfinite(value):
        return "?"
    if notation is Notation.COUNT:
        return short_count(round(value)) if width < 4 else compact(round(value), width - 1)
    if notation is Notation.SHARE:
        return _percent(100 * value, narrow=width < 4)
    if notation is Notation.NUMBER:
        return _number(value, narrow=width < 4)
    return _points(100 * value, narrow=width < 4)


def compact(number: int, width: int) -> str:
    """A whole number in at most `width` columns (2 or more): as it is, or in thousands (k), millions (M) and so on."""
    text = str(number)
    scaled = float(number)
    units = iter("kMGTPE")
    while len(text) > width and (unit := next(units, "")):
        scaled /= 1000
        text = f"{scaled:.0f}{unit}"
        if scaled < 0.95:
            text = f"{scaled:.1f}{unit}".removeprefix("0")
        elif scaled < 9.95 and width > 3:
            text = f"{scaled:.1f}{unit}"
    return text


def short_count(number: int) -> str:
    """A whole number in 2 columns: as it is, in hundreds (h), thousands (k), millions (M) or billions (G); else the
    unit that it stays below (<M), or is far above (>G)."""
    if number < 100:
        return str(number)
    for unit, letter in ((100, "h"), (1_000, "k"), (1_000_000, "M"), (1_000_000_000, "G")):
        if number < 0.95 * unit:
            return f"<{letter}"
        if number < 9.5 * unit:
            return f"{number / unit:.0f}{letter}"
    return ">G"


def _percent(percent: float, *, narrow: bool) -> str:
    if narrow:
        return "<1" if percent < 1 else f"{percent:.0f}" if percent < 99.5 else "1h"
    if percent < 0.01:
        return "<.01"
    if percent < 9.995:
        return f"{percent:.2f}"
    return f"{percent:.1f}" if percent < 99.95 else f"{percent:.0f}"


def _number(value: float, *, narrow: bool) -> str:
    if narrow:
        return _points(10 * value, narrow=True)
    if abs(value) < 99.5:
        return _points(value, narrow=False)
    return ("-" if value < 0 else "+") + compact(round(abs(value)), 3)


def _points(points: float, *, narrow: bool) -> str:
    sign, size = "-" if points < 0 else "+", abs(points)
    if narrow:
        return "0" if size <= 0.5 else f"{sign}{size:.0f}" if size < 9.5 else 2 * sign
    if size < 0.005:
        return f"{sign}0"
    decimals = 2 if size < 0.995 else 1 if size < 9.95 else 0
    return sign + f"{size:.{decimals}f}".removeprefix("0")
