"""Tables with bars, tabs and progress: what they draw."""

import math

import pytest

from makemore_tui.widgets.inks import MONOCHROME
from makemore_tui.widgets.meter_table import MeterRow, MeterTable
from makemore_tui.widgets.rows import row_text


def lines(table: MeterTable, width: int, *, ascii: bool = True) -> list[str]:
    return [row_text(table.row(place, width, MONOCHROME, ascii)) for place in range(len(table))]


def test_numbers_stand_at_the_right_and_the_largest_bar_fills_the_room():
    table = MeterTable(("item", "NLL"), (MeterRow(("emma", "2.5"), 2.5), MeterRow(("a", "10.0"), 10.0)))
    assert row_text(table.head(20, MONOCHROME, True)) == "item   NLL  "
    assert lines(table, 20) == ["emma   2.5  ##", "a     10.0  ########"]


def test_a_bar_of_its_own_scale_and_one_without_end():
    table = MeterTable(("", "x"), (MeterRow(("a", "1"), 0.5), MeterRow(("b", "2"), math.inf)), full=1.0)
    assert lines(table, 16) == ["a  1  #####", "b  2  ##########"]


def test_without_room_there_is_no_bar_and_the_last_text_is_cut_first():
    rows = (MeterRow(("olivia and emma", "1.234", "how it came about"), 1.0),)
    table = MeterTable(("what", "NLL", "note"), rows, texts=(0, 2))
    assert lines(table, 36) == ["olivia and emma  1.234  how it ca~  "]
    assert lines(table, 26) == ["olivia a~  1.234  how i~  "]


@pytest.mark.parametrize("text", ["esc\x1b[31m", "[bold]x[/]", "a\u202eb", "\x07"])
def test_text_of_a_list_is_shown_and_not_obeyed(text: str):
    (line,) = lines(MeterTable(("item", "NLL"), (MeterRow((text, "1.0")),)), 40)
    assert "\x1b" not in line and "\u202e" not in line and "\x07" not in line
    assert "[bold]x[/]" in line or text != "[bold]x[/]"


def test_an_empty_table_has_no_rows():
    assert len(MeterTable(words="nothing")) == 0
