"""The keys that tell a run what to do."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events, work
from textual.binding import Binding
from textual.reactive import var

from makemore_core.errors import MakemoreError
from makemore_tui.panes.base import Pane
from makemore_tui.panes.train.dialogs import AskRate, AskStop, Question
from makemore_tui.panes.train.engine import Engine
from makemore_tui.panes.train.live import LiveView
from makemore_tui.panes.train.status import rate_now
from makemore_tui.panes.train.words import short

if TYPE_CHECKING:
    from makemore_core.runs.commands import CommandName
    from makemore_core.runs.snapshot import RunView

Answer = TypeVar("Answer")

RUNNING = ("starting", "running")
LIVE = (*RUNNING, "paused")
RESUMABLE = ("stopped", "died", "failed", "queued")
STEERING = {
    "pause": RUNNING,
    "go_on": ("paused",),
    "resume": RESUMABLE,
    "stop": (*LIVE, "queued"),
    "ask_rate": LIVE,
    "scale_rate": LIVE,
    "save": LIVE,
}
"""The states in which a run hears each of these actions."""
_NEEDED_FOR = {
    "space": "nothing to pause",
    "s": "nothing to stop",
    "l": "its learning rate is of the past",
    "less_than_sign": "its learning rate is of the past",
    "greater_than_sign": "its learning rate is of the past",
    "c": "its last checkpoint is saved already",
}
"""Why a key does nothing on a run that is over."""
GONE = "it was deleted or renamed elsewhere, r shows the runs"
"""Why a key does nothing on a run that is no more."""
PATIENCE_S = 10.0
"""How long a learning rate that was asked for counts as on its way, at most."""


class SteeringPane(Pane):
    """A pane that shows a run in a `LiveView` and steers it through an engine."""

    BINDINGS = [
        Binding("space", "pause", "pause"),
        Binding("space", "go_on", "go on"),
        Binding("space", "resume", "resume"),
        Binding("s", "stop", "stop"),
        Binding("l", "ask_rate", "rate"),
        Binding("less_than_sign", "scale_rate(0.5)", "halve the learning rate", show=False, key_display="<"),
        Binding("greater_than_sign", "scale_rate(2.0)", "double the learning rate", show=False, key_display=">"),
        Binding("c", "save", "save"),
    ]

    DEFAULT_CSS = "SteeringPane { layers: default question; align: center middle; }"

    run_view: var["RunView | None"] = var(None, init=False, always_update=True)
    """The latest snapshot of the selected run."""

    engine: Engine
    changing: ClassVar[frozenset[str]] = frozenset(STEERING)
    """The actions that start, steer, change or delete runs."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.live = LiveView()
        self.question: Question[Any] | None = None
        """What the person is being asked."""
        self._wanted: float | None = None
        """The learning rate that was asked for last, as long as the run has not heard of it."""
        self._asked_at, self._asked_after = 0.0, 0
        """When that was, and the number of the run's last event then."""

    @property
    def is_read_only(self) -> bool:
        """Whether the app only looks at runs."""
        return bool(getattr(self.app, "read_only", False))

    def refuses(self, action: str) -> bool:
        """Whether an action is for those who may change runs, and this app only looks at them."""
        return self.is_read_only and action in self.changing

    def can_steer(self, action: str) -> bool:
        """Whether the run at hand hears an action."""
        return self.run_view is not None and self.run_view.state in STEERING[action]

    def needs_run(self, action: str) -> bool:
        """Whether an action is done to the run at hand."""
        return action in STEERING

    def on_key(self, event: events.Key) -> None:
        """Say why a key that steers does nothing."""
        if self.question is not None:
            return
        view = self.run_view
        bound = self._bindings.key_to_bindings.get(event.key, ())
        if any(self.refuses(binding.action.partition("(")[0]) for binding in bound):
            event.stop()
            self.notify("read-only: runs are only looked at here", timeout=3, markup=False)
        elif view is None or not self.live.has_focus_within or event.key in self.screen.active_bindings:
            return
        elif view.state == "gone" and any(self.needs_run(binding.action.partition("(")[0]) for binding in bound):
            event.stop()
            self.notify(f"{view.name} is gone: {GONE}", timeout=3, markup=False)
        elif event.key in _NEEDED_FOR:
            event.stop()
            name = "finished" if view.state == "finished" else "not running"
            self.notify(f"{view.name} is {name}: {_NEEDED_FOR[event.key]}", timeout=3, markup=False)

    # Asking

    async def ask(self, question: Question[Answer]) -> Answer | None:
        """Show a question above the run, and wait for the answer."""
        if self.question is not None:
            return None
        self.question = question
        self.refresh_bindings()
        try:
            await self.mount(question)
            question.take_keys()
            return await question.answer()
        finally:
            self.question = None
            if question.is_attached:
                await question.remove()
            self.refresh_bindings()
            self.give_keys()

    def give_keys(self) -> None:
        """Give the focus to where keys belong."""
        self.live.focus()

    def drop_question(self) -> None:
        """What was asked has lost its sense."""
        if self.question is not None:
            self.question.close()

    def heed(self, view: "RunView") -> None:
        """A run that has ended needs no answer any more."""
        if self.question is not None and self.question.needs_life and not view.state.is_live:
            self.question.close()
            self.notify(f"{view.name} is {view.state}: there is nothing to answer any more", timeout=4, markup=False)
        heard = {event.detail.get("value") for event in view.events if event.id > self._asked_after}
        if self._wanted in heard or time.monotonic() - self._asked_at > PATIENCE_S:
            self._wanted = None

    # Steering

    def action_pause(self) -> None:
        """Hold the run."""
        self._send("pause")

    def action_go_on(self) -> None:
        """Let a paused run go on."""
        self._send("resume")

    @work(group="steer")
    async def action_resume(self) -> None:
        """Go on from the last checkpoint, in a new process."""
        if self.run_view is not None:
            await self._tell(self.engine.resume, self.run_view.name)

    @work
    async def action_stop(self) -> None:
        """Ask, then stop the run; one that waits for its turn is taken out of the queue without being asked."""
        view = self.run_view
        if view is not None and (view.state == "queued" or await self.ask(AskStop(view.name))):
            self._send("stop")

    @work
    async def action_ask_rate(self) -> None:
        """Ask for another learning rate."""
        if self.run_view is not None:
            rate = await self.ask(AskRate(self.run_view.name, rate_now(self.run_view)))
            if rate is not None:
                self._send("learning_rate", rate)

    def action_scale_rate(self, factor: float) -> None:
        """Halve or double the learning rate; pressed again at once, what is on its way."""
        view = self.run_view
        rate = self._wanted if self._wanted is not None or view is None else rate_now(view)
        if rate is not None and view is not None:
            self._wanted = rate * factor
            self._asked_at, self._asked_after = time.monotonic(), view.events[-1].id if view.events else 0
            self._send("learning_rate", self._wanted)

    def forget_rate(self) -> None:
        """Another run is at hand: what was asked of the last one is not asked of it."""
        self._wanted = None

    def action_save(self) -> None:
        """Write a checkpoint now."""
        self._send("save")

    @work(group="steer")
    async def _send(self, command: "CommandName", value: float | None = None) -> None:
        if self.run_name is None or not await self._tell(self.engine.send, self.run_name, command, value):
            return
        words = {"save": "a checkpoint is being saved", "learning_rate": f"learning rate: {short(value)}"}
        if command in words:
            self.notify(words[command], timeout=2, markup=False)

    async def _tell(self, what: Callable[..., object], *words: object) -> bool:
        """Call a method of the engine in a thread; where it refuses, say why."""
        try:
            await asyncio.to_thread(what, *words)
        except MakemoreError as error:
            self._wanted = None
            self.live.say(str(error))
            return False
        self.live.say(None)
        return True
