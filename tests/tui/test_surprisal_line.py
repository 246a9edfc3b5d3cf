"""The text so far: a level under each character, and the end of a text that is longer than the line."""

import math

import pytest

from makemore_tui.widgets.inks import ASCII, MONOCHROME
from makemore_tui.widgets.rows import row_text, row_width
from makemore_tui.widgets.surprisal_line import TextMark, TextSoFar, level, nats_text, surprisal_rows

KIM = TextSoFar((TextMark("k", 2.4, forced=True), TextMark("i", 0.2), TextMark("m", math.inf)), summary="9 nats")


def test_levels_stand_under_their_characters() -> None:
    first, second = (row_text(row) for row in surprisal_rows(KIM, 40, 2))
    assert first.startswith("text k i m ▏")
    assert first.endswith("9 nats")
    assert second == "nats ▄ ▁ █ "


def test_a_third_row_has_the_numbers() -> None:
    first, _, third = (row_text(row) for row in surprisal_rows(KIM, 60, 3))
    assert first.startswith("text k    i    m    ▏")
    assert third == "     2.4  0.2  ∞    "


def test_an_ended_text_has_no_cursor() -> None:
    ended = TextSoFar(KIM.marks, ended=True)
    assert "▏" not in row_text(surprisal_rows(ended, 40, 2)[0])


def test_forced_characters_are_drawn_apart() -> None:
    first = surprisal_rows(KIM, 40, 2)[0]
    assert [piece.style for piece in first if piece.text in "kim"] == [MONOCHROME.forced] + [MONOCHROME.strong] * 2


@pytest.mark.parametrize("symbol", ["a", "字"])
@pytest.mark.parametrize("height", [2, 3])
def test_of_a_long_text_the_end_is_shown(symbol: str, height: int) -> None:
    marks = tuple(TextMark(symbol, 1.0) for _ in range(200))
    rows = surprisal_rows(TextSoFar((*marks, TextMark("z", 1.0)), summary="1 nat"), 50, height)
    assert row_text(rows[0]).startswith("text…")
    assert "z" in row_text(rows[0])
    assert all(row_width(row) <= 50 for row in rows)


def test_each_level_is_a_halving_of_the_probability() -> None:
    probabilities = (1.0, 0.51, 0.49, 0.26, 0.24, 1 / 127, 1 / 129, 1e-9)
    assert "".join(level(-math.log(probability)) for probability in probabilities) == "▁▁▂▂▃▇██"
    assert level(-math.log(0.24), ASCII) == "3"


def test_nats_take_at_most_four_cells() -> None:
    assert [nats_text(nats) for nats in (0.04, 12.34, 99.94, 99.96, math.inf)] == ["0.0", "12.3", "99.9", "100", "∞"]
