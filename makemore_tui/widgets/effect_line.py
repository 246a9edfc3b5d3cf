"""A text whose characters are coloured by what each did for something: for it, or against it, with the numbers.

Pure functions of plain data to rows, and the widget.
"""

import math
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from makemore_tui.look import ColorDepth
from makemore_tui.widgets.color_maps import ColorMap, diverging_map
from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import Row, fit, right, span
from makemore_tui.widgets.spans import SpanRows

CELL = 6
"""Columns of a character and its number."""
LONGEST_BAR = 40
LEVEL_OF_FEW = 0.1
"""What would be the largest effect if all were smaller: next to nothing stays pale."""


@dataclass(frozen=True)
class Effect:
    """One character, and what it did."""

    symbol: str
    """One or two cells."""
    value: float
    """Positive where it was for it, infinite where all depended on it, NaN where it was not asked."""
    note: str = ""


@dataclass(frozen=True)
class Effects:
    """The characters in their order, and what they were for or against."""

    marks: tuple[Effect, ...] = ()
    result: str = ""
    """What came of them all: it stands after the characters."""
    words: tuple[str, ...] = ()
    """What stands in their place where there are none."""

    @property
    def most(self) -> float:
        """What the fullest colour stands for."""
        finite = [abs(mark.value) for mark in self.marks if math.isfinite(mark.value)]
        return max([LEVEL_OF_FEW, *finite])


class EffectLine(SpanRows):
    """Draws `Effects`: the line of characters, the numbers under it, and a bar for each where there is room."""

    data: Effects = Effects()

    def show(self, data: Effects) -> None:
        """Take another text, or other effects."""
        if data != self.data:
            self.data = data
            self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The rows."""
        return effect_rows(self.data, width, height, self.inks, self.marks, diverging_map(self.look.depth))


def effect_rows(
    data: Effects,
    width: int,
    height: int,
    inks: Inks = MONOCHROME,
    marks: Marks = UNICODE,
    colors: ColorMap | None = None,
) -> list[Row]:
    """The line, then the bars; of a text that is too long the end is shown, after an ellipsis."""
    if not data.marks:
        return [[span(line, inks.muted)] for line in data.words]
    colors = colors or diverging_map(ColorDepth.MONOCHROME)
    room = max((width - cell_len(data.result) - 2) // CELL, 1)
    shown = data.marks[-room:]
    first: Row = []
    second: Row = []
    for number, mark in enumerate(shown):
        cut = not number and len(shown) < len(data.marks)
        symbol = f"{marks.ellipsis if cut else ' '}{mark.symbol} "
        first += [span(symbol, _style(mark.value, data.most, colors, inks)), span(" " * (CELL - cell_len(symbol)))]
        second.append(span(fit(effect_text(mark.value, marks), CELL), inks.plain))
    first.append(span(f"{marks.arrow} {data.result}", inks.strong))
    rows = [first, second]
    if height >= len(rows) + 2:
        rows.append([])
        rows += _bars(data, width, height - len(rows), inks, marks, colors)
    return rows


def _bars(data: Effects, width: int, height: int, inks: Inks, marks: Marks, colors: ColorMap) -> list[Row]:
    """One row a character, the last ones where there are more: symbol, number, what is for it to the right."""
    shown = data.marks[-height:]
    note = max(cell_len(mark.note) for mark in shown)
    half = max(min((width - 2 - 3 - CELL - 2 - note) // 2, LONGEST_BAR), 0)
    return [_bar(mark, data.most, half, inks, marks, colors) for mark in shown]


def _bar(mark: Effect, most: float, half: int, inks: Inks, marks: Marks, colors: ColorMap) -> Row:
    share = 0.0 if math.isnan(mark.value) else max(min(mark.value / most, 1.0), -1.0)
    cells = round(abs(share) * half)
    block = marks.both * cells
    style = inks.before if colors.colorless else Style(color=_shade(mark.value, most, colors).bgcolor)
    left, after = (right(block, half), " " * half) if share < 0 else (" " * half, fit(block, half))
    return [
        span(fit(f" {mark.symbol}", 4), inks.strong),
        span(right(effect_text(mark.value, marks), CELL), inks.plain),
        span(" "),
        span(left, style),
        span(marks.cursor, inks.muted),
        span(after, style),
        span(f" {mark.note}", inks.muted),
    ]


def _style(value: float, most: float, colors: ColorMap, inks: Inks) -> Style:
    return inks.strong if colors.colorless else _shade(value, most, colors)


def _shade(value: float, most: float, colors: ColorMap) -> Style:
    """The colour of an effect, from the map's middle for none to its ends."""
    if math.isnan(value):
        return colors.cell(-1)
    middle = colors.levels // 2
    share = max(min(value / most, 1.0), -1.0)
    return colors.cell(middle + round(share * middle))


def effect_text(value: float, marks: Marks = UNICODE) -> str:
    """With a sign and two decimals, in at most five cells."""
    if math.isnan(value):
        return "?"
    if math.isinf(value):
        return ("-" if value < 0 else "+") + marks.infinite
    return f"{value:+.2f}" if abs(value) < 9.995 else f"{value:+.1f}"
