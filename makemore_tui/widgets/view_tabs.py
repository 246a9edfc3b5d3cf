"""The names of some views in a row, each with the digit that leads to it; those that cannot be had are greyed."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.message import Message

from makemore_tui.widgets.inks import MONOCHROME, Inks
from makemore_tui.widgets.rows import Row, span
from makemore_tui.widgets.spans import SpanRows


@dataclass(frozen=True)
class Tabs:
    """The names, which of them can be had, and which is shown."""

    names: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    current: str = ""


class ViewTabs(SpanRows):
    """Draws `Tabs` in one row. Keys belong to the pane; a click chooses."""

    DEFAULT_CSS = "ViewTabs { height: 1; }"

    class Chosen(Message):
        """A name was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    data: Tabs = Tabs()

    def show(self, data: Tabs) -> None:
        """Take other names, or another one of them."""
        if data != self.data:
            self.data = data
            self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The row."""
        return [tabs_row(self.data, self.inks)]

    def on_click(self, event: events.Click) -> None:
        """Choose the name that was hit."""
        event.stop()
        offset = event.get_content_offset(self)
        end = 0
        for number, name in enumerate(self.data.names, 1):
            end += cell_len(_title(self.data, number, name))
            if offset is not None and offset.x < end:
                self.post_message(self.Chosen(name))
                return


def tabs_row(data: Tabs, inks: Inks = MONOCHROME) -> Row:
    """The names; one that cannot be had has a dash for its digit, so that it is told apart without colour."""
    row: Row = []
    for number, name in enumerate(data.names, 1):
        style = inks.picked if name == data.current else inks.muted if name in data.missing else inks.plain
        row.append(span(_title(data, number, name), style))
    return row


def _title(data: Tabs, number: int, name: str) -> str:
    return f" {'-' if name in data.missing else number} {name} "
