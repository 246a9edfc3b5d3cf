"""The table of a comparison with its keys, and what there is to say of the row under the cursor."""

from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.message import Message

from makemore_tui.panes.compare.table import AGAINST, STATE, best_sign, comparison_table
from makemore_tui.panes.compare.words import HINT, difference_sentence, samples_sentence, sorted_words
from makemore_tui.widgets.pick_list import PickList
from makemore_tui.widgets.sorted_table import Table, TableHead
from makemore_tui.widgets.table_view import TableView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from makemore_core.comparison.ranking import Ranked
    from makemore_core.comparison.rows import Row


class CompareRows(PickList):
    """The rows, with the keys that begin the last line."""

    BINDINGS = [
        Binding("enter", "choose", "evaluate", tooltip="all that can be said of this model"),
        Binding("left", "sort_by(-1)", "sort", key_display="←→", tooltip="by the column beside, which is then in view"),
        Binding("right", "sort_by(1)", "sort by the next column", show=False),
    ]

    class SortBeside(Message):
        """A person wants the column so many places beside the one that counts now."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def action_sort_by(self, by: int) -> None:
        """Sort by another column."""
        self.post_message(self.SortBeside(by))


class CompareTable(TableView):
    """Shows ranked rows, and says what a person wants of them."""

    DEFAULT_CSS = """
    CompareTable > #compare-details { height: 3; text-wrap: nowrap; text-overflow: ellipsis; }
    .-ascii CompareTable, .-ascii CompareTable:focus-within { border: ascii $primary; }
    """

    BINDINGS = [Binding("i", "invert", "invert: the highest first, or the lowest", show=False)]

    class SortWanted(Message):
        """A person wants the rows in the order of this column; the one that counts now: turned round."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Chosen(Message):
        """A person wants to see more of the row with this key."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(CompareRows(), "compare-details", id=id)
        self.ranked: Ranked | None = None
        self.is_reversed = False
        self.slots: Mapping[str, int] = {}
        self.empty = ""

    @property
    def at_cursor(self) -> "Row | None":
        """The row under the cursor."""
        key = self.key_at_cursor
        return next((row for row in self.ranked.rows if row.key == key), None) if self.ranked is not None else None

    def show(
        self, ranked: "Ranked | None", slots: "Mapping[str, int]", *, reverse: bool = False, empty: str = ""
    ) -> None:
        """Take the rows as they are now; only rows that changed are painted anew. `empty` stands for no rows."""
        self.ranked, self.slots, self.is_reversed, self.empty = ranked, dict(slots), reverse, empty
        self.fill()

    def fill(self) -> None:
        """Show the rows, with the cursor on the one that it stood on."""
        if not self.is_mounted:
            return
        # The first row stays under the cursor until it is moved, whatever comes there.
        keep = self.key_at_cursor if self.rows.cursor else None
        table = Table(words=self.empty)
        if self.ranked is not None:
            marks = {key: self.mark_of(slot) for key, slot in self.slots.items()}
            table = comparison_table(self.ranked, marks, reverse=self.is_reversed, ascii_only=self.look.ascii)
        self.put(table, keep)

    def explain(self) -> None:
        """How far it lies from the reference, what its samples are, and what the order means."""
        row, ranked = self.at_cursor, self.ranked
        lines: list[str] = []
        if row is not None and ranked is not None:
            room = self.details.content_size.width or self.size.width
            said = row.trouble or difference_sentence(row, ranked) or ranked.note
            lines = [said, samples_sentence(row, ranked, room)]
            order = sorted_words(ranked.sorted_by, reverse=self.is_reversed)
            lines.append(f"{best_sign(ascii=self.look.ascii)} {HINT}; {order}")
        self.say(lines, layout=False)

    # What a person wants

    @on(CompareRows.SortBeside)
    def _sort_beside(self, event: CompareRows.SortBeside) -> None:
        event.stop()
        keys = [column.key for column in self.table.columns if column.key not in (AGAINST, STATE)]
        if self.ranked is not None and keys:
            place = keys.index(self.ranked.sorted_by) if self.ranked.sorted_by in keys else 0
            self.post_message(self.SortWanted(keys[(place + event.by) % len(keys)]))

    def action_invert(self) -> None:
        """Turn the order round."""
        if self.ranked is not None:
            self.post_message(self.SortWanted(self.ranked.sorted_by))

    @on(TableHead.Clicked)
    def _head_clicked(self, event: TableHead.Clicked) -> None:
        """The order of the differences is that of the losses."""
        event.stop()
        if self.ranked is not None and event.key != STATE:
            self.post_message(self.SortWanted(self.ranked.side if event.key == AGAINST else event.key))

    @on(PickList.Chosen)
    def _chosen(self, event: PickList.Chosen) -> None:
        event.stop()
        if (row := self.at_cursor) is not None:
            self.post_message(self.Chosen(row.key))
