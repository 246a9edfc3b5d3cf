"""The lists of the Data pane beside that of all items: repeats, unusual characters, characters by name."""

import pytest

from makemore_core.corpus import corpus_from_bytes
from makemore_core.statistics import RARE_RULE
from makemore_tui.panes.data.examples import WordRows
from makemore_tui.panes.data.items import ItemsPanel
from tests.tui.conftest import settle
from tests.tui.data_views import SIZES, odd_list, pane_on, screen_text, shown_item


async def test_repeats_and_unusual_characters_are_lists_of_their_own() -> None:
    async with pane_on(odd_list()) as (pane, pilot):
        await pilot.press("d")
        await settle(pilot)
        assert "3 times  emma" in screen_text(pilot)
        await pilot.press("end")
        await settle(pilot)
        assert shown_item(pane) == "Zoë"
        await pilot.press("u", "home")
        await settle(pilot)
        text = screen_text(pilot)
        assert "U+001B ESCAPE" in text
        assert "U+202E RIGHT-TO-LEFT OVERRIDE" in text
        assert "⇄E" in text
        assert shown_item(pane) == "esc␛[31mred"
        await pilot.press("enter")
        await settle(pilot)
        assert pane.query_one(ItemsPanel).border_title == "found: 1 of 25 items"


@pytest.mark.parametrize(("key", "mode"), [("d", "repeats"), ("u", "unusual"), ("c", "characters")])
@pytest.mark.parametrize("size", SIZES)
async def test_the_key_of_a_list_says_and_does_the_way_back(size: tuple[int, int], key: str, mode: str) -> None:
    async with pane_on(odd_list(), size) as (pane, pilot):
        items = pane.query_one(ItemsPanel)
        for back in (key, "escape"):
            await pilot.press(key)
            await settle(pilot)
            assert items.mode == mode
            assert f"{key} or esc: all items" in screen_text(pilot)
            await pilot.press(back)
            await settle(pilot)
            assert items.mode == "all"
            assert "all items" not in screen_text(pilot)


async def test_a_list_that_is_out_of_sight_is_shown_again_by_its_key() -> None:
    async with pane_on(odd_list()) as (pane, pilot):
        await pilot.press("d", "o", "d")
        assert pane.view == "items"
        assert pane.query_one(ItemsPanel).mode == "repeats"


async def test_the_rule_for_unusual_characters_stands_beside_them_alone() -> None:
    async with pane_on(odd_list()) as (_, pilot):
        await pilot.press("u")
        await settle(pilot)
        panel = " ".join(line[2:38].strip() for line in screen_text(pilot).splitlines())
        assert f"of another script than most, or is {RARE_RULE}." in panel
        await pilot.press("c")
        await settle(pilot)
        assert "Unusual:" not in screen_text(pilot)


@pytest.mark.parametrize("size", SIZES[:2])
async def test_all_characters_are_listed_by_name_and_lead_to_their_items(size: tuple[int, int]) -> None:
    family = "\U0001f468\u200d\U0001f469"
    corpus = corpus_from_bytes(f"aa\n{family}\n\U0001f1e9\U0001f1ea\na\ufe0f\n".encode(), name="x", source="-")
    async with pane_on(corpus, size) as (pane, pilot):
        await pilot.press("c")
        await settle(pilot)
        lines = [line[2:38].split() for line in screen_text(pilot).splitlines()]
        assert ["a", "3"] in [line[:2] for line in lines]
        for wanted in (["∅j", "1", "U+200D", "ZERO", "WIDTH", "JOINER"], ["∨F", "1", "U+FE0F"], ["⚑D", "1", "U+1F1E9"]):
            assert wanted in [line[: len(wanted)] for line in lines]
        await pilot.press("down")
        await settle(pilot)
        picked = pane.query_one(ItemsPanel).list.source.character_at(1)  # type: ignore[attr-defined]
        assert picked == "\u200d"  # of equal ones the first in the vocabulary
        assert pane.query_one(WordRows).lines[0] == family
        await pilot.press("enter")
        await settle(pilot)
        assert pane.query_one(ItemsPanel).border_title == "found: 1 of 4 items"
        assert "esc: all items" in screen_text(pilot)
