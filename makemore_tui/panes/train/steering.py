"""The keys that tell a run what to do, and those that change how its curves are seen."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding
from textual.reactive import var

from makemore_core.errors import MakemoreError
from makemore_tui.panes.base import Pane
from makemore_tui.panes.train.dialogs import AskRate, AskStop
from makemore_tui.panes.train.engine import Engine
from makemore_tui.panes.train.live import LiveView
from makemore_tui.panes.train.words import short

if TYPE_CHECKING:
    from makemore_core.runs.commands import CommandName
    from makemore_core.runs.snapshot import RunView

STEERING = ("steer", "stop", "ask_rate", "scale_rate", "save")
LOOKING = ("toggle_log", "toggle_band", "turn_smoothing")
RESUMABLE = ("stopped", "died", "failed")


class SteeringPane(Pane):
    """A pane that shows a run in a `LiveView` and steers it through an engine."""

    BINDINGS = [
        Binding("space", "steer", "pause/go on"),
        Binding("s", "stop", "stop"),
        Binding("l", "ask_rate", "rate"),
        Binding("less_than_sign", "scale_rate(0.5)", "halve the learning rate", show=False, key_display="<"),
        Binding("greater_than_sign", "scale_rate(2.0)", "double the learning rate", show=False, key_display=">"),
        Binding("c", "save", "save"),
        Binding("x", "toggle_log('x')", "steps on a log scale", show=False),
        Binding("y", "toggle_log('y')", "loss on a log scale", show=False),
        Binding("b", "toggle_band", "show or hide the losses of single batches", show=False),
        Binding("m", "turn_smoothing", "smoothing of the train line", show=False),
    ]

    run_view: var["RunView | None"] = var(None, init=False, always_update=True)
    """The latest snapshot of the selected run."""

    engine: Engine

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.live = LiveView()

    def can_steer(self, action: str) -> bool | None:
        """Whether the run at hand hears the key: False where there is none, None where it would not help."""
        if self.run_view is None:
            return False
        state = self.run_view.state
        return True if state.is_live or (action == "steer" and state in RESUMABLE) else None

    def action_steer(self) -> None:
        """Pause a run, let it go on, or resume it from its last checkpoint."""
        view = self.run_view
        if view is None:
            return
        if view.state in ("starting", "running"):
            self._send("pause")
        elif view.state == "paused":
            self._send("resume")
        elif view.state in RESUMABLE:
            self._resume(view.name)

    @work
    async def action_stop(self) -> None:
        """Ask, then stop the run."""
        view = self.run_view
        if view is not None and await self.app.push_screen_wait(AskStop(view.name, view.step)):
            self._send("stop")

    @work
    async def action_ask_rate(self) -> None:
        """Ask for another learning rate."""
        if self.run_view is not None:
            rate = await self.app.push_screen_wait(AskRate(self.run_view.name, self.run_view.learning_rate))
            if rate is not None:
                self._send("learning_rate", rate)

    def action_scale_rate(self, factor: float) -> None:
        """Halve or double the learning rate."""
        if self.run_view is not None and self.run_view.learning_rate is not None:
            self._send("learning_rate", self.run_view.learning_rate * factor)

    def action_save(self) -> None:
        """Write a checkpoint now."""
        self._send("save")

    @work(group="steer")
    async def _send(self, command: "CommandName", value: float | None = None) -> None:
        if self.run_name is None:
            return
        try:
            await asyncio.to_thread(self.engine.send, self.run_name, command, value)
        except MakemoreError as error:
            self.live.say(str(error))
            return
        self.live.say(None)
        words = {"save": "a checkpoint is being saved", "learning_rate": f"learning rate: {short(value)}"}
        if command in words:
            self.notify(words[command], timeout=2, markup=False)

    @work(group="steer")
    async def _resume(self, name: str) -> None:
        try:
            await asyncio.to_thread(self.engine.resume, name)
        except MakemoreError as error:
            self.live.say(str(error))
            return
        self.live.say(None)

    # Looking

    def action_toggle_log(self, axis: str) -> None:
        """Turn an axis of the chart to a log scale and back."""
        view = self.live.look_at
        self.live.look_at = replace(view, log_x=not view.log_x) if axis == "x" else replace(view, log_y=not view.log_y)

    def action_toggle_band(self) -> None:
        """Show or hide the losses of single batches."""
        self.live.look_at = replace(self.live.look_at, band=not self.live.look_at.band)

    def action_turn_smoothing(self) -> None:
        """Take the next smoothing of the train line."""
        smoothing = self.live.turn_smoothing()
        self.notify(f"smoothing {smoothing:g}", timeout=2, markup=False)
