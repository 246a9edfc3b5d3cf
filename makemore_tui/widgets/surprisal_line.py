"""The text so far with the surprisal of each character under it, in nats: how much of a surprise it was."""

import math
from dataclasses import dataclass

from rich.cells import cell_len

from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import Row, Rows, fit, right, span

FULL = math.log(256)
"""Nats that fill a cell: one character in 256. Each of the eight levels is a halving of the probability."""

NAME = "nats "
"""What stands before the levels."""


@dataclass(frozen=True)
class TextMark:
    """One character of the text so far."""

    symbol: str
    surprisal: float
    """-ln of the model's probability; infinite for a character that the model holds impossible."""

    forced: bool = False


@dataclass(frozen=True)
class TextSoFar:
    """The characters and a summary for the right edge."""

    marks: tuple[TextMark, ...] = ()
    ended: bool = False
    summary: str = ""


class SurprisalLine(Rows):
    """Draws a TextSoFar in two rows, or in three with the nats as numbers."""

    data: TextSoFar = TextSoFar()

    def show(self, data: TextSoFar) -> None:
        """Take a new text."""
        self.data = data
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The characters, their levels, and their numbers where there is a third row."""
        return surprisal_rows(self.data, width, height, self.inks, self.marks)


def surprisal_rows(
    data: TextSoFar, width: int, height: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE
) -> list[Row]:
    """Of a long text the end is shown, after an ellipsis."""
    cell = 5 if height > 2 else max([2, *(cell_len(mark.symbol) + 1 for mark in data.marks[-width:])])
    summary = f"  {data.summary}"
    room = max((width - len(NAME) - cell_len(summary)) // cell - 1, 1)
    shown = data.marks[-room:]
    first: Row = [span("text ", inks.muted)]
    second: Row = [span(NAME, inks.muted)]
    third: Row = [span("     ")]
    if len(shown) < len(data.marks):
        first[0] = span(f"text{marks.ellipsis}"[:5], inks.muted)
    for mark in shown:
        style = inks.forced if mark.forced else inks.strong
        first += [span(mark.symbol, style), span(" " * max(cell - cell_len(mark.symbol), 0))]
        second.append(span(fit(level(mark.surprisal, marks), cell), inks.after))
        third.append(span(fit(nats_text(mark.surprisal, marks), cell), inks.muted))
    used = len(NAME) + cell * len(shown)
    if not data.ended:
        first.append(span(marks.cursor, inks.strong))
        used += 1
    first.append(span(right(summary, max(width - used, 0)), inks.muted))
    return [first, second, third][:height]


def level(nats: float, marks: Marks = UNICODE) -> str:
    """One cell that is fuller the larger the surprise."""
    if math.isinf(nats):
        return marks.levels[-1]
    return marks.levels[min(int(nats / FULL * len(marks.levels)), len(marks.levels) - 1)]


def nats_text(nats: float, marks: Marks = UNICODE) -> str:
    """Nats to one decimal in at most four cells."""
    if math.isinf(nats):
        return marks.infinite
    return f"{nats:.1f}" if nats < 99.95 else f"{nats:.0f}"
