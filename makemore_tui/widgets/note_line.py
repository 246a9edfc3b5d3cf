"""One line of words, some of them set off."""

from collections.abc import Sequence

from makemore_tui.widgets.rows import Row, Rows, span

Piece = tuple[str, str]
"""A text and what it is drawn in: the name of one of the `Inks`."""


class NoteLine(Rows):
    """Draws pieces of text one after the other; what does not fit is cut at the right."""

    data: tuple[Piece, ...] = ()

    def show(self, *pieces: Piece) -> None:
        """Take new words."""
        self.data = pieces
        self.redraw()

    @property
    def text(self) -> str:
        """The words."""
        return "".join(text for text, _ in self.data)

    def draw(self, width: int, height: int) -> list[Row]:
        """The line."""
        return [note_row(self.data, self.inks)]


def note_row(pieces: Sequence[Piece], inks: object) -> Row:
    """The pieces in their inks."""
    return [span(text, getattr(inks, ink)) for text, ink in pieces]
