"""The list of generated items: its rows, and what it paints and scrolls to as it grows."""

import math

import pytest
from textual.app import App, ComposeResult

from makemore_tui.widgets.inks import ASCII, MONOCHROME
from makemore_tui.widgets.item_list import ItemList, ListedItem, clip, item_row
from makemore_tui.widgets.rows import row_text, row_width


def items(count: int) -> tuple[ListedItem, ...]:
    return tuple(ListedItem(f"item{number}", number, 2.5, "new") for number in range(1, count + 1))


class ListApp(App[None]):
    def compose(self) -> ComposeResult:
        yield ItemList()

    @property
    def shown(self) -> ItemList:
        return self.query_one(ItemList)

    def lines(self) -> list[str]:
        return [self.shown.render_line(y).text.rstrip() for y in range(self.size.height)]


def test_a_row_has_number_text_nll_and_place() -> None:
    row = row_text(item_row(ListedItem("emma", 7, 2.5144, "train"), 40))
    assert row.split() == ["7", "emma", "2.51", "train"]
    assert len(row) == 40


def test_only_new_items_stand_out() -> None:
    new, known = (item_row(ListedItem("emma", 7, 2.5, place), 40)[1].style for place in ("new", "dev"))
    assert (new, known) == (MONOCHROME.strong, MONOCHROME.plain)


def test_wide_rows_have_the_note_and_narrow_ones_do_not() -> None:
    item = ListedItem("emma", 7, 2.5, "new", "2 forced")
    assert "2 forced" in row_text(item_row(item, 60))
    assert "forced" not in row_text(item_row(item, 40))


def test_an_impossible_and_an_empty_item_are_said() -> None:
    assert row_text(item_row(ListedItem("", 1, math.inf, "new"), 40)).split() == ["1", "(nothing)", "∞", "new"]
    assert "inf" in row_text(item_row(ListedItem("", 1, math.inf, "new"), 40, MONOCHROME, ASCII))


def test_a_heading_names_the_model_and_the_columns() -> None:
    heading = row_text(item_row(ListedItem("counts of names.txt", heading=True), 40))
    row = row_text(item_row(ListedItem("emma", 7, 2.5, "train"), 40))
    assert heading.startswith("counts of names.txt")
    assert heading.index("NLL") + 3 == row.index("2.50") + 4
    assert heading.index("data") == row.index("train")


def test_a_cut_text_is_marked() -> None:
    assert clip("minaymoryles", 8) == "minaymo…"
    assert clip("emma", 8) == "emma    "
    assert clip("字字字", 5, ASCII) == "字字~"
    long = ListedItem("字" * 100, 1, 2.0, "new")
    assert row_width(item_row(long, 40)) == 40


async def test_the_list_follows_its_end_and_keeps_clear_of_the_scroll_bar() -> None:
    app = ListApp()
    async with app.run_test(size=(40, 6)) as pilot:
        app.shown.show(items(3))
        await pilot.pause()
        assert [line.split()[:1] for line in app.lines()] == [["1"], ["2"], ["3"], [], [], []]
        app.shown.show(items(50))
        await pilot.pause()
        assert app.lines()[-1].split() == ["50", "item50", "2.50", "new"]
        assert app.shown.render_line(0).cell_length == 39


async def test_a_list_that_was_scrolled_away_stays_where_it_is() -> None:
    app = ListApp()
    async with app.run_test(size=(40, 6)) as pilot:
        app.shown.show(items(50))
        await pilot.pause()
        await pilot.press("tab", "pageup")
        await pilot.pause()
        before = app.lines()
        app.shown.show(items(60))
        await pilot.pause()
        assert app.lines() == before


async def test_a_list_that_filled_while_it_was_hidden_shows_its_end() -> None:
    app = ListApp()
    async with app.run_test(size=(40, 6)) as pilot:
        app.shown.display = False
        await pilot.pause()
        app.shown.show(items(30))
        app.shown.show(items(31))
        app.shown.display = True
        await pilot.pause()
        assert app.lines()[-1].split()[0] == "31"
        await pilot.resize_terminal(40, 4)
        await pilot.pause()
        assert app.lines()[-1].split()[0] == "31"


async def test_the_heading_over_what_is_shown_stays_in_the_first_row() -> None:
    app = ListApp()
    async with app.run_test(size=(60, 6)) as pilot:
        first, second = (ListedItem(name, heading=True) for name in ("counts", "bigram-1"))
        app.shown.show((first, *items(20), second, *items(9)))
        await pilot.pause()
        assert app.lines()[0].startswith("bigram-1")
        await pilot.press("tab", "pageup", "pageup")
        await pilot.pause()
        assert app.lines()[0].startswith("counts")
        assert app.lines()[1].split()[1].startswith("item")


async def test_the_first_row_shows_the_focus_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    app = ListApp()
    async with app.run_test(size=(60, 6)) as pilot:
        monkeypatch.setattr(ItemList, "inks", MONOCHROME)
        app.shown.show((ListedItem("counts", heading=True), *items(2)))

        def is_a_bar() -> bool:
            return all(segment.style is not None and segment.style.reverse for segment in app.shown.render_line(0))

        app.set_focus(None)
        await pilot.pause()
        assert not is_a_bar()
        await pilot.press("tab")
        assert is_a_bar()


async def test_an_empty_list_says_how_it_fills() -> None:
    app = ListApp()
    async with app.run_test(size=(40, 6)):
        assert "nothing yet" in app.lines()[0]
