"""The list itself: all items, repeats, unusual characters, all characters, or what a search finds."""

from dataclasses import dataclass
from functools import partial
from textwrap import wrap

import numpy as np
from numpy.typing import NDArray
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widgets import Input
from textual.worker import get_current_worker

from makemore_core.corpus import Corpus
from makemore_core.search import search
from makemore_core.statistics import RARE_RULE
from makemore_tui.display import visible
from makemore_tui.panes.data.analysis import Analysis, SplitSummary
from makemore_tui.panes.data.panel import SnugRows
from makemore_tui.panes.data.sources import Characters, Items, ListSource, Repeats, UnusualCharacters
from makemore_tui.widgets.choices import Choice, Choices
from makemore_tui.widgets.pick_list import Nothing, PickList
from makemore_tui.widgets.rows import Row, span

ALL, REPEATS, UNUSUAL, CHARACTERS, FOUND = "all", "repeats", "unusual", "characters", "found"

KEYS = {REPEATS: "d", UNUSUAL: "u", CHARACTERS: "c"}
"""The key that shows each list, and all items again."""

UNUSUAL_RULE = f"Unusual: a character that cannot be seen, is of another script than most, or is {RARE_RULE}."


class RuleRows(SnugRows):
    """In words what the list shows, folded into the width."""

    text = ""

    def show(self, text: str) -> None:
        """Take other words; none take no room."""
        self.text = text
        self.say()

    def draw(self, width: int, height: int) -> list[Row]:
        """The words."""
        lines = wrap(self.text, max(width, 1))
        return [[], *([span(line, self.inks.muted)] for line in lines)] if lines else []


class SearchInput(Input, can_focus=False):
    """Where the text to find is typed.

    It takes the focus only when it is asked for: when Textual looks for another widget to focus, as it does when the
    focused one is hidden, keys must not end up here unseen.
    """

    BINDINGS = [
        Binding("escape", "leave", "end the search", show=False),
        Binding("down", "to_list", "to the items found", show=False),
    ]

    @dataclass
    class Left(Message):
        """The search is over: show the whole list again."""

    @dataclass
    class ToList(Message):
        """Go on to the items that were found."""

    def open(self) -> None:
        """Take the focus."""
        self.can_focus = True
        self.focus()

    def on_click(self) -> None:
        """Type where one clicks."""
        self.open()

    def on_blur(self) -> None:
        """Take no focus until asked again."""
        self.can_focus = False

    def action_leave(self) -> None:
        """Forget the search."""
        self.post_message(self.Left())

    def action_to_list(self) -> None:
        """Move the focus to the list."""
        self.post_message(self.ToList())


class ItemsPanel(Container):
    """The list with its choices and the line to search in."""

    DEFAULT_CSS = """
    ItemsPanel {
        & > SearchInput { padding: 0 1; background: $surface; }
        & > PickList { height: 1fr; }
    }
    """

    @dataclass
    class ItemPicked(Message):
        """The cursor of the list stands on another item."""

        index: int

    @dataclass
    class _Found(Message):
        """The search has ended: the indices of the items that hold the query."""

        corpus: Corpus
        query: str
        indices: NDArray[np.int64]

    def __init__(self) -> None:
        super().__init__(classes="panel", id="items")
        self.border_title = "items"
        self.corpus: Corpus | None = None
        self.analysis: Analysis | None = None
        self.split: SplitSummary | None = None
        self.mode = ALL
        self.wanted = ""

    def compose(self) -> ComposeResult:
        """The choices, the line to search in, the list."""
        yield Choices(self._choices(), id="modes")
        field = SearchInput(placeholder="/ to search", id="search", select_on_focus=False, compact=True)
        field.cursor_blink = False  # an idle screen sends nothing
        yield field
        yield PickList(Nothing("reading"), id="list")
        yield RuleRows()

    @property
    def list(self) -> PickList:
        """The rows."""
        return self.query_one("#list", PickList)

    @property
    def search_field(self) -> SearchInput:
        """The line to search in."""
        return self.query_one("#search", SearchInput)

    def show_corpus(self, corpus: Corpus | None) -> None:
        """Take another list; its facts come later."""
        self.corpus, self.analysis, self.split = corpus, None, None
        self.wanted = ""
        with self.prevent(Input.Changed):
            self.search_field.value = ""
        self.choose(ALL)

    def show_analysis(self, analysis: Analysis) -> None:
        """Take the facts of the list."""
        self.analysis = analysis
        self.query_one("#modes", Choices).show(self._choices())
        if self.mode in KEYS:
            self.choose(self.mode)

    def show_split(self, split: SplitSummary) -> None:
        """Take the split that is chosen: rows name the side of their item where there is room."""
        self.split = split
        source = self.list.source
        if isinstance(source, Items):
            self.list.source = Items(source.corpus, source.indices, split, source.words)
            self.list.refresh()

    def choose(self, mode: str) -> None:
        """Show all items, repeats, unusual characters or all characters."""
        self.mode = mode
        self.list.show(self._source(mode))
        self.query_one(RuleRows).show(UNUSUAL_RULE if mode == UNUSUAL else "")
        self.query_one("#modes", Choices).show(self._choices(), mode)
        self._entitle()

    def start_search(self) -> None:
        """Go to the line to search in."""
        self.search_field.open()

    def end_search(self) -> None:
        """Show the whole list again."""
        with self.prevent(Input.Changed):
            self.search_field.value = ""
        self.find("")

    def find(self, query: str, *, ignore_case: bool = True) -> None:
        """Search for a text in a thread; a search that is still running is given up."""
        self.wanted = query
        if not query or self.corpus is None:
            self.workers.cancel_group(self, "search")
            self.choose(ALL)
            return
        work = partial(self._search, self.corpus, query, ignore_case)
        self.run_worker(work, thread=True, exclusive=True, group="search")

    def _search(self, corpus: Corpus, query: str, ignore_case: bool) -> None:
        worker = get_current_worker()
        found = []
        for block in search(corpus, query, ignore_case=ignore_case):
            if worker.is_cancelled:
                return
            found.append(block)
        self.post_message(self._Found(corpus, query, np.concatenate(found)))

    def on_items_panel__found(self, message: _Found) -> None:
        """Show what was found, unless another list or another search has come in between."""
        if message.corpus is not self.corpus or message.query != self.wanted:
            return
        self.mode = FOUND
        words = f"no item holds {visible(message.query)!r}"
        self.list.show(Items(message.corpus, message.indices, self.split, words))
        self.query_one("#modes", Choices).show(self._choices(), FOUND)
        self._entitle()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as the query is typed."""
        event.stop()
        self.find(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to what was found."""
        event.stop()
        self.list.focus()

    def on_search_input_to_list(self) -> None:
        """Down goes on to what was found."""
        self.list.focus()

    def on_search_input_left(self) -> None:
        """Escape ends the search."""
        self.end_search()
        self.list.focus()

    def on_choices_changed(self, event: Choices.Changed) -> None:
        """Another kind of list was clicked on."""
        event.stop()
        self.choose(event.name)

    def on_pick_list_picked(self, event: PickList.Picked) -> None:
        """Tell the pane which item it is."""
        event.stop()
        source = event.list.source
        if isinstance(source, ListSource):
            self.post_message(self.ItemPicked(source.item_at(event.place)))

    def on_pick_list_chosen(self, event: PickList.Chosen) -> None:
        """On a character: find the items that hold it."""
        event.stop()
        source = event.list.source
        if isinstance(source, UnusualCharacters | Characters):
            self.find(source.character_at(event.place), ignore_case=False)

    def _source(self, mode: str) -> ListSource | Nothing:
        if self.corpus is None:
            return Nothing("reading")
        if mode == ALL:
            return Items(self.corpus, split=self.split)
        if self.analysis is None:
            return Nothing("counting")
        facts = self.analysis.facts
        if mode == REPEATS:
            return Repeats(self.corpus, facts.repeats)
        if mode == CHARACTERS:
            return Characters(self.corpus, facts.character_counts)
        return UnusualCharacters(self.corpus, facts.unusual)

    def _choices(self) -> tuple[Choice, ...]:
        """The lists, and how much is in each where that is known and there is room."""
        counts = {}
        if self.analysis is not None and self.corpus is not None:
            facts = self.analysis.facts
            counts[REPEATS], counts[UNUSUAL] = len(facts.repeated), len(facts.unusual)
            counts[CHARACTERS] = len(self.corpus.vocabulary.characters)
        counted = tuple(Choice(name, f"{name} {counts[name]:,}" if name in counts else name) for name in (ALL, *KEYS))
        if sum(len(choice.label) + 2 for choice in counted) <= self.content_size.width:
            return counted
        return tuple(Choice(name, name) for name in (ALL, *KEYS))

    def on_resize(self) -> None:
        """Labels depend on the room."""
        self.query_one("#modes", Choices).show(self._choices())

    def _entitle(self) -> None:
        if self.corpus is None:
            self.border_title = "items"
            return
        rows, items = len(self.list.source), len(self.corpus)
        title = {
            ALL: f"items: {items:,}",
            REPEATS: f"repeats: {rows:,} texts",
            UNUSUAL: f"unusual characters: {rows:,}",
            CHARACTERS: f"characters: {rows:,}",
            FOUND: f"found: {rows:,} of {items:,} items",
        }[self.mode]
        self.border_title = Content(title)
        self.border_subtitle = Content(self._way_out(rows))

    def _way_out(self, rows: int) -> str:
        """What can be done with a list that is not the whole one."""
        if self.mode == ALL:
            return ""
        keys = [KEYS[self.mode]] if self.mode in KEYS else []
        into = "enter: find  " if self.mode in (UNUSUAL, CHARACTERS) and rows else ""
        return into + " or ".join([*keys, "esc"]) + ": all items"
