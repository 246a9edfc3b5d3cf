"""A histogram with bars that stand, as large as there is room for."""

from makemore_tui.widgets.histogram_strip import BarInks, Bars, standing
from makemore_tui.widgets.rows import Row
from makemore_tui.widgets.spans import SpanRows


class StandingBars(SpanRows):
    """Draws `Bars`."""

    data: Bars = Bars(())

    def show(self, data: Bars) -> None:
        """Take other bars."""
        if data != self.data:
            self.data = data
            self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The bars, and the ends of their range."""
        inks = self.inks
        return standing(self.data, width, height, BarInks(inks.after, inks.cut, inks.muted), ascii=self.look.ascii)
