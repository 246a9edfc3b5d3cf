"""The keys that change how the curves of a run are seen."""

from dataclasses import replace

from textual.binding import Binding
from textual.containers import Vertical

from makemore_tui.panes.train.charts import Charts

SMOOTHINGS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
"""What the keys of smoothing go through."""
ZOOM = 0.5
"""How much narrower the window gets by a key."""
PAN = 0.25
"""The part of the window by which a key pans."""


def _hidden(key: str, action: str, description: str, display: str | None = None) -> Binding:
    """A key that the help lists, and the last line does not."""
    return Binding(key, action, description, show=False, key_display=display)


class ChartKeys(Vertical):
    """A view with `Charts`, and the keys for them."""

    BINDINGS = [
        _hidden("left_square_bracket", "smooth(-1)", "smooth the curves less", "["),
        _hidden("right_square_bracket", "smooth(1)", "smooth the curves more", "]"),
        _hidden("x", "toggle_log('x')", "steps on a log scale"),
        _hidden("y", "toggle_log('y')", "values on a log scale"),
        _hidden("b", "toggle_band", "show or hide the values of single batches"),
        _hidden("left", "move_cursor(-1)", "cursor: read the values at an earlier step"),
        _hidden("right", "move_cursor(1)", "cursor: read the values at a later step"),
        _hidden("ctrl+left", "move_cursor(-10)", "cursor ten columns back"),
        _hidden("ctrl+right", "move_cursor(10)", "cursor ten columns on"),
        _hidden("escape", "drop_cursor", "take the cursor away"),
        _hidden("plus,equals_sign", "zoom(True)", "zoom in, around the cursor", "+"),
        _hidden("minus", "zoom(False)", "zoom out", "-"),
        _hidden("shift+left", "pan(-1)", "pan to earlier steps"),
        _hidden("shift+right", "pan(1)", "pan to later steps"),
        _hidden("end", "follow", "zoom to the latest steps and follow them"),
        _hidden("0,home", "show_all", "all steps"),
        _hidden("t", "turn_chart", "the next chart"),
        _hidden("T", "toggle_single", "one chart or several"),
    ]

    charts: Charts

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a cursor there is none to take away, and without room there is one chart."""
        if action == "drop_cursor":
            return self.charts.look_at.cursor is not None
        if action in ("turn_chart", "toggle_single"):
            return self.charts.room_for > 1
        return True

    def action_smooth(self, by: int) -> None:
        """Average the values of single batches over more steps or fewer."""
        look = self.charts.look_at
        nearest = min(range(len(SMOOTHINGS)), key=lambda place: abs(SMOOTHINGS[place] - look.smoothing))
        smoothing = SMOOTHINGS[min(max(nearest + by, 0), len(SMOOTHINGS) - 1)]
        self.charts.look_at = replace(look, smoothing=smoothing)
        self.notify(f"smoothing {smoothing:g}" if smoothing else "no smoothing", timeout=2, markup=False)

    def action_toggle_log(self, axis: str) -> None:
        """Turn an axis of the charts to a log scale and back."""
        look = self.charts.look_at
        changed = replace(look, log_x=not look.log_x) if axis == "x" else replace(look, log_y=not look.log_y)
        self.charts.look_at = changed

    def action_toggle_band(self) -> None:
        """Show or hide the values of single batches."""
        self.charts.look_at = replace(self.charts.look_at, band=not self.charts.look_at.band)

    def action_move_cursor(self, columns: int) -> None:
        """Move the cursor that all charts share."""
        self.charts.move_cursor(columns)
        self.refresh_bindings()

    def action_drop_cursor(self) -> None:
        """Take the cursor away."""
        self.charts.drop_cursor()
        self.refresh_bindings()

    def action_zoom(self, closer: bool) -> None:
        """Show fewer steps, or more."""
        self.charts.zoom(ZOOM if closer else 1 / ZOOM)

    def action_pan(self, direction: int) -> None:
        """Show other steps."""
        self.charts.pan(PAN * direction)

    def action_follow(self) -> None:
        """Show the latest steps, and move along."""
        self.charts.follow()

    def action_show_all(self) -> None:
        """Show all steps."""
        self.charts.show_all()

    def action_turn_chart(self) -> None:
        """Have the keys work on the next chart."""
        self.charts.turn()

    def action_toggle_single(self) -> None:
        """Show one chart or several."""
        self.charts.single = not self.charts.single
