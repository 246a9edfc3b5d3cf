"""The Data pane, driven by keys and mouse in an app of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import groupby
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from makemore_core.corpus import corpus_from_bytes, read_corpus
from makemore_tui.app import MakemoreApp
from makemore_tui.look import Look
from makemore_tui.panes.data import DataPane
from makemore_tui.panes.data.examples import ExamplesPanel, WordRows
from makemore_tui.panes.data.items import ItemsPanel
from makemore_tui.panes.data.overview import FactsPanel, OverviewPanel
from makemore_tui.widgets.pick_list import PickList
from tests.tui.conftest import PaneApp, Snap, settle, until
from tests.tui.data_views import ODD, SIZES, odd_list, pane_on, screen_text, shown_item


@pytest.mark.parametrize("size", SIZES)
async def test_the_facts_of_the_canonical_list(names_file: Path, size: tuple[int, int]) -> None:
    async with pane_on(read_corpus(names_file), size) as (_, pilot):
        text = screen_text(pilot)
    wanted = ["names.txt", "32,033", "29,494, 2,539 repeats", "2 to 15", "196,113, 26 distinct", "228,146", "emma"]
    wanted += ["ln 27 = 3.296", "2.454", "25,627/3,203/3,203", "most often 6 (30.1%)", "muhammadibrahim"]
    assert [fact for fact in wanted if fact not in text] == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ascii", [False, True])
async def test_nothing_of_a_list_is_obeyed(size: tuple[int, int], ascii: bool) -> None:
    async with pane_on(odd_list(), size, Look(ascii=ascii)) as (_, pilot):
        for keys in (["i"], ["d"], ["u"], ["a", "end"], ["s"], ["o"]):
            await pilot.press(*keys)
            await settle(pilot)
            text = screen_text(pilot)
            assert not set(text) & {"\x1b", "\u202e"}
            if keys == ["a", "end"]:
                assert "[bold red]loud[/]" in text
                assert ("esc<1B>[31mred" if ascii else "esc␛[31mred") in text


async def test_panels_are_one_view_at_a_time_on_a_small_screen_and_all_at_once_on_a_large_one() -> None:
    async with pane_on(odd_list()) as (pane, pilot):
        panels = [*pane.query(OverviewPanel), pane.query_one("#items"), pane.query_one("#splits")]

        def on_screen() -> list[bool]:
            return [bool(panel.is_on_screen and panel.region) for panel in panels]

        assert on_screen() == [True] * 4 + [False, False]
        await pilot.press("i")
        assert on_screen() == [False] * 4 + [True, False]
        await pilot.press("s")
        assert on_screen() == [False] * 4 + [False, True]
        for size in SIZES[1:]:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert on_screen() == [True] * 6
        await pilot.resize_terminal(80, 22)
        await pilot.pause()
        assert on_screen() == [False] * 4 + [False, True]
        await pilot.press("o")
        assert on_screen() == [True] * 4 + [False, False]


async def test_the_focus_is_never_on_what_cannot_be_seen() -> None:
    async with pane_on(odd_list(), (120, 38)) as (pane, pilot):
        assert pilot.app.focused is pane.query_one(ItemsPanel).list
        await pilot.resize_terminal(80, 22)
        await pilot.pause()
        await pilot.pause()
        assert pilot.app.focused is pane.query_one("#views")
        await pilot.press("right")
        assert pane.view == "items"
        await pilot.press("slash")
        assert pilot.app.focused is pane.query_one(ItemsPanel).search_field


async def test_each_size_is_arranged_before_it_is_laid_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs_home: Path
) -> None:
    """Also the first one: nothing is ever laid out in the arrangement of another size."""
    laid_out: list[tuple[int, bool]] = []
    resized = DataPane.on_resize

    def note(pane: DataPane, event: events.Resize) -> None:
        laid_out.append((event.size.width, pane.query_one(ItemsPanel).is_on_screen))
        resized(pane, event)

    monkeypatch.setattr(DataPane, "on_resize", note)
    path = tmp_path / "items.txt"
    path.write_text("emma\nolivia\nava\n")
    app = MakemoreApp(str(path), runs=runs_home)

    async def seen(pilot: Pilot[None], width: int) -> None:
        """Wait until the pane is as wide, and what has the keys can be seen."""
        await until(pilot, lambda: laid_out and laid_out[-1][0] == width and app.focused and app.focused.region)

    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await seen(pilot, 80)
        for size in ((120, 40), (80, 24), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            await seen(pilot, size[0])
    # Twice at the first size: what is said while the list is read goes when the pane is there.
    assert [entry for entry, _ in groupby(laid_out)] == [
        (80, False),
        (120, True),
        (80, False),
        (200, True),
        (80, False),
    ]


async def test_search_finds_as_it_is_typed_and_escape_ends_it() -> None:
    async with pane_on(odd_list()) as (pane, pilot):
        items = pane.query_one(ItemsPanel)
        await pilot.press("slash", "N", "n", "a")
        await settle(pilot)
        assert items.border_title == "found: 3 of 25 items"
        await pilot.press("minus")
        await settle(pilot)
        assert items.border_title == "found: 3 of 25 items"
        assert shown_item(pane) == "anna-lena"
        await pilot.press("enter", "down")
        assert pilot.app.focused is items.list
        assert pane.query_one(ExamplesPanel).index == ODD.index("anna-lena", 6)
        await pilot.press("slash", "x", "q")
        await settle(pilot)
        assert "no item holds 'Nna-xq'" in screen_text(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert items.border_title == "items: 25"
        assert items.search_field.value == ""


async def test_a_search_of_a_list_that_was_replaced_is_forgotten() -> None:
    async with pane_on(odd_list()) as (pane, pilot):
        items = pane.query_one(ItemsPanel)
        message = ItemsPanel._Found(odd_list(), "", pane.corpus.starts[:1])
        items.on_items_panel__found(message)
        await settle(pilot)
        assert items.border_title == "items: 25"


async def test_a_long_item_is_folded_into_four_lines() -> None:
    text = "".join(chr(ord("a") + place % 26) for place in range(300))
    async with pane_on(corpus_from_bytes(f"{text}\nb\n".encode(), name="x", source="-")) as (_, pilot):
        await pilot.press("i")
        await settle(pilot)
        right = [line[42:78] for line in screen_text(pilot).splitlines()]
        start = right.index(text[:36])
        assert right[start + 1 : start + 3] == [text[36:72], text[72:108]]
        assert right[start + 3] == text[108:143] + "…"
        assert "301 examples" in right[start + 5]


async def test_an_item_is_shown_as_pairs_and_as_longer_contexts() -> None:
    async with pane_on(odd_list()) as (pane, pilot):
        await pilot.press("i")
        await settle(pilot)
        lines = screen_text(pilot).splitlines()
        assert all(any(pair in line for line in lines) for pair in [". → e", "e → m", "m → m", "m → a", "a → ."])
        await pilot.press("right_square_bracket", "right_square_bracket")
        await settle(pilot)
        text = screen_text(pilot)
        assert all(pair in text for pair in ["... → e", "..e → m", "emm → a", "mma → ."])
        await pilot.press(*["left_square_bracket"] * 5)
        assert pane.query_one(ExamplesPanel).context == 1


async def test_splits_can_be_chosen_by_key_and_by_mouse(names_file: Path) -> None:
    async with pane_on(read_corpus(names_file)) as (_, pilot):
        await pilot.press("s", "right")
        await settle(pilot)
        text = screen_text(pilot)
        for fact in ["182,625", "22,655", "22,866", "424, 13.2%", "Leak: 424 of 3,203 dev items"]:
            assert fact in text
        await pilot.press("k")
        await settle(pilot)
        assert "158 of 1,000 test items also stand in train" in screen_text(pilot).replace("\n", " ")
        await pilot.click("#kinds", offset=(3, 0))
        await settle(pilot)
        assert "No held-out item also stands in train." in screen_text(pilot)
        await pilot.press("o")
        await settle(pilot)
        assert "25,627/3,203/3,203" in screen_text(pilot)


async def test_a_leaked_item_can_be_looked_at(names_file: Path) -> None:
    async with pane_on(read_corpus(names_file), (120, 60)) as (pane, pilot):
        await pilot.press("k")
        await settle(pilot)
        pane.query_one("#leaked", PickList).focus()
        await pilot.press("down")
        await settle(pilot)
        lines = pane.query_one(WordRows).lines
        assert lines[0] == "mila"
        assert "(train)" in lines[1]
        assert "(test)" in lines[1] or "(dev)" in lines[1]


async def test_the_mouse_picks_views_modes_and_items() -> None:
    async with pane_on(odd_list()) as (pane, pilot):
        await pilot.click("#views", offset=(15, 0))
        assert pane.view == "items"
        await pilot.click("#modes", offset=(8, 0))
        assert pane.query_one(ItemsPanel).mode == "repeats"
        await pilot.click("#modes", offset=(2, 0))
        await pilot.click("#list", offset=(5, 2))
        await settle(pilot)
        assert shown_item(pane) == "olivia"


async def test_another_list_replaces_everything() -> None:
    async with pane_on(odd_list()) as (pane, pilot):
        await pilot.press("slash", "e", "m")
        await settle(pilot)
        pane.corpus = corpus_from_bytes(b"ab\nba\nbab\n", name="other", source="-")
        await settle(pilot)
        await pilot.press("escape", "o")
        await settle(pilot)
        assert pane.query_one(FactsPanel).border_title == "other"
        assert "ln 3 = 1.099" in screen_text(pilot)
        assert pane.query_one(ItemsPanel).border_title == "items: 3"


async def test_a_corpus_that_is_there_before_the_pane_is_shown_too() -> None:
    def make() -> DataPane:
        pane = DataPane()
        pane.corpus = odd_list()
        return pane

    async with PaneApp(make, Path()).run_test(size=(80, 22)) as pilot:
        await settle(pilot)
        assert "25" in screen_text(pilot)
        assert "counting" not in screen_text(pilot)


async def test_a_very_long_list_asks_for_the_rows_on_the_screen_alone() -> None:
    asked: list[int] = []

    class Endless:
        def __len__(self) -> int:
            return 10**8

        def row(self, place: int, width: int, inks: object, ascii: bool) -> list[object]:
            asked.append(place)
            return []

    async with pane_on(odd_list()) as (pane, pilot):
        await pilot.press("i")
        picks = pane.query_one(ItemsPanel).list
        picks.show(Endless())  # type: ignore[arg-type]
        await pilot.pause()
        await pilot.press("end")
        await pilot.pause()
        assert picks.cursor == 10**8 - 1
        assert max(asked) == 10**8 - 1
        assert len(set(asked)) < 100


async def test_an_idle_pane_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with pane_on(odd_list()) as (_, pilot):
        await pilot.press("slash")
        await settle(pilot)
        sent: list[object] = []
        monkeypatch.setattr(type(pilot.app), "_display", lambda self, screen, update: sent.append(update))
        await asyncio.sleep(1.2)  # longer than a cursor takes to blink
        assert sent == []


async def test_a_cursor_move_repaints_two_rows_of_the_list() -> None:
    async with pane_on(odd_list()) as (pane, pilot):
        await pilot.press("i")
        await settle(pilot)
        picks = pane.query_one(ItemsPanel).list
        drawn: list[int] = []
        render = picks.render_line

        def record(y: int) -> object:
            drawn.append(y)
            return render(y)

        picks.render_line = record  # type: ignore[method-assign,assignment]
        await pilot.press("down")
        await settle(pilot)
        assert sorted(set(drawn)) == [0, 1]


def after(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Bring the pane to the front, as the shell does, and press keys."""

    async def act(pilot: Pilot[None]) -> None:
        pilot.app.query_one(DataPane).on_pane_shown()
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return act


@pytest.mark.parametrize("keys", [(), ("i", "down"), ("u",), ("s", "right")], ids=["all", "items", "odd", "splits"])
async def test_pictures_of_a_small_screen(snap: Snap, keys: tuple[str, ...]) -> None:
    await snap(DataPane, corpus=odd_list(), size=(80, 22), before=after(*keys))


@pytest.mark.parametrize("size", SIZES[1:])
async def test_pictures_of_larger_screens(snap: Snap, size: tuple[int, int]) -> None:
    await snap(DataPane, corpus=odd_list(), size=size, before=after())


async def test_a_picture_in_ascii(snap: Snap) -> None:
    await snap(DataPane, corpus=odd_list(), size=(80, 22), look=Look(ascii=True), before=after("u"))


async def test_keys_end_up_in_the_search_only_when_it_was_asked_for() -> None:
    async with pane_on(odd_list(), (120, 38)) as (pane, pilot):
        items = pane.query_one(ItemsPanel)
        items.list.focus()
        await pilot.pause()
        # Textual looks for another widget to focus when the focused one is hidden.
        items.list.display = False
        await pilot.pause()
        assert not items.search_field.has_focus
        items.list.display = True
        pane.on_pane_shown()
        await pilot.pause()
        await pilot.press("slash", "v")
        assert items.search_field.has_focus and items.search_field.value == "v"
