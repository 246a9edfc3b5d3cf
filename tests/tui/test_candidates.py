"""The rows of the candidates, against rows worked out by hand."""

import pytest
from rich.segment import Segment

from makemore_tui.widgets.candidates import (
    BARLESS,
    Candidate,
    CandidateList,
    bar_cells,
    bar_scale,
    candidate_rows,
    double_bar,
    percent,
    surprisal,
    visible_candidates,
)
from makemore_tui.widgets.inks import ASCII, MONOCHROME, SIXTEEN, UNICODE
from makemore_tui.widgets.rows import row_text, row_width

A = Candidate(1, "a", 0.5, 0.625, 0.0, 0.625)
B = Candidate(2, "b", 0.3, 0.375, 0.625, 1.0, picked=True)
C = Candidate(3, "c", 0.2, 0.0, 1.0, 1.0)
THREE = CandidateList((A, B, C), 3)


def test_rows_hold_bars_numbers_and_intervals() -> None:
    rows = [row_text(row) for row in candidate_rows(THREE, BARLESS + 20, 10)]
    assert len(rows) == 4
    # Full bar 100%: 0.5 of 20 cells is 10, 0.625 rounds to 12; 0.3 is 6, 0.375 rounds to 8; 0.2 is 4.
    assert rows[1] == "   a  " + "█" * 10 + "▄▄" + " " * 8 + "   50.0%  62.5%  [0.000,0.625)"
    assert rows[2] == " ▶ b  " + "█" * 6 + "▄▄" + " " * 12 + "   30.0%  37.5%  [0.625,1.000)"
    assert rows[3].startswith("   c  ▀▀▀▀" + " " * 16 + "   20.0%    cut  ···")


def test_a_full_bar_is_stated_where_the_header_has_room() -> None:
    wide, narrow = (row_text(candidate_rows(THREE, BARLESS + bar, 10)[0]) for bar in (40, 10))
    assert "full bar 100%" in wide
    assert "full bar" not in narrow
    assert narrow.split() == ["ch", "before", "after", "interval"]


@pytest.mark.parametrize("width", [BARLESS, 50, 80, 84, 120])
def test_no_row_is_wider_than_the_room(width: int) -> None:
    many = CandidateList(
        tuple(Candidate(i, "字", 0.01, 0.01, i / 100, i / 100 + 0.01, i == 7) for i in range(100)), 100
    )
    for row in candidate_rows(many, width, 12):
        assert row_width(row) <= width


def test_the_others_are_counted_named_and_summed() -> None:
    rows = [row_text(row) for row in candidate_rows(CandidateList((B, A, C), 3), 80, 3)]
    # One row for the first, and a line for the other two: 0.5 + 0.2 before, 0.625 + 0 after.
    assert rows[1].startswith(" ▶ b")
    assert rows[2].startswith("   +2 others: ac ")
    assert rows[2].endswith("   70.0%  62.5%")


def test_rounding_leaves_nothing_for_the_others() -> None:
    tenth = tuple(Candidate(i, "x", 0.1, 0.1, 0.0, 0.1, i == 0) for i in range(10))
    hidden = Candidate(10, "z", 0.0, 0.0, 1.0, 1.0)
    assert row_text(candidate_rows(CandidateList((*tenth, hidden, hidden), 12), 80, 12)[-1]).endswith("0.0%   0.0%")


def test_the_picked_one_always_has_a_row() -> None:
    listed = tuple(Candidate(i, str(i), 0.1, 0.1, 0.0, 0.1, i == 9) for i in range(10))
    shown = visible_candidates(CandidateList(listed, 5000), 6)
    assert [one.symbol for one in shown] == ["0", "1", "2", "9"]
    assert len(candidate_rows(CandidateList(listed, 5000), 80, 6)) == 6


def test_a_list_that_fits_has_no_line_of_others() -> None:
    assert len(visible_candidates(THREE, 4)) == 3
    assert len(visible_candidates(THREE, 3)) == 1


def test_wide_rows_add_the_surprisal() -> None:
    header, first, *_ = (row_text(row) for row in candidate_rows(THREE, 84, 10))
    assert header.split()[-4:] == ["before", "nats", "after", "interval"]
    assert first.split()[-4:] == ["50.0%", "0.69", "62.5%", "[0.000,0.625)"]


def test_words_stand_where_nothing_can_come() -> None:
    assert [row_text(row) for row in candidate_rows(CandidateList(words=("done",)), 80, 10)] == ["   done"]


def test_in_color_both_bars_share_a_cell() -> None:
    both, upper, lower, _ = double_bar(2, 5, 10, False, SIXTEEN, UNICODE)
    assert both.text == "▀▀"
    assert both.style is not None
    assert (both.style.color, both.style.bgcolor) == (SIXTEEN.before.color, SIXTEEN.after.color)
    assert (upper.text, lower.text) == ("", "▄▄▄")


def test_without_color_and_in_ascii_the_shape_tells_the_bars_apart() -> None:
    def text(row: list[Segment]) -> str:
        return row_text(row)

    assert text(double_bar(3, 1, 5, False, MONOCHROME, UNICODE)) == "█▀▀  "
    assert text(double_bar(1, 3, 5, False, SIXTEEN, ASCII)) == "#__  "
    assert text(double_bar(3, 0, 5, True, MONOCHROME, ASCII)) == '"""  '


@pytest.mark.parametrize(
    ("largest", "scale"), [(0.001, 0.02), (0.02, 0.02), (0.021, 0.05), (0.3, 0.5), (1.0, 1.0), (1.0000001, 1.0)]
)
def test_scales_are_the_next_step_above(largest: float, scale: float) -> None:
    assert bar_scale(largest) == scale


def test_bars_stay_in_their_room_and_show_what_is_small() -> None:
    assert bar_cells(1.0, 0.5, 10) == 10
    assert bar_cells(0.01, 0.5, 10) == 1  # 0.2 of a cell is still shown
    assert bar_cells(0.001, 0.5, 10) == 0
    assert bar_cells(0.0, 0.5, 10) == 0


def test_percentages_and_surprisals() -> None:
    assert [percent(p) for p in (0.0, 0.0001, 0.0005, 0.1234, 1.0)] == ["0.0%", "<0.1%", "0.1%", "12.3%", "100.0%"]
    assert (surprisal(0.25), surprisal(0.0)) == ("1.39", "∞")  # ln 4
