"""The runs of the folder, each with its state."""

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from makemore_tui.look import look_of
from makemore_tui.panes.train.run_line import Columns, curve_mark, details, is_other, other_mark, summary_line
from makemore_tui.widgets.line_chart.palette import line_color

if TYPE_CHECKING:
    from makemore_core.runs.listing import RunSummary

EMPTY, EMPTY_READ_ONLY = "no runs yet: n starts one", "no runs yet"


class Runs(OptionList):
    """The list itself, with its key on the last line."""

    BINDINGS = [Binding("enter", "select", "watch")]


class RunList(Vertical):
    """A list to choose a run from, and below it what more there is to say of the run at hand."""

    DEFAULT_CSS = """
    RunList {
        border: round $foreground 30%;
        border-title-color: $primary;
        padding: 0 1;
        &:focus-within { border: round $border; }
        & > OptionList { height: 1fr; border: none; padding: 0; background: transparent; scrollbar-size-vertical: 1; }
        & > OptionList:focus { border: none; }
        & > OptionList > .option-list--option { padding: 0; }
        & > OptionList > .option-list--option-highlighted { background: $foreground 12%; color: $foreground; }
        & > OptionList:focus > .option-list--option-highlighted { background: $primary 35%; color: $foreground; }
        &.-empty > OptionList { height: 1; }
        & > #details { height: auto; max-height: 6; }
    }
    """

    class Chosen(Message):
        """A person chose this run."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "runs"
        self.add_class("-empty")
        self.runs: tuple[RunSummary, ...] = ()
        self.content = ""
        """The identity of the list that is open: runs that learnt from another one are marked."""
        self.marks: dict[str, int] = {}
        """The slots of the runs that are laid over each other, by name."""

    def compose(self) -> ComposeResult:
        """The list, and the run at hand in full."""
        yield Runs(compact=True, markup=False)
        yield Static(self._empty, id="details", markup=False)

    @property
    def _empty(self) -> str:
        return EMPTY_READ_ONLY if getattr(self.app, "read_only", False) else EMPTY

    def show(self, runs: "list[RunSummary]", content: str = "") -> None:
        """Take the runs, and the identity of the list that is open; only lines that changed are painted anew."""
        fresh = tuple(runs)
        if fresh == self.runs and content == self.content:
            return
        same = content == self.content and [run.name for run in fresh] == [run.name for run in self.runs]
        self.content = content
        self.set_class(not fresh, "-empty")
        stale, self.runs = self.runs, fresh
        if not self.children:  # not yet composed, and filled when its size is known; or the app is leaving
            return
        options = self.query_one(OptionList)
        if same:
            columns = self._columns
            for index, (old, new) in enumerate(zip(stale, fresh, strict=True)):
                if old != new:
                    options.replace_option_prompt_at_index(index, self._line(new, columns))
        else:
            self._fill()
        self._explain()

    def on_resize(self) -> None:
        """The lines depend on the room."""
        if self.runs:
            self._fill()

    def _fill(self) -> None:
        options = self.query_one(OptionList)
        chosen = options.highlighted_option
        columns = self._columns
        options.set_options([Option(self._line(run, columns), id=run.name) for run in self.runs])
        names = [run.name for run in self.runs]
        if names:
            options.highlighted = names.index(chosen.id) if chosen is not None and chosen.id in names else 0

    @property
    def _ascii(self) -> bool:
        return look_of(self.app).ascii

    @property
    def _columns(self) -> Columns:
        room = self.content_size.width - 1  # beside the scroll bar
        return Columns.for_room(max(20, room), max((cell_len(run.name) for run in self.runs), default=0))

    def _line(self, run: "RunSummary", columns: Columns) -> Content:
        mark = self._mark(self.marks[run.name]) if run.name in self.marks else None
        return summary_line(run, columns, other=is_other(run, self.content), ascii_only=self._ascii, mark=mark)

    def _mark(self, slot: int) -> Content:
        color = line_color(slot, look_of(self.app).depth, self.background_colors[1], self.styles.color)
        return curve_mark(slot, color, ascii_only=self._ascii)

    def mark(self, slots: dict[str, int]) -> None:
        """Show which runs are laid over each other."""
        stale, self.marks = self.marks, slots
        options, columns = self.query_one(OptionList), self._columns
        for index, run in enumerate(self.runs):
            if stale.get(run.name) != slots.get(run.name):
                options.replace_option_prompt_at_index(index, self._line(run, columns))

    @property
    def at_cursor(self) -> str | None:
        """The name of the run under the cursor."""
        chosen = self.query_one(OptionList).highlighted_option
        return None if chosen is None else chosen.id

    @on(OptionList.OptionHighlighted)
    def _explain(self) -> None:
        index = self.query_one(OptionList).highlighted
        run = self.runs[index] if index is not None and index < len(self.runs) else None
        words = details(run, other=is_other(run, self.content)) if run is not None else Content(self._empty)
        self.query_one("#details", Static).update(words)
        others = any(is_other(one, self.content) for one in self.runs)
        mark = other_mark(ascii_only=self._ascii)
        self.border_subtitle = f"{mark} learnt from another list than the one that is open" if others else None

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.post_message(self.Chosen(event.option_id))

    def focus_list(self) -> None:
        """Give the focus to the list, with the cursor where it was."""
        self.query_one(OptionList).focus()

    def put_cursor(self, name: str | None) -> None:
        """Put the cursor on the run of this name, where it is there."""
        names = [run.name for run in self.runs]
        if name in names:
            self.query_one(OptionList).highlighted = names.index(name)
