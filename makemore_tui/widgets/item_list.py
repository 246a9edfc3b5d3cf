"""The items that were generated, with what the model thinks of them and whether the data holds them."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import Inked, Row, fit, ink_css, right, row_text, span, strip_of

NUMBER, NLL, WHERE = 6, 6, 7
"""The cells of the columns beside the text."""

EMPTY = ("nothing yet: enter draws a character,", "end finishes an item, ^g makes many")


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


class ItemList(ScrollView, Inked, can_focus=True, inherit_bindings=False):
    """Draws items, one a row, the newest last; follows the end unless it was scrolled away from it.

    The heading over the items in the window stays in its first row, so that every item is seen with its model; it is
    drawn as a bar while the list has the focus.
    """

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
    BINDINGS = [
        Binding("up", "scroll_up", "scroll the items up", show=False),
        Binding("down", "scroll_down", "scroll the items down", show=False),
        Binding("pageup", "page_up", "a page of items up", show=False),
        Binding("pagedown", "page_down", "a page of items down", show=False),
    ]

    items: tuple[ListedItem, ...] = ()
    _following = True

    def show(self, items: tuple[ListedItem, ...]) -> None:
        """Take the whole list; rows that stay are not painted again."""
        if items is self.items:
            return
        following = self._following
        stale, self.items = self.items, items
        self.virtual_size = Size(self.scrollable_content_region.width, max(len(items), 1))
        self._refresh_changed(stale, items)
        self._follow(following)

    def on_focus(self) -> None:
        """The first row says so."""
        self.refresh(Region(0, 0, self.size.width, 1))

    def on_blur(self) -> None:
        """The first row says so."""
        self.refresh(Region(0, 0, self.size.width, 1))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Who scrolls away from the end stays there; who comes back to it follows it again."""
        super().watch_scroll_y(old_value, new_value)
        self._following = round(new_value) >= self.max_scroll_y

    def on_resize(self, _event: events.Resize) -> None:
        """Show the same end of the list in another room."""
        following = self._following
        self.redraw()
        self._follow(following)

    def _follow(self, following: bool) -> None:
        self._following = following
        if following:
            # Forced, as the scroll bar that allows it may only come with this change.
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def _refresh_changed(self, stale: tuple[ListedItem, ...], fresh: tuple[ListedItem, ...]) -> None:
        top = self.scroll_offset.y
        width, height = self.scrollable_content_region.size
        for y in range(height):
            if stale[top + y : top + y + 1] != fresh[top + y : top + y + 1] or not fresh:
                self.refresh(Region(0, y, width, 1))

    def render_line(self, y: int) -> Strip:
        """The item at this row of the window."""
        width = self.scrollable_content_region.width
        index = self.scroll_offset.y + y
        inks = self.inks
        if not self.items:
            row: Row = [span(EMPTY[y] if y < len(EMPTY) else "", inks.muted)]
        elif index < len(self.items):
            row = item_row(heading_over(self.items, index) if y == 0 else self.items[index], width, inks, self.marks)
        else:
            row = []
        if y == 0 and self.has_focus:
            row = [span(fit(row_text(row), width), inks.picked)]
        return strip_of(row, width).apply_style(self.rich_style)

    def redraw(self) -> None:
        """Draw everything again: the colours or the room changed."""
        self.virtual_size = Size(self.scrollable_content_region.width, max(len(self.items), 1))
        self.refresh()


def heading_over(items: tuple[ListedItem, ...], index: int) -> ListedItem:
    """The heading of the item at this place; the item itself where it has none."""
    return next((items[place] for place in range(index, -1, -1) if items[place].heading), items[index])


def item_row(item: ListedItem, width: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE) -> Row:
    """The number, the text, the NLL, where the data holds it, and the note where it fits."""
    note = 9 if width >= 48 else 0
    room = max(width - NUMBER - NLL - WHERE - note, 4)
    if item.heading:
        columns = f"{'NLL':>{NLL}}  {fit('data', WHERE - 2)}" if cell_len(item.text) <= room + NUMBER else ""
        name = clip(item.text, room + NUMBER if columns else width, marks)
        return [span(name, inks.strong), span(columns, inks.muted)]
    nll = marks.infinite if item.nll == float("inf") else f"{item.nll:.2f}"
    is_new = item.where == "new"
    return [
        span(f"{item.number:>{NUMBER - 1}} ", inks.muted),
        span(clip(item.text or "(nothing)", room, marks), inks.strong if is_new else inks.plain),
        span(f"{nll:>{NLL}}  "),
        span(fit(item.where, WHERE - 2), inks.after if is_new else inks.muted),
        span(right(item.note, note), inks.muted),
    ]


def clip(text: str, width: int, marks: Marks = UNICODE) -> str:
    """The text in exactly `width` cells, its cut marked with an ellipsis."""
    fitted = fit(text, width)
    return fitted if fitted.rstrip() == text.rstrip() else fit(text, width - 1) + marks.ellipsis
