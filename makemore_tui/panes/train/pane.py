"""The Train pane: a list of runs, the view of one of them, and the form of a new one.

Data flows one way: a reader in a thread gives a frozen snapshot, the pane keeps it in a reactive, and the view shows
it. The next snapshot is asked for when the last one is on its way, so reading never runs ahead of the screen.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.geometry import Size
from textual.reactive import var
from textual.timer import Timer

from makemore_core.errors import MakemoreError
from makemore_core.runs.states import RunState
from makemore_core.training.config import content_hash
from makemore_tui.messages import RunSelected
from makemore_tui.panes.train.comparing import COMPARING
from makemore_tui.panes.train.engine import Engine, Reader
from makemore_tui.panes.train.fork_form import ForkForm
from makemore_tui.panes.train.forking import FORKING, FORMS, ForkingPane
from makemore_tui.panes.train.form import NewRunForm
from makemore_tui.panes.train.form_base import SettingsForm
from makemore_tui.panes.train.help import HELP
from makemore_tui.panes.train.keeping import KEEPING
from makemore_tui.panes.train.reading import open_reader
from makemore_tui.panes.train.run_list import RunList
from makemore_tui.panes.train.showing import CHARTS
from makemore_tui.panes.train.steering import STEERING
from makemore_tui.panes.train.sweep_form import SweepAsked
from makemore_tui.panes.train.sweep_view import SweepView
from makemore_tui.panes.train.sweeping import SWEEPING, TALL, SweepingPane
from makemore_tui.refresh import interval_of, is_line_busy

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus
    from makemore_core.runs.snapshot import RunView

QUIET_INTERVAL = 2.0
"""Seconds between two looks at a run that does not, and at the list of runs."""
LIST, STACKED = 48, 14
"""Columns of the list of runs beside one of them, and rows of the table of a sweep above one."""
WIDE = 150
"""From this width on, the list of runs stands beside the view of one."""


class TrainPane(ForkingPane, SweepingPane):
    """Start, watch and steer training."""

    TITLE = "train"
    HELP = HELP

    BINDINGS = [
        Binding("n", "new_run", "new run"),
        Binding("r", "runs", "runs"),
        Binding("m", "turn_metric(1)", "metric"),
        Binding("escape", "back", "back to the run", show=False),
    ]

    DEFAULT_CSS = """
    TrainPane {
        & > Horizontal { height: 1fr; }
        & RunList { width: 1fr; }
        & LiveView { width: 1fr; }
        & SettingsForm { width: 1fr; }
        & SweepView { width: 1fr; }
    }
    """

    engine_for: ClassVar[Callable[..., Engine]] = Engine
    changing: ClassVar[frozenset[str]] = ForkingPane.changing | {"new_run", "put_first"}

    mode: var[str] = var("", init=False)
    """What is shown: "live", "runs" or "form"; nothing before the first look at the folder of runs."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.runs, self.form, self.sweep = RunList(), NewRunForm(), SweepView()
        self.views = Horizontal()
        self.fork_form, self._came_from = ForkForm(), "live"
        self._wide = self._tall = self._shown = False
        self._reader: Reader | None = None
        self._next_look: Timer | None = None
        self._followed: str | None = None
        self._content: str | None = None
        """The identity of the list at hand, as far as it has been worked out."""
        self._identified: Corpus | None = None
        """The list whose identity is being worked out, or is known."""

    def compose(self) -> ComposeResult:
        """All three views, of which one or two are displayed."""
        self.engine = self.engine_for(self.app.runs_home)  # type: ignore[attr-defined]
        self.engine.read_only = self.is_read_only
        self.form.home = self.fork_form.home = self.engine.home
        with self.views:
            yield self.runs
            yield self.sweep
            yield self.live
            yield self.form
            yield self.fork_form

    def on_mount(self) -> None:
        """Nothing is read before the pane is shown."""
        self._list_timer = self.set_interval(QUIET_INTERVAL, self._list_if_seen, pause=True)
        self._arrange()

    # What is shown

    def on_show(self) -> None:
        """Begin to read when the pane comes to the front."""
        if not self._shown:
            self._shown = True
            self._list()
            self._list_timer.resume()
            if self.run_name is not None:
                self._follow(self.run_name)
            if self.mode in FORMS:
                self._warm_up()

    def on_hide(self) -> None:
        """A pane that is not seen reads nothing and keeps no process waiting."""
        self._shown = False
        self._close_reader()
        self._list_timer.pause()
        self._cool_down()

    def on_unmount(self) -> None:
        """Let go of the run, and keep no process waiting."""
        self._close_reader()
        self.engine.cool_down()

    def on_resize(self, event: events.Resize) -> None:
        """With room, the list of runs stands beside the run."""
        self._wide, self._tall = event.size.width >= WIDE, event.size.height >= TALL
        self._arrange()

    def foresee(self, size: Size) -> None:
        """Arrange all at once: of parts that are told of their room one after the other, each shows the old layout."""
        self._wide, self._tall = size.width >= WIDE, size.height >= TALL
        self._arrange()
        if self.live.display and not self.sweep.display:
            beside = LIST if self.runs.display else 0
            self.live.take_room(Size(size.width - beside, size.height))

    def _arrange(self) -> None:
        self.form.display, self.fork_form.display = self.mode == "form", self.mode == "fork"
        self.runs.display = self.mode == "runs" or (self._wide and self.mode == "live")
        self.sweep.display = self.mode == "sweep"
        beside = self.mode == "sweep" and (self._wide or self._tall) and self.run_name is not None
        stacked = beside and not self._wide
        self.runs.styles.width = LIST if self._wide else "1fr"
        self.views.styles.layout = "vertical" if stacked else "horizontal"
        self.sweep.styles.height = STACKED if stacked else "1fr"
        self.live.display = self.mode == "live" or (self._wide and self.mode == "runs") or beside
        self.live.numbers.put_name(self.runs.display or self.sweep.display)

    def watch_mode(self, before: str, _mode: str) -> None:
        """Show another view, and give it the keys."""
        self._arrange()
        if before in FORMS and self.mode not in FORMS:
            self._cool_down()
        elif self.mode in FORMS and before not in FORMS:
            self._came_from = before
            self._warm_up()  # beside the loading of the models: both import torch, each on a core of its own
        self.drop_question()
        if self.mode == "runs":
            self.runs.put_cursor(self.run_name)
        if self._shown:
            self.give_keys()
        self.refresh_bindings()

    def on_pane_shown(self) -> None:
        """Give the keys to the view that is shown."""
        self.give_keys()

    def give_keys(self) -> None:
        """Give the focus to the view that is shown, or to the question above it."""
        if self.question is not None:
            self.question.take_keys()
        elif self.mode in FORMS:
            (self.form if self.mode == "form" else self.fork_form).open()
        elif self.mode == "runs":
            self.runs.focus_list()
        elif self.mode == "sweep":
            self.sweep.focus_list()
        elif self.mode == "live":
            self.live.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that steer a run work where a run is seen; the form has its own."""
        if self.question is not None:
            return False
        if self.refuses(action):
            return False
        if self.mode in FORMS and action in (*STEERING, "new_run"):
            return False
        if action in (*KEEPING, *FORKING):
            return self.mode in ("live", "runs") and self.at_hand is not None
        if action in STEERING:
            return self.mode == "live" and self.can_steer(action)
        if action in SWEEPING:
            return self.mode in SWEEPING[action]
        if action in COMPARING:
            hidden = self.live.shown != CHARTS and action in ("turn_metric", "pick_metric")
            return self.mode in COMPARING[action] and not hidden
        if action in ("runs", "back"):
            return self.mode in ("live", "sweep") or (self.mode == "runs" and self.run_name is not None)
        return True

    # Reading

    def watch_corpus(self) -> None:
        """The list of a new run."""
        self._content = self._identified = None
        if self.is_mounted:
            self.form.corpus = self.corpus

    def watch_run_name(self) -> None:
        """Another run was selected, here or on another pane."""
        super().watch_run_name()
        if self.is_mounted and self.run_name is not None:
            if self.mode == "sweep":
                self._arrange()
            elif self.mode not in FORMS:
                self.mode = "live"
            if self._shown:
                self._follow(self.run_name)

    def _follow(self, name: str) -> None:
        """Look at another run from now on."""
        self._close_reader()
        self.drop_question()
        self.forget_rate()
        self._followed = name
        self.live.say(None)
        self.live.wait_for(name)
        self._look(name)

    @work(exclusive=True, group="follow")
    async def _look(self, name: str) -> None:
        """Take one snapshot of a run, and come back for the next when it is time."""
        if name != self._followed:  # the timer had rung already when the run was left
            return
        try:
            if self._reader is None:
                self._reader = await open_reader(self.engine.reader, name)
            view = await asyncio.to_thread(self._reader.poll)
        except MakemoreError as error:
            if (seen := self.run_view) is not None and seen.name == name:  # it was deleted: what was seen is no more so
                self.run_view = replace(seen, state=RunState.GONE, reason=str(error))
            self.live.say(str(error))
            return
        # Below a dialog, each change would have the whole screen painted again; on a slow line it would wait behind
        # what was written before, and keys behind it.
        if self.screen.is_active and not is_line_busy(self.app):
            self.run_view = view
        interval = interval_of(self.app) if view.state.is_live else max(QUIET_INTERVAL, interval_of(self.app))
        self._next_look = self.set_timer(interval, partial(self._look, name))

    def let_go(self) -> None:
        """Leave the run that was deleted: the list is what is left."""
        self._close_reader()
        self.run_view = None
        self.live.let_go()
        self.mode = "runs"
        super().let_go()

    def renamed(self, before: str, after: str) -> None:
        """A run that is compared stays so under its other name."""
        self.overlay.rename(before, after)
        self._compare()

    def look_at_list(self) -> None:
        """Read the list of runs again, now."""
        self._list()

    def _close_reader(self) -> None:
        self._followed = None
        self.workers.cancel_group(self, "follow")
        if self._next_look is not None:
            self._next_look.stop()
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def watch_run_view(self, before: "RunView | None", view: "RunView | None") -> None:
        """Pass a snapshot on to the view."""
        if view is not None:
            self.live.show(view)
            self.heed(view)
            if before is None or before.state is not view.state:
                self.refresh_bindings()

    def _list_if_seen(self) -> None:
        if self.runs.display or self.sweep.display:
            self._list()

    @work(exclusive=True, group="list")
    async def _list(self) -> None:
        """Look at the folder of runs; which of them learnt from another list is said when that has been worked out."""
        found = await asyncio.to_thread(self.engine.runs)
        self.runs.show(found, self._content or "")
        self.live.tell_runs(bool(found))
        self.show_runs(found)
        if not self.mode:
            self.mode = "live" if self.run_name is not None else "runs" if found or self.is_read_only else "form"
        if self.runs.display and self.corpus is not self._identified and self.corpus is not None:
            self._identified = self.corpus
            self._identify(self.corpus)

    @work(exclusive=True, group="content")
    async def _identify(self, corpus: "Corpus") -> None:
        """Work out the identity of a list: of a large one it takes longer than the time between two looks."""
        content = await asyncio.to_thread(content_hash, corpus)
        if corpus is self.corpus:
            self._content = content
            self.runs.show(list(self.runs.runs), content)

    # Choosing and starting

    @on(RunList.Chosen)
    def _chosen(self, event: RunList.Chosen) -> None:
        event.stop()
        self.select(event.name)

    def select(self, name: str) -> None:
        """Look at another run, on all panes."""
        self.run_name = name
        self.mode = "live"
        self.post_message(RunSelected(name))

    @on(SettingsForm.Ready)
    @work(group="warm")
    async def _warm_up(self) -> None:
        if self.mode in FORMS and self._shown:
            await asyncio.to_thread(self.engine.warm_up)

    @work(group="warm")
    async def _cool_down(self) -> None:
        await asyncio.to_thread(self.engine.cool_down)

    @on(SettingsForm.Cancelled)
    def _form_cancelled(self) -> None:
        self.mode = "live" if self.run_name is not None and self._came_from != "runs" else "runs"

    @on(NewRunForm.Started)
    def _form_started(self, event: NewRunForm.Started) -> None:
        event.stop()
        self._start(event)

    @work(exclusive=True, group="start")
    async def _start(self, asked: NewRunForm.Started) -> None:
        try:
            name = await asyncio.to_thread(self.engine.start, asked.config, asked.corpus, asked.name)
        except MakemoreError as error:
            self.form.show_error(error)
            return
        self.select(name)
        await self.remember(asked.config.type, asked.filling)

    @on(SweepAsked)
    def _sweep_asked(self, event: SweepAsked) -> None:
        event.stop()
        self.start_sweep(event)

    @on(SweepView.Chosen)
    def _chosen_of_sweep(self, event: SweepView.Chosen) -> None:
        event.stop()
        self.select(event.name)

    def sweep_failed(self, error: MakemoreError) -> None:
        """Say in the form why nothing could be queued."""
        self.form.show_error(error)

    def action_new_run(self) -> None:
        """Open the form."""
        self.mode = "form"

    def action_runs(self) -> None:
        """Show the list of runs, or go back from it."""
        if self.mode == "runs" and self.run_name is not None:
            self.mode = "live"
        else:
            self.mode = "runs"
            self._list()

    def action_back(self) -> None:
        """Go from the list back to the run."""
        self.mode = "live" if self.run_name is not None else "runs"
