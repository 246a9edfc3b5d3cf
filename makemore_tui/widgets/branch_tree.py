"""Everything that was tried, as a tree: where two texts part, they branch."""

from dataclasses import dataclass

from textual import events
from textual.message import Message

from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import Row, Rows, span


@dataclass(frozen=True)
class BranchLine:
    """A run of characters without a fork."""

    node: int
    """The node at its end, to go back to."""

    guides: tuple[bool, ...]
    """For each line above it in the tree, from the root: whether that one has more siblings below. The last entry
    is the line's own; the root has none."""

    characters: tuple[tuple[str, bool], ...]
    """Its characters as shown, and whether each was forced."""

    here: bool = False
    note: str = ""


class BranchTree(Rows):
    """Draws branch lines, kept around the one where we are."""

    class Chosen(Message):
        """A line was clicked."""

        def __init__(self, node: int) -> None:
            self.node = node
            super().__init__()

    data: tuple[BranchLine, ...] = ()

    def show(self, data: tuple[BranchLine, ...]) -> None:
        """Take a new tree."""
        self.data = data
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The lines around the one where we are."""
        first = first_line(self.data, height)
        return [branch_row(line, self.inks, self.marks) for line in self.data[first : first + height]]

    def on_click(self, event: events.Click) -> None:
        """A click on a line goes there."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = first_line(self.data, self.content_size.height) + offset.y
        if index < len(self.data):
            self.post_message(self.Chosen(self.data[index].node))


def first_line(lines: tuple[BranchLine, ...], height: int) -> int:
    """Where to start so that the line where we are is shown, in the middle where the tree is taller than the room."""
    here = next((index for index, line in enumerate(lines) if line.here), 0)
    return min(max(here - height // 2, 0), max(len(lines) - height, 0))


def branch_row(line: BranchLine, inks: Inks = MONOCHROME, marks: Marks = UNICODE) -> Row:
    """The guides, the characters, and a note."""
    fork, last, through, blank = marks.branch
    guides = "".join(through if more else blank for more in line.guides[:-1])
    if line.guides:
        guides += fork if line.guides[-1] else last
    row: Row = [span(guides, inks.muted)]
    row += [span(symbol, inks.forced if forced else inks.strong) for symbol, forced in line.characters]
    if line.here:
        row.append(span(f" {marks.back} here", inks.picked))
    row.append(span(f"  {line.note}" if line.note else "", inks.muted))
    return row
