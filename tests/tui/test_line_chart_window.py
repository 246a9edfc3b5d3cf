"""Zooming and panning: a window is never empty, never inverted, and never leaves the whole."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_tui.widgets.line_chart.window import NARROWEST, at_end, following, pan, tail, zoom

LOGS = [False, True]
lasts = st.floats(1, 1e7)
moves = st.lists(
    st.one_of(
        st.tuples(st.just("zoom"), st.floats(0.05, 20), st.floats(-0.5, 1.5)),
        st.tuples(st.just("pan"), st.floats(-3, 3), st.just(0.0)),
        st.tuples(st.just("tail"), st.just(0.0), st.floats(0, 1)),
    ),
    max_size=12,
)


@pytest.mark.parametrize("log", LOGS)
@given(lasts, moves)
def test_any_row_of_moves_leaves_a_window_inside_the_whole(log, last, made):
    whole = (1.0, max(last, 10.0)) if log else (0.0, last)
    window = None
    for kind, amount, place in made:
        if kind == "zoom":
            window = zoom(window, whole, amount, whole[0] + place * (whole[1] - whole[0]), log=log)
        elif kind == "pan":
            window = pan(window, whole, amount, log=log)
        else:
            window = tail(window, whole, whole[0] + place * (whole[1] - whole[0]))
        if window is not None:
            low, high = window
            assert whole[0] <= low < high <= whole[1]
            assert high - low >= min(NARROWEST, whole[1] - whole[0]) * (1 - 1e-9)


@given(st.floats(0, 1000), st.floats(10, 1000), st.floats(0.1, 10), st.floats(0, 1))
def test_the_step_around_which_it_zooms_stays_where_it_is(low, span, factor, place):
    around = low + span * place
    found = zoom((low, low + span), (-1e9, 1e9), factor, around)
    if found is not None and span * factor > NARROWEST:
        assert (around - found[0]) / (found[1] - found[0]) == pytest.approx(place, abs=1e-6)
        assert found[1] - found[0] == pytest.approx(span * factor)


def test_on_a_log_axis_it_zooms_by_ratios():
    # Half of the decades of 1 to 10,000, around their middle, 100.
    found = zoom(None, (1, 10_000), 0.5, 100, log=True)
    assert found == pytest.approx((10, 1000))
    assert pan(found, (1, 10_000), 0.5, log=True) == pytest.approx((100, 10_000))


def test_zooming_out_ends_with_all():
    window = zoom(None, (0, 1000), 0.5, 250)
    assert window == (125, 625)
    assert zoom(window, (0, 1000), 2, 250) is None
    assert zoom(None, (0, 1000), 2, 10) is None


def test_panning_stops_at_the_ends():
    assert pan((100, 200), (0, 1000), -5) == (0, 100)
    assert pan((100, 200), (0, 1000), 50) == (900, 1000)
    assert pan(None, (0, 1000), 1) is None


def test_a_list_of_few_steps_is_shown_whole():
    assert zoom(None, (0, 3), 0.5, 1) is None


def test_the_tail_is_the_latest_fifth_or_as_wide_as_what_is_shown():
    assert tail(None, (0, 2000), 1240) == (840, 1240)
    assert tail((100, 200), (0, 2000), 1240) == (1140, 1240)


def test_only_a_window_with_the_latest_step_follows_it():
    assert at_end((0, 100), 100)
    assert not at_end((0, 99), 100)
    assert not at_end(None, 100)


@given(st.floats(10, 1e5), st.floats(0, 1e6))
def test_a_window_that_follows_holds_the_latest_step_in_its_last_quarter(span, last):
    low, high = following((0.0, span), last)
    assert low >= 0
    assert high - low == pytest.approx(span, rel=1e-6)
    assert low - 1e-6 <= last <= high * (1 + 1e-9)
    if last > span:
        assert last >= high - span * 0.2500001


def test_a_window_that_follows_moves_seldom():
    windows = {following((0.0, 100.0), float(last)) for last in range(100, 300)}
    # By ten steps at a time: from 100 to 300 that is 21 windows, not 200.
    assert len(windows) == 21
    assert math.isclose(min(high for _, high in windows), 100)
