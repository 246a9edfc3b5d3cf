"""Small parts of the look inside: its first line, and the list of parameters."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from makemore_tui.display import fit as fit_text
from makemore_tui.display import visible
from makemore_tui.panes.inside.drawing import Labels
from makemore_tui.widgets.inks import Inks
from makemore_tui.widgets.note_line import Piece
from makemore_tui.widgets.rows import Row, span

if TYPE_CHECKING:
    from makemore_tui.panes.inside.looking import Seen

LONGEST_TEXT = 24
"""Cells of the text in the first line, at the most: of a longer one the end is shown."""


def title_line(seen: "Seen", labels: Labels, width: int) -> list[Piece]:
    """The model and the text that are looked at; the name of the model gives way to the text."""
    text = "".join(labels.all(seen.text))
    while cell_len(text) > LONGEST_TEXT:
        text = text[1:]
    what = "  an item of the list: " if seen.is_example else "  text: "
    room = max(width - len("inside ") - len(what) - cell_len(text), 8)
    source = visible(seen.source, ascii=labels.ascii_only)
    source = fit_text(source, room, ascii=labels.ascii_only).rstrip()
    return [("inside ", "muted"), (source, "strong"), (what, "muted"), (text or "(none)", "strong")]


@dataclass(frozen=True)
class NameRows:
    """Parameters to choose from, as a source of rows for a `PickList`."""

    names: tuple[tuple[str, str], ...]
    """The name and the sizes of each."""

    @property
    def width(self) -> int:
        """Cells for all of them, and a scroll bar."""
        return max(cell_len(name) + 1 + cell_len(sizes) for name, sizes in self.names) + 1

    def __len__(self) -> int:
        return len(self.names)

    def row(self, place: int, width: int, inks: Inks, ascii: bool) -> Row:
        """The name, and its sizes against the right edge where there is room."""
        name, sizes = self.names[place]
        room = width - cell_len(sizes) - 1
        if cell_len(name) > room:
            return [span(fit_text(name, width, ascii=ascii), inks.plain)]
        return [span(fit_text(name, room, ascii=ascii), inks.plain), span(f" {sizes}", inks.muted)]
