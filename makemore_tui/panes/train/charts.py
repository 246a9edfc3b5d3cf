"""The charts of a run: as many as there is room for, all over the same steps and with one cursor."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Size
from textual.reactive import var

from makemore_tui.panes.train.curves import Laid, metric_chart
from makemore_tui.panes.train.metrics import GAP, GRADIENT, LOSS, RATE, Metric
from makemore_tui.widgets.line_chart import LineChart, Plot, View
from makemore_tui.widgets.line_chart import window as windows

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView

MOST = 4
"""Charts at a time."""
GUTTER = 7
"""Columns for the labels of values where there are several charts."""
BROAD, HIGH = 100, 20
"""From this width on two charts stand beside each other, from this height on one below the other."""


class Charts(Container):
    """Shows metrics of a run, or of several laid over each other, as `look_at` says."""

    DEFAULT_CSS = """
    Charts {
        layout: grid;
        grid-size: 1;
        grid-rows: 1fr;
        & > LineChart { padding: 0 1; }
        &.-high { grid-rows: 3fr 2fr; }
        &.-broad { grid-size: 2; grid-rows: 1fr; }
    }
    """

    look_at: var[View] = var(View(), init=False)
    """How the person wants to see the curves."""
    single: var[bool] = var(False, init=False)
    """Show one chart alone, whatever the room."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.charts = [LineChart() for _ in range(MOST)]
        self.metrics: list[Metric] = [LOSS, GAP, RATE, GRADIENT]
        """What each chart shows."""
        self.at_hand = 0
        """The chart that the keys are for."""
        self.run: RunView | None = None
        self._others: tuple[Laid, ...] = ()
        self._slots: Mapping[str, int] = {}
        self._room = Size(0, 0)
        self._arranged: list[int] = []

    def compose(self) -> ComposeResult:
        """The charts, of which some are displayed."""
        for place, chart in enumerate(self.charts):
            chart.display = place == 0
            yield chart

    def on_resize(self, event: events.Resize) -> None:
        """Show as many as there is room for."""
        self.take_room(event.size)

    def take_room(self, size: Size) -> None:
        """Arrange the charts for a room of this size."""
        if size != self._room:
            self._room = size
            self._arrange()

    def watch_single(self) -> None:
        """Show one or several."""
        self._arrange()

    @property
    def room_for(self) -> int:
        """How many charts there is room for."""
        width, height = self._room
        return (2 if width >= BROAD else 1) * (2 if height >= HIGH else 1)

    @property
    def shown(self) -> list[int]:
        """The places of the charts that are shown."""
        return [self.at_hand] if self.single or self.room_for == 1 else list(range(self.room_for))

    def _arrange(self) -> None:
        if self.at_hand >= self.room_for > 1:
            self.at_hand = 0
        shown = self.shown
        broad = self._room.width >= BROAD
        self.update_classes({"-broad": len(shown) > 1 and broad, "-high": len(shown) == 2 and not broad})
        if shown == self._arranged:
            return
        self._arranged = shown
        for place, chart in enumerate(self.charts):
            chart.display = place in shown
        self.draw()

    # What is shown

    def show(self, run: "RunView") -> None:
        """Take a snapshot of the run at hand."""
        if self.run is None or self.run.name != run.name:
            self.look_at = replace(self.look_at, x_range=None, follow=False, cursor=None)
        self.run = run
        self.draw()

    def lay_over(self, others: Sequence["RunView"], slots: Mapping[str, int]) -> None:
        """Lay other runs over the run at hand, each in its slot; none of them takes them away."""
        self._others = tuple(Laid(view, slots[view.name]) for view in others if view.name in slots)
        self._slots = slots
        self.draw()

    def draw(self, *, now: bool = False) -> None:
        """Draw all charts that are shown; `now` where a person waits for it."""
        run = self.run
        if run is None or not self.is_mounted:
            return
        shown = self.shown
        others = [one for one in self._others if one.view.name != run.name]
        slot = self._slots.get(run.name, 0)
        several = len(shown) > 1
        for place in shown:
            chart = metric_chart(self.metrics[place], run, self.look_at, others, slot=slot)
            self.charts[place].chart = replace(
                chart, chosen=several and place == self.at_hand, gutter=GUTTER if several else 0
            )
            if now:
                self.charts[place].hurry()

    def watch_look_at(self) -> None:
        """Draw the curves as they are wanted now."""
        self.draw(now=True)

    @property
    def metric(self) -> Metric:
        """What the chart at hand shows."""
        return self.metrics[self.at_hand]

    def choose(self, metric: Metric) -> None:
        """Show a metric on the chart at hand."""
        self.metrics[self.at_hand] = metric
        self.draw(now=True)

    def turn(self) -> None:
        """Go to the next chart."""
        places = range(max(self.room_for, 1))
        self.at_hand = places[(self.at_hand + 1) % len(places)]
        self._arrange()
        self.draw(now=True)

    # The window and the cursor

    @property
    def plot(self) -> Plot | None:
        """Where the curves of the chart at hand lie; of another one where that has none."""
        places = [self.at_hand, *self.shown]
        return next((self.charts[place].plot for place in places if self.charts[place].plot is not None), None)

    @property
    def _last_step(self) -> float:
        """The latest step of all runs that are shown."""
        runs = [self.run, *(one.view for one in self._others)]
        return float(max((run.step for run in runs if run is not None), default=0))

    @property
    def _window(self) -> windows.Window | None:
        """The steps that are shown now; None where that is all."""
        plot, look = self.plot, self.look_at
        if look.x_range is None or plot is None or not look.follow:
            return look.x_range
        return plot.steps.low, plot.steps.high

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Make the window `factor` times as wide around a step: the cursor, the end that is followed, or the middle."""
        plot, look = self.plot, self.look_at
        if plot is None:
            return
        if around is None:
            around = self._focus(plot)
        window = windows.zoom(self._window, plot.whole, factor, around, log=look.log_x)
        self.look_at = replace(look, x_range=window, follow=look.follow and windows.at_end(window, self._last_step))

    def _focus(self, plot: Plot) -> float:
        cursor = self.look_at.cursor
        if cursor is not None and plot.column_of(cursor) is not None:
            return cursor
        return self._last_step if self.look_at.follow else plot.step_at(plot.left + plot.width // 2)

    def pan(self, part: float) -> None:
        """Move the window by a part of its width; reaching the end, it follows the end."""
        plot, look = self.plot, self.look_at
        if plot is not None and look.x_range is not None:
            window = windows.pan(self._window, plot.whole, part, log=look.log_x)
            follow = part > 0 and windows.at_end(window, self._last_step)
            self.look_at = replace(look, x_range=window, follow=follow)

    def show_all(self) -> None:
        """Show all steps."""
        self.look_at = replace(self.look_at, x_range=None, follow=False)

    def follow(self) -> None:
        """Show the latest steps, and move along with them."""
        plot = self.plot
        if plot is not None:
            window = windows.tail(self._window, plot.whole, self._last_step)
            self.look_at = replace(self.look_at, x_range=window, follow=window is not None)

    def move_cursor(self, columns: int) -> None:
        """Move the cursor by columns; it begins at the latest step. At an end of the window it takes that along."""
        plot, look = self.plot, self.look_at
        if plot is None:
            return
        column = None if look.cursor is None else plot.column_of(look.cursor)
        if column is None:
            last = plot.column_of(self._last_step)
            start = plot.left + plot.width - 1 if last is None else last
            self.look_at = replace(look, cursor=plot.step_at(start))
            return
        wanted = column + columns
        if not plot.left <= wanted < plot.left + plot.width and look.x_range is not None:
            self.pan(0.25 if columns > 0 else -0.25)
        self.look_at = replace(self.look_at, cursor=plot.step_at(wanted))

    def drop_cursor(self) -> None:
        """Take the cursor away."""
        self.look_at = replace(self.look_at, cursor=None)

    # The mouse

    @on(LineChart.Pointed)
    def _pointed(self, event: LineChart.Pointed) -> None:
        event.stop()
        self._choose_chart(event.line_chart)
        if event.step is not None:
            self.look_at = replace(self.look_at, cursor=event.step)

    @on(LineChart.Zoomed)
    def _zoomed(self, event: LineChart.Zoomed) -> None:
        event.stop()
        self.zoom(event.factor, event.around)

    @on(LineChart.Panned)
    def _panned(self, event: LineChart.Panned) -> None:
        event.stop()
        self.pan(event.part)

    def _choose_chart(self, chart: LineChart) -> None:
        place = self.charts.index(chart)
        if place != self.at_hand:
            self.at_hand = place
            self.draw(now=True)
