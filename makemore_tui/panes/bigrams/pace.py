"""How often the map of a run that goes on is painted: often where little changes, seldom where the line is slow."""

from time import monotonic

from makemore_tui.refresh import INTERVAL_S, OVER_SSH_S


class Pace:
    """Says when the run is to be looked at again: after `interval` seconds at the least.

    A truecolor cell takes about 24 bytes. At the start of training every cell changes with every checkpoint; waiting
    in proportion to what was painted keeps the bytes in a second about even, and keys in front of them.
    """

    SECONDS = INTERVAL_S
    """How often it is asked whether it is time."""

    WAITING_SECONDS = 1.0
    """The same while there is nothing to show yet."""

    CELLS_A_SECOND = 1000
    CELLS_A_SECOND_OVER_SSH = 250

    def __init__(self, interval: float = INTERVAL_S) -> None:
        self.interval = interval
        self.cells_a_second = self.CELLS_A_SECOND_OVER_SSH if interval >= OVER_SSH_S else self.CELLS_A_SECOND
        self._due = 0.0

    @property
    def is_due(self) -> bool:
        """Whether it is time."""
        return monotonic() >= self._due

    def painted(self, cells: int, *, waiting: bool = False) -> None:
        """So many cells have been painted; `waiting` says that there was nothing to paint."""
        self._due = monotonic() + (self.WAITING_SECONDS if waiting else self.pause(cells))

    def pause(self, cells: int) -> float:
        """Seconds until the next picture."""
        # A little less than the timer's own step, so that one of its steps is not missed by a hair.
        return max(self.interval - 0.1 * self.SECONDS, cells / self.cells_a_second)
