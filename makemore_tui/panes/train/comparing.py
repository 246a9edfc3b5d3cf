"""Laying several runs over each other, and choosing what the charts show."""

import asyncio
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding
from textual.timer import Timer
from textual.worker import Worker

from makemore_core.errors import MakemoreError
from makemore_tui.panes.train.engine import Reader
from makemore_tui.panes.train.metric_picker import AskMetric
from makemore_tui.panes.train.metrics import next_metric, recorded
from makemore_tui.panes.train.overlay import MOST, Overlay
from makemore_tui.panes.train.reading import open_reader
from makemore_tui.panes.train.run_list import RunList
from makemore_tui.panes.train.steering import SteeringPane

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView

OTHERS_INTERVAL = 2.0
"""Seconds between two looks at the runs that are laid over the one at hand."""

COMPARING = {
    "lay_over": ("runs",),
    "lay_none_over": ("runs", "live"),
    "pick_metric": ("live",),
    "turn_metric": ("live",),
}
"""What is shown where each of these actions makes sense."""


class ComparingPane(SteeringPane):
    """A pane that steers a run and lays others over it. It reads them while it is shown."""

    BINDINGS = [
        Binding("o", "lay_over", "overlay"),
        Binding("M", "turn_metric(-1)", "the metric before on the chart", show=False),
        Binding("O", "lay_none_over", "overlay no runs any more", show=False),
        Binding("p", "pick_metric", "pick what the chart shows by name", show=False),
    ]

    runs: RunList
    _others_timer: Timer | None = None
    _looking: Worker[None] | None = None

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.overlay = Overlay()
        self._other_readers: dict[str, Reader] = {}
        self._others: dict[str, RunView] = {}

    # Which runs

    def action_lay_over(self) -> None:
        """Lay the run under the cursor over the one at hand, or take it away."""
        name = self.runs.at_cursor
        if name is None:
            return
        if not self.overlay.toggle(name, self.run_name):
            self.notify(f"at most {MOST} runs have room on one chart: o takes one away", timeout=4, markup=False)
        self._compare()

    def action_lay_none_over(self) -> None:
        """Show the run at hand alone."""
        self.overlay.clear()
        self._compare()

    def _compare(self) -> None:
        """Show which runs are compared, and read them."""
        self.runs.mark(self.overlay.slots)
        for name in set(self._other_readers) - set(self.overlay.names):
            self._other_readers.pop(name).close()
            self._others.pop(name, None)
        self._show_others()
        self._look_at_others()

    # Reading them

    def on_show(self) -> None:
        """Read the other runs while the pane is at the front."""
        if self._others_timer is None:
            self._others_timer = self.set_interval(OTHERS_INTERVAL, self._look_at_others, pause=True)
        self._look_at_others()

    def on_hide(self) -> None:
        """Let go of them."""
        if self._others_timer is not None:
            self._others_timer.pause()
        self._close_others()

    def on_unmount(self) -> None:
        """Let go of them."""
        self._close_others()

    def _close_others(self) -> None:
        self.workers.cancel_group(self, "others")
        self._looking = None  # one that is cancelled before it began never counts as finished
        readers, self._other_readers = self._other_readers, {}
        for reader in readers.values():
            reader.close()

    def _look_at_others(self) -> None:
        """Look at the runs that are laid over the one at hand, unless the last look is not over yet."""
        if self._others_timer is not None:
            is_due = bool(self.overlay.names) and self.is_on_screen
            (self._others_timer.resume if is_due else self._others_timer.pause)()
        if self.overlay.names and (self._looking is None or self._looking.is_finished):
            self._looking = self._read_others()

    @work(group="others")
    async def _read_others(self) -> None:
        fresh: dict[str, RunView] = {}
        for name in self.overlay.names:
            if name == self.run_name:
                continue
            try:
                if name not in self._other_readers:
                    self._other_readers[name] = await open_reader(self.engine.reader, name)
                view = await asyncio.to_thread(self._other_readers[name].poll)
            except MakemoreError:
                self._forget(name)
                continue
            if view.state == "gone":
                self._forget(name)
            else:
                fresh[name] = view
        if any(self._others.get(name) is not view for name, view in fresh.items()) and self.screen.is_active:
            self._others.update(fresh)
            self._show_others()

    def _forget(self, name: str) -> None:
        """A run that is no more is not compared."""
        self.overlay.keep(set(self.overlay.names) - {name})
        self._others.pop(name, None)
        if (reader := self._other_readers.pop(name, None)) is not None:
            reader.close()
        self.runs.mark(self.overlay.slots)
        self._show_others()

    def _show_others(self) -> None:
        if self.run_name is None:
            return
        slots = self.overlay.drawn(self.run_name)
        views = [self._others[name] for name in slots if name in self._others and name != self.run_name]
        self.live.charts.lay_over(views, slots)

    def watch_run_name(self) -> None:
        """Another run is at hand: the others are laid over that one."""
        if self.is_mounted and self.overlay.names:
            self._show_others()
            self._look_at_others()

    # What the charts show

    def action_turn_metric(self, by: int) -> None:
        """Show another metric on the chart at hand."""
        if self.run_view is not None:
            charts = self.live.charts
            charts.choose(next_metric(self.run_view, charts.metric, by))

    @work
    async def action_pick_metric(self) -> None:
        """Ask for a metric by name."""
        view = self.run_view
        if view is not None:
            metric = await self.ask(AskMetric(recorded(view), self.live.charts.metric))
            if metric is not None:
                self.live.charts.choose(metric)
