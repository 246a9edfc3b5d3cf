"""The table of a sweep, which a person sorts by any column and lays curves over each other from."""

from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.message import Message

from makemore_core.queue.sweeps import combination_words, find_sweep, sweep_names
from makemore_tui.panes.train.sweep_rows import BEST, progress_words, sweep_table
from makemore_tui.widgets.pick_list import PickList
from makemore_tui.widgets.sorted_table import Table, TableHead
from makemore_tui.widgets.table_view import TableView
from makemore_tui.widgets.titles import put_titles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from makemore_core.runs.listing import RunSummary

NONE_YET = "no sweep yet: in the form (n), 8, 16, 32 in a field makes one"


class SweepView(TableView):
    """Shows one sweep after the other, and says what a person wants of its runs."""

    DEFAULT_CSS = "SweepView > #sweep-details { max-height: 3; }"

    BINDINGS = [
        Binding("left", "sort_by(-1)", "sort", key_display="←→"),
        Binding("right", "sort_by(1)", "sort by the next column", show=False),
        Binding("i", "invert", "invert"),
        Binding("space,o", "lay", "overlay"),
        Binding("a", "best", "best six"),
        Binding("plus", "more(1)", "more at once", show=False, key_display="+"),
        Binding("minus", "more(-1)", "fewer at once", show=False, key_display="-"),
    ]

    class Chosen(Message):
        """A person wants to see this run."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Toggled(Message):
        """A person lays this run over the others, or takes it away."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class BestWanted(Message):
        """A person wants the first runs of the table over each other."""

        def __init__(self, names: tuple[str, ...]) -> None:
            super().__init__()
            self.names = names

    class ParallelWanted(Message):
        """A person wants so many more runs to train at once, or so many fewer."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(PickList(), "sweep-details", id=id)
        self.runs: tuple[RunSummary, ...] = ()
        """All runs that there are; those of `sweep` are shown."""
        self.sweep: str | None = None
        self.sorted_by, self.is_reversed = BEST, False
        self.slots: Mapping[str, int] = {}

    # What is shown

    @property
    def shown(self) -> "list[RunSummary]":
        """The runs of the sweep."""
        return find_sweep(self.runs, self.sweep) if self.sweep is not None else []

    def show(self, runs: "Sequence[RunSummary]") -> None:
        """Take the runs as they are now; only rows that changed are painted anew."""
        self.runs = tuple(runs)
        names = sweep_names(self.runs)
        if self.sweep not in names:
            self.sweep = names[0] if names else None
        self.fill()

    def choose(self, run: str | None) -> None:
        """Show the sweep that a run belongs to, with the cursor on it; else the one that was shown."""
        part = next((one.sweep for one in self.runs if one.name == run), None)
        if part is not None:
            self.sweep = part.name
            self.fill(run)

    def next_sweep(self) -> None:
        """Show the sweep that was made before this one, or again the latest."""
        names = sweep_names(self.runs)
        if self.sweep in names:
            self.sweep, self.sorted_by, self.is_reversed = (
                names[(names.index(self.sweep) + 1) % len(names)],
                BEST,
                False,
            )
            self.fill()

    def mark(self, slots: "Mapping[str, int]") -> None:
        """Show which runs are laid over each other."""
        self.slots = dict(slots)
        self.fill()

    def tell_parallel(self, number: int) -> None:
        """Say how many runs train at once."""
        words = "the queue is held" if not number else "one at a time" if number == 1 else f"{number} at once"
        put_titles(self, subtitle=words if self.refuses("more") else f"{words}: + - change that")

    def refuses(self, action: str) -> bool:
        """Whether an action is for those who may change runs, and this app only looks at them."""
        return action == "more" and bool(getattr(self.app, "read_only", False))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that are refused are not offered."""
        return not self.refuses(action)

    def fill(self, cursor: str | None = None) -> None:
        """Show the runs of the sweep, with the cursor on the run of this name or on the one that it stood on."""
        if not self.is_mounted:
            return
        keep = cursor or self.key_at_cursor
        shown = self.shown
        if self.sorted_by not in {column.key for column in sweep_table(shown).columns}:
            self.sorted_by, self.is_reversed = BEST, False
        marks = {name: self.mark_of(slot) for name, slot in self.slots.items()}
        ascii_only = self.look.ascii
        table = sweep_table(shown, self.sorted_by, reverse=self.is_reversed, marks=marks, ascii_only=ascii_only)
        if not shown:
            table = Table(words=NONE_YET)
        self.put(table, keep)
        put_titles(self, f"{self.sweep}: {progress_words(shown)}" if self.sweep is not None else "sweeps")

    def explain(self) -> None:
        """The settings of the run under the cursor, its note, and what went wrong."""
        run = next((one for one in self.shown if one.name == self.key_at_cursor), None)
        lines = []
        if run is not None:
            lines = [f"{run.name}: {combination_words(run.sweep.settings)}" if run.sweep is not None else run.name]
            lines += [run.note, run.reason]
        self.say(lines, layout=True)

    # What a person wants

    def action_sort_by(self, by: int) -> None:
        """Sort by the column beside the one that counts now."""
        self._sort(self.table.neighbour(by))

    def action_invert(self) -> None:
        """Turn the order round."""
        self.is_reversed = not self.is_reversed
        self.fill()

    def action_lay(self) -> None:
        """Lay the run under the cursor over the others, or take it away."""
        if self.key_at_cursor is not None:
            self.post_message(self.Toggled(self.key_at_cursor))

    def action_best(self) -> None:
        """Lay the first runs of the table over each other, of those that have a curve."""
        begun = {run.name for run in self.shown if run.step}
        self.post_message(self.BestWanted(tuple(row.key for row in self.table.rows if row.key in begun)))

    def action_more(self, by: int) -> None:
        """Let more or fewer runs train at once."""
        self.post_message(self.ParallelWanted(by))

    @on(TableHead.Clicked)
    def _head_clicked(self, event: TableHead.Clicked) -> None:
        event.stop()
        if event.key == self.sorted_by:
            self.action_invert()
        else:
            self._sort(event.key)

    def _sort(self, key: str) -> None:
        self.sorted_by, self.is_reversed = key, False
        self.fill()

    @on(PickList.Chosen)
    def _chosen(self, event: PickList.Chosen) -> None:
        event.stop()
        if self.key_at_cursor is not None:
            self.post_message(self.Chosen(self.key_at_cursor))
