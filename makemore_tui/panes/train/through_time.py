"""The samples of a run through time, in place of its charts: `S` shows them and hides them again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.binding import Binding

from makemore_tui.display import visible
from makemore_tui.look import look_of
from makemore_tui.panes.train.chart_keys import ChartKeys
from makemore_tui.panes.train.showing import CHARTS, GRID, Showing
from makemore_tui.widgets.sample_grid import GridColumn, GridItem, Place, SampleGrid

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunSample, RunView, SampleSet


class ThroughTime(Showing):
    """A view of a run that can show a `SampleGrid`, which it yields, in place of what else it shows."""

    BINDINGS = [
        Binding("S", "toggle_grid", "samples through time, or back to the charts", show=False),
        Binding("escape", "leave_grid", "charts"),
        # A key that is bound here loses what the class above bound it to.
        Binding("escape", "drop_cursor", "take the cursor away", show=False),
    ]

    run: "RunView | None"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.grid = SampleGrid()
        self._gridded: tuple[str, Sequence[SampleSet]] = ("", ())

    @property
    def shows_grid(self) -> bool:
        """Whether the samples through time are shown."""
        return self.shown == GRID

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of the charts work where these are seen."""
        shown = self.shows_grid
        if action == "leave_grid":
            return shown
        if shown and hasattr(ChartKeys, f"action_{action}"):
            return False
        return super().check_action(action, parameters)

    def action_toggle_grid(self) -> None:
        """Show the samples through time, in place of whatever is shown, or the charts again."""
        self.shown = CHARTS if self.shows_grid else GRID
        self.fill_grid()
        (self.grid if self.shows_grid else self).focus()

    def action_leave_grid(self) -> None:
        """Show the charts again."""
        if self.shows_grid:
            self.action_toggle_grid()

    def on_focus(self, event: events.Focus) -> None:
        """While the grid is shown, the keys are for it."""
        if self.shows_grid:
            self.grid.focus()

    def fill_grid(self) -> None:
        """Pass new samples on, where they are seen."""
        run = self.run
        if run is None or not self.shows_grid or (run.name, run.samples) == self._gridded:
            return
        if run.name != self._gridded[0]:
            self.grid.reset()
        self._gridded = run.name, run.samples
        ascii_only = look_of(self.app).ascii
        self.grid.show([column_of(made, ascii_only=ascii_only) for made in run.samples])


def column_of(made: "SampleSet", *, ascii_only: bool = False) -> GridColumn:
    """The items of a step as they are drawn."""
    return GridColumn(made.step, tuple(_item(sample, ascii_only) for sample in made.items))


def _item(sample: "RunSample", ascii_only: bool) -> GridItem:
    held_out = Place.HELD_OUT if sample.in_dev or sample.in_test else Place.NEW
    text = visible(sample.text, ascii=ascii_only) or "(empty)"
    return GridItem(text, Place.TRAIN if sample.in_train else held_out, sample.finished)
