"""The shell around the panes: it reads the list, mounts panes at their first visit, and keeps them told.

Nothing that a first frame does not need is imported or read before it is painted: neither torch, numpy and pydantic
nor the list. A thread reads the list afterwards.
"""

import asyncio
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.reactive import reactive
from textual.theme import Theme
from textual.timer import Timer
from textual.widgets import Static

from makemore_core.errors import MakemoreError
from makemore_tui.display import visible
from makemore_tui.known_styles import KnownStyles
from makemore_tui.messages import CorpusFailed, CorpusLoaded, Moment, MomentChosen, OpenList, RunSelected, ShowPane
from makemore_tui.panes.base import Pane
from makemore_tui.settings import remember_theme
from makemore_tui.shell.key_bar import KeyBar
from makemore_tui.shell.loading import load_beside
from makemore_tui.shell.main_screen import MainScreen
from makemore_tui.shell.panes import PANES
from makemore_tui.shell.reading import ListReader
from makemore_tui.shell.room import wanted_room
from makemore_tui.shell.run_state import go_on_with_queue, read_state, state_part, training_part, training_runs
from makemore_tui.shell.terminal import ImpatientLoop, run_until_told
from makemore_tui.shell.terminal_app import TerminalApp
from makemore_tui.shell.themes import THEMES, starting_theme
from makemore_tui.shell.top_bar import Note, Part, TopBar

if TYPE_CHECKING:
    from textual.command import Provider

    from makemore_core.corpus import Corpus

STATE_INTERVAL_S, RESTING_INTERVAL_S = 1.0, 2.0
"""How often the state of the selected run is read for the first line, and how often that of one that rests."""
LOAD_S = 1.5
"""When the panes that were not visited yet are imported: the first one is shown by then."""
LIVE = ("starting", "running", "paused")
"""The states of a run that does not rest."""
FRAME = 2
"""Rows above and below the panes."""
LEAST_OF_LIST = 8
"""Cells of the list's name that are kept where there is no room for all."""
FIRST_LOOK_S, LOOK_INTERVAL_S = 1.0, 20.0
"""When it is first looked for runs that train, and how often then: each look opens the store of every run."""


def _shell_commands() -> "type[Provider]":
    from makemore_tui.shell.palette import ShellCommands

    return ShellCommands


class MakemoreApp(TerminalApp):
    """The app on one list."""

    CSS_PATH = "app.tcss"
    TITLE = "makemore-tui"
    AUTO_FOCUS = None
    COMMANDS = {_shell_commands}
    BINDINGS = [
        *(
            Binding(f"{number},f{number}", f"show_pane('{entry.name}')", f"show {entry.name}", show=False)
            for number, entry in enumerate(PANES, 1)
        ),
        Binding("question_mark,f10", "help", "help"),
        Binding("ctrl+p", "command_palette", "commands", show=False, priority=True),
        Binding("ctrl+o", "open_list", "open another list", show=False),
        Binding("ctrl+t", "change_theme", "choose a theme", show=False),
        Binding("ctrl+l,f12", "paint_again", "draw the screen anew", show=False),
        Binding("ctrl+z", "suspend_process", "suspend", show=False),
        Binding("ctrl+q", "quit", "quit", priority=True),
        Binding("q", "quit", "quit", show=False),
    ]

    current: reactive[str] = reactive(PANES[0].name, init=False)
    """The pane at the front."""
    run_name: reactive[str | None] = reactive(None, init=False)
    """The run that a person selected; every pane shows the same one."""
    moment: reactive[Moment | None] = reactive(None, init=False, repaint=False)
    """The moment of a run that a person went back to; None is the newest, of all runs."""

    def __init__(
        self,
        source: str,
        *,
        encoding: str = "utf-8",
        runs: Path | None = None,
        ascii_only: bool = False,
        theme: str | None = None,
        watch: str | None = None,
        corpus: "Corpus | None" = None,
        interval: float | None = None,
        read_only: bool = False,
    ) -> None:
        super().__init__(ascii_only=ascii_only, interval=interval)
        self.stylesheet = KnownStyles(variables=self.get_css_variables())
        self.read_only = read_only
        """Whether runs are only looked at: nothing is started, steered, changed or deleted."""
        self.source = source
        self.encoding = encoding
        self.corpus = corpus
        self.failure: MakemoreError | None = None
        """Why the app ended by itself: the list cannot be read."""
        self._runs = runs
        self._panes: dict[str, Pane] = {}
        self._reader = ListReader(self.post_message)
        self._state = ""
        self._next_look: Timer | None = None
        self._training: list[str] = []
        for own in THEMES:
            self.register_theme(own)
        self.theme, self._settings_note = starting_theme(theme, self.available_themes, self.look.depth)
        if watch is not None:
            self.set_reactive(MakemoreApp.current, "train")
            self.set_reactive(MakemoreApp.run_name, watch)

    @cached_property
    def runs_home(self) -> Path:
        """The folder of runs: the option, MAKEMORE_RUNS, or the person's data folder."""
        from makemore_core.runs.folder import runs_home

        return runs_home(self._runs)

    def compose(self) -> ComposeResult:
        """The first line, the room of the panes, the keys."""
        yield TopBar()
        with Container(id="panes"):
            yield Static(f"Reading {self.source} …", id="reading", markup=False)
        yield KeyBar()
        yield Static(id="too-small", markup=False)

    # Starting, and reading lists

    def on_mount(self) -> None:
        """Everything that takes time begins after the first frame.

        It runs in the app's own queue of messages, so that leaving waits until a pane that is being mounted is whole.
        """
        self.query_one(TopBar).current = self.current
        self.call_after_refresh(self.call_later, self._begin)

    async def _begin(self) -> None:
        if self.corpus is None:
            self.read_list(self.source)
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        if self._settings_note:
            self.notify(self._settings_note, severity="warning", markup=False)
        await self.action_show_pane(self.current)
        self._show_note()
        self._read_state()  # of the run that the app was opened on, which no watcher has been told of
        self.set_timer(LOAD_S, load_beside)
        self.set_timer(FIRST_LOOK_S, self._look_for_training)
        if not self.read_only:
            self.set_timer(FIRST_LOOK_S, self._revive_queue)
        self.set_interval(LOOK_INTERVAL_S, self._look_for_training)

    def read_list(self, source: str) -> None:
        """Read a list beside the app; of several that are being read, only the last asked for counts."""
        self._reader.start(source, self.encoding)
        self._show_note()

    def on_corpus_loaded(self, message: CorpusLoaded) -> None:
        """Give the list to the pane at the front; the others get it when they are shown."""
        self.source, self.corpus = message.source, message.corpus
        self._tell(self._panes.get(self.current))
        self._show_note()

    def on_corpus_failed(self, message: CorpusFailed) -> None:
        """Without a list there is nothing to show: leave with the reason. Another list than the first may fail."""
        if not isinstance(message.error, MakemoreError):
            raise message.error
        if self.corpus is None:
            self.failure = message.error
            self.exit(return_code=1)
        else:
            self.notify(str(message.error), title="The list cannot be opened", severity="error", markup=False)
            self._show_note()

    def on_open_list(self, message: OpenList) -> None:
        """A pane asks for another list."""
        self.read_list(message.source)

    # Panes

    async def action_show_pane(self, name: str) -> None:
        """Bring a pane to the front; at its first visit, import and mount it."""
        if name not in self._panes:
            entry = next(entry for entry in PANES if entry.name == name)
            self._panes[name] = entry.load()(id=f"pane-{name}")
            await self.query_one("#panes").mount(self._panes[name])
            await self.query("#reading").remove()
        self.current = self.query_one(TopBar).current = name
        for pane_name, pane in self._panes.items():
            pane.display = pane_name == name
        self._tell(self._panes[name])
        self._announce(self._panes[name])
        if self._training:
            self._show_note()

    def _announce(self, pane: Pane) -> None:
        """Tell the pane that it is shown, once it has been laid out and knows its size."""
        self.screen_stack[0].call_after_refresh(pane.call_later, pane.on_pane_shown)

    async def on_show_pane(self, message: ShowPane) -> None:
        """A pane asks for another to come to the front."""
        await self.action_show_pane(message.pane)

    def _tell(self, pane: Pane | None) -> None:
        """What the pane may have missed while it was hidden, as hidden panes are told nothing."""
        if pane is not None:
            pane.corpus = self.corpus
            pane.moment = self.moment
            pane.run_name = self.run_name

    # The selected run

    def on_run_selected(self, message: RunSelected) -> None:
        """A pane selected a run: from now on all panes show it."""
        self.run_name = message.name

    def on_moment_chosen(self, message: MomentChosen) -> None:
        """The pane at the front went back in time, or forth: the others go along when they are shown."""
        self.moment = message.moment

    def watch_run_name(self) -> None:
        """Tell the pane at the front, begin at the newest moment, and read the state anew."""
        self.moment, self._state = None, ""
        self._tell(self._panes.get(self.current))
        self._show_note()
        self._read_state()

    def _read_state(self) -> None:
        if self._next_look is not None:
            self._next_look.stop()
        if (name := self.run_name) is not None:
            self.run_worker(self._poll_state(name), exclusive=True, group="run-state")

    async def _poll_state(self, name: str) -> None:
        """Show the state of the selected run, and look again when it may be another; where none is, nothing ticks."""
        state = await asyncio.to_thread(read_state, name, self.runs_home)
        if name != self.run_name:
            return
        if state != self._state:
            self._state = state
            self._show_note()
            self._runs_turned()
        wait = STATE_INTERVAL_S if state in LIVE else RESTING_INTERVAL_S
        self._next_look = self.set_timer(wait, self._read_state)

    def _look_for_training(self) -> None:
        self.run_worker(self._poll_training, thread=True, exclusive=True, group="training-runs")

    def _revive_queue(self) -> None:
        self.run_worker(lambda: go_on_with_queue(self.runs_home), thread=True, group="queue")

    def _poll_training(self) -> None:
        self.call_from_thread(self._show_training, training_runs(self.runs_home))

    def _show_training(self, runs: list[str]) -> None:
        if runs != self._training:
            self._training = runs
            self._show_note()
            self._runs_turned()

    def _runs_turned(self) -> None:
        if (pane := self._panes.get(self.current)) is not None and pane.is_mounted:
            pane.on_runs_turned()

    def _show_note(self) -> None:
        name = self.corpus.name if self.corpus is not None else ""
        listed = visible(f"reading {self._reader.reading} …" if self._reader.reading else name)
        run = state_part(self.run_name, self._state) if self.run_name is not None and self._state else None
        others = training_part(self._training, self.run_name, at_runs=self.current == "train")
        parts = (run, others, Part((Content(listed),), least=LEAST_OF_LIST) if listed else None)
        self.query_one(TopBar).note = Note(tuple(part for part in parts if part is not None))

    # Everywhere

    def action_help(self) -> None:
        """Open the help of the pane at hand."""
        from makemore_tui.shell.help import HelpScreen

        self.push_screen(HelpScreen(self._panes.get(self.current), self.BINDINGS))

    def action_open_list(self, source: str | None = None) -> None:
        """Open a list, asking which where none is given."""
        from makemore_tui.shell.open_list import OpenListScreen

        if source is not None:
            self.read_list(source)
            return
        self.push_screen(OpenListScreen(), lambda chosen: self.read_list(chosen) if chosen else None)

    def _remember_theme(self, theme: Theme) -> None:
        try:
            remember_theme(theme.name)
        except OSError as error:
            self.notify(f"The theme cannot be remembered: {error}", severity="warning", markup=False)

    async def action_quit(self) -> None:
        """Leave, after saying what goes on running; asked twice, leave at once."""
        from makemore_tui.shell.quitting import leave

        leave(self)

    def get_default_screen(self) -> MainScreen:
        """The screen of the panes."""
        return MainScreen(self._foresee)

    def _foresee(self, size: Size) -> None:
        pane = self._panes.get(self.current)
        if pane is not None and pane.is_mounted and wanted_room(size) is None:
            pane.foresee(size - (0, FRAME))

    def on_resize(self, event: Resize) -> None:
        """Say how much room is wanted where there is too little, and come back when there is enough."""
        screen, words = self.screen_stack[0], wanted_room(event.size)
        if words is not None:
            screen.query_one("#too-small", Static).update(words)
        elif screen.has_class("-too-small") and (pane := self._panes.get(self.current)):
            self._announce(pane)
        screen.set_class(words is not None, "-too-small")


def run_app(source: str, **options: Any) -> int:
    """Run the app until it is left, and return the exit status; the options are those of MakemoreApp.

    Raises MakemoreError where the list cannot be read, or the theme is not known.
    """
    app = MakemoreApp(source, **options)
    with asyncio.Runner(loop_factory=ImpatientLoop) as runner:
        runner.run(run_until_told(app))
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0
