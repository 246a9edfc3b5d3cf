"""The Sample pane: a model's next character, and how one number picks it."""

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Size

from makemore_tui.panes.sample import layout
from makemore_tui.panes.sample.asking import Asking
from makemore_tui.panes.sample.choice import SourceChoice
from makemore_tui.panes.sample.forcing import Forcing
from makemore_tui.panes.sample.help import HELP
from makemore_tui.panes.sample.keys import KEYS
from makemore_tui.panes.sample.orders import Orders
from makemore_tui.panes.sample.source_line import source_line
from makemore_tui.panes.sample.waiting import show_waiting, waiting_words
from makemore_tui.widgets.branch_tree import BranchTree
from makemore_tui.widgets.candidates import Candidates
from makemore_tui.widgets.cdf_strip import CdfStrip
from makemore_tui.widgets.item_list import ItemList
from makemore_tui.widgets.note_line import NoteLine
from makemore_tui.widgets.shape_controls import ShapeControls
from makemore_tui.widgets.side_by_side import SideBySide
from makemore_tui.widgets.step_table import StepTable
from makemore_tui.widgets.surprisal_line import SurprisalLine
from makemore_tui.widgets.time_slider import TimeSlider
from makemore_tui.widgets.word_lines import WordLines

if TYPE_CHECKING:
    from makemore_tui.panes.sample.engine import Engine
    from makemore_tui.panes.sample.view import SampleView

SHELL_KEYS = "12345?"


class SamplePane(Forcing, Asking, can_focus=True):
    """Shows a view of the engine's session, and turns keys into orders for it.

    The engine works in a thread, one order at a time and in the order of the keys; the screen follows when it has
    caught up with them.
    """

    TITLE = "sample"
    HELP = HELP
    DEFAULT_CSS = layout.CSS
    BINDINGS = KEYS

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._orders = Orders(self._start_worker, self._outcome)
        self._words = ""  # what is said below everything
        self._reason = ""  # why there is no model yet
        self._failed = False  # whether the first model could not be opened; what was said of it stays

    # Layout

    def compose(self) -> ComposeResult:
        """All parts; a class for the size says where they stand and which are shown. At first it is a guess."""
        self._choose_layout(self.app.size)
        yield NoteLine(id="source")
        yield TimeSlider(id="time")
        yield SurprisalLine(id="text")
        yield ShapeControls(id="controls-line")
        with Horizontal(id="middle"):
            with Vertical(id="next"):
                yield layout.titled(Candidates(id="candidates"), "next character")
                yield layout.titled(SideBySide(id="beside"), "next character, model by model")
                yield layout.titled(WordLines(id="why"), "why this one")
            with Vertical(id="side"):
                yield layout.titled(ShapeControls(id="controls"), "shape")
                yield layout.titled(ItemList(id="items"), "items: text, NLL, where in the data")
                yield layout.titled(StepTable(id="steps"), "steps")
                yield layout.titled(BranchTree(id="branches"), "branches")
        yield layout.titled(CdfStrip(id="strip"), layout.STRIP_TITLE)
        yield StepTable(id="steps-line")
        yield NoteLine(id="note")

    def on_mount(self) -> None:
        """Say what is waited for."""
        self._say_loading()

    def on_unmount(self) -> None:
        """Whoever leaves does not wait for a long generation."""
        self._orders.stop.set()

    def on_pane_shown(self) -> None:
        """Typed characters belong to the pane. A run that was selected may have learnt on meanwhile."""
        self.focus()
        if self._follows_run and not self._orders.busy:
            self._follow_run()
        elif self._orders.journey is not None and not self._orders.busy:
            self._orders.look_again(self._surroundings)

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout for the room."""
        self._choose_layout(event.size)
        self.call_after_refresh(self._show_source)

    def _choose_layout(self, room: Size) -> None:
        for name in layout.SIZES:
            self.set_class(name == layout.size_class(room), name)

    # What the shell tells

    def watch_corpus(self) -> None:
        """Sample from the new list; a run stays."""
        if self.corpus is not None and self._orders.choice.kind != "run":
            self._open(self._orders.choice)

    def watch_run_name(self) -> None:
        """A run was selected elsewhere, after whatever was chosen here: go on with it."""
        self._follows_run = self.run_name is not None
        self._follow_run()

    def _follow_run(self) -> None:
        if self.run_name is not None:
            self._say_loading()
            moment = self.moment
            step = moment.step if moment is not None and moment.run == Path(self.run_name).name else None
            self._ask(partial(self._orders.follow, self.run_name, step, self._surroundings))

    # The items

    def action_toggle_items(self) -> None:
        """Go to the items and back; where there is room for one thing only, show them in place of the candidates."""
        items = self.query_one("#items", ItemList)
        away = not items.has_focus
        self.set_class(away, "-items")
        (items if away else self).focus()

    def on_descendant_focus(self) -> None:
        """Say what the keys do at the items."""
        self._say("")

    def on_descendant_blur(self) -> None:
        """What is said here again."""
        self._say(self._words)

    def action_leave(self) -> None:
        """Stop generating, or go back from the items."""
        self._orders.stop.set()
        self.remove_class("-items")
        self.focus()

    # The worker

    def _start_worker(self, work: Coroutine[Any, Any, None]) -> None:
        self.run_worker(work, group="sample")

    def _open(self, choice: SourceChoice) -> None:
        self._say_loading()
        self._ask(partial(self._orders.open, choice, self._surroundings))

    def _ask(self, order: Callable[[], None]) -> None:
        """Ask for a model; for the first one when the frame stands, as importing its library holds painting up."""
        if self._orders.engine is None:
            self.call_after_refresh(order)
        else:
            order()

    def _say_loading(self) -> None:
        if self._orders.engine is None and not self._failed:
            self._show_waiting(waiting_words(self._orders.waiting, has_list=self.corpus is not None))

    def _show_waiting(self, reason: str) -> None:
        self._reason = reason
        show_waiting(self, reason, ascii_only=self._surroundings.ascii_only)
        self._say(reason)

    def _tell(self, what: "Callable[[Engine], str | None]") -> None:
        self._orders.tell(what)
        self._say_loading()

    # Painting

    def _outcome(self, words: str, view: "SampleView | None") -> None:
        """Orders were carried out: show what came of them, unless the pane is being taken down."""
        if not self.query(TimeSlider):
            return
        self.arrive()
        if view is not None:
            self._show(view)
        elif words:
            self._failed = True
            self._show_waiting(words)
        self._say(words)

    def _show(self, view: "SampleView") -> None:
        """Give each part its data; each paints what changed."""
        self._view = view
        self._show_source()
        self.query_one(SurprisalLine).show(view.text)
        for controls in self.query(ShapeControls):
            controls.show(view.shape)
        for steps in self.query(StepTable):
            steps.show(view.steps)
        self.set_class(bool(view.beside.models), "-beside")
        self.query_one(Candidates).show(view.candidates)
        self.query_one(SideBySide).show(view.beside)
        self.query_one(BranchTree).show(view.tree)
        self.query_one(ItemList).show(view.items)
        self.query_one(CdfStrip).show(view.strip, "nothing is left to draw")
        self.query_one("#why", WordLines).show(view.why)

    def _show_source(self) -> None:
        if self._view is not None:
            line = self.query_one("#source", NoteLine)
            line.show(*source_line(self._view, line.size.width))

    def _say(self, words: str) -> None:
        """One line below everything; without words, what is waited for or what can be typed."""
        self._words = words
        note = self.query_one("#note", NoteLine)
        if words:
            note.show((words, "plain"))
        elif self.query_one("#items", ItemList).has_focus:
            note.show(("the items: up, down, pgup and pgdn scroll, esc goes back", "muted"))
        elif self._view is None or self._vocabulary is None:
            note.show((self._reason, "plain"))
        elif self._view.ended:
            note.show(("enter begins the next item, backspace takes the end back, ^b goes to a branch", "muted"))
        else:
            typing = f"type a character to force it, {self._vocabulary.sentinel} for the end"
            note.show((typing + self._detour(), "muted"))

    def _detour(self) -> str:
        """Where the list holds characters that are keys of the shell elsewhere: the keys that lead out of here."""
        typed = [key for key in SHELL_KEYS if self._vocabulary is not None and key in self._vocabulary]
        return "; F1 to F5: the panes, F10: help" if typed else ""
