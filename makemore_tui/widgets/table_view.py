"""A sorted table in a border: titles, rows with a cursor, and below them what there is to say of the row at hand."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from makemore_tui.display import visible
from makemore_tui.look import Look, look_of
from makemore_tui.widgets.line_chart.glyphs import ASCII, UNICODE
from makemore_tui.widgets.line_chart.palette import line_color
from makemore_tui.widgets.pick_list import PickList
from makemore_tui.widgets.sorted_table import Table, TableHead, rows_of


class TableView(Vertical):
    """What views of a table have in common; how the table comes about is theirs."""

    DEFAULT_CSS = """
    TableView {
        border: round $foreground 30%;
        border-title-color: $primary;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        &:focus-within { border: round $border; }
        & > PickList { height: 1fr; }
        & > .details { height: auto; color: $text-muted; }
    }
    """

    def __init__(self, rows: PickList, details: str, *, id: str | None = None) -> None:
        """`details` is the id of the lines below the rows."""
        super().__init__(id=id)
        self.head, self.rows = TableHead(), rows
        self.details = Static("", id=details, classes="details", markup=False)

    def compose(self) -> ComposeResult:
        """Titles, rows, and what there is to say of the row at hand."""
        yield self.head
        yield self.rows
        yield self.details

    @property
    def table(self) -> Table:
        """The table as it is shown."""
        source = self.rows.source
        return source if isinstance(source, Table) else Table()

    @property
    def key_at_cursor(self) -> str | None:
        """The key of the row under the cursor."""
        return self.table.rows[self.rows.cursor].key if len(self.table) else None

    def fill(self) -> None:
        """Make the table anew, and show it."""
        raise NotImplementedError

    def explain(self) -> None:
        """Say what there is to say of the row under the cursor."""
        raise NotImplementedError

    def put(self, table: Table, cursor: str | None) -> None:
        """Show a table with the cursor on the row with this key; only rows that changed are painted anew."""
        if table != self.rows.source:
            self.rows.show(table, rows_of(table.rows, cursor), keep_scroll=True)
        self.head.show(table, self.rows.scrollable_content_region.width)
        self.explain()

    def say(self, lines: Sequence[str], *, layout: bool) -> None:
        """The lines below the rows; `layout`: their number may change the room of the rows."""
        words = Content("\n".join(visible(line, ascii=self.look.ascii) for line in lines if line))
        if self.details.content != words:
            self.details.update(words, layout=layout)

    @property
    def look(self) -> Look:
        """How the terminal shows things."""
        return look_of(self.app)

    def mark_of(self, slot: int) -> tuple[str, str]:
        """The sign of a curve and its colour, as they are on the chart."""
        color = line_color(slot, self.look.depth, self.background_colors[1], self.styles.color)
        return (ASCII if self.look.ascii else UNICODE).markers[slot], color

    def on_resize(self) -> None:
        """The columns depend on the room."""
        self.call_after_refresh(self.fill)

    def focus_list(self) -> None:
        """Give the focus to the rows."""
        self.rows.focus()

    @on(PickList.Picked)
    def _picked(self, event: PickList.Picked) -> None:
        event.stop()
        self.explain()
