"""The first lines of the pane: what the map shows, and how well it predicts."""

from textual import events
from textual.message import Message

from makemore_tui.panes.bigrams.options import View
from makemore_tui.widgets.rows import Row, Rows, fit, row_width, span


class Controls(Rows):
    """The choice of views, with a note at its right; below, one line on smoothing and loss. Views can be clicked."""

    DEFAULT_CSS = """
    Controls { height: 2; padding: 0 1 0 0; }
    """

    class Chosen(Message):
        """A view was clicked."""

        def __init__(self, view: View) -> None:
            super().__init__()
            self.view = view

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view = View.COUNTS
        self._note = self._loss = ""

    def show(self, view: View, note: str, loss: str) -> None:
        """Show this choice, the note beside it, and the line below."""
        self._view, self._note, self._loss = view, note, loss
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """Two rows."""
        inks = self.inks
        row: Row = [span(chip(view), inks.picked if view is self._view else inks.plain) for view in View]
        room = width - row_width(row) - 2
        if room > 0:
            row += [span("  "), span(fit(self._note, room).rstrip(), inks.muted)]
        return [row, [span(fit(" " + self._loss, width), inks.plain)]]

    def on_click(self, event: events.Click) -> None:
        """Choose the view under the mouse."""
        if event.y == 0 and (view := view_at(event.x)) is not None:
            self.post_message(self.Chosen(view))


def chip(view: View) -> str:
    """How a view is written."""
    return f" {view.value} "


def view_at(x: int) -> View | None:
    """The view whose word covers this column."""
    for view in View:
        if x < len(chip(view)):
            return view
        x -= len(chip(view))
    return None
