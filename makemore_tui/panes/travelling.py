"""Going back in time on a pane: the slider, its keys, and playing through all the steps that are kept.

All panes share one moment. A pane that shows a run as it was at that moment derives from `Travelling`, yields a
`TimeSlider`, and calls `show_timeline` when it knows which steps are kept.
"""

from dataclasses import replace

from textual.timer import Timer

from makemore_tui.messages import Moment, MomentChosen
from makemore_tui.panes.base import Pane
from makemore_tui.refresh import interval_of, is_line_busy
from makemore_tui.widgets.time_slider import Timeline, TimeSlider

PLAY_S = 0.25
"""Seconds from one step to the next when all are played, at least."""

TRAVELLING = frozenset({"travel", "travel_to_end", "travel_to_start", "play"})
"""The actions of the keys."""


class Travelling(Pane):
    """A pane with a `TimeSlider`. The subclass binds keys to the actions `travel`, `travel_to_end` and so on."""

    DEFAULT_CSS = "Travelling TimeSlider { display: none; }"

    timeline: Timeline = Timeline()
    """What the slider shows."""
    run_shown: str = ""
    """The folder's name of the run that it is about; empty where there is none."""
    _player: Timer | None = None

    # What the subclass says and is asked

    @property
    def has_arrived(self) -> bool:
        """Whether what is shown is of the moment that was chosen, so that playing may go on."""
        raise NotImplementedError

    def show_timeline(self, run: str, timeline: Timeline) -> bool:
        """Show where one can go in a run; nothing where there is nowhere to go. Returns whether the room changed."""
        self.run_shown = run
        self.timeline = replace(timeline, playing=self._player is not None)
        slider = self.query_one(TimeSlider)
        slider.show(self.timeline)
        turned = slider.display != bool(timeline.steps)
        if turned:
            slider.display = bool(timeline.steps)
            self.refresh_bindings()
        if not timeline.steps:
            self.stop_playing()
        return turned

    @property
    def wanted_step(self) -> int | None:
        """The step to show of the run at hand; None is the newest."""
        moment = self.moment
        return moment.step if moment is not None and moment.run == self.run_shown else None

    @property
    def can_travel(self) -> bool:
        """Whether there are steps to go back to."""
        return bool(self.timeline.steps)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without steps to go back to there are no keys for it."""
        if action in TRAVELLING and not self.can_travel:
            return False
        return super().check_action(action, parameters)

    def choose_step(self, step: int | None) -> None:
        """Go to a step of the run at hand, on this pane and on the others; None is the newest."""
        self.moment = None if step is None else Moment(self.run_shown, step)
        self.post_message(MomentChosen(self.moment))

    # Keys and the mouse

    def action_travel(self, by: int) -> None:
        """Go to the next step that is kept, or to the one before."""
        self.stop_playing()
        self.choose_step(self._wanted_line.moved(by))

    def action_travel_to_end(self) -> None:
        """Go to the newest."""
        self.stop_playing()
        self.choose_step(None)

    def action_travel_to_start(self) -> None:
        """Go to the first step that is kept."""
        self.stop_playing()
        self.choose_step(self.timeline.stops[0])

    def on_time_slider_chosen(self, event: TimeSlider.Chosen) -> None:
        """A click on the slider."""
        event.stop()
        self.stop_playing()
        self.choose_step(event.step)

    @property
    def _wanted_line(self) -> Timeline:
        return replace(self.timeline, at=self.wanted_step)

    # Playing

    def action_play(self) -> None:
        """Go through all steps from the one at hand to the newest, or from the first; once more stops."""
        if self._player is not None:
            self.stop_playing()
            return
        self._player = self.set_interval(max(PLAY_S, interval_of(self.app)), self._play_on)
        if self.wanted_step is None:
            self.choose_step(self.timeline.stops[0])
        self._tell_playing()

    def stop_playing(self) -> None:
        """Stay at the step at hand."""
        if self._player is not None:
            self._player.stop()
            self._player = None
            self._tell_playing()

    def _play_on(self) -> None:
        if not self.is_on_screen:
            self.stop_playing()
        elif self.screen.is_active and self.has_arrived and not is_line_busy(self.app):
            step = self._wanted_line.moved(1)
            self.choose_step(step)
            if step is None:
                self.stop_playing()

    def _tell_playing(self) -> None:
        self.timeline = replace(self.timeline, playing=self._player is not None)
        self.query_one(TimeSlider).show(self.timeline)
