"""Samples through time: a row for each seed, a column for each step, so that one sees the same item improve."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding

from makemore_tui.widgets.inks import Inks
from makemore_tui.widgets.line_chart.frame import line_ink
from makemore_tui.widgets.line_chart.palette import ink_styles
from makemore_tui.widgets.rows import Row, fit, right, span
from makemore_tui.widgets.spans import SpanRows

NARROWEST, WIDEST = 8, 16
"""Cells of a text; longer ones are cut."""
SHARE = 8
"""A text takes no more than such a part of the room, so that several steps stand beside each other."""
FRAME = 2
"""Rows that no item stands in: the steps above, and what the marks mean below."""


class Place(Enum):
    """Where the data holds an item; the side that was learnt from first."""

    TRAIN = "in train"
    HELD_OUT = "in dev or test"
    NEW = "new"


MARKS = {
    False: {Place.TRAIN: "●", Place.HELD_OUT: "○", Place.NEW: "+"},
    True: {Place.TRAIN: "*", Place.HELD_OUT: "o", Place.NEW: "+"},
}
"""What stands before an item, in Unicode and in ASCII: they are told apart without colours."""


@dataclass(frozen=True)
class GridItem:
    """One item. The text is shown as it is: it must not hold control characters."""

    text: str
    place: Place
    finished: bool = True
    """False where it was cut off at the longest length."""


@dataclass(frozen=True)
class GridColumn:
    """The items of one step, in the order of their seeds."""

    step: int
    items: tuple[GridItem, ...]


def spread(count: int, most: int) -> list[int]:
    """Of so many places, at most so many: ever further apart from the first to the last, which are among them.

    Few of them move when there is one place more: 1, 10, 100, ..., then 5, 50, ... and 2, 20, ..., then what is left.
    """
    if count <= most:
        return list(range(count))
    last = count - 1
    chosen = dict.fromkeys([last, 0][:most])
    powers = [10**power for power in reversed(range(len(str(last))))]
    for digit in (1, 5, 2, 3, 7, 4, 6, 8, 9):
        for power in powers:
            if len(chosen) < most and digit * power < last:
                chosen.setdefault(digit * power)
    for place in range(last, 0, -1):
        if len(chosen) >= most:
            break
        chosen.setdefault(place)
    return sorted(chosen)


class SampleGrid(SpanRows, can_focus=True):
    """Draws columns of items: as many steps as fit, ever further apart, or all of them one window at a time."""

    BINDINGS = [
        Binding("left", "scroll_steps(-1)", "samples of earlier steps, step by step", show=False),
        Binding("right", "scroll_steps(1)", "samples of later steps", show=False),
        Binding("ctrl+left", "scroll_steps(-10)", "samples of ten steps before", show=False),
        Binding("ctrl+right", "scroll_steps(10)", "samples of ten steps later", show=False),
        Binding("up", "scroll_rows(-1)", "samples of the seeds above", show=False),
        Binding("down", "scroll_rows(1)", "samples of the seeds below", show=False),
        Binding("home", "scroll_steps(-1000000)", "samples of the first steps", show=False),
        Binding("end", "scroll_steps(1000000)", "samples of the newest steps", show=False),
        Binding("0", "overview", "samples of the whole time, ever further apart", show=False),
    ]

    DEFAULT_CSS = """
    SampleGrid {
        border: round $foreground 30%;
        border-title-color: $primary;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        &:focus { border: round $border; }
    }
    """

    columns: tuple[GridColumn, ...] = ()
    behind: int | None = None
    """How many later steps are out of sight at the right; None shows the whole time."""
    top: int = 0
    """How many rows are out of sight above."""

    def show(self, columns: Sequence[GridColumn]) -> None:
        """Take the columns of all steps, the first step first. What is in sight stays while later ones arrive."""
        added = len(columns) - len(self.columns)
        if self.behind:
            self.behind = min(max(self.behind + added, 0), max(len(columns) - 1, 0))
        self.columns = tuple(columns)
        self.redraw()

    def reset(self) -> None:
        """Begin again: it is another run."""
        self.columns, self.behind, self.top = (), None, 0

    # Drawing

    def redraw(self) -> None:
        """Draw again what changed."""
        width, height = self.content_size
        if width and height:
            title, subtitle = self._titles(width, height)
            if (self.border_title, self.border_subtitle) != (title, subtitle):  # either repaints the whole widget
                self.border_title, self.border_subtitle = title, subtitle
        super().redraw()

    def in_sight(self, width: int) -> list[int]:
        """The places of the columns that are shown."""
        count = len(self.columns)
        fitting = columns_in(self.columns, width)
        if self.behind is None or count <= fitting:
            return spread(count, fitting)
        end = max(count - self.behind, fitting)
        return list(range(end - fitting, end))

    def draw(self, width: int, height: int) -> list[Row]:
        """The steps, a row for each seed, and what the marks mean."""
        if not self.columns:
            return [[span("none yet", self.inks.muted)]]
        shown = [self.columns[place] for place in self.in_sight(width)]
        pen = Pen.for_widget(self, cell_width(self.columns, width), label_width(self.columns))
        rows = [pen.head(shown)]
        rows += [pen.row(shown, seed) for seed in range(self.top, min(self._seeds, self.top + height - FRAME))]
        rows += [[]] * (height - len(rows) - 1)
        return [*rows, pen.legend()]

    @property
    def _seeds(self) -> int:
        return max((len(column.items) for column in self.columns), default=0)

    def _titles(self, width: int, height: int) -> tuple[str, str]:
        """What is in sight, and how to see more."""
        shown, count, seeds = self.in_sight(width), len(self.columns), self._seeds
        title = "samples through time"
        if seeds > height - FRAME:
            title += f": {self.top + 1} to {min(self.top + height - FRAME, seeds)} of {seeds}, up and down"
        if len(shown) == count:
            return title, ""
        ends = "< >" if self.look.ascii else "← →"
        if self.behind is None:
            return title, f"{len(shown)} of {count} sets, {ends} all of them"
        return title, f"sets {shown[0] + 1} to {shown[-1] + 1} of {count}, {ends} more, 0 the whole time"

    # Keys and the mouse

    def action_scroll_steps(self, by: int) -> None:
        """Show earlier sets or later ones, one after the other."""
        room = max(len(self.columns) - columns_in(self.columns, self.content_size.width), 0)
        self.behind = min(max((self.behind or 0) - by, 0), room)
        self.redraw()

    def action_overview(self) -> None:
        """Show the whole time."""
        self.behind = None
        self.redraw()

    def action_scroll_rows(self, by: int) -> None:
        """Show the seeds above or below."""
        room = max(self._seeds - (self.content_size.height - FRAME), 0)
        self.top = min(max(self.top + by, 0), room)
        self.redraw()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel goes back in time."""
        event.stop()
        self.action_scroll_steps(-1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel goes on in time."""
        event.stop()
        self.action_scroll_steps(1)

    def on_resize(self, event: events.Resize) -> None:
        """With more room there may be nothing to scroll any more."""
        self.action_scroll_rows(0)


@dataclass(frozen=True)
class Pen:
    """Draws the rows of a grid."""

    cell: int
    label: int
    marks: dict[Place, str]
    styles: dict[Place, Style]
    inks: Inks
    cut: str

    @classmethod
    def for_widget(cls, widget: SampleGrid, cell: int, label: int) -> "Pen":
        """In the colours of the theme, or in those of a terminal with fewer."""
        colors = ink_styles(widget.look.depth, widget.background_colors[1], widget.styles.color)
        styles = {Place.TRAIN: colors[line_ink(0)], Place.HELD_OUT: colors[line_ink(1)], Place.NEW: widget.inks.strong}
        ascii_only = widget.look.ascii
        return cls(cell, label, MARKS[ascii_only], styles, widget.inks, widget.marks.ellipsis)

    def head(self, columns: Sequence[GridColumn]) -> Row:
        """The steps."""
        cells = [span(fit(f"  {column.step:,}", self.cell), self.inks.strong) for column in columns]
        return [span(fit("step", self.label), self.inks.muted), *cells]

    def row(self, columns: Sequence[GridColumn], seed: int) -> Row:
        """What one seed gave at these steps."""
        row: Row = [span(right(str(seed + 1), self.label - 1) + " ", self.inks.muted)]
        for column in columns:
            row.append(self._item(column.items[seed]) if seed < len(column.items) else span(" " * self.cell))
        return row

    def _item(self, item: GridItem) -> Segment:
        text = item.text if item.finished else item.text + self.cut
        room = self.cell - 3
        if cell_len(text) > room:
            text = fit(text, room - 1).rstrip() + self.cut
        return span(fit(f"{self.marks[item.place]} {text}", self.cell), self.styles[item.place])

    def legend(self) -> Row:
        """What the marks mean."""
        row: Row = []
        for place, mark in self.marks.items():
            row.append(span(f"{mark} {place.value}   ", self.styles[place]))
        return [*row, span("a row has the same seed at all steps", self.inks.muted)]


def cell_width(columns: Sequence[GridColumn], width: int) -> int:
    """The cells of a column, its mark and a gap included: by the newest items, as the first ones are no words yet."""
    longest = max((cell_len(item.text) + (not item.finished) for item in columns[-1].items), default=0)
    step = len(f"{columns[-1].step:,}")
    return max(min(longest, width // SHARE, WIDEST), NARROWEST, step) + 3


def label_width(columns: Sequence[GridColumn]) -> int:
    """The cells of the number before a row."""
    return max(len(str(max(len(column.items) for column in columns))), len("step")) + 1


def columns_in(columns: Sequence[GridColumn], width: int) -> int:
    """How many columns there is room for."""
    if not columns:
        return 1
    return max((width - label_width(columns) + 1) // cell_width(columns, width), 1)
