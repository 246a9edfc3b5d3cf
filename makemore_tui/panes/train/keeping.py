"""The keys for a run as a whole: more steps, its name, its note, its end.

They are capital letters, as they are rare, and work on the run that is shown or on the one under the cursor of the
list. The last line has no room for them: the help and the palette have them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import work
from textual.binding import Binding

from makemore_core.errors import MakemoreError
from makemore_tui.messages import RunSelected
from makemore_tui.panes.train.keeping_dialogs import AskDelete, ask_name, ask_note, ask_steps, steps_of
from makemore_tui.panes.train.run_list import RunList
from makemore_tui.panes.train.steering import SteeringPane

if TYPE_CHECKING:
    from makemore_core.runs.listing import RunSummary
    from makemore_core.runs.snapshot import RunView

Result = TypeVar("Result")

KEEPING = ("extend", "rename", "note", "delete")
RESTING = {"rename": "renamed", "delete": "deleted"}
"""Those that a run must not be training for."""


@dataclass(frozen=True)
class AtHand:
    """The run that a key is about."""

    name: str
    state: str
    is_live: bool
    step: int
    max_steps: int
    note: str

    @classmethod
    def of(cls, run: "RunView | RunSummary") -> "AtHand":
        """What there is to know of it."""
        return cls(run.name, run.state, run.state.is_live, run.step, run.max_steps, run.note)


class KeepingPane(SteeringPane):
    """A pane with a list of runs and the view of one, and keys for them."""

    BINDINGS = [
        Binding("E", "extend", "extend: another number of steps", show=False),
        Binding("R", "rename", "rename the run", show=False),
        Binding("N", "note", "note: a line of text kept with the run", show=False),
        Binding("D,delete", "delete", "delete the run", show=False),
    ]

    runs: RunList
    mode: str
    changing: ClassVar[frozenset[str]] = SteeringPane.changing | frozenset(KEEPING)

    @property
    def at_hand(self) -> AtHand | None:
        """The run under the cursor of the list, or the one that is shown."""
        if self.mode == "runs":
            return next((AtHand.of(run) for run in self.runs.runs if run.name == self.runs.at_cursor), None)
        view = self.run_view
        if self.mode == "live" and view is not None and view.name == self.run_name and view.state != "gone":
            return AtHand.of(view)
        return None

    def needs_run(self, action: str) -> bool:
        """Whether an action is done to the run at hand."""
        return action in KEEPING or super().needs_run(action)

    @work
    async def action_extend(self) -> None:
        """Ask for another number of steps."""
        if (run := self.at_hand) is None:
            return
        text = await self.ask(ask_steps(run.name, run.step, run.max_steps))
        if text is not None and await self._do(self.engine.extend, run.name, steps_of(text)):
            self._done(f"{run.name} ends at step {steps_of(text):,}")

    @work
    async def action_rename(self) -> None:
        """Ask for another name."""
        if (run := self.at_hand) is None or self._refuse(run, "rename"):
            return
        text = await self.ask(ask_name(run.name, lambda name: (self.engine.home / name).exists()))
        if text is None or not await self._do(self.engine.rename, run.name, text.strip()):
            return
        self._done(f"{run.name} is called {text.strip()} now")
        self.renamed(run.name, text.strip())
        if self.run_name == run.name:
            self.run_name = text.strip()
            self.post_message(RunSelected(self.run_name))

    def renamed(self, before: str, after: str) -> None:
        """A run has another name now."""

    @work
    async def action_note(self) -> None:
        """Ask for a line of text."""
        if (run := self.at_hand) is None:
            return
        text = await self.ask(ask_note(run.name, run.note))
        if text is not None and await self._do(self.engine.note, run.name, text):
            self._done(f"noted with {run.name}" if text.strip() else f"{run.name} has no note any more")

    @work
    async def action_delete(self) -> None:
        """Say how large the run is, ask, and delete it."""
        if (run := self.at_hand) is None or self._refuse(run, "delete"):
            return
        weight = await self._do(self.engine.weigh, run.name)
        if weight is None or not await self.ask(AskDelete(run.name, weight)):
            return
        if await self._do(self.engine.delete, run.name):
            self._done(f"{run.name} is deleted")
            if self.run_name == run.name:
                self.let_go()

    def let_go(self) -> None:
        """The run that was selected is there no more."""
        self.run_name = None
        self.post_message(RunSelected(None))

    def look_at_list(self) -> None:
        """Read the list of runs again."""

    def _refuse(self, run: AtHand, action: str) -> bool:
        """Say so where the run must rest first."""
        if run.is_live:
            words = f"{run.name} is {run.state}: it can be {RESTING[action]} once it is stopped"
            self.notify(words, timeout=4, markup=False)
        return run.is_live

    def _done(self, words: str) -> None:
        self.notify(words, timeout=3, markup=False)
        self.look_at_list()

    async def _do(self, what: Callable[..., Result], *words: object) -> Result | None:
        """Call a method of the engine in a thread; where it refuses, say why, and return None."""
        try:
            return await asyncio.to_thread(what, *words)
        except MakemoreError as error:
            self.notify(str(error), severity="error", timeout=8, markup=False)
            return None
