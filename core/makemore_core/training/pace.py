"""How long the rest of a run will take: its steps, and the looks at the model between them."""

from makemore_core.training.config import TrainConfig
from makemore_core.training.events import Evaluated, Event, Sampled, Stepped

ENOUGH_SECONDS = 1.0
"""Of steps, before anything is said."""

LONG_SECONDS = 20.0
"""Steps that lie further back count less and less."""


class Pace:
    """Follows the events of the loop, with the time of each in seconds on any steady clock."""

    def __init__(self, config: TrainConfig) -> None:
        self._max_steps = config.max_steps
        self._intervals: dict[type[Event], int] = {Evaluated: config.eval_interval, Sampled: config.sample_interval}
        self._looks: dict[type[Event], float] = {}  # seconds that the latest of a kind took
        self._steps, self._seconds = 0.0, 0.0
        self._last: float | None = None
        self._is_cold = True

    def extend(self, max_steps: int) -> None:
        """The last step is another one."""
        self._max_steps = max_steps

    def go_on(self, now: float) -> None:
        """Training begins, or goes on after a rest."""
        self._last = now

    def record(self, event: Event, now: float) -> None:
        """An event has come, and with it what it took."""
        took, self._last = now - (now if self._last is None else self._last), now
        if type(event) in self._intervals:
            self._looks[type(event)] = took
        elif isinstance(event, Stepped) and self._is_cold:
            self._is_cold = False  # the first step loads and allocates: it says nothing of the others
        elif isinstance(event, Stepped):
            self._steps, self._seconds = self._steps + 1, self._seconds + took
            if self._seconds > LONG_SECONDS:
                self._steps, self._seconds = self._steps / 2, self._seconds / 2

    def seconds_left(self, step: int) -> float | None:
        """From this step to the last; None before that can be told."""
        if self._seconds < ENOUGH_SECONDS or not self._steps:
            return None
        left = max(self._max_steps - step, 0)
        looks = sum(left / self._intervals[kind] * took for kind, took in self._looks.items())
        return left * self._seconds / self._steps + looks
