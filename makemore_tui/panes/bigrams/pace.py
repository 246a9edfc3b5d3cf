"""How often the map of a run that goes on is painted: often where little changes, seldom where the line is slow."""

import os
from time import monotonic


class Pace:
    """Says when the run is to be looked at again: four times a second at the most.

    A truecolor cell takes about 24 bytes. At the start of training every cell changes with every checkpoint; waiting
    in proportion to what was painted keeps the bytes in a second about even, and keys in front of them.
    """

    SECONDS = 0.25
    """The shortest time from one picture to the next."""

    WAITING_SECONDS = 1.0
    """The same while there is nothing to show yet."""

    CELLS_A_SECOND = 1000
    CELLS_A_SECOND_OVER_SSH = 250

    def __init__(self) -> None:
        far = "SSH_CONNECTION" in os.environ
        self.cells_a_second = self.CELLS_A_SECOND_OVER_SSH if far else self.CELLS_A_SECOND
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
        return max(0.9 * self.SECONDS, cells / self.cells_a_second)
