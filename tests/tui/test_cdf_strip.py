"""The strip of the cumulative distribution: every column belongs to the character whose interval holds it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_tui.widgets.cdf_strip import CdfData, column_owners, pointer_row, scale_row, strip_row, u_column
from makemore_tui.widgets.inks import ASCII, MONOCHROME, SIXTEEN
from makemore_tui.widgets.rows import row_text, row_width


def data(probabilities: list[float], u: float, symbols: str = ".abcdefgh", *, pending: bool = True) -> CdfData:
    cumulative = np.cumsum(np.array(probabilities, dtype=np.float64))
    cumulative /= cumulative[-1]
    return CdfData(cumulative, symbols[: len(probabilities)], u, int(np.searchsorted(cumulative, u, "right")), pending)


def test_columns_go_to_the_character_at_their_middle() -> None:
    # Intervals [0, 0.2), [0.2, 0.7), [0.7, 1): the middles of ten columns are 0.05, 0.15, ... 0.95.
    assert column_owners(data([0.2, 0.5, 0.3], 0.5), 10).tolist() == [0, 0, 1, 1, 1, 1, 1, 2, 2, 2]


def test_a_character_without_probability_gets_no_column() -> None:
    assert set(column_owners(data([0.5, 0.0, 0.5], 0.1), 10).tolist()) == {0, 2}


def test_a_narrow_pick_still_has_a_column() -> None:
    narrow = data([0.5, 0.001, 0.499], 0.5005)
    assert narrow.picked == 1
    assert column_owners(narrow, 10)[u_column(0.5005, 10)] == 1


@given(
    weights=st.lists(st.floats(0, 1), min_size=1, max_size=60).filter(lambda ws: sum(ws) > 0.01),
    u=st.floats(0, 1, exclude_max=True),
    width=st.integers(1, 120),
)
def test_owners_ascend_and_u_is_in_its_pick(weights: list[float], u: float, width: int) -> None:
    strip = data(weights, u, "x" * len(weights))
    owners = column_owners(strip, width)
    assert (np.diff(owners) >= 0).all()
    assert owners[u_column(u, width)] == strip.picked
    # Apart from the pick, each column's middle lies in the interval of its owner.
    low = np.concatenate([[0.0], strip.cumulative[:-1]])
    middles = (np.arange(width) + 0.5) / width
    others = np.arange(width) != u_column(u, width)
    assert (low[owners[others]] <= middles[others]).all()
    assert (middles[others] < strip.cumulative[owners[others]]).all()


def test_segments_are_labelled_in_their_middle_and_alternate() -> None:
    row = strip_row(data([0.3, 0.3, 0.4], 0.95), 10, SIXTEEN)
    assert [(piece.text, piece.style) for piece in row] == [
        (" . ", SIXTEEN.segment_a),
        (" a ", SIXTEEN.segment_b),
        (" b  ", SIXTEEN.picked),
    ]


def test_without_color_an_edge_parts_the_segments() -> None:
    assert row_text(strip_row(data([0.3, 0.3, 0.4], 0.95), 10, MONOCHROME, ASCII)) == "|. |a |b  "


def test_a_wide_character_that_does_not_fit_leaves_its_segment_blank() -> None:
    row = strip_row(data([0.1, 0.9], 0.5, "字字"), 10, SIXTEEN)
    assert row_text(row) == " " + "   字    "
    assert row_width(row) == 10


@pytest.mark.parametrize("u", [0.0, 0.3, 0.62, 0.999999])
def test_the_pointer_stands_under_u_and_names_the_pick(u: float) -> None:
    strip = data([0.5, 0.5], u)
    text = row_text(pointer_row(strip, 40, MONOCHROME))
    assert text.index("▲") == u_column(u, 40)
    assert f"u = {u:.4f} → {'.a'[strip.picked]}" in text
    assert len(text) <= 40


def test_an_ended_item_has_no_pointer() -> None:
    strip = data([0.5, 0.5], 0.3, pending=False)
    assert pointer_row(strip, 40, MONOCHROME) == []
    assert all(piece.style != MONOCHROME.picked for piece in strip_row(strip, 40))


def test_the_scale_spans_the_strip() -> None:
    text = row_text(scale_row(41))
    assert (text[0], text[10:14], text[20:23], text[31:35], text[40]) == ("0", "0.25", "0.5", "0.75", "1")
    assert len(text) == 41
