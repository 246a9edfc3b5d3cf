"""Going back in time on the Sample pane: the run at hand as it was at a step, with the same text."""

from textual.binding import Binding

from makemore_tui.panes.sample.orders import Orders, Surroundings
from makemore_tui.panes.travelling import Travelling
from makemore_tui.widgets.time_slider import Timeline

KEYS = "F6 F7, F9 plays"


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

    @property
    def _surroundings(self) -> Surroundings:
        raise NotImplementedError

    @property
    def has_arrived(self) -> bool:
        """Whether the model is that of the step that was chosen."""
        return not self._orders.busy and self._orders.choice.step == self.wanted_step

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
