"""How much may be on its way to the terminal at a time, where the line to it may be slow.

What is written waits unseen in the buffers of the kernel and of ssh, by the hundred kilobytes, and a key that is
pressed meanwhile is answered behind all of it. So the terminal is asked where its cursor stands (DSR 6 of ECMA-48),
which it answers when everything before has arrived; until then no more is written than the line carries in a moment.
"""

import math
import time
from collections import deque
from collections.abc import Callable

ASK = "\x1b[6n"
"""Every terminal answers it, those of DEC among them; Textual makes an event `CursorPosition` of the answer."""

UNASKED_BYTES = 512
"""So little may be on its way without having been asked for."""
LEAST_BYTES, MOST_BYTES = 1 << 10, 1 << 16
MOMENT_S = 0.25
"""What is written at a time is to be carried so soon, the way there and back not counted."""
GROWTH = 2.0
"""How much more is tried at most when it was carried sooner."""

FIRST_PATIENCE_S = 0.5
"""How long to wait for the first answer. A terminal that does not give it is not asked again."""
PATIENCE_S = 2.0
"""How long to wait for any other: a single one may be lost, or the line may stand still."""

REMEMBERED = 256
"""Answers of which the quickest is taken for the way there and back."""


class Flow:
    """Bytes on their way, and the speed of the line by the answers. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.room = float(LEAST_BYTES)
        """Bytes that are written at a time, once the terminal has answered."""
        self._clock = clock
        self._answers = False
        self._asked: float | None = None
        self._ever_asked = False
        self._on_way = 0
        self._recent: deque[float] = deque(maxlen=REMEMBERED)

    @property
    def patience(self) -> float:
        """Seconds from asking until nothing is waited for any more."""
        return PATIENCE_S if self._answers else FIRST_PATIENCE_S

    @property
    def waits(self) -> bool:
        """Whether the terminal has been asked and may still answer."""
        return self._asked is not None and self._clock() - self._asked < self.patience

    @property
    def limit(self) -> float:
        """Bytes that may be written now: infinite on a terminal that does not answer."""
        if self.waits:
            return 0
        return self.room if self._answers else math.inf

    def sent(self, size: int, *, more: bool) -> bool:
        """Take note of bytes that are written; returns whether to ask behind them. `more`: others are to follow."""
        self._on_way += size
        asks = (self._answers and (more or self._on_way >= UNASKED_BYTES)) or not self._ever_asked
        if asks:
            self._asked, self._ever_asked = self._clock(), True
        return asks

    def answered(self) -> None:
        """Everything has arrived."""
        self._answers = True
        if self._asked is None:
            return
        took = self._clock() - self._asked
        self._recent.append(took)
        carried = max(took - min(self._recent), 1e-3)
        if carried > MOMENT_S or (self._on_way >= self.room and len(self._recent) > 1):
            self.room = min(max(self.room * min(MOMENT_S / carried, GROWTH), LEAST_BYTES), MOST_BYTES)
        self._asked, self._on_way = None, 0
