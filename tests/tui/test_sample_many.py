"""Many items at once: what is wanted, how they are sorted, marked and kept, and that it can be stopped."""

import json
import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from makemore_core.beam import Found as Probable
from makemore_core.beam import most_probable
from makemore_core.corpus import corpus_from_bytes, read_corpus
from makemore_core.errors import SettingsError
from makemore_core.sources import counts_source
from makemore_tui.panes.sample import SamplePane
from makemore_tui.panes.sample.engine import BATCH, ONE_BY_ONE, Engine
from makemore_tui.panes.sample.many import ManyScreen
from makemore_tui.panes.sample.many.found import Found, chosen, found_table, written
from makemore_tui.panes.sample.many.wanted import Wanted, wanted_of
from makemore_tui.widgets.choices import Choices
from makemore_tui.widgets.pick_list import PickList
from tests.tui.conftest import SIZES, Snap, settle
from tests.tui.sample_views import CORPUS, Driver, driven, focused
from tests.tui.train_app import until

FOUND = (
    Found("emma", 1.5, "train", 0, "emma"),
    Found("zoé", 0.5, "new", 2, "emma"),
    Found("\x1b[31m", math.inf, "?", None, "", finished=False),
)
TEXTS = {"count": "20", "least": "", "most": "", "starts": "", "contains": "", "distance": "", "new": "no"}


def go_on(_found: int, _drawn: int) -> bool:
    return True


@pytest.mark.parametrize(
    ("key", "reverse", "order"),
    [
        ("nll", False, "102"),
        ("nll", True, "201"),
        ("novelty", True, "102"),
        ("length", True, "201"),
        ("where", False, "210"),
    ],
)
def test_items_are_sorted_by_a_column(key: str, reverse: bool, order: str) -> None:
    table = found_table(FOUND, {1}, key, reverse=reverse)
    assert "".join(row.key for row in table.rows) == order
    assert table.marks["1"][0] == "★"


def test_what_a_terminal_would_obey_is_shown_by_stand_ins() -> None:
    cells = {row.key: row.cells for row in found_table(FOUND, ()).rows}
    assert cells["2"][:3] == ("␛[31m…", "∞", "?")


def test_the_favourites_are_kept_or_else_all_and_as_json_with_what_is_known() -> None:
    assert chosen(FOUND, {1}) == [FOUND[1]] and chosen(FOUND, set()) == list(FOUND)
    assert written(FOUND[:2], as_json=False) == "emma\nzoé\n"
    items = json.loads(written(FOUND, as_json=True))["items"]
    assert items[1]["distance"] == 2 and items[2]["nll"] is None


def test_what_is_wanted_is_read_and_what_is_wrong_said() -> None:
    assert wanted_of(TEXTS) == Wanted(20)
    texts = {**TEXTS, "count": "1,000", "least": "3", "most": "8", "starts": "ma", "distance": "2", "new": "yes"}
    assert wanted_of(texts) == Wanted(1000, 3, 8, "ma", "", True, 2)
    for name, text in (("count", "0"), ("least", "x"), ("distance", "-1")):
        with pytest.raises(SettingsError, match="whole number"):
            wanted_of({**TEXTS, name: text})
    with pytest.raises(SettingsError, match="below the least"):
        wanted_of({**TEXTS, "least": "9", "most": "3"})


def test_what_is_found_is_as_wanted_and_the_next_draw_uses_the_number_after_it() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    found, words = engine.find(Wanted(5, 3, 6, "a", "v", True, 1), go_on)
    assert len(found) == 5 and words.startswith("5 items found among ")
    for one in found:
        assert 3 <= len(one.text) <= 6 and one.text.startswith("a") and "v" in one.text
        assert CORPUS.index_of(one.text) is None and one.distance is not None and one.distance >= 1
    place = engine.session.place
    assert [item.text for item in engine.session.items] == [one.text for one in found]
    assert engine.session.undo() and engine.session.place == 0 and not engine.session.items
    again, _ = engine.find(Wanted(5, 3, 6, "a", "v", True, 1), go_on)
    assert again == found and engine.session.place == place


def test_many_are_drawn_side_by_side_and_no_number_is_used_twice() -> None:
    """What is drawn next is what a generator gives that has used all numbers of the items before."""
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    count = ONE_BY_ONE + 28  # two batches
    found, words = engine.find(Wanted(count), go_on)
    assert words == "128 items generated"
    assert len(found) == count == 2 * BATCH
    assert engine.session.place == sum(len(one.text) + one.finished for one in found)
    assert engine.session.u == engine.session.tape[engine.session.place]


def test_what_cannot_be_is_said_and_changes_nothing() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    engine.control(engine.session.controls, "em")
    with pytest.raises(SettingsError, match="prompt"):
        engine.find(Wanted(5, starts="a"), go_on)
    assert engine.session.place == 0 and engine.session.undoable == 2


def test_the_most_probable_items_are_found_without_drawing() -> None:
    """Of a bigram without smoothing on two items, all chances are known: half of the items that begin with a."""
    tiny = corpus_from_bytes(b"a\nab\n", name="tiny", source="tiny")
    engine = Engine(counts_source(tiny, 2, 0.0), 1, ascii_only=False)
    found, words = engine.find(Wanted(2, probable=True), go_on)
    assert [(one.text, one.probability) for one in found] == [("a", pytest.approx(0.5)), ("ab", pytest.approx(0.5))]
    assert words.startswith("the 2 most probable items; surely the first 2")
    assert engine.session.place == 0 and not engine.session.items
    found, words = engine.find(Wanted(2, contains="b", probable=True), go_on)
    assert [one.text for one in found] == ["ab"]
    assert words.startswith("the 1 most probable items; surely the first 1 ")
    with pytest.raises(SettingsError, match="0 at the most"):
        engine.find(Wanted(2, most=0, probable=True), go_on)


def test_a_beam_search_is_stopped_with_what_was_found_by_then() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    found, words = engine.find(Wanted(20, probable=True), lambda _, length: length < 2)
    assert found and max(len(one.text) for one in found) <= 2
    assert words.startswith(f"stopped at 2 characters: {len(found)} items by then, surely the first ")


def test_a_search_that_is_stopped_at_the_neighbours_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Going on is asked with the length of what is found once the neighbours are looked for, ten at a time."""
    monkeypatch.setattr("makemore_tui.panes.sample.engine.NEAR_AT_ONCE", 10)
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    everything, _ = engine.find(Wanted(40, most=4, distance=1, probable=True), go_on)
    short, at_neighbours = Wanted(40, most=4, distance=1, probable=True), lambda found, _: found != 10
    found, words = engine.find(short, at_neighbours)
    assert 0 < len(found) <= 10 and found == everything[: len(found)]
    assert words == f"stopped at 10 neighbours: {len(found)} items by then, surely the first {len(found)}"
    found, words = engine.find(Wanted(40, most=4, probable=True), at_neighbours)
    assert [one.distance is None for one in found] == [False] * 10 + [True] * 30
    assert words.startswith("stopped at 10 neighbours: the 40 most probable items, surely the first ")
    found, words = engine.find(Wanted(2, most=4, distance=1, probable=True), at_neighbours)
    assert found == everything[:2] and words.startswith("the 2 most probable items; ")  # more would change nothing


def screen_of(d: Driver) -> ManyScreen:
    screen = d.pilot.app.screen
    assert isinstance(screen, ManyScreen)
    return screen


def said(d: Driver) -> str:
    return str(screen_of(d).query_one("#said", Static).render())


async def ask(d: Driver, **texts: str) -> None:
    await d.press("ctrl+g")
    for name, text in texts.items():
        screen_of(d).query_one(f"#{name}", Input).value = text
    screen_of(d).query_one("#count", Input).focus()
    await d.press("enter")


async def test_the_lectures_five_names_at_once(runs_home: Path, names_file: Path) -> None:
    async with driven(runs_home, read_corpus(names_file)) as d:
        await ask(d, count="5")
        assert d.items == ["mor", "axx", "minaymoryles", "kondlaisah", "anchshizarie"]
        assert said(d) == "5 items generated"
        await d.press("escape")
        assert d.note == "5 items generated; ^l goes to the list"


async def test_items_are_sorted_marked_and_saved(runs_home: Path, tmp_path: Path) -> None:
    async with driven(runs_home) as d:
        await ask(d, count="8", least="3")
        screen = screen_of(d)
        assert screen.query_one(PickList).has_focus and screen.table.sorted_by == "nll"
        losses = [float(row.cells[1]) for row in screen.table.rows]
        assert losses == sorted(losses)
        await d.press("i")
        assert [float(row.cells[1]) for row in screen.table.rows] == sorted(losses, reverse=True)
        await d.press("left")
        assert screen.table.sorted_by == "text"
        await d.press("down", "f")
        assert said(d) == "1 marked: ^y keeps these alone"
        marked = screen.table.rows[screen.query_one(PickList).cursor].cells[0]
        await d.press("ctrl+y")
        d.pilot.app.screen.query_one(Input).value = str(tmp_path / "kept.txt")
        await d.press("enter")
        assert (tmp_path / "kept.txt").read_text("utf-8") == f"{marked}\n"
        await d.press("escape", "ctrl+g")
        assert len(screen_of(d).kept.favourites) == 1 and len(screen_of(d).table.rows) == 8
        await d.press("escape", "ctrl+s", "down", "enter", "ctrl+g")
        assert said(d) == "these are still of counts of seven.txt, order 2, smoothing 1"


async def test_what_is_wrong_is_said_and_nothing_is_generated(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await ask(d, count="0")
        assert said(d).startswith("how many items: a whole number from 1")
        assert d.items == []
        await d.press("escape")
        assert d.pane.has_focus


async def test_what_cannot_be_leaves_the_items_of_before(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await ask(d, count="3")
        await d.press("escape", "ctrl+g")
        screen_of(d).query_one("#starts", Input).value = "x"
        await d.press("enter")
        assert "x" in said(d) and len(screen_of(d).table.rows) == 3 and not screen_of(d).busy


async def test_it_can_be_stopped(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makemore_tui.panes.sample.orders.PROGRESS_S", 0.0)
    async with driven(runs_home) as d:
        await d.press("ctrl+g")
        screen = screen_of(d)
        screen.query_one("#count", Input).value = "100000"
        await d.pilot.press("enter")
        await until(d.pilot, lambda: "found among" in said(d))
        await d.pilot.press("escape")
        await settle(d.pilot)
        assert said(d).endswith("then stopped") and not screen.busy
        assert 0 < len(d.items) < 100000


async def test_a_key_finds_the_most_probable(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("ctrl+g", "ctrl+b")
        chances = [one.probability for one in screen_of(d).kept.found]
        assert len(chances) == 20 and chances == sorted(chances, reverse=True)
        assert said(d).startswith("the 20 most probable items") and d.items == []


async def test_escape_stops_a_beam_search(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makemore_tui.panes.sample.orders.PROGRESS_S", 0.0)
    stopped = threading.Event()

    def waits_at_nine(*arguments: Any, going: Callable[[int, int], bool], **options: Any) -> list[Probable]:
        def watched(found: int, length: int) -> bool:
            if length == 9:
                stopped.wait(60)
            return going(found, length)

        return most_probable(*arguments, going=watched, **options)

    monkeypatch.setattr("makemore_tui.panes.sample.engine.most_probable", waits_at_nine)
    async with driven(runs_home) as d:
        await d.press("ctrl+g")
        screen = screen_of(d)
        screen.query_one("#least", Input).value = "450"  # nothing is found before the beam is as long
        await d.pilot.press("ctrl+b")
        await until(d.pilot, lambda: said(d).endswith(" characters: esc stops"))
        await d.pilot.press("escape")
        stopped.set()
        await until(d.pilot, lambda: not screen.busy)
        assert said(d).startswith("stopped at ") and said(d).endswith(": 0 items by then, surely the first 0")


async def test_an_item_is_walked_through(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await ask(d, count="3", least="2")
        first = screen_of(d).table.rows[0].cells[0]
        await d.press("enter")
        assert d.session.text == first and not d.session.ended


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_many(snap: Snap, size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[Any]) -> None:
        await focused(["ctrl+g"])(pilot)
        screen = pilot.app.screen
        screen.query_one("#least", Input).value = "3"
        screen.query_one("#new", Choices).show(current="yes")
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("down", "f")

    await snap(SamplePane, corpus=CORPUS, size=size, before=act)
