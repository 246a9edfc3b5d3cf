"""A slider over the steps of a run whose weights are kept, on a log scale; the newest is its right end."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from textual import events
from textual.message import Message

from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import Row, right, row_width, span
from makemore_tui.widgets.spans import SpanRows

LONGEST = 72
"""Cells of the slider itself, at most: a longer one says no more."""
SHORTEST = 12
"""With fewer cells than that, words give way."""


@dataclass(frozen=True)
class Timeline:
    """Where one can stop, and where one is."""

    steps: tuple[int, ...] = ()
    """Steps to look back at, ascending; the newest is one more stop."""
    newest: int = 0
    """The step of what the right end stands for."""
    at: int | None = None
    """The step that is looked at; None is the newest."""
    end: str = "newest"
    """What the right end is called."""
    playing: bool = False
    keys: str = ""
    """What the keys do, in a few words."""

    @property
    def stops(self) -> tuple[int | None, ...]:
        """All places of the knob, from the left."""
        return (*self.steps, None)

    @property
    def place(self) -> int:
        """Which of the stops the knob is at; of a step that is not among them, the one before it."""
        if self.at is None:
            return len(self.steps)
        return max(sum(step <= self.at for step in self.steps) - 1, 0)

    def moved(self, by: int) -> int | None:
        """The stop so many further to the right, or to the left; the ends hold."""
        return self.stops[min(max(self.place + by, 0), len(self.steps))]


class TimeSlider(SpanRows):
    """Draws a Timeline in one row. Keys belong to the pane; a click chooses the stop that is nearest."""

    DEFAULT_CSS = """
    TimeSlider { height: 1; padding: 0 1; }
    """

    class Chosen(Message):
        """A stop was clicked: a step, or None for the newest."""

        def __init__(self, step: int | None) -> None:
            super().__init__()
            self.step = step

    data: Timeline = Timeline()

    def show(self, data: Timeline) -> None:
        """Take other stops, or another place among them."""
        if data != self.data:
            self.data = data
            self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The row."""
        return [slider_row(self.data, width, self.inks, self.marks)]

    def on_click(self, event: events.Click) -> None:
        """Go to the stop that is nearest to the mouse."""
        event.stop()
        offset = event.get_content_offset(self)
        if offset is None or not self.data.steps:
            return
        start, length = extent(self.data, self.content_size.width)
        columns = columns_of(self.data, length)
        nearest = min(range(len(columns)), key=lambda place: abs(columns[place] - (offset.x - start)))
        self.post_message(self.Chosen(self.data.stops[nearest]))


def slider_row(data: Timeline, width: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE) -> Row:
    """The step at hand, the slider with a tick for each stop, what the right end is, and the keys if they fit."""
    head, tail, keys = _words(data, width)
    _, length = extent(data, width)
    columns = columns_of(data, length)
    knob = columns[data.place]
    line = [marks.rule] * length
    for column in columns:
        line[column] = marks.tick
    row: Row = [span(head, inks.strong)]
    if length > 0:
        row += [
            span("".join(line[:knob]), inks.after),
            span(marks.here if data.playing else marks.knob, inks.strong),
            span("".join(line[knob + 1 :]), inks.muted),
        ]
    row.append(span(tail, inks.strong if data.at is None else inks.muted))
    if keys:
        row.append(span(right(keys, width - row_width(row)), inks.muted))
    return row


def extent(data: Timeline, width: int) -> tuple[int, int]:
    """The first column of the slider and its cells, in a row of this width."""
    head, tail, keys = _words(data, width)
    room = width - cell_len(head) - cell_len(tail) - cell_len(keys)
    return cell_len(head), max(0, min(room, LONGEST))


def columns_of(data: Timeline, length: int) -> list[int]:
    """The column of each stop: by the logarithm of its step, or evenly where that would lay some on each other."""
    last = length - 1
    largest = math.log1p(max([*data.steps, data.newest, 1]))
    by_logarithm = [round(math.log1p(step) / largest * max(last - 2, 0)) for step in data.steps] + [last]
    if _rising(by_logarithm):
        return by_logarithm
    return [round(place / max(len(data.steps), 1) * last) for place in range(len(data.steps) + 1)]


def _rising(columns: Sequence[int]) -> bool:
    return all(before < after for before, after in pairwise(columns))


def _words(data: Timeline, width: int) -> tuple[str, str, str]:
    """What stands left and right of the slider, and at the right edge; the head keeps its width at all stops."""
    most = max(len(f"{step:,}") for step in (*data.steps, data.newest))
    at = data.newest if data.at is None else data.at
    head, tail = f"step {at:>{most},} ", f" {data.end} {data.newest:,}"
    keys = f"  {data.keys}" if data.keys else ""
    fits = width - cell_len(head) - cell_len(tail) - cell_len(keys) >= max(SHORTEST, len(data.steps) + 3)
    return head, tail, keys if fits else ""
