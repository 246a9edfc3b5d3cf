"""The heatmap's pure parts, against rows worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from makemore_tui.look import ColorDepth
from makemore_tui.widgets.color_maps import diverging_map, sequential_maps
from makemore_tui.widgets.heatmap import ArrayValues, Bounds, CellSize, HeatmapData, Notation, Scale
from makemore_tui.widgets.heatmap.drawing import (
    Picture,
    draw_cells,
    draw_header,
    draw_row_header,
    draw_row_total,
    draw_totals,
    mark_cursor,
)
from makemore_tui.widgets.heatmap.layout import Layout, best_layout
from makemore_tui.widgets.heatmap.scales import diverging_levels, sequential_levels
from makemore_tui.widgets.heatmap.texts import cell_text, compact

LABELS = ("a", "b", "c")
# Blue, bright blue, cyan, bright cyan, white: five levels are easy to work out.
FIVE = sequential_maps(ColorDepth.COLORS_16)[0]
COUNTS = np.array([[0, 1, 16], [1, 4, 0], [2, 8, 16]])


def picture(size=CellSize.SMALL, *, notation=Notation.COUNT, array=COUNTS, ascii_only=False, totals=False, **more):
    data = HeatmapData.of(array, LABELS, LABELS, notation)
    layout = Layout(3, 3, 60, 20, size, ascii_only=ascii_only, row_totals=totals, column_totals=totals)
    colors = diverging_map(ColorDepth.COLORS_16) if notation is Notation.DIFFERENCE else FIVE
    return Picture(data, layout, more.get("scale", Scale.LOG), colors)


def text(segments):
    return "".join(segment.text for segment in segments)


def numbers(cells):
    """The palette numbers of each cell: foreground and background."""
    return [
        tuple(color and color.number for color in (segment.style.color, segment.style.bgcolor)) for segment in cells
    ]


# Levels


def test_log_levels_split_the_bounds_evenly_in_powers():
    # 1 to 16 in five levels: log2 of 0 to 4 is parted at 0.8, 1.6, 2.4 and 3.2.
    levels = sequential_levels(np.array([0.0, 1, 2, 4, 8, 16]), Bounds(1, 16), Scale.LOG, 5)
    assert levels.tolist() == [-1, 0, 1, 2, 3, 4]


def test_sqrt_and_linear_levels_start_at_zero():
    values = np.array([0.0, 0.01, 0.04, 0.25, 0.5, 1.0])
    assert sequential_levels(values, Bounds(0.01, 1), Scale.SQRT, 10).tolist() == [-1, 1, 2, 5, 7, 9]
    assert sequential_levels(values, Bounds(0.01, 1), Scale.LINEAR, 10).tolist() == [-1, 0, 0, 2, 5, 9]


def test_differences_are_placed_on_their_side_of_the_middle():
    values = np.array([-1.0, -0.25, -0.0001, 0.0, 0.0001, 0.25, 1.0])
    assert diverging_levels(values, Bounds(0, 1), Scale.SQRT, 9).tolist() == [0, 2, 4, -1, 4, 6, 8]
    assert diverging_levels(values, Bounds(0, 1), Scale.LINEAR, 9).tolist() == [0, 3, 4, -1, 4, 5, 8]


@given(
    st.lists(st.floats(1e-9, 1e9), min_size=2, max_size=20),
    st.sampled_from(Scale),
    st.integers(2, 40),
)
def test_levels_keep_the_order_of_the_values_and_stay_in_the_map(values, scale, levels):
    array = np.sort(np.array(values))
    for result in (
        sequential_levels(array, Bounds.of(array), scale, levels),
        diverging_levels(array, Bounds.of(array), scale, 2 * levels + 1),
    ):
        assert (np.diff(result) >= 0).all()
        assert result.min() >= 0
    assert sequential_levels(array, Bounds.of(array), scale, levels)[-1] == levels - 1


def test_a_matrix_of_zeros_has_empty_cells_alone():
    zeros = np.zeros((2, 2))
    for measure in (sequential_levels, diverging_levels):
        assert (measure(zeros, Bounds.of(zeros), Scale.LOG, 5) == -1).all()


# Texts


@pytest.mark.parametrize(
    ("value", "notation", "narrow", "wide"),
    [
        (0, Notation.COUNT, "·", "·"),
        (7, Notation.COUNT, "7", "7"),
        (99, Notation.COUNT, "99", "99"),
        (417, Notation.COUNT, "4h", "417"),
        (949, Notation.COUNT, "9h", "949"),
        (999, Notation.COUNT, "1k", "999"),
        (1042, Notation.COUNT, "1k", "1042"),
        (6763, Notation.COUNT, "7k", "6763"),
        (32033, Notation.COUNT, "<M", "32k"),
        (999_600, Notation.COUNT, "1M", "1.0M"),
        (0.0, Notation.SHARE, "·", "·"),
        (0.0001, Notation.SHARE, "<1", "0.01"),
        (0.00001, Notation.SHARE, "<1", "<.01"),
        (0.0384, Notation.SHARE, "4", "3.84"),
        (0.369, Notation.SHARE, "37", "36.9"),
        (0.00996, Notation.DIFFERENCE, "+1", "+1.0"),
        (-0.1, Notation.DIFFERENCE, "--", "-10"),
        (500_000, Notation.COUNT, "<M", "500k"),
        (1.0, Notation.SHARE, "1h", "100"),
        (0.0, Notation.DIFFERENCE, "·", "·"),
        (0.004, Notation.DIFFERENCE, "0", "+.40"),
        (0.005, Notation.DIFFERENCE, "0", "+.50"),
        (0.0051, Notation.DIFFERENCE, "+1", "+.51"),
        (-0.0004, Notation.DIFFERENCE, "0", "-.04"),
        (-0.0456, Notation.DIFFERENCE, "-5", "-4.6"),
        (0.123, Notation.DIFFERENCE, "++", "+12"),
        (0.3, Notation.NUMBER, "+3", "+.30"),
        (-0.94, Notation.NUMBER, "-9", "-.94"),
        (1.26, Notation.NUMBER, "++", "+1.3"),
        (-0.05, Notation.NUMBER, "0", "-.05"),
        (-12.0, Notation.NUMBER, "--", "-12"),
        (1234.0, Notation.NUMBER, "++", "+1k"),
        (-1.0, Notation.DIFFERENCE, "--", "-100"),
    ],
)
def test_numbers_are_written_in_the_columns_of_a_cell(value, notation, narrow, wide):
    assert cell_text(value, notation, 3) == narrow
    assert cell_text(value, notation, 5) == wide


@given(st.integers(0, 10**12), st.sampled_from([1.0, 1e-3, 1e-9]), st.sampled_from([3, 5]))
def test_numbers_of_neighbours_never_touch(number, scale, width):
    assert len(cell_text(number, Notation.COUNT, width)) < width
    share = min(number * scale, 1.0)
    assert len(cell_text(share, Notation.SHARE, width)) < width
    assert all(len(cell_text(sign * share, Notation.DIFFERENCE, width)) < width for sign in (1, -1))


@given(st.integers(1, 10**14), st.integers(3, 7))
def test_compact_numbers_fit_and_are_near(number, width):
    shown = compact(number, width)
    assert len(shown) <= width
    unit = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}.get(shown[-1], 1)
    value = float(shown.rstrip("kMGTP")) * unit
    assert abs(value - number) <= number / 3
    assert unit > 1 or value == number


# Cells


def test_half_blocks_hold_two_rows_and_zero_is_apart():
    (cells,) = draw_cells(picture(), 0, 0)
    # Above 0 1 16, below 1 4 0; levels -1 0 4 and 0 2 -1; black is the empty cell.
    assert [segment.text for segment in cells] == ["▀▀", "▀▀", "▀▀"]
    assert numbers(cells) == [(0, 4), (4, 6), (15, 0)]


def test_the_last_of_an_odd_number_of_rows_has_no_lower_half():
    (cells,) = draw_cells(picture(), 1, 0)
    assert numbers(cells) == [(12, None), (14, None), (15, None)]


def test_short_cells_hold_one_row_of_right_aligned_numbers():
    (cells,) = draw_cells(picture(CellSize.SHORT), 2, 0)
    assert text(cells) == "  2  8 16"
    assert [segment.style.bgcolor.number for segment in cells] == [12, 14, 15]


def test_pairs_stand_over_their_numbers():
    above, below = draw_cells(picture(CellSize.PAIR), 1, 0)
    assert text(above) == " ba   bb   bc  "
    assert text(below) == "    1    4    ·"


def test_ascii_cells_grow_denser_and_differences_carry_their_sign():
    (cells,) = draw_cells(picture(ascii_only=True), 2, 0)
    assert text(cells) == "--##@@"
    assert text(draw_cells(picture(ascii_only=True), 0, 0)[0]) == "  ..@@"
    array = np.array([[-1.0, 0.0, 1.0], [0, 0, 0], [0, 0, 0]])
    (cells,) = draw_cells(picture(ascii_only=True, notation=Notation.DIFFERENCE, array=array), 0, 0)
    assert text(cells) == "-@  +@"
    assert all(segment.text.isascii() for segment in cells)


def dot_rows(text):
    """How many dots the upper and the lower half of braille characters hold, by the numbers of Unicode's chart."""
    codes = [ord(one) - 0x2800 for one in text if one != " "]
    upper, lower = (sum((code & half).bit_count() for code in codes) for half in (0x1B, 0xE4))
    return upper, lower


def test_without_colours_dots_grow_with_the_value_in_each_of_two_rows():
    plain = sequential_maps(ColorDepth.MONOCHROME)[0]
    shown = replace(picture(), colors=plain)
    (cells,) = draw_cells(shown, 0, 0)
    # Above 0 1 16, below 1 4 0; eight levels by powers: none for zero, one dot for the least, eight for the most.
    assert [dot_rows(cell.text) for cell in cells] == [(0, 1), (1, 5), (8, 0)]
    assert all(cell_len(cell.text) == 2 and cell.style.color is None for cell in cells)
    (marked,) = mark_cursor(shown, [cells], 1, lower=True)
    assert marked[1].text == cells[1].text
    assert [bool(cell.style.reverse) for cell in marked] == [False, True, False]


def test_without_colours_small_differences_are_signs():
    layout = Layout(3, 3, 60, 20, CellSize.SMALL, signs=True)
    array = np.array([[-1.0, 0.0, 1.0], [0, 0, 0], [0, 0, 0]])
    data = HeatmapData.of(array, LABELS, LABELS, Notation.DIFFERENCE)
    (cells,) = draw_cells(Picture(data, layout, Scale.LOG, diverging_map(ColorDepth.MONOCHROME)), 0, 0)
    assert text(cells) == "-@  +@"


def test_the_cursor_covers_its_half_of_a_cell_alone():
    shown = picture()
    lines = draw_cells(shown, 0, 0)
    (upper,) = mark_cursor(shown, lines, 1, lower=False)
    (lower,) = mark_cursor(shown, lines, 1, lower=True)
    assert numbers(upper) == [(0, 4), (9, 6), (15, 0)]
    assert numbers(lower) == [(0, 4), (4, 9), (15, 0)]


def test_labels_and_totals_stand_at_their_rows_and_columns():
    shown = picture(CellSize.NUMBER, totals=True)
    assert text(draw_header(shown, 0)) == "       a    b    c" + "     sum"
    assert text(draw_row_header(shown, 1, 0)) == " b "
    assert text(draw_row_total(shown, 2, 0)) == "      26"
    assert text(draw_totals(shown, 0)) == " Σ     3   13   32      48"
    small = picture(totals=True)
    assert text(draw_row_header(small, 0, 0)) == "ab "
    assert text(draw_row_header(small, 1, 0)) == "c  "
    assert text(draw_row_total(small, 0, 0)) == "  17   5"


def test_the_label_of_the_cursor_stands_out():
    shown = picture()
    marked = [segment.text for segment in draw_header(shown, 0, 1) if segment.style == shown.inks.header_cursor]
    assert marked == [" b"]
    marked = [segment.text for segment in draw_row_header(shown, 0, 0, 1) if segment.style == shown.inks.header_cursor]
    assert marked == ["b"]


def test_sorting_moves_values_labels_and_totals_together():
    order = np.array([2, 0, 1])
    data = HeatmapData(
        ArrayValues(COUNTS), LABELS, LABELS, Bounds(1, 16),
        row_totals=COUNTS.sum(axis=1), column_totals=COUNTS.sum(axis=0), row_order=order, column_order=order,
    )  # fmt: skip
    shown = Picture(data, Layout(3, 3, 60, 20, CellSize.NUMBER, row_totals=True), Scale.LOG, FIVE)
    assert text(draw_header(shown, 0)).split() == ["c", "a", "b", "sum"]
    assert text(draw_row_header(shown, 0, 0)).strip() == "c"
    assert text(draw_cells(shown, 0, 0)[0]).split() == ["16", "2", "8"]
    assert text(draw_row_total(shown, 0, 0)).strip() == "26"


def test_wide_and_combining_labels_keep_the_columns():
    labels = ("漢", "◌́", "␛")
    data = HeatmapData.of(COUNTS, labels, labels)
    for size in CellSize:
        layout = Layout(3, 3, 60, 20, size, label_width=2)
        shown = Picture(data, layout, Scale.LOG, FIVE)
        for line in (draw_header(shown, 0), *draw_cells(shown, 0, 0)):
            assert all(cell_len(segment.text) == size.width for segment in line[-3:])
        assert cell_len(text(draw_row_header(shown, 0, 0))) == layout.header_width


# Layout


def room(width, height, rows=27, **more):
    return Layout(rows, rows, width, height, CellSize.SMALL, **more)


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (57, 20, CellSize.SMALL),
        (83, 40, CellSize.SMALL),
        (84, 28, CellSize.SHORT),
        (84, 27, CellSize.SMALL),
        (138, 28, CellSize.NUMBER),
        (138, 55, CellSize.PAIR),
    ],
)
def test_cells_are_as_large_as_the_room_allows(width, height, size):
    chosen = best_layout(room(width, height))
    assert chosen.size is size
    assert chosen.fits


def test_27_characters_take_57_columns_and_15_lines_by_half_blocks():
    small = room(80, 24)
    assert (small.needed_width, small.needed_height) == (57, 15)


def test_totals_come_where_they_fit_and_a_person_overrides_both():
    assert not best_layout(room(57, 15)).column_totals
    assert best_layout(room(57, 16)).column_totals
    both = best_layout(room(92, 29))
    assert both.row_totals and both.column_totals and both.size is CellSize.SHORT
    forced = best_layout(room(57, 20), size=CellSize.PAIR, totals=True)
    assert forced.size is CellSize.PAIR and forced.row_totals


@given(st.integers(1, 6000), st.integers(1, 250), st.integers(1, 80), st.sampled_from(CellSize), st.booleans())
def test_the_last_row_and_column_can_always_be_scrolled_to(rows, width, height, size, ascii_only):
    layout = Layout(rows, rows, width, height, size, ascii_only=ascii_only)
    last_x = max(0, layout.virtual_width - layout.width)
    last_y = max(0, layout.virtual_height - layout.height)
    assert layout.first_column(last_x) + layout.visible_columns == layout.columns
    assert layout.first_step(last_y) + layout.visible_steps == layout.steps
