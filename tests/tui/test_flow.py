"""How much is written at a time to a line that may be slow: by lines that are made up, with a clock of their own."""

import math
import re

import pytest

from makemore_tui.shell.flow import (
    FIRST_BYTES,
    FIRST_PATIENCE_S,
    LEAST_BYTES,
    MISSED,
    PATIENCE_S,
    ROW,
    UNASKED_BYTES,
    Flow,
)

PLACE = re.compile(r"\x1b\[(\d+);(\d+)H\x1b\[6n")


def answer(flow: Flow, question: str, when: float) -> bool:
    """Answer a question as a terminal does, which says where it was told to put its cursor."""
    place = PLACE.fullmatch(question)
    assert place
    return flow.answered(int(place[2]) - 1, int(place[1]) - 1, when)


class Line:
    """Carries so many bytes a second, and so long does each take to arrive and an answer to come back."""

    def __init__(self, speed: float, there_and_back: float) -> None:
        self.now = 0.0
        self.flow = Flow(lambda: self.now)
        self.speed, self.there_and_back = speed, there_and_back
        question = self.flow.ask()
        self.now += there_and_back
        answer(self.flow, question, self.now)

    def carry(self, size: float, *, more: bool = False) -> float:
        """Write, and wait for the answer if there is one to come: seconds."""
        took = size / self.speed + self.there_and_back
        if self.flow.sent(int(size), more=more):
            question = self.flow.ask()
            self.now += took
            answer(self.flow, question, self.now)
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
    for _ in range(20):
        parts = line.show(17_000)
        assert max(parts) < 0.5  # a key is to be answered within a second
        assert sum(parts) < 17_000 / 5_000 * 1.2


def test_a_fast_line_to_a_far_terminal_soon_gets_whole_pictures() -> None:
    line = Line(1_000_000, 0.3)
    assert len(line.show(17_000)) <= 5
    assert len(line.show(17_000)) <= 2


def test_a_line_that_becomes_slow_gets_less() -> None:
    line = Line(1_000_000, 0.02)
    for _ in range(10):
        line.show(17_000)
    line.speed = 5_000
    line.show(17_000)
    assert max(line.show(17_000)) < 0.6


def test_a_mute_terminal_gets_everything_after_a_moment_and_is_not_asked_again() -> None:
    now = 0.0
    flow = Flow(lambda: now)
    flow.ask()
    assert flow.limit == FIRST_BYTES
    assert not flow.sent(FIRST_BYTES + 100, more=True)
    assert flow.limit == 0
    now = FIRST_PATIENCE_S
    assert flow.limit == math.inf
    assert not flow.sent(100_000, more=False)
    assert flow.limit == math.inf and not flow.must_ask


def test_a_late_first_answer_counts_and_what_was_written_meanwhile_is_asked_for() -> None:
    now = 0.0
    flow = Flow(lambda: now)
    question = flow.ask()
    now = FIRST_PATIENCE_S + 3
    flow.sent(10_000, more=False)
    assert answer(flow, question, now)
    assert flow.must_ask
    question = flow.ask()
    assert flow.limit == 0
    now += 2.0
    assert answer(flow, question, now)
    assert flow.limit <= 2 * LEAST_BYTES and not flow.must_ask


def test_an_answer_that_is_lost_holds_up_the_rest_for_a_while_only_and_then_little_is_written() -> None:
    line = Line(100_000, 0.02)
    for _ in range(4):
        line.show(17_000)
    fast = line.flow.limit
    line.flow.ask()
    assert line.flow.limit == 0
    line.now += PATIENCE_S
    assert line.flow.limit == LEAST_BYTES < fast
    line.show(17_000)
    assert line.flow.limit > LEAST_BYTES


def test_a_late_answer_is_not_taken_for_one_to_a_later_question() -> None:
    line = Line(1_000_000, 0.6)
    for _ in range(8):
        line.show(17_000)
    fast = line.flow.limit
    late = line.flow.ask()
    line.now += PATIENCE_S
    again = line.flow.ask()
    line.now += 0.05
    assert answer(line.flow, late, line.now)
    assert line.flow.waits
    line.now += 0.6
    assert answer(line.flow, again, line.now)
    for _ in range(8):
        line.show(17_000)
    assert line.flow.limit == fast


def test_a_terminal_that_has_stopped_answering_gets_everything_until_it_answers_again() -> None:
    line = Line(100_000, 0.02)
    for _ in range(MISSED + 1):
        question = line.flow.ask()
        line.now += PATIENCE_S
    assert line.flow.limit == math.inf
    assert answer(line.flow, question, line.now)
    assert line.flow.limit < math.inf


@pytest.mark.parametrize("size", [1, 60])
def test_little_is_written_without_asking(size: int) -> None:
    line = Line(100_000, 0.02)
    asked = 0
    for _ in range(1000):
        if line.flow.sent(size, more=False):
            asked += 1
            answer(line.flow, line.flow.ask(), line.now)
    assert asked == 1000 // -(-UNASKED_BYTES // size)


@pytest.mark.parametrize("place", [(1, 0), (4, 0), (0, 23), (7, ROW - 1)])
def test_a_key_with_f3_and_an_answer_that_nobody_asked_for_are_none(place: tuple[int, int]) -> None:
    flow = Flow(lambda: 0.0)
    flow.ask()
    assert not flow.answered(*place, 0.0)
    assert flow.waits
