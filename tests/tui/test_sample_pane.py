"""The Sample pane, driven by its keys."""

import threading
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input, OptionList

from makemore_core.corpus import corpus_from_bytes, read_corpus
from makemore_tui.app import MakemoreApp
from makemore_tui.look import Look
from makemore_tui.panes.sample import SamplePane
from makemore_tui.panes.sample.layout import LARGE, SMALL, USUAL
from makemore_tui.panes.sample.orders import Orders
from makemore_tui.shell.help import HelpScreen
from makemore_tui.shell.top_bar import TopBar
from makemore_tui.widgets.branch_tree import BranchTree
from makemore_tui.widgets.candidates import Candidates
from makemore_tui.widgets.item_list import ItemList
from makemore_tui.widgets.note_line import NoteLine
from makemore_tui.widgets.shape_controls import ShapeControls
from tests.tui.conftest import SIZES, PaneApp, Snap, settle
from tests.tui.sample_views import CORPUS, Driver, driven, focused


async def test_the_frame_stands_before_there_is_a_model_and_keys_wait(runs_home: Path) -> None:
    app = PaneApp(SamplePane, runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        pane = app.query_one(SamplePane)
        pane.on_pane_shown()
        await pilot.pause()
        note, candidates = pane.query_one("#note", NoteLine), pane.query_one(Candidates)
        assert pane.has_class(USUAL)
        assert note.text == "waiting for the list …"
        assert candidates.data.words[-1] == note.text
        assert [slider.value for slider in pane.query_one("#controls", ShapeControls).data.sliders] == [
            "1.00",
            "off",
            "off",
        ]
        await pilot.press("e", "m")
        assert note.text == "waiting for the list …; 2 keys wait"
        pane.corpus = CORPUS
        await settle(pilot)
        assert pane._orders.engine is not None
        assert pane._orders.engine.session.text == "em"
        assert candidates.data.listed
        assert "wait" not in note.text


async def test_keys_are_counted_while_the_library_loads(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = threading.Event()
    use = Orders._use

    def slow(self: Orders, *arguments: Any) -> str | None:
        loaded.wait(60)
        return use(self, *arguments)

    monkeypatch.setattr(Orders, "_use", slow)
    app = PaneApp(SamplePane, runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.query_one(SamplePane)
        pane.corpus = CORPUS
        pane.on_pane_shown()
        await pilot.pause()
        note = pane.query_one("#note", NoteLine)
        assert note.text == "loading the model library …"
        await pilot.press("a", "v")
        assert note.text == "loading the model library …; 2 keys wait"
        loaded.set()
        await settle(pilot)
        assert pane._orders.engine is not None
        assert pane._orders.engine.session.text == "av"
        assert note.text.startswith("type a character")


async def test_the_lectures_five_names(runs_home: Path, names_file: Path) -> None:
    async with driven(runs_home, read_corpus(names_file)) as d:
        await d.press("end", "end", "end", "end", "end")
        assert d.items == ["mor", "axx", "minaymoryles", "kondlaisah", "anchshizarie"]


async def test_enter_draws_what_was_picked_and_backspace_takes_it_back(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        picked, u = d.session.picked, d.session.u
        await d.press("enter")
        assert d.session.node.token == picked
        await d.press("backspace")
        assert (d.session.text, d.session.picked, d.session.u) == ("", picked, u)
        await d.press("backspace")
        assert d.note == "there is nothing to undo"


async def test_fast_keys_are_carried_out_in_their_order(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        for key in "emma":
            await d.pilot.press(key)
        await d.pilot.press("backspace", "o", "backspace", "a")
        await settle(d.pilot)
        assert d.session.text == "emma"


async def test_typed_characters_are_forced_even_where_the_shell_has_a_key(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("q", "1", "full_stop")
        assert d.items == ["q1"]
        assert [node.u for node in d.session.node.path()] == [None] * 3


class ShellLike(PaneApp):
    BINDINGS = [("1", "reach('1')"), ("2", "reach('2')"), ("question_mark", "reach('?')")]
    reached = ""

    def action_reach(self, key: str) -> None:
        self.reached += key


async def test_keys_of_the_shell_pass_where_no_item_holds_them(runs_home: Path) -> None:
    app = ShellLike(SamplePane, runs_home)
    async with driven(runs_home, app=app) as d:
        await d.press("2", "question_mark", "1")
        assert app.reached == "2?"
        assert d.session.text == "1"
        assert {"2", "question_mark"} <= set(app.screen.active_bindings)
        assert "1" not in app.screen.active_bindings


async def test_in_the_app_letters_are_typed_and_function_keys_change_the_pane(runs_home: Path) -> None:
    app = MakemoreApp("seven.txt", corpus=CORPUS, runs=runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("f4")
        await settle(pilot)
        d = Driver(pilot, app.query_one(SamplePane))
        await d.press("q", "1")
        assert (app.current, d.session.text) == ("sample", "q1")
        await d.press("ctrl+g", "enter", "escape")
        assert len(d.items) == 20
        await d.press("question_mark", "escape", "a", "2")
        assert d.session.text == "q1a"
        assert app.current == "bigrams"


async def test_an_unknown_character_is_said_to_be_unknown(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("x")
        assert d.note.startswith("'x' is not in the vocabulary: 1abeilmoqsv")
        assert d.session.text == ""


async def test_what_is_pasted_is_forced(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        d.pane.post_message(events.Paste("oliva\nmia"))
        await settle(d.pilot)
        assert d.session.text == "oliva"


async def test_keys_move_the_controls(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("left", "left", "left", "right", "down", "down", "up", "pagedown", "pagedown", "pageup")
        controls = d.session.controls
        assert (controls.temperature, controls.top_k, controls.top_p) == (0.8, CORPUS.vocabulary.size - 1, 0.99)
        await d.press("home")
        controls = d.session.controls
        assert (controls.temperature, controls.top_k, controls.top_p) == (1.0, None, None)


async def test_a_new_u_and_a_new_item(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        u = d.session.u
        await d.press("ctrl+r")
        assert d.session.u != u and d.session.place == 1
        await d.press("e", "ctrl+n")
        assert d.session.text == "" and d.items == []


async def test_a_branch_is_gone_back_to(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("e", "m", "backspace", "b", "ctrl+b")
        options = d.pilot.app.screen.query_one(OptionList)
        assert options.option_count == 2
        await d.press("down", "enter")
        assert d.session.text == "em"
        await d.press("ctrl+b", "escape")
        assert d.session.text == "em" and d.pane.has_focus


async def test_the_seed_is_asked_for_and_makes_all_repeatable(runs_home: Path) -> None:
    async with driven(runs_home) as d:

        async def five_of_seed(seed: str) -> list[str]:
            await d.press("ctrl+d")
            d.pilot.app.screen.query_one(Input).value = seed
            await d.press("enter", "end", "end", "end")
            return d.items

        first = await five_of_seed("42")
        assert await five_of_seed("43") != first
        assert await five_of_seed("42") == first
        assert "42" in d.pane.query_one("#source", NoteLine).text


async def test_settings_out_of_range_are_refused(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("ctrl+s")
        dialog = d.pilot.app.screen
        dialog.query_one("#order", Input).value = "65"
        await d.press("enter")
        assert d.pilot.app.screen is dialog
        await d.press("escape")
        assert "order 2" in d.pane.query_one("#source", NoteLine).text


async def test_at_the_end_of_an_item_a_new_u_is_answered_with_what_can_be_done(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("end", "ctrl+r")
        assert d.note == "the item is complete: enter begins the next one, backspace takes the end back"


async def test_the_items_say_that_they_have_the_focus_and_how_to_leave(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("end", "ctrl+l")
        assert "esc goes back" in d.note
        await d.press("escape")
        assert "esc" not in d.note


async def test_dialogs_say_their_keys(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("end")
        for key in ("ctrl+g", "ctrl+d", "ctrl+s", "ctrl+b", "ctrl+a", "ctrl+f", "ctrl+w", "ctrl+y"):
            await d.press(key)
            hint = str(d.pilot.app.screen.query_one(".dialog").border_subtitle)
            assert "enter" in hint and "esc" in hint
            await d.press("escape")


async def test_where_digits_are_text_the_function_keys_are_named(runs_home: Path) -> None:
    app = MakemoreApp("seven.txt", corpus=CORPUS, runs=runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        tabs = app.query_one(TopBar)
        assert "1 data  2 bigrams" in str(tabs.render())
        await pilot.press("f4")
        await settle(pilot)
        assert "F1 data F2 bigrams" in str(tabs.render())
        assert "F1 to F5: the panes, F10: help" in app.query_one("#note", NoteLine).text
        await pilot.press("f10")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("f10", "f1")
        await settle(pilot)
        assert "1 data  2 bigrams" in str(tabs.render())


async def test_any_key_of_a_pane_that_the_list_holds_is_text(runs_home: Path) -> None:
    async with driven(runs_home, corpus_from_bytes(b"a5\n5b\n", name="five.txt", source="five.txt")) as d:
        assert "F1 to F5: the panes, F10: help" in d.note


async def test_keys_before_there_is_a_list_do_no_harm(runs_home: Path) -> None:
    app = PaneApp(SamplePane, runs_home)
    async with app.run_test() as pilot:
        app.query_one(SamplePane).on_pane_shown()
        await pilot.press("enter", "end", "a", "left", "ctrl+r", "backspace", "ctrl+b", "ctrl+l", "escape")
        await settle(pilot)
        assert app.query_one("#note", NoteLine).text == "waiting for the list …; 6 keys wait"


@pytest.mark.parametrize(("size", "name"), [((80, 24), SMALL), ((120, 40), USUAL), ((200, 60), LARGE)])
async def test_the_layout_follows_the_room(runs_home: Path, size: tuple[int, int], name: str) -> None:
    async with driven(runs_home) as d:
        await d.press("e", "end")
        await d.pilot.resize_terminal(*size)
        await settle(d.pilot)
        assert d.pane.has_class(name)
        screen = d.pilot.app.screen
        for widget in d.pane.query("*"):
            if widget.display and widget.region:
                assert screen.region.contains_region(widget.region)
        assert d.pane.query_one(BranchTree).is_on_screen == (name != SMALL)


async def test_items_take_the_place_of_the_candidates_where_there_is_room_for_one(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        items = d.pane.query_one(ItemList)
        await d.press("end", "ctrl+l")
        assert items.has_focus and items.region and not d.pane.query_one(Candidates).region
        await d.press("end")
        assert len(d.items) == 2
        await d.press("ctrl+l")
        assert d.pane.has_focus and d.pane.query_one(Candidates).region and not items.region


async def test_a_click_on_a_candidate_forces_it(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        second = d.pane.query_one(Candidates).data.listed[1]
        await d.pilot.click("#candidates", offset=(4, 2))
        await settle(d.pilot)
        assert d.session.node.token == second.token


async def test_clicks_on_a_slider_and_a_branch(runs_home: Path) -> None:
    async with driven(runs_home, size=(120, 40)) as d:
        await d.press("e", "m", "ctrl+n")
        await d.pilot.click("#branches", offset=(6, 2))
        await settle(d.pilot)
        assert d.session.text == "em"
        await d.pilot.click("#controls", offset=(15, 1))
        await settle(d.pilot)
        assert d.session.controls.temperature == 0.0


async def test_nothing_is_written_while_nothing_happens(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with driven(runs_home, size=(120, 40)) as d:
        await d.press("e")
        updates: list[object] = []
        monkeypatch.setattr(d.pilot.app, "_display", lambda *arguments: updates.append(arguments))
        await d.pilot.pause(0.3)
        assert updates == []


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_stepping(snap: Snap, size: tuple[int, int]) -> None:
    keys = [
        "end",
        "e",
        "m",
        "backspace",
        "ctrl+r",
        "enter",
        "l",
        "left",
        "left",
        "left",
        "down",
        "down",
        "down",
        "down",
    ]
    await snap(SamplePane, corpus=CORPUS, size=size, before=focused(keys))


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_items(snap: Snap, size: tuple[int, int]) -> None:
    await snap(
        SamplePane,
        corpus=CORPUS,
        size=size,
        before=focused(["ctrl+g", "enter", "escape", "a", "v", "a", ".", "ctrl+l"]),
    )


async def test_picture_in_ascii(snap: Snap) -> None:
    await snap(SamplePane, corpus=CORPUS, look=Look(ascii=True), before=focused(["e", "down", "down"]))
