"""The tree of what was tried: it outlives a change of the model, is walked along with one key, and can be kept."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, OptionList

from makemore_core.evaluation import score
from makemore_core.models.registry import FAMILIES, build_model
from makemore_core.sources import Source, counts_source, uniform_source
from makemore_tui.panes.sample import SamplePane
from makemore_tui.panes.sample.branches import branch_lines, neighbour
from makemore_tui.panes.sample.saving import AskDestination, file_fault
from makemore_tui.panes.sample.session import Session
from makemore_tui.panes.sample.tree_export import tree_json, tree_text
from makemore_tui.widgets.choices import Choices
from tests.tui.conftest import PaneApp, Snap, settle
from tests.tui.sample_views import CORPUS, Driver, driven, focused

ENCODE = CORPUS.vocabulary.encode


def tried(source: Source | None = None) -> Session:
    """em, emma with its end, ava; then back at av."""
    session = Session(source or counts_source(CORPUS), 1)
    for text in ("emma", "ava"):
        session.begin()
        for token in ENCODE(text):
            session.force(token)
        if text == "emma":
            session.force(0)
    session.undo()
    return session


def drawn(session: Session) -> list[tuple[str, tuple[bool, ...]]]:
    lines = branch_lines(session.root, session.node, session.source.vocabulary.symbol)
    return [("".join(symbol for symbol, _ in line.characters), line.guides) for line in lines]


def test_the_tree_stays_when_the_model_is_exchanged() -> None:
    session = tried()
    other = session.with_source(uniform_source(CORPUS))
    assert drawn(other) == drawn(session)
    assert [node.number for node in other.nodes] == list(range(len(session.nodes)))
    assert other.text == session.text == "av"
    even = -math.log(1 / CORPUS.vocabulary.size)
    assert all(node.surprisal == pytest.approx(even) for node in other.nodes[1:])
    other.go_to(other.nodes[5].number)
    assert other.ended and other.node.children == {}


@pytest.mark.parametrize("family", [name for name, family in FAMILIES.items() if not family.counts])
def test_what_is_replanted_is_what_the_model_gives(family: str) -> None:
    model = build_model(family, CORPUS.vocabulary.size, seed=1).eval()
    other = tried().with_source(Source(family, model, CORPUS.vocabulary, None, None))
    (tip,) = [node for node in other.nodes if node.ended]
    assert [node.surprisal for node in tip.path()] == pytest.approx(score(model, ENCODE("emma")), rel=1e-4)
    other.force(ENCODE("a")[0])
    other.force(0)
    expected = score(model, ENCODE("ava"))
    assert [node.surprisal for node in other.node.path()] == pytest.approx(expected, rel=1e-4)


def test_the_neighbours_are_those_of_the_drawing() -> None:
    session = tried()
    texts = ["".join(session.source.vocabulary.symbol(n.token) for n in node.path()) for node in session.nodes]
    here = session.nodes[texts.index("av")]
    assert session.node is here
    below = neighbour(session.root, here, 1)
    assert texts[below.number] == "ava"
    above = neighbour(session.root, here, -1)
    assert texts[above.number] == "emma."
    assert neighbour(session.root, below, 1) is above
    lonely = Session(counts_source(CORPUS), 1)
    assert neighbour(lonely.root, lonely.node, 1) is lonely.node


def test_the_tree_as_text() -> None:
    session = tried()
    lines = tree_text(session).splitlines()
    assert lines[0] == "counts of seven.txt; seed 1; nats are of the whole text"
    assert lines[1] == "start"
    assert lines[2].startswith("├─ emma.  ") and lines[2].endswith(" nats")
    assert lines[3] == "└─ av ◂ here"
    assert lines[4].startswith("   └─ a  ")
    assert tree_text(session, ascii_only=True).isascii()


def test_the_tree_as_json_holds_every_text_and_how_it_came_about() -> None:
    session = Session(counts_source(CORPUS, 2, 0.0), 1)
    session.draw()
    session.force(ENCODE("q")[0])
    document = json.loads(tree_json(session))
    assert document["seed"] == 1 and document["here"] == 2
    root, first, second = document["texts"]
    assert (root["parent"], root["text"], root["nats"]) == (None, "", 0.0)
    assert (first["parent"], first["u"], first["forced"]) == (0, session.tape[0], False)
    assert (second["parent"], second["u"], second["forced"], second["is_tip"]) == (1, None, True, True)
    assert second["nats"] is None and second["probability"] == 0


@pytest.mark.parametrize("name", ["", "nowhere/tree.txt"])
def test_a_file_that_cannot_be(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert file_fault(name)
    assert file_fault("tree.txt") is None


async def test_one_key_goes_from_branch_to_branch(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("shift+down")
        assert "no other branch" in d.note
        await d.press("e", "m", "ctrl+n", "a", "v")
        await d.press("shift+up")
        assert d.session.text == "em" and d.note.startswith("branch em: ")
        await d.press("ctrl+down")
        assert d.session.text == "av"


async def test_a_digit_goes_to_a_branch_of_the_list(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("e", "m", "ctrl+n", "a", "v", "ctrl+b")
        rows = [str(option.prompt) for option in d.pilot.app.screen.query_one(OptionList).options]
        assert rows[0].startswith("1 av") and rows[1].startswith("2 em")
        await d.press("9", "2")
        assert d.session.text == "em"


async def keep(d: Driver, file: Path) -> None:
    await d.press("ctrl+y")
    d.pilot.app.screen.query_one(Input).value = str(file)
    await d.press("enter")


async def test_the_tree_is_saved_in_the_form_that_the_name_says(runs_home: Path, tmp_path: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("e", "m")
        await keep(d, tmp_path / "tree.json")
        assert d.note == f"the tree saved to {tmp_path / 'tree.json'}"
        assert [one["text"] for one in json.loads((tmp_path / "tree.json").read_text("utf-8"))["texts"]] == [
            "",
            "e",
            "em",
        ]
        await keep(d, tmp_path / "tree.txt")
        assert (tmp_path / "tree.txt").read_text("utf-8").splitlines()[1] == "start"


async def test_a_file_that_is_there_is_replaced_only_when_that_was_said_twice(runs_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("precious")
    async with driven(runs_home) as d:
        await keep(d, file)
        assert isinstance(d.pilot.app.screen, AskDestination) and file.read_text() == "precious"
        await d.press("enter")
        assert file.read_text("utf-8") != "precious"


async def test_the_form_changes_the_name_and_the_tree_is_copied(
    runs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr(PaneApp, "copy_to_clipboard", lambda _self, text: copied.append(text))
    async with driven(runs_home) as d:
        await d.press("e", "ctrl+y")
        screen: Any = d.pilot.app.screen
        screen.query_one(Choices).focus()
        await d.press("right")
        assert screen.query_one(Input).value == "branches.json"
        await d.press("ctrl+y")
        await settle(d.pilot)
        assert json.loads(copied[0])["here"] == 1
        assert d.note.startswith("the tree copied")


async def test_what_cannot_be_written_is_said(runs_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any, **_options: Any) -> int:
        raise OSError(28, "No space left on device")

    async with driven(runs_home) as d:
        monkeypatch.setattr(Path, "write_text", full)
        await keep(d, tmp_path / "tree.txt")
        assert d.note == f"{tmp_path / 'tree.txt'} cannot be written: No space left on device"


async def test_picture_of_keeping_the_tree(snap: Snap) -> None:
    await snap(SamplePane, corpus=CORPUS, before=focused(["e", "m", "ctrl+y"]))
