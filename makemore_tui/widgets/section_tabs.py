"""One line of tabs, each called by its digit, and words at the right."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.message import Message

from makemore_tui.display import fit
from makemore_tui.widgets.rows import Row, Rows, right, span


class SectionTabs(Rows):
    """Shows which of some sections is at the front. A click asks for another."""

    DEFAULT_CSS = "SectionTabs { height: 1; }"

    @dataclass
    class Clicked(Message):
        """A person wants this section."""

        place: int

    def __init__(self, names: Sequence[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.names = tuple(names)
        self.current, self.note = 0, ""

    def show(self, current: int, note: str = "") -> None:
        """Bring another section to the front."""
        self.current, self.note = current, note
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The tabs, and what is left of the room for the note."""
        row: Row = []
        for place, name in enumerate(self.names):
            inks = self.inks
            mark = self.marks.here if place == self.current and not inks.colored else " "
            row.append(span(f"{mark}{place + 1} {name} ", inks.picked if place == self.current else inks.muted))
        used = sum(cell_len(segment.text) for segment in row)
        room = width - used - 1
        if self.note and room > 8:
            row.append(span(" " + right(fit(self.note, room, ascii=self.look.ascii).rstrip(), room), self.inks.muted))
        return [row]

    def on_click(self, event: events.Click) -> None:
        """Find out which tab was meant."""
        start = 0
        for place, name in enumerate(self.names):
            start += len(name) + 4
            if event.x < start:
                self.post_message(self.Clicked(place))
                return
