"""A few sentences, wrapped to the room; as tall as they are, up to a largest height."""

from rich.cells import cell_len
from textual.geometry import Size

from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import Row, Rows, fit, span

INDENT = "  "
"""Before what goes on from the row above."""


class WordLines(Rows):
    """Draws sentences, each from a row of its own on."""

    data: tuple[str, ...] = ()

    def show(self, data: tuple[str, ...]) -> None:
        """Take new sentences; where they need another height, the room is laid out anew."""
        if data == self.data:
            return
        stale = len(wrapped(self.data, self.content_size.width))
        self.data = data
        self.display = bool(data)
        if len(wrapped(data, self.content_size.width)) != stale:
            self.refresh(layout=True)
        self.redraw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the sentences take."""
        return len(wrapped(self.data, width))

    def draw(self, width: int, height: int) -> list[Row]:
        """The sentences; where there are too many rows, the first ones give way to the last."""
        return word_rows(self.data, width, height, self.inks, self.marks)


def word_rows(
    sentences: tuple[str, ...], width: int, height: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE
) -> list[Row]:
    """The rows. Without room for all, each sentence has one at least, from the last one up, and is cut there."""
    rows: list[Row] = []
    for before in range(len(sentences) - 1, -1, -1):
        sentence = sentences[before]
        room = max(height - len(rows) - before, 1)
        lines = wrapped((sentence,), width)
        if len(lines) > room:
            lines = [fit(sentence, width - 1) + marks.ellipsis] if cell_len(sentence) > width else [sentence]
        ink = inks.plain if before == len(sentences) - 1 else inks.muted
        rows = [*([span(line, ink)] for line in lines), *rows]
    return rows[-height:]


def wrapped(sentences: tuple[str, ...], width: int) -> list[str]:
    """The sentences in rows of at most so many cells, broken between words where that can be."""
    rows = []
    for sentence in sentences:
        row = ""
        for word in sentence.split(" "):
            longer = f"{row} {word}" if row else word
            if row.strip() and cell_len(longer) > width > 0:
                rows.append(row)
                longer = INDENT + word
            row = longer
        rows.append(row)
    return rows
