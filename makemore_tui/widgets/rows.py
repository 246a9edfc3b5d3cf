"""A widget made of whole rows, which repaints only the rows that changed."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App
from textual.css.model import RuleSet
from textual.dom import DOMNode
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from makemore_tui.look import Look, look_of
from makemore_tui.widgets.inks import Inks, Marks, fixed_inks, marks_for

Row = list[Segment]
"""One row of a widget, from the left; what it leaves free on the right stays blank."""


INK_NAMES = ("strong", "muted", "picked", "forced", "cut", "before", "after", "segment_a", "segment_b")
"""The inks that the style sheet says; its classes have dashes in place of underscores."""

_INK_CSS = """
WIDGET {
    color: $foreground;
    & > .ink--strong { text-style: bold; }
    & > .ink--muted { color: $text-muted; }
    & > .ink--picked { background: $accent; color: auto; text-style: bold; }
    & > .ink--forced { color: $text-primary; text-style: bold underline; }
    & > .ink--cut { color: $text-error; }
    & > .ink--before { color: $foreground 55%; }
    & > .ink--after { color: $success; }
    & > .ink--segment-a { background: $primary 75%; color: auto; }
    & > .ink--segment-b { background: $primary 40%; color: auto; }
}
"""


def ink_css(widget: str) -> str:
    """The style sheet that gives a widget the colours of the theme for its inks.

    A widget whose first base is not `Inked` needs it by itself: Textual follows first bases alone.
    """
    return _INK_CSS.replace("WIDGET", widget)


class _Mixed:
    """The inks that the widgets of an app have asked for, by the ground and colour that they are laid on.

    They are no component classes: Textual would style all of them anew for each widget at every change of its classes
    or focus, nine times the work for the widget itself.
    """

    def __init__(self, rules: list[RuleSet]) -> None:
        self.rules = rules
        """The style sheet that they are of."""
        self.inks: dict[object, Inks] = {}


_MIXED: WeakKeyDictionary[App[object], _Mixed] = WeakKeyDictionary()


class Inked(Widget):
    """A widget that draws in the inks of the theme, or in those of a terminal with fewer colours."""

    DEFAULT_CSS = ink_css("Inked")

    @property
    def look(self) -> Look:
        """What the terminal can show."""
        return look_of(self.app)

    @property
    def rich_style(self) -> Style:
        """The style of the widget as Textual remembers it: from a node, it asks all above it again at each line."""
        return self.visual_style.rich_style

    @property
    def marks(self) -> Marks:
        """The signs that the terminal can show."""
        return marks_for(self.look)

    @property
    def inks(self) -> Inks:
        """The inks of the theme, or those of a terminal with fewer colours."""
        if (fixed := fixed_inks(self.look.depth)) is not None:
            return fixed
        rules = self.app.stylesheet.rules
        mixed = _MIXED.get(self.app)
        if mixed is None or mixed.rules is not rules:
            _MIXED[self.app] = mixed = _Mixed(rules)
        ground = self.visual_style
        if ground not in mixed.inks:
            styles = {name: self._mix(f"ink--{name.replace('_', '-')}") for name in INK_NAMES}
            mixed.inks[ground] = Inks(plain=Style(), colored=True, **styles)
        return mixed.inks[ground]

    def _mix(self, ink: str) -> Style:
        """The style of a class below the widget, as Textual finds that of a component."""
        node = DOMNode(classes=ink)
        node._attach(self)
        self.app.stylesheet.apply(node, animate=False)
        return node.rich_style

    def redraw(self) -> None:
        """Draw again what changed."""
        raise NotImplementedError

    def notify_style_update(self) -> None:
        """The theme changed: every row is drawn anew in its colours."""
        super().notify_style_update()
        if self.is_attached:
            self.call_later(self.redraw)


class Rows(Inked):
    """The base of widgets that draw plain data as rows.

    A subclass says in `draw` what the rows are for a size; `redraw` compares them with those on the screen, and asks
    for a repaint of the ones that differ. A widget that is hidden draws nothing.
    """

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._strips: list[Strip] = []

    def draw(self, width: int, height: int) -> list[Row]:
        """The rows for a content area of this size; rows beyond `height` are not shown."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw again what changed. Call it when the data did."""
        width, height = self.content_size
        if not self.is_attached or not width or not height:
            return
        fresh = [strip_of(row, width) for row in self.draw(width, height)[:height]]
        fresh += [Strip.blank(width)] * (height - len(fresh))
        stale = self._strips
        self._strips = fresh
        if len(stale) != len(fresh):
            self.refresh()
            return
        changed = [y for y, (old, new) in enumerate(zip(stale, fresh, strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """The row at `y`, as it was last drawn."""
        if y >= len(self._strips):
            return Strip.blank(self.content_size.width, self.rich_style)
        return self._strips[y].apply_style(self.rich_style)

    def on_resize(self, _event: events.Resize) -> None:
        """Rows depend on the room."""
        self.redraw()


def strip_of(row: Iterable[Segment], width: int) -> Strip:
    """A row as a strip of exactly `width` cells: cut at the right, or filled up with blanks."""
    return Strip(row).simplify().adjust_cell_length(width)


def span(text: str, style: Style | None = None) -> Segment:
    """A piece of a row. The text is shown as it is: it must not hold control characters."""
    return Segment(text, style)


def fit(text: str, width: int) -> str:
    """The text in exactly `width` cells, cut or filled up with blanks at the right."""
    return set_cell_size(text, width)


def right(text: str, width: int) -> str:
    """The text in exactly `width` cells, against the right edge; what does not fit is cut at the right."""
    missing = width - cell_len(text)
    return " " * missing + text if missing >= 0 else set_cell_size(text, width)


def row_text(row: Iterable[Segment]) -> str:
    """The characters of a row without their styles."""
    return "".join(segment.text for segment in row)


def row_width(row: Iterable[Segment]) -> int:
    """The cells that a row takes."""
    return sum(segment.cell_length for segment in row)
