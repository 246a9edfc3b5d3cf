"""The diagnostics of a run in place of its charts."""

from typing import TYPE_CHECKING

from textual import events, on
from textual.binding import Binding

from makemore_tui.panes.train.chart_keys import ChartKeys
from makemore_tui.panes.train.diagnostics import DiagnosticsView
from makemore_tui.panes.train.showing import CHARTS, INSIDE, Showing

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView


class LookingInside(Showing):
    """A view of a run that can show a `DiagnosticsView` in place of what else it shows; made when it is asked for."""

    BINDINGS = [Binding("d", "toggle_inside", "diagnostics")]

    run: "RunView | None"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.inside = DiagnosticsView()

    @property
    def shows_inside(self) -> bool:
        """Whether the diagnostics are shown."""
        return self.shown == INSIDE

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of the charts work where these are seen."""
        if self.shows_inside and hasattr(ChartKeys, f"action_{action}"):
            return False
        return super().check_action(action, parameters)

    async def action_toggle_inside(self) -> None:
        """Show the diagnostics, or the charts again."""
        if not self.inside.is_attached:
            await self.mount(self.inside)
        self.shown = CHARTS if self.shows_inside else INSIDE
        self.look_inside()
        (self.inside if self.shows_inside else self).focus()

    @on(DiagnosticsView.Left)
    async def _leave_inside(self, event: DiagnosticsView.Left) -> None:
        event.stop()
        if self.shows_inside:
            await self.action_toggle_inside()

    def on_focus(self, event: events.Focus) -> None:
        """While the diagnostics are shown, the keys are for them."""
        if self.shows_inside:
            self.inside.focus()

    def look_inside(self) -> None:
        """Pass a new snapshot on, where it is seen."""
        if self.run is not None and self.shows_inside:
            self.inside.show(self.run)
