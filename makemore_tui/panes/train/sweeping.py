"""The keys for sweeps and the queue: the table of a sweep, curves of several runs, how many train at once."""

import asyncio
from typing import TYPE_CHECKING

from textual import on, work
from textual.binding import Binding

from makemore_core.errors import MakemoreError
from makemore_core.queue.settings import MOST_PARALLEL
from makemore_tui.messages import RunSelected
from makemore_tui.panes.train.comparing import ComparingPane
from makemore_tui.panes.train.overlay import MOST
from makemore_tui.panes.train.sweep_form import SweepAsked
from makemore_tui.panes.train.sweep_view import SweepView

if TYPE_CHECKING:
    from makemore_core.runs.listing import RunSummary
    from makemore_tui.panes.train.filling import Filling

SWEEPING = {"show_sweep": ("live", "runs", "sweep"), "put_first": ("runs",)}
"""What is shown where each of these actions makes sense."""

TALL = 34
"""From this height on, the curves stand below the table of a sweep, unless there is room beside it."""


class SweepingPane(ComparingPane):
    """A pane that shows sweeps, and changes the queue."""

    BINDINGS = [
        Binding("w", "show_sweep", "sweeps"),
        Binding("Q", "put_first", "queue: this run is the next one", show=False),
    ]

    mode: str
    sweep: SweepView

    def action_show_sweep(self) -> None:
        """Show the table of a sweep; there, that of the sweep before."""
        if self.mode == "sweep":
            self.sweep.next_sweep()
            return
        before = self.runs.at_cursor if self.mode == "runs" else self.run_name
        self.mode = "sweep"
        self.sweep.choose(before)
        self.look_at_list()
        self._tell_parallel()

    def look_at_list(self) -> None:
        """Read the list of runs again, now."""
        raise NotImplementedError

    def show_runs(self, found: "list[RunSummary]") -> None:
        """Show a sweep as it is now."""
        if self.mode == "sweep":
            self.sweep.show(found)

    # Curves

    def _compare(self) -> None:
        super()._compare()
        self.sweep.mark(self.overlay.slots)

    @on(SweepView.Toggled)
    def _toggled(self, event: SweepView.Toggled) -> None:
        event.stop()
        if not self.overlay.toggle(event.name, None):
            self.notify(f"at most {MOST} runs have room on one chart: space takes one away", timeout=4, markup=False)
        self._bring_to_hand()

    @on(SweepView.BestWanted)
    def _best_wanted(self, event: SweepView.BestWanted) -> None:
        event.stop()
        self.overlay.clear()
        for name in event.names[:MOST]:
            self.overlay.toggle(name, None)
        self._bring_to_hand()

    def _bring_to_hand(self) -> None:
        """Look at one of the runs that are laid over each other, and at no other beside them."""
        names = self.overlay.names
        if names and self.run_name not in names:
            self.run_name = names[0]
            self.post_message(RunSelected(names[0]))
        self._compare()

    # The queue

    @work
    async def _tell_parallel(self) -> None:
        self.sweep.tell_parallel(await asyncio.to_thread(self.engine.parallel))

    @on(SweepView.ParallelWanted)
    @work(exclusive=True, group="parallel")
    async def _change_parallel(self, event: SweepView.ParallelWanted) -> None:
        event.stop()
        try:
            number = await asyncio.to_thread(self.engine.parallel)
            number = max(0, min(number + event.by, MOST_PARALLEL))
            await asyncio.to_thread(self.engine.set_parallel, number)
        except MakemoreError as error:
            self.notify(str(error), timeout=4, markup=False)
            return
        self.sweep.tell_parallel(number)

    @work(exclusive=True, group="queue")
    async def action_put_first(self) -> None:
        """Let the run under the cursor be the next one that is started."""
        name = self.runs.at_cursor
        if name is None:
            return
        try:
            await asyncio.to_thread(self.engine.put_first, name)
        except MakemoreError as error:
            self.notify(str(error), timeout=4, markup=False)
        self.look_at_list()

    @work(exclusive=True, group="start")
    async def start_sweep(self, asked: SweepAsked) -> None:
        """Put the runs of a grid into the queue, and show them."""
        try:
            name = await asyncio.to_thread(self.engine.sweep, asked.configs, asked.varied, asked.corpus, asked.name)
        except MakemoreError as error:
            self.sweep_failed(error)
            return
        self.mode = "sweep"
        self.sweep.sweep = name
        self.look_at_list()
        self._tell_parallel()
        await self.remember(asked.configs[0].type, asked.filling)

    async def remember(self, type: str, filling: "Filling | None") -> None:
        """Keep what runs were started with, for the next ones."""
        raise NotImplementedError

    def sweep_failed(self, error: MakemoreError) -> None:
        """Say why nothing could be queued."""
        raise NotImplementedError
