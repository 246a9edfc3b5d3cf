"""The Train pane: a list of runs, the view of one of them, and the form of a new one.

Data flows one way: a reader in a thread gives a frozen snapshot, the pane keeps it in a reactive, and the view shows
it. The next snapshot is asked for when the last one is on its way, so reading never runs ahead of the screen.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.reactive import var

from makemore_core.errors import MakemoreError
from makemore_tui.messages import RunSelected
from makemore_tui.panes.base import Pane
from makemore_tui.panes.train.dialogs import AskRate, AskStop
from makemore_tui.panes.train.engine import Engine
from makemore_tui.panes.train.form import NewRunForm
from makemore_tui.panes.train.live import LiveView
from makemore_tui.panes.train.run_list import RunList
from makemore_tui.panes.train.words import short
from makemore_tui.widgets import cropped_updates

if TYPE_CHECKING:
    from makemore_core.runs.commands import CommandName
    from makemore_core.runs.snapshot import RunView

LIVE_INTERVAL = 0.25
"""Seconds between two looks at a run that goes on."""
QUIET_INTERVAL = 2.0
"""Seconds between two looks at a run that does not, and at the list of runs."""
WIDE = 150
"""From this width on, the list of runs stands beside the view of one."""
STEERING = ("steer", "stop", "ask_rate", "scale_rate", "save")
RESUMABLE = ("stopped", "died", "failed")


class TrainPane(Pane):
    """Start, watch and steer training."""

    TITLE = "train"
    HELP = """
Trains a model of the makemore family in a process of its own: it goes on when you leave the app or the line drops.

**Numbers.** Losses are in nats per character, lower is better. *train* and *dev* are measured on items that the model
learns from and on items that it never sees; *gap* is dev minus train, and grows when the model learns by heart.
*best dev* is the lowest so far, and its checkpoint is kept. *rate* is the learning rate, *gradient* the length of the
gradient.

**Chart.** Dots are the losses of single batches, the line their running average. The dashed line is the loss of a
uniform guess, ln V: whatever lies below it was learnt. An arrow at the top says how far the start was cut off.

**Samples.** Made with the same seeds each time, so that one sees them improve. A mark stands before an item that the
training list holds.

**Runs.** A run that was stopped or died goes on from its last checkpoint with `space`.
"""

    BINDINGS = [
        Binding("space", "steer", "pause/go on"),
        Binding("s", "stop", "stop"),
        Binding("l", "ask_rate", "rate"),
        Binding("less_than_sign", "scale_rate(0.5)", "halve the learning rate", show=False, key_display="<"),
        Binding("greater_than_sign", "scale_rate(2.0)", "double the learning rate", show=False, key_display=">"),
        Binding("c", "save", "save"),
        Binding("n", "new_run", "new run"),
        Binding("r", "runs", "runs"),
        Binding("x", "toggle_log('x')", "steps on a log scale", show=False),
        Binding("y", "toggle_log('y')", "loss on a log scale", show=False),
        Binding("b", "toggle_band", "show or hide the losses of single batches", show=False),
        Binding("m", "turn_smoothing", "smoothing of the train line", show=False),
        Binding("escape", "back", "back to the run", show=False),
    ]

    DEFAULT_CSS = """
    TrainPane {
        & > Horizontal { height: 1fr; }
        & RunList { width: 1fr; }
        & LiveView { width: 1fr; }
        & NewRunForm { width: 1fr; }
        &.-wide RunList { width: 48; }
    }
    """

    engine_for: ClassVar[Callable[..., Engine]] = Engine

    mode: var[str] = var("", init=False)
    """What is shown: "live", "runs" or "form"; nothing before the first look at the folder of runs."""
    run_view: var["RunView | None"] = var(None, init=False, always_update=True)
    """The latest snapshot of the selected run."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        cropped_updates.install()
        self._wide = False
        self._shown = False

    def compose(self) -> ComposeResult:
        """All three views, of which one or two are displayed."""
        self.engine = self.engine_for(self.app.runs_home)  # type: ignore[attr-defined]
        with Horizontal():
            yield RunList()
            yield LiveView()
            yield NewRunForm(self.engine.home)

    def on_mount(self) -> None:
        """Look what there is."""
        self._arrange()

    # What is shown

    def on_show(self) -> None:
        """Begin to read when the pane comes to the front."""
        if not self._shown:
            self._shown = True
            self._follow_list()
            if self.run_name is not None:
                self._follow(self.run_name)
            if self.mode == "form":
                self._warm_up()

    def on_hide(self) -> None:
        """A pane that is not seen reads nothing and keeps no process waiting."""
        self._shown = False
        self.workers.cancel_group(self, "follow")
        self.workers.cancel_group(self, "list")
        self._cool_down()

    def on_unmount(self) -> None:
        """Keep no process waiting."""
        self.engine.cool_down()

    def on_resize(self, event: events.Resize) -> None:
        """With room, the list of runs stands beside the run."""
        self._wide = event.size.width >= WIDE
        self.set_class(self._wide, "-wide")
        self._arrange()

    def _arrange(self) -> None:
        form, runs = self.mode == "form", self.mode == "runs"
        self.query_one(NewRunForm).display = form
        self.query_one(RunList).display = runs or (self._wide and self.mode == "live")
        self.query_one(LiveView).display = self.mode == "live" or (self._wide and runs)

    def watch_mode(self, before: str, _mode: str) -> None:
        """Show another view, and give it the keys."""
        self._arrange()
        if before == "form":
            self._cool_down()
        self._give_keys()

    def on_pane_shown(self) -> None:
        """Give the keys to the view that is shown."""
        self._give_keys()

    def _give_keys(self) -> None:
        if self.mode == "form":
            self.query_one(NewRunForm).open()
        elif self.mode == "runs":
            self.query_one(RunList).focus_list()
        elif self.mode == "live":
            self.query_one(LiveView).focus()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that steer a run work where a run is seen; the form has its own."""
        if self.mode == "form" and action in (*STEERING, "toggle_log", "toggle_band", "turn_smoothing", "new_run"):
            return False
        if action in STEERING:
            return self._can_steer(action)
        if action in ("runs", "back"):
            return self.mode == "live" or (self.mode == "runs" and self.run_name is not None)
        return True

    def _can_steer(self, action: str) -> bool | None:
        """Whether the run at hand hears the key: False where no run is seen, None where it would not help."""
        if self.mode != "live" or self.run_view is None:
            return False
        state = self.run_view.state
        return True if state.is_live or (action == "steer" and state in RESUMABLE) else None

    # Reading

    def watch_corpus(self) -> None:
        """The list of a new run."""
        if self.is_mounted:
            self.query_one(NewRunForm).corpus = self.corpus

    def watch_run_name(self) -> None:
        """Another run was selected, here or on another pane."""
        if self.is_mounted and self.run_name is not None:
            if self.mode != "form":
                self.mode = "live"
            if self._shown:
                self._follow(self.run_name)

    @work(exclusive=True, group="follow")
    async def _follow(self, name: str) -> None:
        """Show one snapshot of a run after the other."""
        live = self.query_one(LiveView)
        try:
            reader = await asyncio.to_thread(self.engine.reader, name)
        except MakemoreError as error:
            live.say(str(error))
            return
        live.say(None)
        try:
            while True:
                view = await asyncio.to_thread(reader.poll)
                # Below a dialog, each change would have the whole screen painted again.
                if self.screen.is_current:
                    self.run_view = view
                await asyncio.sleep(LIVE_INTERVAL if view.state.is_live else QUIET_INTERVAL)
        finally:
            reader.close()

    def watch_run_view(self, before: "RunView | None", view: "RunView | None") -> None:
        """Pass a snapshot on to the view."""
        if view is not None:
            self.query_one(LiveView).show(view)
            if before is None or before.state is not view.state:
                self.refresh_bindings()

    @work(exclusive=True, group="list")
    async def _follow_list(self) -> None:
        """Look at the folder of runs from time to time while the list is seen."""
        runs = self.query_one(RunList)
        while True:
            if runs.display or not self.mode:
                found = await asyncio.to_thread(self.engine.runs)
                runs.show(found)
                if not self.mode:
                    self.mode = "live" if self.run_name is not None else "runs" if found else "form"
            await asyncio.sleep(QUIET_INTERVAL)

    # Choosing and starting

    @on(RunList.Chosen)
    def _chosen(self, event: RunList.Chosen) -> None:
        event.stop()
        self._select(event.name)

    def _select(self, name: str) -> None:
        self.run_name = name
        self.mode = "live"
        self.post_message(RunSelected(name))

    @on(NewRunForm.Ready)
    @work(group="warm")
    async def _warm_up(self) -> None:
        if self.mode == "form" and self._shown:
            await asyncio.to_thread(self.engine.warm_up)

    @work(group="warm")
    async def _cool_down(self) -> None:
        await asyncio.to_thread(self.engine.cool_down)

    @on(NewRunForm.Cancelled)
    def _form_cancelled(self) -> None:
        self.mode = "live" if self.run_name is not None else "runs"

    @on(NewRunForm.Started)
    def _form_started(self, event: NewRunForm.Started) -> None:
        event.stop()
        self._start(event)

    @work(exclusive=True, group="start")
    async def _start(self, asked: NewRunForm.Started) -> None:
        try:
            name = await asyncio.to_thread(self.engine.start, asked.config, asked.corpus, asked.name)
        except MakemoreError as error:
            self.query_one(NewRunForm).show_error(error)
            return
        self._select(name)

    def action_new_run(self) -> None:
        """Open the form."""
        self.mode = "form"

    def action_runs(self) -> None:
        """Show the list of runs, or go back from it."""
        if self.mode == "runs" and self.run_name is not None:
            self.mode = "live"
        else:
            self.mode = "runs"
            self._follow_list()

    def action_back(self) -> None:
        """Go from the list back to the run."""
        if self.run_name is not None:
            self.mode = "live"

    # Steering

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
        live = self.query_one(LiveView)
        try:
            await asyncio.to_thread(self.engine.send, self.run_name, command, value)
        except MakemoreError as error:
            live.say(str(error))
            return
        live.say(None)
        words = {"save": "a checkpoint is being saved", "learning_rate": f"learning rate: {short(value)}"}
        if command in words:
            self.notify(words[command], timeout=2, markup=False)

    @work(group="steer")
    async def _resume(self, name: str) -> None:
        live = self.query_one(LiveView)
        try:
            await asyncio.to_thread(self.engine.resume, name)
        except MakemoreError as error:
            live.say(str(error))
            return
        live.say(None)

    # Looking

    def action_toggle_log(self, axis: str) -> None:
        """Turn an axis of the chart to a log scale and back."""
        live = self.query_one(LiveView)
        view = live.look_at
        live.look_at = replace(view, log_x=not view.log_x) if axis == "x" else replace(view, log_y=not view.log_y)

    def action_toggle_band(self) -> None:
        """Show or hide the losses of single batches."""
        live = self.query_one(LiveView)
        live.look_at = replace(live.look_at, band=not live.look_at.band)

    def action_turn_smoothing(self) -> None:
        """Take the next smoothing of the train line."""
        smoothing = self.query_one(LiveView).turn_smoothing()
        self.notify(f"smoothing {smoothing:g}", timeout=2, markup=False)
