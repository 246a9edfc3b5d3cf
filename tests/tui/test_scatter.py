"""Labelled points: where each label stands."""

from makemore_tui.widgets.inks import ASCII, MONOCHROME
from makemore_tui.widgets.rows import row_text
from makemore_tui.widgets.scatter import Point, Scatter, plan_labels, scatter_rows


def drawn(points: tuple[Point, ...], width: int, height: int) -> list[str]:
    return [row_text(row).rstrip() for row in scatter_rows(Scatter(points), width, height, MONOCHROME, ASCII)]


def test_up_is_up_and_right_is_right() -> None:
    points = (Point("a", -4, 2), Point("b", 4, 2), Point("c", -4, -2), Point("d", 4, -2))
    lines = drawn(points, 17, 5)
    assert [line.replace("-", " ").split() for line in lines] == [["a", "b"], [], [], [], ["c", "d"]]
    assert lines[0].startswith("a") and lines[0].endswith("b")


def test_both_axes_have_one_scale() -> None:
    """Points at the same distance across and up are twice as many columns as rows apart."""
    plan = plan_labels((Point("o", 0, 0), Point("x", 1, 0), Point("y", 0, 1)), 60, 10)
    at = {placed.point.label: (placed.column, placed.row) for placed in plan.placed}
    across, up = at["x"][0] - at["o"][0], at["o"][1] - at["y"][1]
    assert up == 9 and across == 18
    assert plan.origin == at["o"]


def test_labels_on_one_place_stand_beside_each_other() -> None:
    points = tuple(Point(label, 1.0, 1.0) for label in "abcdef")
    plan = plan_labels(points, 21, 9)
    places = {(placed.column, placed.row) for placed in plan.placed}
    assert len(places) == 6 and plan.left_out == 0
    assert not any((column + 1, row) in places for column, row in places)


def test_what_has_no_room_is_counted_and_the_first_points_have_it() -> None:
    points = tuple(Point(label, 0.0, 0.0) for label in "abcdefghij")
    lines = drawn(points, 6, 3)
    assert "a" in "".join(lines)
    shown = sum(label in "".join(lines[:-1]) for label in "abcdefghij")
    assert lines[-1].startswith(f"{10 - shown} more") or lines[-1].startswith(f"{10 - shown} m")


def test_wide_labels_keep_their_cells() -> None:
    plan = plan_labels((Point("字", 0, 0), Point("ж", 0.01, 0)), 20, 5)
    first, second = plan.placed
    assert abs(second.column - first.column) > 2 or second.row != first.row


def test_numbers_that_are_none_are_left_out() -> None:
    plan = plan_labels((Point("a", float("nan"), 0), Point("b", 1, 1)), 20, 5)
    assert [placed.point.label for placed in plan.placed] == ["b"] and plan.left_out == 1
