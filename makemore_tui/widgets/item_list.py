"""The items that were generated, with what the model thinks of them and whether the data holds them."""

from dataclasses import dataclass

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import INK_CLASSES, Inked, Row, fit, ink_css, right, span, strip_of


@dataclass(frozen=True)
class ListedItem:
    """One generated item, or a heading over those that follow."""

    text: str
    """As it is shown."""

    number: int = 0
    nll: float = 0.0
    """Mean NLL in nats per character, the end counted."""

    where: str = ""
    """Where the data holds it: `new`, `train`, `dev`, `test`; `?` where the data is not at hand."""

    note: str = ""
    """How it came about, where that is worth a word."""

    heading: bool = False


class ItemList(ScrollView, Inked, can_focus=True):
    """Draws items, one a row, the newest last; follows the end unless it was scrolled away from it."""

    COMPONENT_CLASSES = INK_CLASSES
    DEFAULT_CSS = (
        ink_css("ItemList")
        + """
    ItemList {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
    }
    """
    )

    items: tuple[ListedItem, ...] = ()

    def show(self, items: tuple[ListedItem, ...]) -> None:
        """Take the whole list; rows that stay are not painted again."""
        if items is self.items:
            return
        following = self.scroll_offset.y >= self.max_scroll_y
        stale, self.items = self.items, items
        self.virtual_size = Size(self.content_size.width, max(len(items), 1))
        self._refresh_changed(stale, items)
        if following:
            self.scroll_end(animate=False, immediate=True)

    def _refresh_changed(self, stale: tuple[ListedItem, ...], fresh: tuple[ListedItem, ...]) -> None:
        top = self.scroll_offset.y
        width, height = self.content_size
        for y in range(height):
            if stale[top + y : top + y + 1] != fresh[top + y : top + y + 1] or not fresh:
                self.refresh(Region(0, y, width, 1))

    def render_line(self, y: int) -> Strip:
        """The item at this row of the window."""
        width = self.content_size.width
        index = self.scroll_offset.y + y
        if not self.items and y == 0:
            row: Row = [span("nothing yet: enter draws a character,", self.inks.muted)]
        elif not self.items and y == 1:
            row = [span("end finishes an item, ^g makes many", self.inks.muted)]
        elif index < len(self.items):
            row = item_row(self.items[index], width, self.inks, self.marks)
        else:
            row = []
        return strip_of(row, width).apply_style(self.rich_style)

    def redraw(self) -> None:
        """Draw everything again: the colours or the room changed."""
        self.virtual_size = Size(self.content_size.width, max(len(self.items), 1))
        self.refresh()


def item_row(item: ListedItem, width: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE) -> Row:
    """The number, the text, the NLL, where the data holds it, and the note where it fits."""
    if item.heading:
        return [span(clip(item.text, width, marks), inks.muted)]
    tail = f"{item.nll:>6.2f}  " if item.nll != float("inf") else f"{marks.infinite:>6}  "
    note_width = 8 if width >= 48 else 0
    room = max(width - 5 - len(tail) - 7 - note_width, 4)
    text = item.text or f"({marks.dot})"
    return [
        span(f"{item.number:>4} ", inks.muted),
        span(clip(text, room, marks), inks.strong if item.where == "new" else inks.plain),
        span(tail),
        span(fit(item.where, 7), inks.after if item.where == "new" else inks.muted),
        span(right(item.note, note_width), inks.muted),
    ]


def clip(text: str, width: int, marks: Marks = UNICODE) -> str:
    """The text in exactly `width` cells, its cut marked with an ellipsis."""
    fitted = fit(text, width)
    return fitted if fitted.rstrip() == text.rstrip() else fit(text, width - 1) + marks.ellipsis
