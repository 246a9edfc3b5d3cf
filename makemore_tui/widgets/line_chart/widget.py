"""The widget: keeps the frame that it drew and repaints only the cells that a new one changes."""

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from makemore_tui.look import ColorDepth, Look
from makemore_tui.widgets.line_chart.drawing import Chart, draw
from makemore_tui.widgets.line_chart.frame import Frame
from makemore_tui.widgets.line_chart.palette import ink_styles


class LineChart(Widget):
    """Shows a `Chart`. Set `chart` as often as you like: it is drawn at most four times a second, and only while shown.

    Textual sends a dirty region whole, changed or not, so a chart that refreshed itself would send 20 kB for one
    new point. This one compares frames and refreshes the stretch of each row that differs.
    """

    DEFAULT_CSS = """
    LineChart { height: 1fr; width: 1fr; min-height: 5; }
    """

    INTERVAL = 0.25
    """Seconds between two draws, at least."""

    chart: reactive[Chart] = reactive(Chart(), repaint=False, init=False)

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._frame = Frame.blank(0, 0)
        self._stale = True
        self._rest: Timer | None = None
        self._inks: dict[int, Style] = {}
        self._inks_for: tuple[ColorDepth, Color, Color] | None = None

    def watch_chart(self) -> None:
        """Draw the new chart now, or when the time since the last draw is over."""
        self._stale = True
        if self._rest is None:
            self._redraw()

    def on_resize(self, event: events.Resize) -> None:
        """Draw at the new size at once."""
        self._stale = True
        self._redraw()

    def on_show(self) -> None:
        """Catch up with what came while hidden."""
        self._redraw()

    def render_line(self, y: int) -> Strip:
        """One row of the frame."""
        base, inks = self.rich_style, self._palette()
        if y >= self._frame.height:
            return Strip.blank(self.size.width, base)
        segments = [Segment(text, base + inks.get(ink, Style())) for text, ink in self._frame.runs(y)]
        return Strip(segments, self._frame.width).adjust_cell_length(self.size.width, base)

    @property
    def _look(self) -> Look:
        look = getattr(self.app, "look", None)
        return look if isinstance(look, Look) else Look()

    def _palette(self) -> dict[int, Style]:
        background, foreground = self.background_colors[1], self.styles.color
        key = (self._look.depth, background, foreground)
        if key != self._inks_for:
            self._inks_for, self._inks = key, ink_styles(*key)
        return self._inks

    def _redraw(self) -> None:
        """Compare the frame that is due with the one on the screen, and refresh where they differ."""
        if not self._stale or not self.is_attached or not self.is_on_screen or not self.size:
            return
        self._stale = False
        width, height = self.size
        look = self._look
        mono = look.depth is ColorDepth.MONOCHROME
        frame = draw(self.chart, width, height, ascii_only=look.ascii, dashed=mono)
        older, self._frame = self._frame, frame
        if (older.width, older.height) != (width, height):
            self.refresh()
        else:
            for y, found in frame.changes(older).items():
                self.refresh(*(Region(start, y, end - start, 1) for start, end in found))
        self._rest = self.set_timer(self.INTERVAL, self._rested)

    def _rested(self) -> None:
        self._rest = None
        self._redraw()
