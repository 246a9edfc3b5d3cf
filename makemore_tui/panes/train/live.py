"""The view of one run: numbers, chart, samples, and with more room its settings and events."""

import time
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from makemore_tui.display import visible
from makemore_tui.panes.train.chart_keys import ChartKeys
from makemore_tui.panes.train.charts import Charts
from makemore_tui.panes.train.facts import EventsPanel, SettingsPanel
from makemore_tui.panes.train.looking_inside import INSIDE_CSS, LookingInside
from makemore_tui.panes.train.news import AS_ASKED, NewsLine
from makemore_tui.panes.train.samples import SamplesPanel
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
TALL = 36
"""From this height on, settings and events are shown below the chart."""


class LiveView(ThroughTime, LookingInside, ChartKeys, can_focus=True):
    """Shows one `RunView` after the other, each part as often as is good to read."""

    DEFAULT_CSS = f"""
    LiveView {{
        & > #note {{ display: none; height: auto; max-height: 3; padding: 0 1; color: $error; }}
        &.-note > #note {{ display: block; }}
        & > #middle {{ height: 1fr; }}
        & > #middle > Charts {{ width: 1fr; }}
        & > #middle > SamplesPanel {{ width: 32; }}
        & > #below {{ height: 9; display: none; }}
        & > #below > SettingsPanel {{ width: 1fr; }}
        & > #below > EventsPanel {{ width: 1fr; }}
        &.-tall > #below {{ display: block; }}
        &.-waiting > #middle, &.-waiting > #below, &.-waiting > NewsLine {{ visibility: hidden; }}
        &.-narrow > #middle {{ layout: vertical; }}
        &.-narrow > #middle > SamplesPanel {{ width: 1fr; height: 6; }}
        {INSIDE_CSS}
    }}
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.run: RunView | None = None
        self._numbers_due = self._log_due = 0.0
        self._fault: str | None = None
        self._waits = False
        self.numbers, self.charts, self.samples = StatusLines(), Charts(), SamplesPanel()
        self.settings, self.log_lines, self.news = SettingsPanel(), EventsPanel(), NewsLine()
        self.note = Static("", id="note", markup=False)

    def compose(self) -> ComposeResult:
        """From the top: numbers, the news, what is wrong, charts and samples, settings and events."""
        yield self.numbers
        yield self.news
        yield self.note
        with Horizontal(id="middle"):
            yield self.charts
            yield self.samples
        yield self.grid
        with Horizontal(id="below"):
            yield self.settings
            yield self.log_lines

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
        lines = line_count(event.size.width - 2)
        self.numbers.styles.height = lines
        self.set_class(lines > 2, "-narrow")
        self.set_class(event.size.height >= TALL, "-tall")

    def show(self, run: "RunView") -> None:
        """Take a snapshot. The charts follow at once, numbers and logs in their own time.

        Showing the same snapshot again brings what was not due before.
        """
        before, self.run = self.run, run
        now = time.monotonic()
        turned = self._waits or before is None or before.name != run.name or before.state is not run.state
        happened = turned or before is None or len(before.events) != len(run.events)
        if run is not before:
            self.charts.show(run)
            self.look_inside()
        if happened or now >= self._numbers_due:
            self._numbers_due = now + NUMBERS_LOOKS * interval_of(self.app)
            self.numbers.show(run)
            self.news.show(run)
        if happened or now >= self._log_due:
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
        if self.run is not None and self.run.name != name:
            self._wait(True)
            self.numbers.wait_for(name)
        elif self._waits and self.run is not None:  # back to the run of before, which is known
            self.show(self.run)

    def _wait(self, waits: bool) -> None:
        self._waits = waits
        self.set_class(waits, "-waiting")

    def say(self, fault: str | None) -> None:
        """Show what went wrong in steering; None when it is over."""
        self._fault = fault
        self._explain()

    def _explain(self) -> None:
        reason = self.run.reason if self.run is not None else ""
        words = self._fault or ("" if reason == AS_ASKED else reason)
        self.set_class(bool(words), "-note")
        self.note.update(Content(visible(words)))
