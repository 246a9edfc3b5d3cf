"""The Sample pane: which model it draws from, and runs that learn meanwhile."""

from pathlib import Path

import pytest
import torch
from textual.widgets import Input, OptionList

from makemore_core.corpus import corpus_from_bytes
from makemore_core.runs.folder import RunFolder
from makemore_tui.panes.sample import SamplePane
from makemore_tui.widgets.candidates import Candidates
from makemore_tui.widgets.item_list import ItemList
from makemore_tui.widgets.note_line import NoteLine
from tests.core.runs.making import make_run
from tests.tui.conftest import PaneApp, settle
from tests.tui.sample_views import CORPUS, Driver, driven, save_checkpoint


async def test_a_first_model_that_cannot_be_opened_is_said_and_stays_said(runs_home: Path) -> None:
    app = PaneApp(SamplePane, runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.query_one(SamplePane)
        pane.run_name = "nowhere"
        pane.on_pane_shown()
        await settle(pilot)
        note = pane.query_one("#note", NoteLine).text
        assert "nowhere" in note
        await pilot.press("a")
        await settle(pilot)
        assert pane.query_one("#note", NoteLine).text == note
        assert pane.query_one(Candidates).data.words[-1] == note


async def test_the_model_is_chosen(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("e", "ctrl+s", "down", "enter")
        assert "uniform guess on seven.txt" in d.pane.query_one("#source", NoteLine).text
        assert d.session.text == "e"
        assert d.session.node.probability == pytest.approx(1 / CORPUS.vocabulary.size)
        await d.press("ctrl+s")
        d.pilot.app.screen.query_one("#order", Input).value = "3"
        d.pilot.app.screen.query_one("#smoothing", Input).value = "0.25"
        d.pilot.app.screen.query_one("#order", Input).focus()
        await d.press("enter")
        assert "order 3, smoothing 0.25" in d.pane.query_one("#source", NoteLine).text


async def test_a_run_is_sampled_from(runs_home: Path) -> None:
    training = save_checkpoint(make_run(runs_home, CORPUS, "bigram-7"), "last")
    async with driven(runs_home) as d:
        await d.press("e", "ctrl+s", "end", "enter")
        assert "bigram-7: bigram on seven.txt, last at step 0" in d.pane.query_one("#source", NoteLine).text
        (token,) = CORPUS.vocabulary.encode("e")
        expected = training.model(torch.tensor([[0]])).softmax(-1)[0, 0, token].item()
        assert d.session.node.probability == pytest.approx(expected)
        await d.press("m", "m", "a", ".")
        assert d.items == ["emma"]


async def test_a_run_that_cannot_be_opened_is_said_and_the_model_stays(runs_home: Path) -> None:
    from makemore_tui.panes.sample.choice import SourceChoice

    async with driven(runs_home) as d:
        d.pane._open(SourceChoice("run", run="nowhere"))
        await settle(d.pilot)
        assert "nowhere" in d.note
        assert "counts of seven.txt" in d.pane.query_one("#source", NoteLine).text


async def test_a_selected_run_is_sampled_from_until_a_person_chooses_another_model(runs_home: Path) -> None:
    for name in ("bigram-1", "bigram-2"):
        save_checkpoint(make_run(runs_home, CORPUS, name), "best")
    async with driven(runs_home) as d:
        await d.press("e")
        await d.select_run("bigram-1")
        assert d.source.startswith("from bigram-1: bigram on seven.txt, best at step 0")
        assert d.note == "run bigram-1 is selected: sampling from it; ^s chooses another model"
        assert d.session.text == "e"
        await d.press("ctrl+s", "home", "enter")
        await d.select_run("bigram-1")
        assert d.source.startswith("from counts of seven.txt, order 2, smoothing 1")
        await d.select_run("bigram-2")
        assert d.source.startswith("from bigram-2")


async def test_a_selected_run_without_a_checkpoint_is_taken_when_it_has_one(runs_home: Path) -> None:
    folder = make_run(runs_home, CORPUS, "bigram-1")
    app = PaneApp(SamplePane, runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        d = Driver(pilot, app.query_one(SamplePane))
        d.pane.run_name = "bigram-1"
        d.pane.corpus = CORPUS
        await settle(pilot)
        assert d.source.startswith("from counts of seven.txt")
        await d.select_run("bigram-1")
        assert d.note == "bigram-1 has no checkpoint 'best' yet"
        save_checkpoint(folder, "last")
        await d.select_run("bigram-1")
        assert d.source.startswith("from bigram-1: bigram on seven.txt, last at step 0")


async def test_the_name_of_a_run_cannot_obey_the_terminal(runs_home: Path) -> None:
    folder = make_run(runs_home, CORPUS, "bigram-1")
    folder.path.rename(runs_home / "a\x1b[31mb")
    async with driven(runs_home) as d:
        await d.select_run("a\x1b[31mb")
        assert d.note == "a␛[31mb has no checkpoint 'best' yet"
        save_checkpoint(RunFolder(runs_home / "a\x1b[31mb"), "best")
        await d.select_run("a\x1b[31mb")
        assert d.note.startswith("run a␛[31mb is selected")


async def test_a_long_name_leaves_the_seed_and_the_draws_whole_at_every_width(runs_home: Path) -> None:
    name = "a-run-with-a-name-" + "that-goes-on-" * 3
    save_checkpoint(make_run(runs_home, CORPUS, name), "best")
    async with driven(runs_home) as d:
        await d.select_run(name)
        narrow = d.source
        assert len(narrow) <= 80 and narrow.endswith("seed 2147483647, 0 u used")
        await d.pilot.resize_terminal(200, 60)
        await settle(d.pilot)
        assert f"from {name}: bigram on seven.txt, best at step 0" in d.source


async def test_coming_back_takes_what_the_selected_run_has_learnt_meanwhile(runs_home: Path) -> None:
    folder = make_run(runs_home, CORPUS, "bigram-1")
    save_checkpoint(folder, "last")
    async with driven(runs_home) as d:
        await d.select_run("bigram-1")
        said, session = d.note, d.session
        await d.select_run("bigram-1")
        assert (d.note, d.session) == (said, session)
        save_checkpoint(folder, "best")
        await d.select_run("bigram-1")
        assert d.note == "run bigram-1 has learnt on: this is its best so far; ^s chooses another model"
        assert "best at step 0" in d.source


async def test_the_models_to_choose_from_say_what_they_learnt_from(runs_home: Path) -> None:
    towns = corpus_from_bytes(b"bath\nyork\n", name="towns.txt", source="towns.txt")
    for corpus, name in ((CORPUS, "bigram-1"), (towns, "bigram-2")):
        make_run(runs_home, corpus, name)
    async with driven(runs_home) as d:
        d.pane.run_name = "bigram-2"
        await d.press("ctrl+s")
        models = d.pilot.app.screen.query_one(OptionList)
        rows = [str(option.prompt).split() for option in models.options]
        assert rows[2:4] == [
            ["bigram-2", "best", "bigram", "towns.txt", "stopped"],
            ["bigram-2", "last", "0", "bigram", "towns.txt", "stopped"],
        ]
        assert rows[4][3] == "seven.txt"
        assert all(len(str(option.prompt)) <= models.content_size.width for option in models.options)


async def test_items_are_headed_by_their_model_and_what_changes_it(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("end", "left", "left", "end")
        listed = d.pane.query_one(ItemList).items
        assert [item.text for item in listed if item.heading] == [
            "counts of seven.txt, order 2, smoothing 1",
            "counts of seven.txt, order 2, smoothing 1, T 0.8",
        ]


async def test_another_list_brings_another_model(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("e", "end")
        d.pane.corpus = corpus_from_bytes(b"xyz\nzzy\n", name="other.txt", source="other.txt")
        await settle(d.pilot)
        assert d.session.source.vocabulary.characters == "xyz"
        await d.press("x")
        assert d.session.text == "x"
