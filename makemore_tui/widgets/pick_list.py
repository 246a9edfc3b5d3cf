"""A list of any length with a cursor: draws the rows that are on the screen and asks for no others."""

from dataclasses import dataclass
from typing import Protocol

from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from makemore_tui.widgets.inks import Inks
from makemore_tui.widgets.rows import Row, Rows, fit, span, strip_of


class RowSource(Protocol):
    """What a list shows."""

    def __len__(self) -> int:
        """How many rows there are."""

    def row(self, place: int, width: int, inks: Inks, ascii: bool) -> Row:
        """The row at this place, in at most `width` cells."""


@dataclass(frozen=True)
class Nothing:
    """An empty list, and the words that stand in its place."""

    words: str = ""

    def __len__(self) -> int:
        return 0

    def row(self, place: int, width: int, inks: Inks, ascii: bool) -> Row:
        """No row is asked for."""
        raise IndexError(place)


class PickList(Rows, ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a RowSource. The cursor moves with keys and clicks; `Picked` says where it stands.

    Rows are cut to the room: the keys that would scroll sideways are left to what it stands in.
    """

    COMPONENT_CLASSES = {"pick-list--cursor", "pick-list--cursor-blurred"}

    DEFAULT_CSS = """
    PickList {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .pick-list--cursor { background: $foreground; color: $background; text-style: bold; }
        & > .pick-list--cursor-blurred { background: $foreground 20%; text-style: bold; }
    }
    """

    BINDINGS = [
        Binding("up", "move(-1)", "up", show=False),
        Binding("down", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home", "edge(-1)", "first", show=False),
        Binding("end", "edge(1)", "last", show=False),
        Binding("enter", "choose", "choose", show=False),
    ]

    @dataclass
    class Picked(Message):
        """The cursor stands on another row, or on a row of another source."""

        list: "PickList"
        place: int

        @property
        def control(self) -> "PickList":
            """The list."""
            return self.list

    @dataclass
    class Chosen(Message):
        """A row was chosen: enter, or a click on the row under the cursor."""

        list: "PickList"
        place: int

        @property
        def control(self) -> "PickList":
            """The list."""
            return self.list

    def __init__(self, source: RowSource | None = None, *, with_cursor: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self.source: RowSource = source if source is not None else Nothing()
        self.cursor = 0
        self.with_cursor = with_cursor
        self._line_inks: Inks | None = None

    def show(self, source: RowSource, cursor: int = 0, *, keep_scroll: bool = False) -> None:
        """Show another source, with the cursor at this place; lines that stay the same are not painted again.

        `keep_scroll`: it is the same list with other content, so the window stays where it is if it shows the cursor.
        """
        stale, top = self._lines(), self.scroll_offset.y
        self.source = source
        self.cursor = max(min(cursor, len(source) - 1), 0)
        self._fit_to_source()
        wanted = self._scroll_for(self.cursor, top if keep_scroll else 0)
        self.scroll_to(y=wanted, animate=False, immediate=True, force=True)
        if self.scroll_offset.y == top:
            fresh = self._lines()
            changed = [y for y, (old, new) in enumerate(zip(stale, fresh, strict=True)) if old != new]
            self._refresh_lines(*changed)
        else:
            self.refresh()
        self._say()

    def move_to(self, place: int) -> None:
        """Put the cursor on this place and bring it into view."""
        place = max(min(place, len(self.source) - 1), 0)
        if place == self.cursor or not len(self.source):
            return
        stale, self.cursor = self.cursor, place
        top = self.scroll_offset.y
        wanted = self._scroll_for(place, top)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True, force=True)
        self._refresh_lines(stale - top, place - top)
        self._say()

    def action_move(self, rows: int) -> None:
        """Move the cursor, or the view where there is no cursor."""
        if self.with_cursor:
            self.move_to(self.cursor + rows)
        else:
            self.scroll_relative(y=rows, animate=False, immediate=True)

    def action_page(self, pages: int) -> None:
        """Move by what is on the screen."""
        self.action_move(pages * max(self.content_size.height - 1, 1))

    def action_edge(self, direction: int) -> None:
        """Move to the first or the last row."""
        self.action_move(direction * max(len(self.source), 1))

    def action_choose(self) -> None:
        """Say that the row under the cursor was chosen."""
        if len(self.source) and self.with_cursor:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; on the cursor, it chooses."""
        offset = event.get_content_offset(self)
        place = self.scroll_offset.y + offset.y if offset is not None else len(self.source)
        if not self.with_cursor or place >= len(self.source):
            return
        if place == self.cursor:
            self.action_choose()
        else:
            self.move_to(place)

    def on_focus(self) -> None:
        """The cursor is drawn in another way."""
        self._refresh_cursor()

    def on_blur(self) -> None:
        """The cursor is drawn in another way."""
        self._refresh_cursor()

    def redraw(self) -> None:
        """Draw everything again: the colours or the room changed."""
        self._fit_to_source()
        if self.is_attached and self.content_size.height:
            wanted = self._scroll_for(self.cursor, self.scroll_offset.y) if self.with_cursor else self.scroll_offset.y
            if wanted != self.scroll_offset.y:
                self.scroll_to(y=wanted, animate=False, immediate=True, force=True)
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Look the inks up once for all lines."""
        self._line_inks = self.inks
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """The row of the source at this line of the window."""
        inks = self._line_inks = self._line_inks or self.inks
        width = self.scrollable_content_region.width
        place = self.scroll_offset.y + y
        if not len(self.source) and y == 0:
            words = getattr(self.source, "words", "")
            return strip_of([span(fit(words, width), inks.muted)], width).apply_style(self.rich_style)
        if place >= len(self.source):
            return Strip.blank(width, self.rich_style)
        strip = strip_of(self.source.row(place, width, inks, self.look.ascii), width)
        if place == self.cursor and self.with_cursor:
            style = self.get_component_rich_style(f"pick-list--cursor{'' if self.has_focus else '-blurred'}")
            return Strip([span(strip.text)], width).apply_style(style)
        return strip.apply_style(self.rich_style)

    def _fit_to_source(self) -> None:
        # The width is left to the room: rows are cut to it, and nothing scrolls sideways.
        self.virtual_size = Size(0, max(len(self.source), 1))

    def _scroll_for(self, place: int, top: int) -> int:
        """The first row of the window that is nearest to `top` and shows this place."""
        height = max(self.content_size.height, 1)
        return max(min(top, place), place - height + 1, 0)

    def _lines(self) -> list[Strip]:
        return [self.render_line(y) for y in range(self.content_size.height)]

    def _refresh_lines(self, *lines: int) -> None:
        width, height = self.content_size
        if shown := [Region(0, y, width, 1) for y in lines if 0 <= y < height]:
            self.refresh(*shown)

    def _refresh_cursor(self) -> None:
        self._refresh_lines(self.cursor - self.scroll_offset.y)

    def _say(self) -> None:
        if len(self.source) and self.with_cursor:
            self.post_message(self.Picked(self, self.cursor))
