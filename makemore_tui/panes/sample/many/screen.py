"""The screen on which many items are generated, sorted, marked and kept."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from makemore_core.errors import MakemoreError
from makemore_tui.look import look_of
from makemore_tui.panes.sample.dialogs import text_field
from makemore_tui.panes.sample.many.found import Found, chosen, found_table, written
from makemore_tui.panes.sample.many.wanted import Wanted, wanted_of
from makemore_tui.panes.sample.saving import AskDestination, Destination, deliver
from makemore_tui.widgets.choices import Choice, Choices
from makemore_tui.widgets.pick_list import PickList
from makemore_tui.widgets.sorted_table import Table, TableHead, rows_of
from makemore_tui.widgets.titles import put_titles

EMPTY = "enter generates: all that fits the fields above, by the model and the controls of the pane"
KEYS = "in the list: f marks, ←→ sorts, i inverts, enter walks through, ^y keeps"
ASCII_KEYS = KEYS.replace("←→", "< >")


AT_FIRST = {"count": "20", "least": "", "most": "", "starts": "", "contains": "", "distance": "", "new": "no"}
"""What stands in the fields when the screen is opened for the first time."""


@dataclass
class Kept:
    """What the screen shows, kept by the pane from one opening to the next."""

    texts: dict[str, str] = field(default_factory=lambda: dict(AT_FIRST))
    found: tuple[Found, ...] = ()
    favourites: set[int] = field(default_factory=set)
    sorted_by: str = "nll"
    reverse: bool = False
    words: str = ""
    origin: str = ""
    """The model that the items are of."""


class ManyScreen(ModalScreen[str | None]):
    """Asks what is wanted, and shows what came of it; the result is an item to walk through, or None."""

    AUTO_FOCUS = "#count"
    DEFAULT_CSS = """
    ManyScreen {
        .row { height: 1; }
        .row Label { color: $text-muted; }
        .row Input { width: 1fr; margin-right: 1; }
        #count, #least, #most, #distance { width: 8; }
        #new { width: 11; }
        #said { height: 1; margin-top: 1; }
        PickList { height: 1fr; }
        #keys { height: 1; color: $text-muted; }
    }
    """
    BINDINGS = [
        Binding("escape", "leave", "stop, or close"),
        Binding("ctrl+y", "keep", "copy or save"),
        Binding("ctrl+b", "probable", "the most probable"),
        Binding("f", "favour", "mark"),
        Binding("left", "sort_by(-1)", "sort by the column before", show=False),
        Binding("right", "sort_by(1)", "sort by the next column", show=False),
        Binding("i", "invert", "invert the order", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    class Progress(Message):
        """So many items were found among so many that were drawn, or in a beam search among those of such a length."""

        def __init__(self, found: int, drawn: int) -> None:
            super().__init__()
            self.found, self.drawn = found, drawn

        def can_replace(self, message: Message) -> bool:
            """Only the last one matters."""
            return isinstance(message, ManyScreen.Progress)

    class Arrived(Message):
        """The items are there, or None with the reason why not."""

        def __init__(self, found: tuple[Found, ...] | None, words: str) -> None:
            super().__init__()
            self.found, self.words = found, words

    def __init__(self, name: str, kept: Kept, find: Callable[[Wanted, "ManyScreen"], None], stop: Callable[[], None]):
        super().__init__()
        self.model_name, self.kept, self._find, self._stop = name, kept, find, stop
        self.busy = self._is_beam = False
        self.table = Table()

    def compose(self) -> ComposeResult:
        """What is wanted; below it the list."""
        texts = self.kept.texts
        with Vertical(classes="dialog", id="many") as box:
            box.styles.width = box.styles.height = "100%"
            put_titles(box, f"many: {self.model_name}")
            box.border_subtitle = "enter generates, ^b most probable, tab to the list, esc stops or closes"
            with Horizontal(classes="row"):
                yield Label("items ")
                yield text_field(texts["count"], id="count")
                yield Label("length ")
                yield text_field(texts["least"], id="least", placeholder="any")
                yield Label("to ")
                yield text_field(texts["most"], id="most", placeholder="any")
                yield Label("starts with ")
                yield text_field(texts["starts"], id="starts", placeholder="any")
            with Horizontal(classes="row"):
                yield Label("new only ")
                choices = Choices((Choice("no", "no"), Choice("yes", "yes")), focusable=True, id="new")
                choices.current = texts["new"]
                yield choices
                yield Label("novelty at least ")
                yield text_field(texts["distance"], id="distance", placeholder="0")
                yield Label("contains ")
                yield text_field(texts["contains"], id="contains", placeholder="any")
            yield Static("", id="said", markup=False)
            yield TableHead()
            yield PickList()
            yield Static(Content(ASCII_KEYS if self._ascii else KEYS), id="keys")

    def on_mount(self) -> None:
        """What was found before is there again."""
        others = bool(self.kept.found) and self.kept.origin != self.model_name
        self._tell(f"these are still of {self.kept.origin}" if others else self.kept.words)
        self._sort()

    # Generating

    def on_input_submitted(self) -> None:
        """Enter generates."""
        self._begin(probable=False)

    def action_probable(self) -> None:
        """Look for the most probable items instead of drawing any."""
        self._begin(probable=True)

    def _begin(self, *, probable: bool) -> None:
        if self.busy:
            return
        self.kept.texts = {one.id or "": one.value for one in self.query(Input)}
        self.kept.texts["new"] = self.query_one("#new", Choices).current
        try:
            wanted = wanted_of(self.kept.texts, probable=probable)
        except MakemoreError as error:
            self._tell(str(error))
            return
        self.busy, self._is_beam = True, probable
        self._tell(
            "looking for the most probable: esc stops" if probable else f"generating {wanted.count:,}: esc stops"
        )
        self._find(wanted, self)

    def tell_progress(self, found: int, drawn: int) -> None:
        """Called in any thread."""
        self.post_message(self.Progress(found, drawn))

    def tell_arrived(self, found: tuple[Found, ...] | None, words: str) -> None:
        """Called in any thread."""
        self.post_message(self.Arrived(found, words))

    def on_many_screen_progress(self, message: Progress) -> None:
        """Say how far it is."""
        if not self.busy:  # it has ended meanwhile
            return
        among = f"of up to {message.drawn:,} characters" if self._is_beam else f"among {message.drawn:,} drawn"
        self._tell(f"{message.found:,} found {among}: esc stops")

    def on_many_screen_arrived(self, message: Arrived) -> None:
        """Show what was found, and leave the fields for the list."""
        self.busy = False
        if message.found is None:
            self._tell(message.words)
            return
        self.kept.found, self.kept.favourites, self.kept.words = message.found, set(), message.words
        self.kept.origin = self.model_name
        self._tell(message.words)
        self._sort()
        if message.found:
            self.query_one(PickList).focus()

    def action_leave(self) -> None:
        """Stop generating, or close."""
        if self.busy:
            self._stop()
        else:
            self.dismiss(None)

    # The list

    @work(exclusive=True)
    async def _sort(self) -> None:
        """Sort the rows, in a thread, as there may be many; the cursor stays on its item."""
        kept, lines = self.kept, self.query_one(PickList)
        here = self.table.rows[lines.cursor].key if self.table.rows else None
        self.table = await asyncio.to_thread(
            found_table,
            kept.found,
            frozenset(kept.favourites),
            kept.sorted_by,
            reverse=kept.reverse,
            ascii_only=self._ascii,
            words=EMPTY,
        )
        self._show(rows_of(self.table.rows, here))

    def _show(self, cursor: int) -> None:
        lines = self.query_one(PickList)
        lines.show(self.table, cursor, keep_scroll=True)
        self.query_one(TableHead).show(self.table, lines.scrollable_content_region.width)

    def on_table_head_clicked(self, message: TableHead.Clicked) -> None:
        """A click on a title sorts by it; once more, the other way round."""
        self._sort_by(message.key, self.kept.sorted_by == message.key and not self.kept.reverse)

    def action_sort_by(self, by: int) -> None:
        """Sort by the neighbour of the column."""
        if self.table.columns:
            self._sort_by(self.table.neighbour(by), self.kept.reverse)

    def action_invert(self) -> None:
        """Turn the order round."""
        self._sort_by(self.kept.sorted_by, not self.kept.reverse)

    def _sort_by(self, key: str, reverse: bool) -> None:
        self.kept.sorted_by, self.kept.reverse = key, reverse
        self._sort()

    def action_favour(self) -> None:
        """Mark the item under the cursor, or take its mark away."""
        lines = self.query_one(PickList)
        if not self.table.rows or not lines.has_focus:
            return
        self.kept.favourites ^= {int(self.table.rows[lines.cursor].key)}
        self._sort()
        count = len(self.kept.favourites)
        self._tell(f"{count:,} marked: ^y keeps these alone" if count else "none is marked: ^y keeps all")

    def on_pick_list_chosen(self, message: PickList.Chosen) -> None:
        """Walk through an item."""
        self.dismiss(self.kept.found[int(self.table.rows[message.place].key)].text)

    # Keeping

    def action_keep(self) -> None:
        """Ask where the items are to go, the favourites alone where there are some."""
        items = chosen(self.kept.found, self.kept.favourites)
        if not items:
            self._tell("there is nothing to keep yet")
            return

        def answered(destination: Destination | None) -> None:
            if destination is not None:
                self._start(self._keep(items, destination))

        self.app.push_screen(AskDestination(f"{len(items):,} items", "items"), answered)

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self.run_worker(coroutine)

    async def _keep(self, items: Sequence[Found], destination: Destination) -> None:
        def work() -> str:
            text = written(items, as_json=destination.as_json)
            return deliver(self.app, text, destination, f"{len(items):,} items")

        try:
            self._tell(await asyncio.to_thread(work))
        except MakemoreError as error:
            self._tell(str(error))

    def _tell(self, words: str) -> None:
        self.query_one("#said", Static).update(Content(words), layout=False)

    @property
    def _ascii(self) -> bool:
        return look_of(self.app).ascii
