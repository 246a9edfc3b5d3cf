"""The keys that make a new run from one that is there: a fork of it, or one with the same settings."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding

from makemore_core.errors import MakemoreError
from makemore_tui.panes.train.fork_form import ForkForm
from makemore_tui.panes.train.form import NewRunForm
from makemore_tui.panes.train.keeping import KeepingPane
from makemore_tui.panes.train.origin import Origin

if TYPE_CHECKING:
    from makemore_tui.panes.train.filling import Filling

FORKING = ("fork", "copy_settings")
FORMS = ("form", "fork")
"""What is shown while a person fills in a form."""


class ForkingPane(KeepingPane):
    """A pane with a form for new runs and one for forks."""

    BINDINGS = [
        Binding("F", "fork", "fork: a new run from one of its checkpoints", show=False),
        Binding("Y", "copy_settings", "copy the settings into the form of a new run", show=False),
    ]
    changing: ClassVar[frozenset[str]] = KeepingPane.changing | frozenset(FORKING)

    form: NewRunForm
    fork_form: ForkForm

    def needs_run(self, action: str) -> bool:
        """Whether an action is done to the run at hand."""
        return action in FORKING or super().needs_run(action)

    def select(self, name: str) -> None:
        """Look at another run, on all panes."""
        raise NotImplementedError

    @work(exclusive=True, group="origin")
    async def action_fork(self) -> None:
        """Open the form of a fork of the run at hand."""
        if (origin := await self._origin(for_fork=True)) is not None:
            self.fork_form.fork(origin)
            self.mode = "fork"

    @work(exclusive=True, group="origin")
    async def action_copy_settings(self) -> None:
        """Open the form of a new run, filled with the settings of the run at hand."""
        if (origin := await self._origin(for_fork=False)) is not None:
            self.form.copy_run(origin.run, origin.config)
            self.mode = "form"

    async def _origin(self, *, for_fork: bool) -> Origin | None:
        run = self.at_hand
        return None if run is None else await self._do(self._read_origin, run.name, for_fork)

    def _read_origin(self, name: str, for_fork: bool) -> Origin:
        return self.engine.origin(name, for_fork=for_fork)

    @on(ForkForm.Asked)
    @work(exclusive=True, group="start")
    async def _fork_asked(self, event: ForkForm.Asked) -> None:
        try:
            name = await asyncio.to_thread(self.engine.fork, event.wanted)
        except MakemoreError as error:
            self.fork_form.show_error(error)
            return
        self.select(name)

    async def remember(self, type: str, filling: "Filling | None") -> None:
        """Keep what a run was started with, for the next one."""
        if filling is None:
            return
        try:
            await asyncio.to_thread(self.form.memory.keep, type, filling)
        except OSError as error:
            self.notify(f"The settings cannot be remembered: {error}", severity="warning", markup=False)
