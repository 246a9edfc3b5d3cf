"""Going back in time on the Sample pane: the run at hand as it was at a step, with the same text."""

from textual.binding import Binding
from textual.timer import Timer

from makemore_tui.panes.sample.choice import SourceChoice
from makemore_tui.panes.sample.orders import Orders, Surroundings
from makemore_tui.panes.travelling import Travelling
from makemore_tui.widgets.time_slider import Timeline

KEYS = "F6 F7, F9 plays"

LOOK_S = 2.0
"""Seconds between two looks whether a run that trains has kept another step."""


class Travel(Travelling):
    """A pane that samples from a model by `Orders`, with a `TimeSlider` where that is a run with a past."""

    BINDINGS = [
        Binding("f6,ctrl+left", "travel(-1)", "earlier: the run as it was before", show=False),
        Binding("f7,ctrl+right", "travel(1)", "later: the run as it was next", show=False),
        Binding("ctrl+home", "travel_to_start", "the run as it began", show=False),
        Binding("f8,ctrl+end", "travel_to_end", "back to the checkpoint that was chosen", show=False),
        Binding("f9", "play", "play: go through all steps that are kept", show=False),
    ]

    _orders: Orders
    _looking: Timer
    _seen: tuple[SourceChoice, int | None] | None = None

    def on_mount(self) -> None:
        """Look whether there are new steps, while somebody sees them."""
        self._looking = self.set_interval(LOOK_S, self._look, pause=True)

    def on_show(self) -> None:
        """Go on looking."""
        self._looking.resume()

    def on_hide(self) -> None:
        """Nobody sees it."""
        self._looking.pause()

    def _look(self) -> None:
        """Read the steps anew where the run at hand has kept another one since."""
        if self._orders.journey is None or self._orders.busy:
            return
        from makemore_tui.panes.sample.opening import kept_mark

        leader = self._orders.leader
        seen = (SourceChoice() if leader is None else leader.choice, kept_mark(leader))
        if seen != self._seen:
            self._seen = seen
            self._orders.look_again(self._surroundings)

    @property
    def _surroundings(self) -> Surroundings:
        raise NotImplementedError

    @property
    def has_arrived(self) -> bool:
        """Whether the model is that of the step that was chosen."""
        journey = self._orders.journey
        return not self._orders.busy and journey is not None and journey.at == self.wanted_step

    def watch_moment(self) -> None:
        """Another moment was chosen: the knob goes there at once, the rest when the weights have been read."""
        if self.is_mounted and self.run_shown and self.wanted_step != self.timeline.at:
            self.show_journey()
            self._orders.travel(self.wanted_step, self._surroundings)

    def arrive(self) -> None:
        """A model is there: show where one can go. Where it is another step than was asked for, all panes go there."""
        journey = self._orders.journey
        self.run_shown = journey.run if journey is not None else ""
        if journey is not None and journey.asked is not None and journey.asked == self.wanted_step:
            self.timeline = Timeline(at=journey.at)  # it is where we are already
            self.choose_step(journey.at)
        self.show_journey()

    def show_journey(self) -> None:
        """Where one can go, and where one is going."""
        journey = self._orders.journey
        if journey is None:
            self.show_timeline("", Timeline())
        else:
            end = Timeline(journey.steps, journey.newest, self.wanted_step, end=journey.end, keys=KEYS)
            self.show_timeline(journey.run, end)
