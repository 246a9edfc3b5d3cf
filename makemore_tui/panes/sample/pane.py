"""The Sample pane: a model's next character, and how one number picks it."""

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.message import Message

from makemore_tui.look import Look
from makemore_tui.panes.sample import layout
from makemore_tui.panes.sample.choice import SourceChoice
from makemore_tui.panes.sample.dialogs import AskNumber, ChooseBranch, ChooseSource
from makemore_tui.panes.sample.help import HELP
from makemore_tui.panes.sample.orders import Orders, Surroundings
from makemore_tui.panes.sample.source_line import source_line
from makemore_tui.panes.sample.travel import Travel
from makemore_tui.panes.sample.waiting import show_waiting, waiting_words
from makemore_tui.widgets.branch_tree import BranchTree
from makemore_tui.widgets.candidates import Candidates
from makemore_tui.widgets.cdf_strip import CdfStrip
from makemore_tui.widgets.item_list import ItemList
from makemore_tui.widgets.note_line import NoteLine
from makemore_tui.widgets.shape_controls import ShapeControls
from makemore_tui.widgets.step_table import StepTable
from makemore_tui.widgets.surprisal_line import SurprisalLine
from makemore_tui.widgets.time_slider import TimeSlider

if TYPE_CHECKING:
    from makemore_core.vocabulary import Vocabulary
    from makemore_tui.panes.sample.engine import Engine
    from makemore_tui.panes.sample.view import SampleView

SEED = 2147483647
"""The seed of the makemore lectures."""

LARGEST_SEED = 2**63 - 1
MOST_ITEMS = 100_000
LONGEST_PASTE = 500
SHELL_KEYS = "1234?"


class SamplePane(Travel, can_focus=True):
    """Shows a view of the engine's session, and turns keys into orders for it.

    The engine works in a thread, one order at a time and in the order of the keys; the screen follows when it has
    caught up with them.
    """

    TITLE = "sample"
    HELP = HELP
    DEFAULT_CSS = layout.CSS
    BINDINGS = [
        Binding("enter", "draw", "draw", tooltip="the character that u picks"),
        Binding("end", "finish", "finish", tooltip="draw until the item ends"),
        Binding("backspace,ctrl+h", "undo", "undo", key_display="⌫", tooltip="the last step, and its u"),
        Binding("ctrl+r", "reroll", "new u", tooltip="leave this number out"),
        Binding("ctrl+s", "choose_source", "model", tooltip="counts, a run, or a uniform guess"),
        Binding("ctrl+g", "generate", "many", tooltip="generate as many items as you say"),
        Binding("ctrl+l", "toggle_items", "items", tooltip="what was generated"),
        Binding("ctrl+b", "choose_branch", "branches", tooltip="go back to what was tried"),
        Binding("ctrl+n", "begin", "new item", tooltip="leave this text"),
        Binding("ctrl+d", "ask_seed", "seed", tooltip="start again from another one"),
        Binding("left", "turn('temperature', -1)", "lower temperature", show=False),
        Binding("right", "turn('temperature', 1)", "higher temperature", show=False),
        Binding("down", "turn('top_k', -1)", "smaller top-k", show=False),
        Binding("up", "turn('top_k', 1)", "larger top-k", show=False),
        Binding("pagedown", "turn('top_p', -1)", "smaller top-p", show=False),
        Binding("pageup", "turn('top_p', 1)", "larger top-p", show=False),
        Binding("home", "reset", "T 1, top-k and top-p off", show=False),
        Binding("tab", "app.focus_next", "to the items, to scroll them", show=False),
        Binding("escape", "leave", "stop generating; back from the items", show=False),
    ]

    class Progress(Message):
        """So many items of a long generation are done."""

        def __init__(self, done: int, count: int) -> None:
            self.done, self.count = done, count
            super().__init__()

        def can_replace(self, message: Message) -> bool:
            """Only the last one matters."""
            return isinstance(message, SamplePane.Progress)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: SampleView | None = None
        self._orders = Orders(self._start_worker, self._outcome)
        self._words = ""  # what is said below everything
        self._reason = ""  # why there is no model yet
        self._failed = False  # whether the first model could not be opened; what was said of it stays
        self._follows_run = False  # whether a run was selected after a person last chose a model here

    # Layout

    def compose(self) -> ComposeResult:
        """All parts; a class for the size says where they stand and which are shown. At first it is a guess."""
        self._choose_layout(self.app.size)
        yield NoteLine(id="source")
        yield TimeSlider(id="time")
        yield SurprisalLine(id="text")
        yield ShapeControls(id="controls-line")
        with Horizontal(id="middle"):
            yield layout.titled(Candidates(id="candidates"), "next character")
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

    # Typed characters

    @property
    def _vocabulary(self) -> "Vocabulary | None":
        if self._orders.engine is not None:
            return self._orders.engine.session.source.vocabulary
        return None if self.corpus is None else self.corpus.vocabulary

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Characters of the vocabulary, and the mark of the end, are typed; they are no keys of the shell."""
        vocabulary = self._vocabulary
        if vocabulary is None or character is None or len(character) != 1:
            return False
        return character in vocabulary or character == vocabulary.sentinel

    def on_key(self, event: events.Key) -> None:
        """Force a typed character; one that nothing knows is said to be unknown."""
        character = event.character
        if character is None or not event.is_printable:
            return
        # Letters are always text here, also those that are a key of the shell: `q` must not quit on a Greek list.
        typed = character.isalpha() or self.check_consume_key(event.key, character)
        if typed or event.key not in self.screen.active_bindings:
            event.stop()
            event.prevent_default()
            self._tell(lambda engine: engine.force(character))

    def on_paste(self, event: events.Paste) -> None:
        """Force the first line of what was pasted."""
        event.stop()
        text = event.text.lstrip("\n").partition("\n")[0].rstrip("\r")[:LONGEST_PASTE]
        self._tell(lambda engine: engine.force(text))

    # Keys

    def action_draw(self) -> None:
        """Draw a character with the u that is shown."""
        self._tell(lambda engine: engine.session.draw())

    def action_finish(self) -> None:
        """Draw until the item ends."""
        self._tell(lambda engine: engine.session.finish())

    def action_undo(self) -> None:
        """Take the last step back."""
        self._tell(lambda engine: engine.undo())

    def action_reroll(self) -> None:
        """Leave this u out."""
        self._tell(lambda engine: engine.reroll())

    def action_begin(self) -> None:
        """Begin a new item."""
        self._tell(lambda engine: engine.session.begin())

    def action_turn(self, name: str, by: int) -> None:
        """Move a control."""
        self._tell(lambda engine: engine.turn(name, by))

    def action_reset(self) -> None:
        """Put all controls back."""
        self._tell(lambda engine: engine.reset())

    def action_generate(self) -> None:
        """Ask how many, and generate them."""

        def answered(count: int | None) -> None:
            def progress(done: int) -> None:
                self.post_message(self.Progress(done, count or 0))

            if count is not None:
                self._say(f"generating {count:,} items: esc stops")
                self._orders.generate(count, progress)

        words = "How many items. The first one uses the u that is shown."
        self.app.push_screen(AskNumber("generate", words, 20, 1, MOST_ITEMS), answered)

    def action_ask_seed(self) -> None:
        """Ask for a seed, and start again from it."""

        def answered(seed: int | None) -> None:
            if seed is not None:
                self._tell(lambda engine: engine.reseed(seed))

        seed = SEED if self._view is None else self._view.seed
        words = "The same seed and keys give the same items. The list and the branches start again."
        self.app.push_screen(AskNumber("seed", words, seed, 0, LARGEST_SEED), answered)

    def action_choose_branch(self) -> None:
        """Ask for a branch, and go there."""
        engine = self._orders.engine
        if engine is not None and not self._orders.busy:
            self.app.push_screen(ChooseBranch(engine.branches()), self._go_to)

    def action_choose_source(self) -> None:
        """Ask for a model, and go on with it."""
        list_name = None if self.corpus is None else self.corpus.name
        screen = ChooseSource(list_name, self._home, self.run_name, self._orders.choice)

        def answered(choice: SourceChoice | None) -> None:
            if choice is not None:
                self._follows_run = False
                self._open(choice)
                if self.moment is not None and self.moment.run == choice.run:
                    self.choose_step(None)

        self.app.push_screen(screen, answered)

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

    # The mouse

    def on_candidates_chosen(self, message: Candidates.Chosen) -> None:
        """A click on a candidate forces it."""
        self._tell(lambda engine: engine.session.force(message.token))

    def on_shape_controls_moved(self, message: ShapeControls.Moved) -> None:
        """A click on a slider."""
        self._tell(lambda engine: engine.place(message.index, message.fraction))

    def on_branch_tree_chosen(self, message: BranchTree.Chosen) -> None:
        """A click on a branch."""
        self._go_to(message.node)

    def _go_to(self, node: int | None) -> None:
        if node is not None:
            self._tell(lambda engine: engine.session.go_to(node))

    # The worker

    @property
    def _home(self) -> Path | None:
        home = getattr(self.app, "runs_home", None)
        return home if isinstance(home, Path) else None

    def _start_worker(self, work: Coroutine[Any, Any, None]) -> None:
        self.run_worker(work, group="sample")

    @property
    def _surroundings(self) -> Surroundings:
        look = getattr(self.app, "look", Look())
        return Surroundings(self.corpus, self._home or Path(), SEED, look.ascii)

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

    def on_sample_pane_progress(self, message: Progress) -> None:
        """Say how far a long generation is."""
        self._say(f"generating: {message.done:,} of {message.count:,} items, esc stops")

    # Painting

    def _outcome(self, words: str, view: "SampleView | None") -> None:
        """Orders were carried out: show what came of them."""
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
        self.query_one(Candidates).show(view.candidates)
        self.query_one(BranchTree).show(view.tree)
        self.query_one(ItemList).show(view.items)
        self.query_one(CdfStrip).show(view.strip, "nothing is left to draw")

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
        return "; F1 to F4: the panes, F5: help" if typed else ""
