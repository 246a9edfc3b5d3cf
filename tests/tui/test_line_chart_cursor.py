"""The cursor of a chart, and the legend that reads it, as pure functions of arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_tui.widgets.line_chart import Chart, Reference, Series, View, draw
from makemore_tui.widgets.line_chart.frame import SLOTS, Ink, line_ink
from makemore_tui.widgets.line_chart.legend import value_at

STEPS = np.arange(0, 101)


def legend(*series, width=80, **look) -> str:
    return draw(Chart(series, title="loss", view=View(**look)), width, 12).text(0)


def test_the_value_is_that_of_the_nearest_point():
    dev = Series("dev", [0, 100, 200], [3.0, 2.0, np.nan])
    assert value_at(dev, dev.values, 40) == 3
    assert value_at(dev, dev.values, 60) == 2
    assert np.isnan(value_at(dev, dev.values, 190))


def test_beyond_its_points_a_series_has_no_value():
    # Points lie 100 steps apart, so the last one speaks for 50 more.
    dev = Series("dev", [100, 200], [3.0, 2.0])
    assert value_at(dev, dev.values, 249) == 2
    assert np.isnan(value_at(dev, dev.values, 251))
    assert np.isnan(value_at(dev, dev.values, 49))
    assert np.isnan(value_at(Series("none", [], []), np.empty(0), 1))


def test_the_legend_reads_the_values_at_the_cursor():
    text = legend(Series("train", STEPS, STEPS / 10), Series("dev", STEPS, STEPS * 2.0), cursor=40)
    assert "loss at step 40" in text
    assert "train 4 " in text
    assert "dev 80" in text


def test_the_legend_reads_the_average_and_the_point_itself():
    # The average of 2 and 4 with half the weight on the past is (4 + 2/2) / (1 + 1/2).
    text = legend(Series("train", [0, 1, 2], [2.0, 4.0, 9.0], noisy=True), smoothing=0.5, cursor=1)
    assert "train 3.333 (4)" in text


def test_without_a_point_at_the_cursor_there_is_a_dash():
    text = legend(Series("short", [0, 10], [1.0, 2.0]), Series("long", STEPS, STEPS * 1.0), cursor=50)
    assert "short -" in text
    assert "long 50" in text


@pytest.mark.parametrize("ascii_only", [False, True])
def test_the_cursor_is_a_line_through_the_plot_in_the_column_of_its_step(ascii_only):
    chart = Chart((Series("loss", STEPS, np.full(101, 1.0)),), view=View(x_range=(0, 100), cursor=50))
    frame = draw(chart, 60, 12, ascii_only=ascii_only)
    assert frame.plot is not None
    column = frame.plot.column_of(50)
    # The middle of the steps is the middle of the plot.
    assert column == frame.plot.left + frame.plot.width // 2
    marked = np.argwhere(frame.inks == Ink.CURSOR)
    assert set(marked[:, 1].tolist()) == {column}
    # It crosses all rows of the plot but the one of the curve, and ends on the axis.
    assert len(marked) == frame.plot.height + 1 - (frame.inks[:, column] == line_ink(0)).sum()


def test_a_cursor_outside_of_the_window_is_not_drawn_but_still_read():
    chart = Chart((Series("loss", STEPS, STEPS * 1.0),), view=View(x_range=(60, 100), cursor=50))
    frame = draw(chart, 60, 12)
    assert not (frame.inks == Ink.CURSOR).any()
    assert "loss 50" in frame.text(0)


@given(st.integers(20, 150), st.floats(0, 1e5), st.floats(10, 1e6), st.booleans())
def test_the_step_of_a_column_lies_in_that_column(width, low, span, log):
    chart = Chart((Series("loss", [1, low + span], [1.0, 2.0]),), view=View(log_x=log, x_range=(low, low + span)))
    plot = draw(chart, width, 10).plot
    assert plot is not None
    for column in range(plot.left, plot.left + plot.width):
        assert plot.column_of(plot.step_at(column)) == column


def test_without_room_or_points_there_is_no_plot():
    assert draw(Chart((Series("loss", [], []),)), 60, 12).plot is None
    assert draw(Chart((Series("loss", [0, 1], [0.0, 1.0]),)), 10, 12).plot is None


def test_a_window_that_follows_shows_the_latest_step():
    series = Series("loss", np.arange(1000), np.arange(1000.0))
    plot = draw(Chart((series,), view=View(x_range=(0, 100), follow=True)), 60, 12).plot
    assert plot is not None
    assert (plot.steps.low, plot.steps.high) == (900, 1000)
    assert plot.whole == (0, 1000)


def test_a_window_from_zero_has_a_place_on_a_log_axis():
    series = Series("loss", np.arange(1000), np.arange(1000.0))
    plot = draw(Chart((series,), view=View(x_range=(0, 500), log_x=True)), 60, 12).plot
    assert plot is not None and plot.steps.log
    assert (plot.steps.low, plot.steps.high) == (1, 500)


def test_in_a_window_the_start_is_not_cut_off():
    values = np.where(STEPS < 3, 27.0, 2 + np.sin(STEPS) * 0.1)
    series = Series("loss", STEPS, values)
    assert "↑" in draw(Chart((series,)), 60, 14).text(1)
    assert "↑" not in draw(Chart((series,), view=View(x_range=(0, 100))), 60, 14).text(1)


def test_a_window_between_two_points_has_the_values_of_the_line_that_joins_them():
    frame = draw(Chart((Series("dev", [0, 100], [3.0, 2.0]),), view=View(x_range=(40, 60))), 60, 14)
    labels = [float(frame.text(y).split("┤")[0]) for y in range(14) if "┤" in frame.text(y)]
    # On the line from 3 to 2 the steps 40 to 60 lie between 2.6 and 2.4.
    assert min(labels) >= 2.35 and max(labels) <= 2.65
    assert (frame.inks == line_ink(0))[1:].sum() > 40


def test_names_are_cut_until_all_runs_have_room():
    runs = [Series(f"transformer-run-{place}", STEPS, STEPS * 1.0, slot=place) for place in range(SLOTS)]
    text = legend(*runs, width=78)
    assert text.startswith("loss  ")
    # The ends by which the names differ stay, and each has its value.
    for place in range(SLOTS):
        assert f"{place} 100" in text
    assert text.count("…") == SLOTS


def test_what_matters_least_goes_first():
    chart = Chart(
        (Series("train", STEPS, STEPS * 1.0),), (Reference(5.0, "uniform guess"),), "loss", "in nats", note="why"
    )
    texts = [draw(chart, width, 12).text(0) for width in (60, 46, 40, 20)]
    assert all(words in texts[0] for words in ("loss in nats", "train 100", "guess 5", "why"))
    assert "why" not in texts[1] and "loss in nats" in texts[1]
    assert "nats" not in texts[2] and "guess 5" in texts[2]
    assert "guess" not in texts[3] and "loss  ● train 100" in texts[3]


def test_the_chart_at_hand_is_marked():
    assert draw(Chart((), title="loss", chosen=True), 40, 8).text(0).startswith("▸ loss")


def test_of_several_runs_only_the_one_at_hand_has_a_band():
    from makemore_tui.widgets.line_chart.frame import band_ink

    values = np.random.default_rng(1).normal(size=101)
    runs = [Series(name, STEPS, values + place, noisy=True, band=not place) for place, name in enumerate("ab")]
    frame = draw(Chart(tuple(runs)), 60, 15)
    assert (frame.inks == band_ink(0)).any()
    assert not (frame.inks == band_ink(1)).any()
