"""The view of one run: numbers, chart, samples, and with more room its settings and events."""

import time
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from makemore_tui.display import visible
from makemore_tui.panes.train.chart_keys import ChartKeys
from makemore_tui.panes.train.charts import Charts
from makemore_tui.panes.train.facts import EventsPanel, SettingsPanel
from makemore_tui.panes.train.looking_inside import LookingInside
from makemore_tui.panes.train.news import AS_ASKED, NewsLine
from makemore_tui.panes.train.samples import SamplesPanel
from makemore_tui.panes.train.showing import CHARTS, GRID, INSIDE
from makemore_tui.panes.train.status import StatusLines, line_count
from makemore_tui.panes.train.through_time import ThroughTime
from makemore_tui.refresh import interval_of
from makemore_tui.widgets.line_chart import LineChart, View

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView

NUMBERS_LOOKS = 2
"""The numbers change once in so many pictures of the chart."""
LOG_LOOKS = 4
"""Samples and events change once in so many."""
BELOW, SAMPLES, NARROW_SAMPLES = 9, 32, 6
"""Rows of settings and events, columns of the samples beside the charts, and rows of those below them."""
NOTE_ROWS = 3
"""The most rows of what is wrong with a run."""
NONE_CHOSEN = "enter shows the run under the cursor here"
"""What stands beside the list of runs as long as none was chosen."""
TALL = 36
"""From this height on, settings and events are shown below the chart."""


class LiveView(ThroughTime, LookingInside, ChartKeys, can_focus=True):
    """Shows one `RunView` after the other, each part as often as is good to read."""

    DEFAULT_CSS = """
    LiveView {
        & > #none { height: 1fr; content-align: center middle; color: $text-muted; }
        & > #note { height: auto; max-height: 3; padding: 0 1; color: $error; }
        & > #middle { height: 1fr; }
        & > #middle > Charts { width: 1fr; }
        & > #middle > SamplesPanel { width: 32; }
        & > #middle.-narrow { layout: vertical; }
        & > #middle.-narrow > SamplesPanel { width: 1fr; height: 6; }
        & > SampleGrid, & > DiagnosticsView { height: 1fr; }
        & > #below { height: 9; }
        & > #below > SettingsPanel { width: 1fr; }
        & > #below > EventsPanel { width: 1fr; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.run: RunView | None = None
        self._numbers_due = self._log_due = 0.0
        self._numbered: RunView | None = None
        self._logged: RunView | None = None
        """The snapshots whose numbers, and whose samples and events, are shown."""
        self._fault: str | None = None
        self._waits = False
        self.numbers, self.charts, self.samples = StatusLines(), Charts(), SamplesPanel()
        self.settings, self.log_lines, self.news = SettingsPanel(), EventsPanel(), NewsLine()
        self.none, self.note = Static("", id="none", markup=False), Static("", id="note", markup=False)
        self.middle, self.below = Horizontal(id="middle"), Horizontal(id="below")
        self._is_empty, self._narrow, self._tall = True, False, False
        """Whether no run is shown, and whether there is little room, or much."""

    def compose(self) -> ComposeResult:
        """From the top: numbers, the news, what is wrong, charts and samples, settings and events."""
        yield self.none
        yield self.numbers
        yield self.news
        yield self.note
        with self.middle:
            yield self.charts
            yield self.samples
        yield self.grid
        with self.below:
            yield self.settings
            yield self.log_lines
        self.arrange_parts()

    @property
    def chart(self) -> LineChart:
        """The first chart."""
        return self.charts.charts[0]

    @property
    def look_at(self) -> View:
        """How the person wants to see the curves."""
        return self.charts.look_at

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the parts for the room."""
        self.take_room(event.size)

    def take_room(self, size: Size) -> None:
        """Arrange the parts for a room of this size."""
        lines = line_count(size.width - 2)
        self._narrow, self._tall = lines > 2, size.height >= TALL
        self.numbers.styles.height = lines
        self.middle.set_class(self._narrow, "-narrow")
        self.arrange_parts()
        below = BELOW if self._tall else 0
        beside, under = (0, NARROW_SAMPLES) if self._narrow else (SAMPLES, 0)
        rows = size.height - lines - 1 - self._note_rows(size.width) - below - under
        self.charts.take_room(Size(size.width - beside, rows))

    def _note_rows(self, width: int) -> int:
        """The rows that the note will take where there is so much room."""
        words = self.note.content
        return min(NOTE_ROWS, len(Content(str(words)).wrap(max(1, width - 2)))) if words else 0

    def arrange_parts(self) -> None:
        """Show what there is to show, and room for."""
        there, inside = not self._is_empty, self.shown == INSIDE
        self.none.display = not there
        self.numbers.display = self.news.display = there and not (inside and self._narrow)
        self.note.display = there and bool(self.note.content)
        self.middle.display = there and self.shown == CHARTS
        self.grid.display = there and self.shown == GRID
        self.inside.display = there and inside
        self.below.display = there and self._tall and not inside

    def _fill(self, there: bool) -> None:
        if self._is_empty is there:
            self._is_empty = not there
            self.arrange_parts()

    def show(self, run: "RunView") -> None:
        """Take a snapshot. The charts follow at once, numbers and logs in their own time.

        Showing the same snapshot again brings what was not due before.
        """
        before, self.run = self.run, run
        self._fill(True)
        now = time.monotonic()
        turned = self._waits or before is None or before.name != run.name or before.state is not run.state
        happened = turned or before is None or len(before.events) != len(run.events)
        if run is not before:
            self.charts.show(run)
            self.look_inside()
        if happened or (now >= self._numbers_due and self._numbered is not run):
            self._numbered = run
            self._numbers_due = now + NUMBERS_LOOKS * interval_of(self.app)
            self.numbers.show(run)
            self.news.show(run)
        if happened or (now >= self._log_due and self._logged is not run):
            self._logged = run
            self._log_due = now + LOG_LOOKS * interval_of(self.app)
            self.samples.show(run.samples)
            self.fill_grid()
            self.settings.show(run)
            self.log_lines.show(run.events)
        if turned:
            self._wait(False)
            self._explain()

    def wait_for(self, name: str) -> None:
        """Show nothing of the run of before while another one is read: its numbers would be taken for the other's."""
        self._fill(True)
        if self.run is not None and self.run.name != name:
            self._wait(True)
            self.numbers.wait_for(name)
        elif self._waits and self.run is not None:  # back to the run of before, which is known
            self.show(self.run)

    def let_go(self) -> None:
        """The run that was shown is no more."""
        self._fill(False)

    def tell_runs(self, there: bool) -> None:
        """Say how a run comes to be shown, where there are any."""
        words = NONE_CHOSEN if there else ""
        if self.none.content != words:
            self.none.update(words)

    def _wait(self, waits: bool) -> None:
        self._waits = waits
        for part in (self.middle, self.below, self.news):
            part.visible = not waits

    def say(self, fault: str | None) -> None:
        """Show what went wrong in steering; None when it is over."""
        self._fault = fault
        self._explain()

    def _explain(self) -> None:
        reason = self.run.reason if self.run is not None else ""
        words = self._fault or ("" if reason == AS_ASKED else reason)
        self.note.update(Content(visible(words)))
        self.arrange_parts()
