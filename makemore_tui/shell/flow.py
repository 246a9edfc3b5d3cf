"""How much may be on its way to the terminal at a time, where the line to it may be slow.

What is written waits unseen in the buffers of the kernel and of ssh, by the hundred kilobytes, and a key that is
pressed meanwhile is answered behind all of it. So the terminal is asked where its cursor stands (DSR 6 of ECMA-48),
which it answers when everything before has arrived; until then no more is written than the line carries in a moment.

The cursor is put in another column for each question, so that it is known which one an answer is to.
"""

import math
import time
from collections import deque
from collections.abc import Callable

UNASKED_BYTES = 512
"""So little may be on its way without having been asked for."""
FIRST_BYTES = 2 << 10
"""What may be written before the first answer."""
LEAST_BYTES, MOST_BYTES = 1 << 10, 1 << 16
MOMENT_S = 0.25
"""What is written at a time is to be carried so soon, the way there and back not counted."""
GROWTH = 2.0
"""How much more is tried at most when it was carried sooner."""

FIRST_PATIENCE_S = 0.5
"""How long to wait for the first answer; then everything is written."""
PATIENCE_S = 2.0
"""How long to wait for any other: the line may stand still, or a program in between may have swallowed it."""
MISSED = 3
"""Answers in a row of a terminal that no longer gives any."""

REMEMBERED = 256
"""Answers of which the quickest is taken for the way there and back."""

ROW, COLUMNS = 3, 16
"""Where the cursor stands in questions: not in the first row, which would look like a key (`CSI 1;2R` is shift+F3)."""


class Flow:
    """Bytes on their way, and the speed of the line by the answers. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.room = float(LEAST_BYTES)
        """Bytes that are written at a time, once the terminal has answered."""
        self._clock = clock
        self._answers = False
        self._missed = 0
        self._asked = 0
        self._owed: deque[tuple[int, float, int]] = deque(maxlen=COLUMNS)  # (question, when, bytes before it)
        self._on_way = 0  # since the last question
        self._recent: deque[float] = deque(maxlen=REMEMBERED)

    @property
    def patience(self) -> float:
        """Seconds for which an answer is still waited for; 0 if none is."""
        if not self._owed:
            return 0.0
        patience = PATIENCE_S if self._answers else FIRST_PATIENCE_S
        return max(self._owed[-1][1] + patience - self._clock(), 0.0)

    @property
    def waits(self) -> bool:
        """Whether the terminal has been asked and may still answer soon."""
        return self.patience > 0

    @property
    def limit(self) -> float:
        """Bytes that may be written now: infinite on a terminal that does not answer."""
        if self.waits:
            return 0 if self._answers else max(FIRST_BYTES - self._on_way, 0)
        if not self._answers:
            return math.inf
        return LEAST_BYTES if self._owed else self.room

    @property
    def must_ask(self) -> bool:
        """Whether to ask now, before anything else is written: much was written to a terminal that seemed mute."""
        return self._answers and not self.waits and self._on_way >= 2 * FIRST_BYTES

    def ask(self) -> str:
        """A question: what to write, behind all that has been written."""
        if self._answers and self._owed:  # the last one has not been answered, or there was no waiting for it
            self._missed += 1
            self.room = LEAST_BYTES
            self._answers = self._missed < MISSED
        question, self._asked = self._asked, (self._asked + 1) % COLUMNS
        self._owed.append((question, self._clock(), self._on_way))
        self._on_way = 0
        return f"\x1b[{ROW};{question + 1}H\x1b[6n"

    def sent(self, size: int, *, more: bool) -> bool:
        """Take note of bytes that are written; returns whether to ask behind them. `more`: others are to follow."""
        self._on_way += size
        return self._answers and (more or self._on_way >= UNASKED_BYTES)

    def answered(self, column: int, row: int, when: float) -> bool:
        """Take note of where the cursor stood, counted from 0; returns whether that answers a question."""
        questions = [question for question, _, _ in self._owed]
        if row != ROW - 1 or column not in questions:
            return False
        while True:  # those before it will not be answered any more
            question, asked, size = self._owed.popleft()
            if question == column:
                break
        self._answers, self._missed = True, 0
        self._learn(when - asked, size)
        return True

    def _learn(self, took: float, size: int) -> None:
        self._recent.append(took)
        carried = max(took - min(self._recent), 1e-3)
        if carried > MOMENT_S or (size >= self.room and len(self._recent) > 1):
            self.room = min(max(self.room * min(MOMENT_S / carried, GROWTH), LEAST_BYTES), MOST_BYTES)
