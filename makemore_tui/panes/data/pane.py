"""The Data pane: what is in the list, and what a model gets to see of it."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.geometry import Size
from textual.message import Message

from makemore_core.splits import SplitKind
from makemore_tui.look import look_of
from makemore_tui.panes.base import Pane
from makemore_tui.panes.data.analysis import Analysis, SplitSummary, analyse, summarise_split
from makemore_tui.panes.data.examples import ExamplesPanel
from makemore_tui.panes.data.items import ALL, CHARACTERS, REPEATS, UNUSUAL, ItemsPanel
from makemore_tui.panes.data.overview import CharactersPanel, EdgesPanel, FactsPanel, LengthsPanel, OverviewPanel
from makemore_tui.panes.data.splits import SplitsPanel
from makemore_tui.widgets.choices import Choice, Choices
from makemore_tui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus

VIEWS = tuple(Choice(name, name) for name in ("overview", "items", "splits"))
"""What a small screen shows one at a time; a larger one shows all of them together."""

FRAME = 2
"""Rows of the app above and below the pane."""

HELP = """\
Everything that a model can learn is in this list.

- **list**: the *uniform guess* is the loss of a model that knows nothing, ln V, in nats a character; *bigram* is
  that of counting pairs of neighbours, *letters* that of the bare frequencies. Larger models go below.
- **lengths, characters, first and last letters**: what generated items should resemble.
- **items**: the whole list, the texts that stand there more than once, unusual characters, all characters by name, or
  what a search finds. The key that shows one of these shows all items again; on a character, enter finds its items.
- **one word, many examples**: each item is many examples: from the characters before, predict the next. The mark for
  the start and the end (`.` where the list has no such character) is itself predicted: that is how a model learns where
  to stop.
- **splits**: train is learnt from, dev chooses, test measures. Items that stand in train as well *leak*.
"""


class DataPane(Pane):
    """Shows the list as numbers, as items, as examples and as splits."""

    TITLE = "data"
    HELP = HELP

    BINDINGS = [
        Binding("o", "view('overview')", "overview"),
        Binding("i", "view('items')", "items"),
        Binding("s", "view('splits')", "splits"),
        Binding("slash", "search", "search", key_display="/"),
        Binding("d", f"list('{REPEATS}')", "repeats"),
        Binding("u", f"list('{UNUSUAL}')", "unusual"),
        Binding("c", f"list('{CHARACTERS}')", "characters"),
        Binding("a", "list('all')", "all items", show=False),
        Binding("k", "next_split", "another split", show=False),
        Binding("left_square_bracket", "context(-1)", "shorter context", key_display="[", show=False),
        Binding("right_square_bracket", "context(1)", "longer context", key_display="]", show=False),
        Binding("escape", "end_search", "whole list again", show=False),
    ]

    DEFAULT_CSS = """
    DataPane {
        layout: vertical;
        & > #views { display: none; padding: 0 1; }
        & > #panels { height: 1fr; layout: grid; grid-size: 3 3; grid-rows: 14 9 1fr; }
        & .panel { border: round $primary; padding: 0 1; height: 100%; }
        & .panel { border-title-color: $primary; border-subtitle-color: $text-muted; }
        & .panel:focus-within { border: round $accent; border-title-color: $accent; }
        & #items, & #examples { row-span: 2; }
        &.-ascii .panel, &.-ascii .panel:focus-within { border: ascii $primary; }

        &.-wide > #panels { grid-size: 4 2; grid-rows: 18 1fr; }
        &.-wide #items, &.-wide #examples { row-span: 1; }
        &.-wide CharactersPanel { row-span: 2; }

        &.-small > #views { display: block; }
        &.-small > #panels { grid-size: 2 2; grid-rows: 13 1fr; }
        &.-small #items, &.-small #examples, &.-small #splits { display: none; row-span: 2; }
        &.-small #splits { column-span: 2; }
        &.-small.-items OverviewPanel, &.-small.-splits OverviewPanel { display: none; }
        &.-small.-items #items, &.-small.-items #examples, &.-small.-splits #splits { display: block; }
    }
    """

    @dataclass
    class _Analysed(Message):
        """The list has been counted."""

        analysis: Analysis

    @dataclass
    class _Summarised(Message):
        """A split has been counted."""

        corpus: "Corpus"
        summary: SplitSummary

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = VIEWS[0].name
        self.analysis: Analysis | None = None
        self.summaries: dict[SplitKind, SplitSummary] = {}
        self._ready = False

    def compose(self) -> ComposeResult:
        """The choice of the view for small screens, and all panels."""
        yield Choices(VIEWS, focusable=True, id="views")
        with Container(id="panels"):
            yield FactsPanel()
            yield LengthsPanel()
            yield EdgesPanel()
            yield CharactersPanel()
            yield ItemsPanel()
            yield ExamplesPanel()
            yield SplitsPanel()

    def on_mount(self) -> None:
        """Draw with what the terminal can show."""
        self.set_class(look_of(self.app).ascii, "-ascii")
        self.add_class(f"-{self.view}")
        self.foresee(self.app.size - (0, FRAME))  # so that the first picture is right as well
        self._ready = True
        self.watch_corpus(self.corpus)

    def on_pane_shown(self) -> None:
        """Keys go to the list, or to the choice of the view where the list is not on the screen."""
        if self.screen.focused is None or self not in self.screen.focused.ancestors:
            self._focus_view()

    def on_resize(self, event: events.Resize) -> None:
        """Show as much as there is room for."""
        self.foresee(event.size)
        focused = self.screen.focused
        if focused is None or self in focused.ancestors:  # None where what had the keys has been hidden
            self.call_after_refresh(self._keep_focus_visible)

    def foresee(self, size: Size) -> None:
        """Choose the arrangement for this room before it is laid out."""
        width, height = size
        small = width < 110 or height < 34
        self.set_class(small, "-small")
        wide = width >= 170 and height >= 48
        self.set_class(wide, "-wide")
        # A grid is filled in the order of its children.
        before = ItemsPanel if wide or small else SplitsPanel
        panels, moved = self.query_one("#panels"), self.query_one(CharactersPanel)
        if panels.children[panels.children.index(moved) + 1] is not self.query_one(before):
            panels.move_child(moved, before=self.query_one(before))

    # The list

    def watch_corpus(self, corpus: "Corpus | None") -> None:
        """Show the items at once, and count in a thread."""
        if not self._ready:
            return
        self.analysis, self.summaries = None, {}
        self.query_one(ItemsPanel).show_corpus(corpus)
        self.query_one(ExamplesPanel).show_split(None)
        self.query_one(ExamplesPanel).show(corpus)
        self._show_overview()
        self.query_one(SplitsPanel).show(corpus, None)
        if corpus is not None:
            self.run_worker(partial(self._analyse, corpus), thread=True, exclusive=True, group="analysis")

    def _analyse(self, corpus: "Corpus") -> None:
        self.post_message(self._Analysed(analyse(corpus)))
        for kind in SplitKind:
            self.post_message(self._Summarised(corpus, summarise_split(corpus, kind)))

    def on_data_pane__analysed(self, message: _Analysed) -> None:
        """Show the facts of the list."""
        if message.analysis.corpus is self.corpus:
            self.analysis = message.analysis
            self.query_one(ItemsPanel).show_analysis(message.analysis)
            self._show_overview()

    def on_data_pane__summarised(self, message: _Summarised) -> None:
        """Show the split, if it is the one that is chosen."""
        if message.corpus is self.corpus:
            self.summaries[message.summary.kind] = message.summary
            if message.summary.kind is self.query_one(SplitsPanel).kind:
                self._show_split()

    def _show_split(self) -> None:
        panel = self.query_one(SplitsPanel)
        summary = self.summaries.get(panel.kind)
        panel.show(self.corpus, summary)
        if summary is not None:
            self.query_one(ItemsPanel).show_split(summary)
            self.query_one(ExamplesPanel).show_split(summary)
        self._show_overview()

    def _show_overview(self) -> None:
        summary = self.summaries.get(self.query_one(SplitsPanel).kind)
        for panel in self.query(OverviewPanel):
            panel.show(self.analysis, summary)

    # What a person does

    def on_items_panel_item_picked(self, event: ItemsPanel.ItemPicked) -> None:
        """Take the item apart."""
        self.query_one(ExamplesPanel).show(self.corpus, event.index)

    def on_pick_list_picked(self, event: PickList.Picked) -> None:
        """A leaked item, while its list has the focus: take it apart."""
        source = event.list.source
        if event.list.id == "leaked" and event.list.has_focus and hasattr(source, "item_at"):
            self.query_one(ExamplesPanel).show(self.corpus, source.item_at(event.place))

    def on_choices_changed(self, event: Choices.Changed) -> None:
        """Another view, or another split."""
        if event.control.id == "views":
            self._set_view(event.name)
        elif event.control.id == "kinds":
            self._show_split()

    def action_view(self, name: str) -> None:
        """Bring a view to the front, or where all are on the screen give it the focus."""
        self.query_one("#views", Choices).show(current=name)
        self._set_view(name)
        self._focus_view()

    def action_list(self, mode: str) -> None:
        """Show repeats, unusual characters or all characters; the one that is shown gives way to all items."""
        items = self.query_one(ItemsPanel)
        seen = items.is_on_screen and items.mode == mode
        items.choose(ALL if seen else mode)
        self.action_view("items")

    def action_search(self) -> None:
        """Go to the line to search in."""
        self.action_view("items")
        self.query_one(ItemsPanel).start_search()

    def action_end_search(self) -> None:
        """Show the whole list again."""
        self.query_one(ItemsPanel).end_search()

    def action_next_split(self) -> None:
        """Choose the next split."""
        self.query_one(SplitsPanel).choose_next()

    def action_context(self, step: int) -> None:
        """Look further back in the examples, or less far."""
        self.query_one(ExamplesPanel).change_context(step)

    def _set_view(self, name: str) -> None:
        self.view = name
        for choice in VIEWS:
            self.set_class(choice.name == name, f"-{choice.name}")

    def _focus_view(self) -> None:
        if self.view == "splits":
            self.query_one("#kinds", Choices).focus()
        elif self.view == "items" or not self.has_class("-small"):
            self.query_one(ItemsPanel).list.focus()
        else:
            self.query_one("#views", Choices).focus()

    def _keep_focus_visible(self) -> None:
        focused = self.screen.focused
        if focused is None or not focused.is_on_screen or not focused.region:
            self._focus_view()
