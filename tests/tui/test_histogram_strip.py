"""Histograms of many parts, in a row and standing, against bars worked out by hand; and the list of them."""

import pytest
from textual import events

from makemore_tui.look import ColorDepth, Look
from makemore_tui.widgets.histogram_list import HistogramItem, HistogramList, HistogramTable, head, item_row, room_of
from makemore_tui.widgets.histogram_strip import BarInks, Bars, standing, strip
from makemore_tui.widgets.inks import MONOCHROME, UNICODE
from makemore_tui.widgets.rows import row_text, row_width
from tests.tui.conftest import PaneApp

EIGHT = Bars((0, 1, 2, 3, 4, 5, 6, 8))


def texts(rows) -> list[str]:
    return [row_text(row) for row in rows]


def test_one_row_shows_eighths_of_the_most() -> None:
    assert row_text(strip(EIGHT, 10)) == " ▁▂▃▄▅▆█  "
    assert row_text(strip(EIGHT, 8, ascii=True)) == " .:-=+*#"


def test_what_is_rare_is_seen_and_what_is_not_there_is_not() -> None:
    assert row_text(strip(Bars((1, 0, 10_000)), 3)) == "▁ █"
    assert row_text(strip(Bars((0, 0)), 4)) == "    "


def test_neighbours_are_joined_evenly_where_there_is_no_room() -> None:
    # 0+1, 2+3, 4+5, 6+8: 1, 5, 9, 14 -> eighths of 14: 0.57, 2.9, 5.1, 8
    assert EIGHT.merged(5).counts == (1, 5, 9, 14)
    assert row_text(strip(EIGHT, 5)) == "▁▃▅█ "
    assert EIGHT.merged(3).counts == (6, 23)
    assert Bars((1,) * 40).merged(39).counts == (2,) * 20


def test_a_joined_part_is_apart_where_one_of_its_own_was() -> None:
    bars = Bars((1, 1, 1, 1), flat=(True, False, False, False))
    assert bars.merged(2).flat == (True, False)
    runs = strip(bars, 4, BarInks(MONOCHROME.after, MONOCHROME.cut))
    assert [(piece.text, piece.style) for piece in runs][:2] == [("█", MONOCHROME.cut), ("███", MONOCHROME.after)]


def test_standing_bars_are_as_high_as_their_shares() -> None:
    # Of 2 rows (16 eighths): 4 of 8 -> 8 eighths, a row; 8 -> both; 2 -> 4 eighths, half a row.
    assert texts(standing(Bars((2, 4, 8, 0)), 4, 3)) == ["  █ ", "▄██ ", "0  1"]


def test_standing_bars_get_thicker_with_room_and_say_their_range() -> None:
    rows = standing(Bars((8, 0, 8, 8, 8), -1.0, 1.0), 20, 2)
    assert texts(rows) == ["████    ████████████", "-1        0        1"]
    assert standing(EIGHT, 8, 1) == []


def a_table(count: int = 12) -> HistogramTable:
    items = tuple(HistogramItem(f"h{number}", EIGHT, (f"{number}%",), is_bad=number == 2) for number in range(count))
    return HistogramTable("activations", ("saturated",), items, "none")


@pytest.mark.parametrize("width", [30, 41, 64, 100])
def test_numbers_stand_below_their_titles(width: int) -> None:
    table = a_table()
    room = room_of(table, width)
    titles = head(table, room, MONOCHROME)
    row = item_row(table.items[2], room, MONOCHROME, UNICODE, chosen=True)
    assert row_width(titles) == row_width(row)
    assert row_text(titles).endswith(" saturated")
    assert row_text(row).endswith("       2%")
    assert row_text(row).startswith("▶  !h2 ")


def test_a_long_name_keeps_its_end() -> None:
    item = HistogramItem("blocks.3.attention.projection.weight", EIGHT, ("1",))
    row = item_row(item, room_of(HistogramTable("", ("n",), (item,)), 40), MONOCHROME, UNICODE)
    assert row_text(row).startswith("    …ction.weight ")  # 12 cells, as 20 are the histogram's


class Listed(HistogramList):
    def on_mount(self) -> None:
        self.chosen: list[int] = []
        self.styles.height = 6

    def on_histogram_list_chosen(self, event: HistogramList.Chosen) -> None:
        self.chosen.append(event.place)


async def test_the_chosen_row_is_always_seen_and_only_changed_rows_are_painted(tmp_path, monkeypatch) -> None:
    app = PaneApp(Listed, tmp_path, Look(ColorDepth.MONOCHROME))
    async with app.run_test(size=(60, 8)) as pilot:
        histograms = app.subject
        histograms.show(a_table(), 0)
        await pilot.pause()
        assert "1-5 of 12" in histograms.render_line(0).text
        histograms.show(a_table(), 7)
        assert "4-8 of 12" in histograms.render_line(0).text
        assert "▶" in histograms.render_line(5).text
        painted = []
        monkeypatch.setattr(histograms, "refresh", lambda *regions, **_: painted.extend(regions))
        histograms.show(a_table(), 6)
        assert {region.y for region in painted} == {4, 5}


async def test_a_click_and_the_wheel_choose(tmp_path) -> None:
    app = PaneApp(Listed, tmp_path)
    async with app.run_test(size=(60, 8)) as pilot:
        histograms = app.subject
        histograms.show(a_table(3), 1)
        await pilot.click(histograms, offset=(5, 3))
        await pilot.click(histograms, offset=(5, 0))
        await pilot._post_mouse_events([events.MouseScrollDown], histograms, offset=(5, 2))
        await pilot._post_mouse_events([events.MouseScrollUp], histograms, offset=(5, 2))
        await pilot.pause()
        assert histograms.chosen == [2, 2, 0]
