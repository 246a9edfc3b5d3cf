"""How much is written at a time to a line that may be slow: by lines that are made up, with a clock of their own."""

import math

import pytest

from makemore_tui.shell.flow import FIRST_PATIENCE_S, LEAST_BYTES, PATIENCE_S, UNASKED_BYTES, Flow


class Line:
    """Carries so many bytes a second, and so long does each take to arrive and an answer to come back."""

    def __init__(self, speed: float, there_and_back: float) -> None:
        self.now = 0.0
        self.flow = Flow(lambda: self.now)
        self.speed, self.there_and_back = speed, there_and_back

    def carry(self, size: float, *, more: bool = False) -> float:
        """Write, and wait for the answer if there is one to come: seconds."""
        took = size / self.speed + self.there_and_back
        if self.flow.sent(int(size), more=more):
            self.now += took
            self.flow.answered()
        else:
            self.now += 1.0
        return took

    def show(self, size: float) -> list[float]:
        """Write a picture in the parts that the flow allows: the seconds of each."""
        parts = []
        while size > 0:
            part = min(self.flow.limit, size)
            assert part > 0
            size -= part
            parts.append(self.carry(part, more=size > 0))
        return parts


def test_a_slow_line_is_never_given_more_than_it_carries_in_a_moment() -> None:
    line = Line(5_000, 0.02)
    line.carry(300)
    for _ in range(20):
        parts = line.show(17_000)
        assert max(parts) < 0.7  # a key is to be answered within a second
        assert sum(parts) < 17_000 / 5_000 * 1.2
        line.carry(100)


def test_a_fast_line_to_a_far_terminal_soon_gets_whole_pictures() -> None:
    line = Line(1_000_000, 0.3)
    line.carry(300)
    assert len(line.show(17_000)) <= 5
    assert len(line.show(17_000)) <= 2


def test_a_line_that_becomes_slow_gets_less() -> None:
    line = Line(1_000_000, 0.02)
    for _ in range(10):
        line.show(17_000)
    line.speed = 5_000
    line.show(17_000)
    assert max(line.show(17_000)) < 0.7


def test_a_terminal_that_does_not_answer_gets_everything_after_a_moment_and_is_not_asked_again() -> None:
    now = 0.0
    flow = Flow(lambda: now)
    assert flow.limit == math.inf
    assert flow.sent(100, more=False)
    assert flow.limit == 0
    now = FIRST_PATIENCE_S
    assert flow.limit == math.inf
    assert not flow.sent(100_000, more=False)
    assert flow.limit == math.inf


def test_a_late_first_answer_counts() -> None:
    now = 0.0
    flow = Flow(lambda: now)
    flow.sent(10_000, more=False)
    now = FIRST_PATIENCE_S + 3
    flow.answered()
    assert flow.limit == LEAST_BYTES


def test_an_answer_that_is_lost_holds_up_the_rest_for_a_while_only() -> None:
    line = Line(100_000, 0.02)
    line.carry(300)
    assert line.flow.sent(1_000, more=True)
    assert line.flow.limit == 0
    line.now += PATIENCE_S
    assert line.flow.limit > 0


@pytest.mark.parametrize("size", [1, 60])
def test_little_is_written_without_asking(size: int) -> None:
    line = Line(100_000, 0.02)
    line.carry(300)
    asked = 0
    for _ in range(1000):
        if line.flow.sent(size, more=False):
            asked += 1
            line.flow.answered()
    assert asked == 1000 // -(-UNASKED_BYTES // size)


def test_an_answer_that_nobody_asked_for_changes_nothing() -> None:
    flow = Flow(lambda: 0.0)
    flow.answered()
    assert not flow.waits
    assert flow.limit == LEAST_BYTES
