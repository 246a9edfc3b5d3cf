"""The diagnostics of a run in place of its charts."""

from typing import TYPE_CHECKING

from textual import events, on
from textual.binding import Binding
from textual.containers import Vertical

from makemore_tui.panes.train.chart_keys import ChartKeys
from makemore_tui.panes.train.diagnostics import DiagnosticsView

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView

INSIDE = "-inside"

INSIDE_CSS = """
    & > DiagnosticsView { display: none; height: 1fr; }
    &.-inside > DiagnosticsView { display: block; }
    &.-inside > #middle, &.-inside > #below { display: none; }
    &.-inside.-narrow > StatusLines, &.-inside.-narrow > NewsLine { display: none; }
"""
"""For the style sheet of the view: Textual takes those of first bases alone."""


class LookingInside(Vertical):
    """A view of a run that can show a `DiagnosticsView` in place of what else it shows; made when it is asked for."""

    BINDINGS = [Binding("d", "toggle_inside", "diagnostics")]

    run: "RunView | None"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.inside = DiagnosticsView()

    @property
    def shows_inside(self) -> bool:
        """Whether the diagnostics are shown."""
        return self.has_class(INSIDE)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of the charts work where these are seen."""
        if self.shows_inside and (action == "toggle_grid" or hasattr(ChartKeys, f"action_{action}")):
            return False
        return super().check_action(action, parameters)

    async def action_toggle_inside(self) -> None:
        """Show the diagnostics, or the charts again."""
        if not self.inside.is_attached:
            await self.mount(self.inside)
        self.remove_class("-grid")
        self.toggle_class(INSIDE)
        self.look_inside()
        (self.inside if self.shows_inside else self).focus()
        self.refresh_bindings()

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
