"""The first lines of the pane: what the map shows, and how well it predicts."""

from rich.cells import cell_len
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
        self._notes: tuple[str, ...] = ()
        self._losses: tuple[str, ...] = ()
        self._warning = ""

    def show(self, view: View, notes: tuple[str, ...], losses: tuple[str, ...], warning: str = "") -> None:
        """Show this choice, as many of the notes beside it as there is room for, and the line below.

        `losses` says the same in ever fewer words: the first that fits is shown. A warning comes before the notes.
        """
        self._view, self._notes, self._losses, self._warning = view, notes, losses, warning
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """Two rows."""
        inks = self.inks
        row: Row = [span(chip(view), inks.picked if view is self._view else inks.plain) for view in View]
        room = width - row_width(row) - 2
        if room > 0 and self._warning:
            warning = fit(f"! {self._warning}", room).rstrip()
            row += [span("  "), span(warning, inks.forced)]
            room -= cell_len(warning) + 2
        if note := joined(self._notes, room):
            row += [span("  "), span(note, inks.muted)]
        elif self._notes and not self._warning:
            row += [span("  "), span(fit(self._notes[0], room).rstrip(), inks.muted)]
        fitting = (loss for loss in self._losses if cell_len(loss) < width)
        loss = next(fitting, self._losses[-1] if self._losses else "")
        return [row, [span(fit(f" {loss}", width), inks.plain)]]

    def on_click(self, event: events.Click) -> None:
        """Choose the view under the mouse."""
        if event.y == 0 and (view := view_at(event.x)) is not None:
            self.post_message(self.Chosen(view))


def joined(notes: tuple[str, ...], room: int) -> str:
    """As many of the first notes as fit whole."""
    for count in range(len(notes), 0, -1):
        if cell_len(text := "; ".join(notes[:count])) <= room:
            return text
    return ""


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
