"""Axes and smoothing: ticks at 1, 2 or 5 times a power of ten, ranges in steps, the moving average in closed form."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from makemore_tui.widgets.line_chart import smooth
from makemore_tui.widgets.line_chart.scales import format_values, nice_ceiling, nice_step, step_axis, value_axis

finite = st.floats(-1e9, 1e9)


def mantissa(value: float) -> float:
    return value / 10 ** math.floor(math.log10(value) + 1e-9)


@given(st.floats(1e-9, 1e12), st.integers(1, 40))
def test_a_step_is_one_two_or_five_times_a_power_of_ten(span, at_most):
    step = nice_step(span, at_most)
    assert min(abs(mantissa(step) - wanted) for wanted in (1, 2, 5, 10)) < 1e-6
    assert span / step <= at_most * (1 + 1e-6)
    # It is the smallest: the next smaller one would give too many ticks.
    assert span / step * 2.5 * (1 + 1e-6) >= at_most


@given(finite, finite, st.integers(2, 20), st.booleans())
def test_ticks_lie_on_the_axis_which_holds_the_values(one, other, at_most, exact):
    low, high = min(one, other), max(one, other)
    assume(high - low > 1e-6 * max(1, abs(low), abs(high)))
    axis = value_axis(low, high, at_most, exact=exact)
    slack = (axis.high - axis.low) * 1e-6
    assert axis.low <= low + slack
    assert axis.high >= high - slack
    assert len(axis.ticks) == len(axis.labels) <= at_most + 3
    assert all(axis.low - slack <= tick <= axis.high + slack for tick in axis.ticks)
    spacing = np.diff(axis.ticks)
    if spacing.size:
        assert np.allclose(spacing, nice_step(high - low, at_most))


@given(st.floats(0, 1e-3), st.floats(0.1, 10))
def test_an_axis_of_what_is_never_negative_does_not_go_below_nothing(low, high):
    assert value_axis(low, high, 5).low >= 0


def test_a_value_axis_stays_while_values_move_within_it():
    axes = {value_axis(2.04 + shift, 3.31 + shift, 6) for shift in np.linspace(0, 0.1, 30)}
    assert len(axes) <= 3


def test_a_value_that_never_changes_has_room_on_both_sides():
    axis = value_axis(50.0, 50.0, 5)
    assert axis.low < 50 < axis.high
    assert value_axis(0.0, 0.0, 5).low < 0 < value_axis(0.0, 0.0, 5).high


@given(st.floats(1, 1e9))
def test_the_step_axis_ends_at_a_round_number_not_far_away(last):
    end = nice_ceiling(last)
    assert last * (1 - 1e-6) <= end <= last * 1.5 * (1 + 1e-6)


def test_the_step_axis_grows_seldom_and_never_beyond_the_end_of_the_run():
    ends = [step_axis(0, last, 8, limit=2000).high for last in range(1, 2001)]
    assert len(set(ends)) <= 35
    assert max(ends) == 2000
    assert step_axis(0, 2500, 8, limit=2000).high >= 2500


@given(st.floats(1e-6, 1e6), st.floats(1.01, 9.9), st.integers(2, 12))
def test_a_log_axis_of_less_than_a_decade_has_even_ticks_and_holds_the_values(low, ratio, at_most):
    axis = value_axis(low, low * ratio, at_most, log=True)
    assert axis.log
    assert 0 < axis.low <= low * (1 + 1e-6)
    assert axis.high >= low * ratio * (1 - 1e-6)
    # Half a tick of room at each end is the most.
    step = nice_step(low * ratio - low, at_most)
    assert axis.high - axis.low <= (ratio - 1) * low + step * (1 + 1e-6)
    assert np.allclose(np.diff(axis.ticks), step)


@given(st.floats(1e-6, 1e6), st.floats(10, 1e9), st.integers(2, 12))
def test_ticks_of_a_log_axis_are_one_two_or_five_times_a_power_of_ten(low, ratio, at_most):
    axis = value_axis(low, low * ratio, at_most, log=True)
    assert axis.low <= low * (1 + 1e-6)
    assert axis.high >= low * ratio * (1 - 1e-6)
    assert all(min(abs(mantissa(tick) - wanted) for wanted in (1, 2, 5, 10)) < 1e-6 for tick in axis.ticks)
    assert len(axis.ticks) <= at_most + 1


def test_fractions_are_linear_in_the_logarithm():
    axis = value_axis(1, 100, 5, log=True)
    assert axis.fractions(np.array([1.0, 10.0, 100.0])).tolist() == pytest.approx([0, 0.5, 1])
    assert np.isnan(axis.fractions(np.array([0.0, -1.0]))).all()


@pytest.mark.parametrize(
    ("values", "step", "labels"),
    [
        ([1.95, 2.0, 2.05], 0.05, ["1.95", "2.00", "2.05"]),
        ([0, 500, 1000, 1500], 500, ["0", "500", "1k", "1.5k"]),
        ([0, 10_000, 200_000], 10_000, ["0", "10k", "200k"]),
        ([1_000_000, 1_500_000], 500_000, ["1M", "1.5M"]),
        ([0, 2e-5], 2e-5, ["0", "2e-5"]),
        ([-1.0, 0.0], 1.0, ["-1", "0"]),
    ],
)
def test_labels(values, step, labels):
    assert format_values(values, step) == labels


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.004604, 0.004636, ("0.00461", "0.00462", "0.00463")),
        (3.29550, 3.29563, ("3.29550", "3.29555", "3.29560")),
        (0.000412, 0.000447, ("4.2e-4", "4.3e-4", "4.4e-4")),
        (0, 5e-6, ("0", "1e-6", "2e-6", "3e-6", "4e-6", "5e-6")),
    ],
)
def test_close_up_no_two_ticks_have_the_same_label(low, high, labels):
    assert value_axis(low, high, 5, exact=True).labels == labels


def test_the_average_of_few_points_by_hand():
    # (1), (2 + 1/2) / (1 + 1/2), (4 + 2/2 + 1/4) / (1 + 1/2 + 1/4)
    assert smooth(np.array([1.0, 2, 4]), 0.5).tolist() == pytest.approx([1, 2.5 / 1.5, 5.25 / 1.75])


@given(st.sampled_from([0.1, 0.5, 0.9, 0.95, 0.99, 0.999]), st.integers(1, 3000))
def test_the_average_of_a_line_has_a_closed_form(weight, count):
    # For x_i = i the weighted mean of the past is t - w / (1 - w) + (t + 1) w**(t+1) / (1 - w**(t+1)).
    t = np.arange(count, dtype=float)
    power = weight ** (t + 1)
    wanted = t - weight / (1 - weight) + (t + 1) * power / (1 - power)
    assert np.allclose(smooth(t, weight), wanted, rtol=1e-7, atol=1e-6)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=200), st.floats(0, 0.999))
def test_the_average_is_the_recurrence_and_stays_within_what_it_saw(values, weight):
    points = np.array(values)
    total = count = 0.0
    wanted = []
    for value in values:
        total, count = weight * total + value, weight * count + 1
        wanted.append(total / count)
    averaged = smooth(points, weight)
    assert np.allclose(averaged, wanted, rtol=1e-6, atol=1e-6)
    assert (averaged <= np.maximum.accumulate(points) + 1e-6).all()
    assert (averaged >= np.minimum.accumulate(points) - 1e-6).all()


def test_gaps_stay_gaps_and_do_not_count():
    averaged = smooth(np.array([1.0, np.nan, 2.0, np.inf]), 0.5)
    assert np.isnan(averaged).tolist() == [False, True, False, True]
    assert averaged[2] == pytest.approx(2.5 / 1.5)


def test_a_weight_outside_its_range_is_refused():
    for weight in (-0.1, 1.0):
        with pytest.raises(ValueError, match="weight"):
            smooth(np.array([1.0]), weight)
