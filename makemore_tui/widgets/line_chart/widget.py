"""The widget: keeps the frame that it drew, repaints only the cells that a new one changes, and tells of the mouse."""

import time
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from makemore_tui.look import ColorDepth, Look, look_of
from makemore_tui.widgets.line_chart.drawing import draw
from makemore_tui.widgets.line_chart.frame import Frame, Plot
from makemore_tui.widgets.line_chart.palette import ink_styles
from makemore_tui.widgets.line_chart.series import Chart


class LineChart(Widget):
    """Shows a `Chart`. Set `chart` as often as you like: it is drawn at most four times a second, and only while shown.

    Textual sends a dirty region whole, changed or not, so a chart that refreshed itself would send 20 kB for one
    new point. This one compares frames and refreshes the stretch of each row that differs.

    What the mouse asks for is told in steps; whoever sets the chart decides what comes of it.
    """

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    LineChart { height: 1fr; width: 1fr; min-height: 5; }
    """

    INTERVAL = 0.25
    """Seconds between two draws, at least."""
    PROMPT_INTERVAL = 0.1
    """The same where a person waits for it."""
    WHEEL = 0.8
    """How much narrower the window gets by one notch of the wheel."""
    WHEEL_PAN = 0.1
    """The part of the window by which one notch of the wheel pans."""

    @dataclass
    class Pointed(Message):
        """A click on the plot, or beside it."""

        line_chart: "LineChart"
        step: float | None
        """None beside the plot."""

    @dataclass
    class Zoomed(Message):
        """The wheel asks for a window `factor` times as wide around a step."""

        line_chart: "LineChart"
        factor: float
        around: float

    @dataclass
    class Panned(Message):
        """The mouse asks to move the window by a part of its width, above 0 to later steps."""

        line_chart: "LineChart"
        part: float

    chart: reactive[Chart] = reactive(Chart(), repaint=False, init=False)

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._frame = Frame.blank(0, 0)
        self._stale = True
        self._rest: Timer | None = None
        self._drawn_at = 0.0
        self._held: int | None = None
        """The column at which a button of the mouse went down, or to which it was dragged since."""
        self._dragged = False
        self._inks: dict[int, Style] = {}
        self._inks_for: tuple[ColorDepth, Color, Color] | None = None

    def watch_chart(self) -> None:
        """Draw the new chart now, or when the time since the last draw is over."""
        self._stale = True
        if self._rest is None:
            self._redraw()

    @property
    def plot(self) -> Plot | None:
        """Where the curves lie in what is shown; None while there are none."""
        return self._frame.plot

    def hurry(self) -> None:
        """A person waits for the chart that was set last: draw it as soon as may be."""
        if self._rest is not None and self._stale:
            self._rest.stop()
            self._rest = None
            wait = self._drawn_at + self.PROMPT_INTERVAL - time.monotonic()
            if wait > 0:
                self._rest = self.set_timer(wait, self._rested)
            else:
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
        return look_of(self.app)

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
        self._drawn_at = time.monotonic()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(self.INTERVAL, self._rested)

    def _rested(self) -> None:
        self._rest = None
        self._redraw()

    # The mouse

    def _column(self, event: events.MouseEvent) -> int:
        return int(event.get_content_offset_capture(self).x)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag, or to click."""
        if self.plot is not None and event.button == 1:
            self._held, self._dragged = self._column(event), False
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Pan along with the mouse while its button is down."""
        if self._held is not None and self.plot is not None:
            column = self._column(event)
            moved, self._held = self._held - column, column
            if moved:
                self._dragged = True
                self.post_message(self.Panned(self, moved / self.plot.width))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """A button that was pressed and let go at one place is a click."""
        held, self._held = self._held, None
        if held is None:
            return
        self.release_mouse()
        if not self._dragged:
            plot = self.plot
            inside = plot is not None and plot.left <= held < plot.left + plot.width
            self.post_message(self.Pointed(self, plot.step_at(held) if plot is not None and inside else None))

    def on_mouse_release(self) -> None:
        """Another widget has the mouse."""
        self._held = None

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in around the pointer; with shift, pan to earlier steps."""
        self._wheel(event, self.WHEEL, -self.WHEEL_PAN)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out around the pointer; with shift, pan to later steps."""
        self._wheel(event, 1 / self.WHEEL, self.WHEEL_PAN)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Pan to earlier steps."""
        self._wheel(event, None, -self.WHEEL_PAN)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Pan to later steps."""
        self._wheel(event, None, self.WHEEL_PAN)

    def _wheel(self, event: events.MouseEvent, factor: float | None, part: float) -> None:
        if self.plot is None:
            return
        event.stop()
        event.prevent_default()
        if factor is None or event.shift or event.ctrl:
            self.post_message(self.Panned(self, part))
        else:
            self.post_message(self.Zoomed(self, factor, self.plot.step_at(self._column(event))))
