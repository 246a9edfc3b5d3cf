"""Going back in time on the Bigrams pane: which weights of the run the map shows."""

from typing import ClassVar

from textual.binding import Binding

from makemore_tui.panes.bigrams.options import Options
from makemore_tui.panes.bigrams.pace import Pace
from makemore_tui.panes.bigrams.run_weights import RunMap
from makemore_tui.panes.travelling import PLAY_S, Travelling
from makemore_tui.refresh import interval_of
from makemore_tui.widgets.time_slider import Timeline, TimeSlider

KEYS = ", . < > space"


class Travel(Travelling):
    """A pane with a map of a run's weights, and a `TimeSlider` where these are kept at several steps."""

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]
        Binding("comma", "travel(-1)", "earlier", key_display=", .", tooltip="the weights that were kept before"),
        Binding("full_stop", "travel(1)", "later: the weights that were kept next", key_display=".", show=False),
        Binding("space", "play", "play", tooltip="go through all weights that are kept"),
        Binding("less_than_sign", "travel_to_start", "the first weights", key_display="<", show=False),
        Binding("greater_than_sign", "travel_to_end", "the newest weights", key_display=">", show=False),
    ]

    options: Options
    _run: RunMap | None
    _pace: Pace

    def _poll(self) -> None:
        raise NotImplementedError

    def _arrange(self) -> None:
        raise NotImplementedError

    @property
    def has_arrived(self) -> bool:
        """Whether the map is that of the step that was chosen, and the line has had time for it."""
        near = interval_of(self.app) <= PLAY_S
        return self._run is not None and self._run.at == self.wanted_step and (near or self._pace.is_due)

    @property
    def can_travel(self) -> bool:
        """Whether the map shows a run, and nothing is being typed."""
        return super().can_travel and self.query_one(TimeSlider).display and not self.has_class("-typing")

    def watch_moment(self) -> None:
        """Another moment was chosen: the knob goes there at once, the map when its weights have been read."""
        run = self._run
        if self.is_mounted and run is not None and run.model is not None and self.wanted_step != self.timeline.at:
            self.show_slider()
            self._poll()

    def on_show(self) -> None:
        """While the pane was hidden another moment may have been chosen elsewhere."""
        if self._run is not None and self._run.at != self.wanted_step:
            self._poll()

    def on_runs_turned(self) -> None:
        """A run that rested, and was not looked at any more, may go on."""
        self._poll()

    def show_kept(self, run: RunMap) -> None:
        """A run has been read: show where one can go. A step that is gone gives way to the nearest."""
        self.run_shown = run.folder
        if run.asked is not None and run.asked == self.wanted_step:
            self.notify(f"step {run.asked:,} is no longer kept: {_instead(run)}", severity="warning", markup=False)
            self.choose_step(run.at)
        self.show_slider()

    def show_slider(self) -> None:
        """Where one can go, and where one is; nothing where the map shows no run."""
        run = self._run
        if run is None or run.model is None or not self.options.view.needs_run:
            turned = self.show_timeline(run.folder if run is not None else "", Timeline())
        else:
            turned = self.show_timeline(run.folder, Timeline(run.steps, run.newest, self.wanted_step, keys=KEYS))
        if turned:
            self._arrange()


def _instead(run: RunMap) -> str:
    return "this is the newest" if run.at is None else f"step {run.at:,} is the nearest that is"
