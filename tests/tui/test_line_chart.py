"""The line chart as a pure function: dots, columns, and the frame as a whole, against pictures worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_tui.look import ColorDepth
from makemore_tui.widgets.line_chart import Chart, Frame, Reference, Series, View, draw, raster
from makemore_tui.widgets.line_chart.columns import reduce_columns
from makemore_tui.widgets.line_chart.frame import SLOTS, Ink, band_ink, line_ink
from makemore_tui.widgets.line_chart.glyphs import ASCII, UNICODE
from makemore_tui.widgets.line_chart.palette import ink_styles
from makemore_tui.widgets.line_chart.scales import step_axis


def text(cells: np.ndarray) -> list[str]:
    return ["".join(map(chr, row)) for row in cells.tolist()]


def rows(frame: Frame) -> list[str]:
    return [frame.text(y) for y in range(frame.height)]


def inks(frame: Frame) -> set[int]:
    return set(np.unique(frame.inks).tolist())


@pytest.mark.parametrize(
    ("row", "column", "glyph"),
    # Unicode numbers the dots 1 2 3 7 down the left column and 4 5 6 8 down the right one.
    [(0, 0, "⠁"), (1, 0, "⠂"), (2, 0, "⠄"), (3, 0, "⡀"), (0, 1, "⠈"), (1, 1, "⠐"), (2, 1, "⠠"), (3, 1, "⢀")],
)
def test_each_dot_has_its_braille_bit(row, column, glyph):
    dots = np.zeros((4, 2), bool)
    dots[row, column] = True
    assert text(raster.braille(dots)) == [glyph]


def test_braille_of_several_cells():
    dots = np.zeros((8, 4), bool)
    dots[3, :] = True
    dots[4:, 3] = True
    assert text(raster.braille(dots)) == ["⣀⣀", " ⢸"]


def test_a_diagonal_is_traced_without_a_hole():
    # Half-way between the columns lie 0.15, 0.45 and 0.8, in rows 3, 2 and 1 of 0..3: each column ends there.
    dots = raster.trace(np.array([0, 0.3, 0.6, 1]), 4)
    assert text(raster.braille(dots)) == ["⣠⠞"]


def test_a_steep_line_stays_connected():
    dots = raster.trace(np.array([0.0, 1.0]), 12)
    assert dots.any(axis=1).all()


def test_a_gap_in_the_heights_leaves_its_column_empty():
    dots = raster.trace(np.array([0.5, np.nan, 0.5]), 4)
    assert dots.any(axis=0).tolist() == [True, False, True]


def test_the_part_of_a_line_beyond_the_plot_is_not_drawn():
    assert not raster.trace(np.array([1.5, 1.6]), 4).any()
    assert raster.trace(np.array([0.5, 1.6]), 4)[0].any()


def test_columns_hold_the_range_and_the_mean_of_their_points():
    steps = np.arange(8.0)
    values = np.array([1, 3, 2, 4, np.nan, 5, 7, 7.0])
    columns = reduce_columns(steps, values, values, step_axis(0, 8, 4, exact=True), 4)
    assert columns.low.tolist() == [1, 2, 5, 7]
    assert columns.high.tolist() == [3, 4, 5, 7]
    assert columns.line.tolist() == [2, 3, 5, 7]


def test_columns_between_sparse_points_are_bridged_but_not_their_band():
    columns = reduce_columns(np.array([0.0, 4]), *[np.array([1.0, 5])] * 2, step_axis(0, 4, 4, exact=True), 5)
    assert columns.line.tolist() == [1, 2, 3, 4, 5]
    assert np.isnan(columns.low[1:4]).all()


def test_in_a_window_the_line_goes_on_towards_the_points_beside_it():
    steps, values = np.array([0.0, 100, 200]), np.array([0.0, 100, 200])
    columns = reduce_columns(steps, values, values, step_axis(50, 150, 4, exact=True), 10)
    # On the diagonal each column has the value of its middle; the one of the point itself has that of the point.
    middles = np.array([55.0, 65, 75, 85, 95, 100, 115, 125, 135, 145])
    assert columns.line[5] == 100
    assert np.abs(columns.line - middles).max() <= 5
    assert np.isfinite(columns.low).sum() == 1


def test_between_two_points_a_window_shows_the_line_that_joins_them():
    columns = reduce_columns(np.array([0.0, 100]), *[np.array([0.0, 100])] * 2, step_axis(40, 50, 4, exact=True), 5)
    assert columns.line.tolist() == pytest.approx([41, 43, 45, 47, 49])
    gap = reduce_columns(np.array([0.0, 100]), *[np.array([0.0, np.nan])] * 2, step_axis(40, 50, 4, exact=True), 5)
    assert np.isnan(gap.line).all()


def test_a_value_that_is_not_a_number_breaks_the_line():
    values = np.array([1.0, np.nan, 3.0, 4.0])
    columns = reduce_columns(np.array([0.0, 3, 6, 9]), values, values, step_axis(0, 9, 4, exact=True), 10)
    assert np.isfinite(columns.line).tolist() == [True, *[False] * 5, *[True] * 4]


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300),
    st.integers(1, 60),
    st.lists(st.integers(0, 299), max_size=20),
)
def test_the_band_contains_every_point_of_its_column(values, count, gaps):
    points = np.array(values)
    points[[gap for gap in gaps if gap < points.size]] = np.nan
    steps = np.arange(points.size, dtype=float)
    axis = step_axis(0, max(points.size - 1, 1), 4, exact=True)
    columns = reduce_columns(steps, points, points, axis, count)
    edges = axis.edges(count)
    place = np.clip(np.searchsorted(edges, steps, side="right") - 1, 0, count - 1)
    for column, value in zip(place, points, strict=True):
        if np.isfinite(value):
            assert columns.low[column] <= value <= columns.high[column]
    # Nothing is invented either: each end of a band is one of the points.
    shown = np.isfinite(columns.low)
    assert set(columns.low[shown]) | set(columns.high[shown]) <= set(points[np.isfinite(points)])


def test_a_frame_of_plain_characters():
    series = Series("loss", np.array([0, 1, 2, 3, 4]), np.array([4, 3, 2, 1, 0]))
    frame = draw(Chart((series,), title="a"), 20, 8, ascii_only=True)
    assert rows(frame) == [
        "a  * loss 0         ",
        "4+***     .       . ",
        " |  *****           ",
        "2+.     ******    . ",
        " |           *****  ",
        "0+.       .      ***",
        " ++-------+--------+",
        "  0       2     step",
    ]
    assert all(ord(character) < 128 for row in rows(frame) for character in row)


def test_the_legend_holds_the_last_values_and_the_markers_stand_at_the_ends():
    steps = np.arange(100)
    chart = Chart((Series("train", steps, np.full(100, 2.0)), Series("dev", steps, np.full(100, 3.0))))
    frame = draw(chart, 60, 12)
    legend, *plot = rows(frame)
    assert "● train 2" in legend
    assert "◆ dev 3" in legend
    assert sum(row.count("●") for row in plot) == 1
    assert sum(row.count("◆") for row in plot) == 1


def test_the_legend_shows_the_smoothed_value_of_a_noisy_series():
    values = np.array([2.0, 4.0])
    frame = draw(Chart((Series("train", [0, 1], values, noisy=True),), view=View(smoothing=0.5)), 40, 10)
    # (4 + 2/2) / (1 + 1/2)
    assert "train 3.333" in frame.text(0)


def test_a_reference_line_lies_at_its_height():
    series = Series("loss", [0, 10], [1.0, 3.0])
    chart = Chart((series,), (Reference(3.0, "uniform guess"),), view=View(y_range=(1, 3)))
    frame = draw(chart, 40, 12)
    assert (frame.inks[1] == Ink.REFERENCE).sum() > 12
    assert not (frame.inks[2:] == Ink.REFERENCE).any()
    assert "uniform guess 3" in frame.text(0)


def test_only_a_noisy_series_has_a_band_and_the_view_can_hide_it():
    steps, values = np.arange(500), np.random.default_rng(1).normal(size=500)
    noisy = Series("train", steps, values, noisy=True)
    assert band_ink(0) in inks(draw(Chart((noisy,)), 60, 15))
    assert band_ink(0) not in inks(draw(Chart((noisy,), view=View(band=False)), 60, 15))
    assert band_ink(0) not in inks(draw(Chart((Series("dev", steps, values),)), 60, 15))


def test_a_series_keeps_its_colour_when_another_one_is_gone():
    alone = draw(Chart((Series("dev", [0, 1], [1, 2], slot=1),)), 40, 10)
    assert line_ink(1) in inks(alone)
    assert line_ink(0) not in inks(alone)
    assert "◆ dev" in alone.text(0)


def test_a_start_that_would_flatten_the_rest_is_cut_off_and_said():
    steps = np.arange(1000)
    values = np.where(steps < 10, 27.0, 2.0 + np.sin(steps) * 0.1)
    frame = draw(Chart((Series("loss", steps, values),)), 60, 14)
    assert "↑ 27" in frame.text(1)
    # Nothing is cut where the uniform guess lies that high too: the axis shows it.
    whole = draw(Chart((Series("loss", steps, values),), (Reference(20.0, "guess"),)), 60, 14)
    assert "↑" not in whole.text(1)


@pytest.mark.parametrize("noisy", [True, False])
def test_the_highest_and_the_lowest_point_are_on_the_axis(noisy):
    steps = np.arange(1000)
    frame = draw(Chart((Series("loss", steps, 2 + np.sin(steps), noisy=noisy),)), 60, 20)
    labels = [float(row.split("┤")[0]) for row in rows(frame) if "┤" in row]
    assert min(labels) <= 1 and max(labels) >= 3
    plot = (frame.inks >= Ink.SERIES)[1:17]
    assert plot[:2].any() and plot[-2:].any()


def test_log_scales():
    steps = np.arange(1, 1001)
    frame = draw(Chart((Series("loss", steps, 100.0 / steps),), view=View(log_x=True, log_y=True)), 60, 20)
    labels = [row.split("┤")[0].strip() for row in rows(frame) if "┤" in row]
    assert labels == sorted(labels, key=float, reverse=True)
    assert {"0.1", "1", "10", "100"} <= set(labels)
    # 100 / step on two log scales is the straight diagonal from corner to corner.
    line = frame.inks == line_ink(0)
    first, last = np.flatnonzero(line[1:17].any(axis=0))[[0, -1]]
    middle = np.flatnonzero(line[:, (first + last) // 2])
    assert abs(middle.mean() - 8.5) <= 1.5


def test_values_that_have_no_logarithm_are_gaps():
    frame = draw(Chart((Series("loss", [0, 1, 2, 3], [1.0, 0.0, -1.0, 1.0]),), view=View(log_y=True)), 40, 10)
    assert "no points" not in "".join(rows(frame))


@pytest.mark.parametrize(
    "series",
    [(), (Series("loss", [], []),), (Series("loss", [1, 2], [np.nan, np.inf]),)],
    ids=["no series", "no points", "nothing finite"],
)
def test_without_points_the_chart_says_so(series):
    assert "no points yet" in "".join(rows(draw(Chart(series), 40, 10)))


@given(st.integers(0, 50), st.integers(0, 20), st.integers(0, 30), st.booleans())
def test_any_room_is_drawn_into(width, height, count, ascii_only):
    rng = np.random.default_rng(count)
    series = Series("train", np.arange(count), rng.normal(size=count), noisy=True)
    frame = draw(
        Chart((series,), (Reference(0.5, "x"),), title="loss", note="why"), width, height, ascii_only=ascii_only
    )
    assert frame.glyphs.shape == frame.inks.shape == (height, width)


def test_more_points_change_few_rows_while_the_axes_stay():
    rng = np.random.default_rng(3)
    values = 2 + rng.normal(size=1000) * 0.1
    values[:10] = 3
    older, newer = (
        draw(Chart((Series("train", np.arange(n), values[:n], noisy=True),), view=View(last_step=1000)), 90, 25)
        for n in (700, 720)
    )
    changes = newer.changes(older)
    cells = sum(end - start for found in changes.values() for start, end in found)
    # Twenty of a thousand steps are two of ninety columns, and the legend's number.
    assert 0 < cells < 100
    for y in range(25):
        same = np.ones(90, bool)
        for start, end in changes.get(y, []):
            same[start:end] = False
        assert (newer.glyphs[y, same] == older.glyphs[y, same]).all()
        assert (newer.inks[y, same] == older.inks[y, same]).all()
    assert draw(Chart(), 90, 25).changes(draw(Chart(), 90, 25)) == {}


def test_each_of_few_points_is_a_small_square():
    # Two points at the left and the right end, half-way up eight rows of dots: rows 3 to 5 (row 4 is rounded to).
    dots = raster.spots(np.full(6, 0.45), np.array([0, 5]), 8)
    assert dots.sum() == 12
    assert dots[3:6, :2].all() and dots[3:6, 4:].all()


def test_few_points_are_set_off_from_the_line_between_them():
    few, many = (draw(Chart((Series("dev", np.arange(n) * (900 // n), np.full(n, 2.0)),)), 90, 25) for n in (5, 300))
    # A line of one row of dots fills cells with the same two dots; squares add to these.
    kinds = [set(frame.glyphs[frame.inks == line_ink(0)].tolist()) for frame in (few, many)]
    assert len(kinds[0]) > len(kinds[1])


def test_without_colours_series_differ_by_their_dashes():
    steps = np.arange(200)
    chart = Chart((Series("a", steps, np.full(200, 1.0)), Series("b", steps, np.full(200, 2.0))))
    plain, dashed = draw(chart, 80, 12), draw(chart, 80, 12, dashed=True)
    assert (dashed.inks == line_ink(0)).sum() == (plain.inks == line_ink(0)).sum()
    assert text(dashed.glyphs) != text(plain.glyphs)


@pytest.mark.parametrize("depth", list(ColorDepth))
@pytest.mark.parametrize("background", ["#121212", "#f7f7f4"])
def test_lines_and_bands_can_be_told_apart_in_every_kind_of_terminal(depth, background):
    from textual.color import Color

    styles = ink_styles(depth, Color.parse(background), Color.parse("#888888"))
    lines = {str(styles[line_ink(slot)].color) for slot in range(SLOTS)}
    assert len(lines) == (1 if depth is ColorDepth.MONOCHROME else SLOTS)
    for slot in range(SLOTS):
        assert styles[line_ink(slot)] != styles[band_ink(slot)]
    assert len(set(UNICODE.markers)) == len(set(ASCII.markers)) == SLOTS


def test_steps_that_fall_and_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match="steps fall"):
        Series("loss", [1, 0], [1.0, 2.0])
    with pytest.raises(ValueError, match="do not match"):
        Series("loss", [0, 1], [1.0])
