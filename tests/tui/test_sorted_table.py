"""The table that is sorted by a column: which columns have room, where its cells stand, what a click means."""

import pytest
from rich.cells import cell_len

from makemore_tui.widgets.inks import MONOCHROME
from makemore_tui.widgets.rows import row_text
from makemore_tui.widgets.sorted_table import Column, Table, TableHead, TableRow, rows_of

COLUMNS = (
    Column("run", "run", is_number=False, rank=1),
    Column("width", "width"),
    Column("note", "note", is_number=False, rank=2, most=6),
)
ROWS = (TableRow("a", ("alpha", "8", "short")), TableRow("b", ("be", "1,024", "much too long")))
TABLE = Table(COLUMNS, ROWS, "width", False, {"b": ("●", "#ff0000")})


def line(table: Table, place: int, width: int = 40) -> str:
    return row_text(table.row(place, width, MONOCHROME, False)).rstrip()


def test_texts_stand_left_and_numbers_right_below_their_titles() -> None:
    assert row_text(TABLE.head(40, MONOCHROME, False)).rstrip() == "  run    width▲  note"
    assert line(TABLE, 0) == "  alpha       8  short"
    assert line(TABLE, 1) == "● be      1,024  much …"


def test_the_arrow_tells_the_order() -> None:
    reverse = Table(COLUMNS, ROWS, "run", True)
    assert row_text(reverse.head(40, MONOCHROME, False)).split() == ["run▼", "width", "note"]
    assert row_text(reverse.head(40, MONOCHROME, True)).split() == ["runv", "width", "note"]


@pytest.mark.parametrize(
    ("width", "kept"), [(40, ["run", "width", "note"]), (23, ["run", "width"]), (12, ["width"]), (5, ["width"])]
)
def test_without_room_the_least_important_columns_go(width: int, kept: list[str]) -> None:
    shown = TABLE.shown(width)
    assert [COLUMNS[index].key for index, _ in shown] == kept
    assert cell_len(row_text(TABLE.row(0, width, MONOCHROME, False))) <= width


@pytest.mark.parametrize(("x", "key"), [(0, None), (2, "run"), (8, "run"), (9, "width"), (17, "note"), (39, None)])
def test_a_cell_of_the_titles_belongs_to_a_column(x: int, key: str | None) -> None:
    assert TABLE.column_at(x, 40) == key


def test_the_neighbours_go_round() -> None:
    assert (TABLE.neighbour(1), TABLE.neighbour(-1)) == ("note", "run")
    assert Table(COLUMNS, ROWS, "note").neighbour(1) == "run"
    assert Table(COLUMNS, ROWS, "gone").neighbour(1) == "width"
    assert Table().neighbour(1) == ""


def test_the_place_of_a_row() -> None:
    assert (rows_of(ROWS, "b"), rows_of(ROWS, "gone"), rows_of((), None)) == (1, 0, 0)


async def test_titles_of_a_narrow_table_fit(snap) -> None:
    def make() -> TableHead:
        head = TableHead()
        head.call_later(head.show, TABLE, 0)
        return head

    await snap(make, size=(30, 3))
