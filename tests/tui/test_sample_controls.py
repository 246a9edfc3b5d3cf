"""All controls of sampling in the app: what is typed is checked at each key, holds for every draw, and is shown."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.widgets import Input

from makemore_core.models.base import seeded
from makemore_core.sampling import Controls, sample_items
from makemore_core.sources import counts_source
from makemore_tui.panes.sample import SamplePane
from makemore_tui.panes.sample.control_fields import FIELDS, changed_words, check, texts_of
from makemore_tui.panes.sample.control_form import ControlForm, ControlRow
from makemore_tui.panes.sample.session import Session
from makemore_tui.widgets.choices import Choices
from makemore_tui.widgets.shape_controls import ShapeControls
from tests.tui.conftest import SIZES, Snap, settle
from tests.tui.sample_views import CORPUS, Driver, driven, focused

VOCABULARY = CORPUS.vocabulary
AT_REST = texts_of(Controls(), "")


def test_at_rest_all_fields_are_empty_and_mean_rest() -> None:
    assert set(AT_REST.values()) == {"", "no"}
    checked = check(AT_REST, Controls(), VOCABULARY)
    assert (checked.controls, checked.prompt, checked.faults) == (Controls(), "", {})


def test_what_is_written_is_what_is_read() -> None:
    controls = Controls(0.7, 5, 0.9, min_p=0.05, repetition_penalty=1.2, banned="q1", min_length=2, max_length=9)
    texts = texts_of(controls, "em")
    assert texts["temperature"] == "0.7" and texts["prompt"] == "em" and texts["max_length"] == "9"
    assert check(texts, Controls(), VOCABULARY).controls == controls
    assert check({**AT_REST, "only_new": "yes"}, Controls(), VOCABULARY).controls == Controls(only_new=True)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("temperature", "warm", "a number is needed"),
        ("temperature", "-1", "temperature must be between 0"),
        ("top_k", "2.5", "a whole number is needed"),
        ("top_p", "2", "top-p must be above 0"),
        ("min_p", "1.5", "min-p must be between 0 and 1"),
        ("repetition_penalty", "0", "the repetition penalty must be above 0"),
        ("prompt", "ex", "the model knows no 'x'"),
        ("banned", "x", "the model knows no 'x'"),
        ("max_length", "0", "the longest length must be 1 or more"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(name: str, text: str, words: str) -> None:
    checked = check({**AT_REST, name: text}, Controls(), VOCABULARY)
    assert checked.controls is None
    assert list(checked.faults) == [name] and checked.faults[name].startswith(words)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"min_length": "9", "max_length": "3"}, "least length"),
        ({"prompt": "emma", "max_length": "4"}, "the prompt has 4 characters"),
    ],
)
def test_what_is_wrong_with_several_together_is_said_below(texts: dict[str, str], words: str) -> None:
    checked = check({**AT_REST, **texts}, Controls(), VOCABULARY)
    assert checked.controls is None and words in checked.faults[""]


def test_the_controls_without_a_slider_are_named_when_they_are_not_at_rest() -> None:
    assert changed_words(Controls(0.5, 3, 0.9), "") == ()
    controls = Controls(min_p=0.05, repetition_penalty=1.2, banned="q ", min_length=2, max_length=9, only_new=True)
    assert changed_words(controls, "em") == (
        "prompt em",
        "min-p 0.05",
        "rep 1.2",
        "no q␣",
        "length 2 to 9",
        "only new",
    )


controls = st.builds(
    Controls,
    temperature=st.sampled_from([0.5, 1.0, 2.0]),
    min_p=st.sampled_from([None, 0.1, 0.4]),
    repetition_penalty=st.sampled_from([1.0, 1.5, 0.5]),
    banned=st.sampled_from(["", "ae", "mv"]),
    min_length=st.sampled_from([0, 2, 4]),
    max_length=st.sampled_from([4, 30]),
    only_new=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), controls, st.sampled_from(["", "a", "is"]), st.booleans())
def test_stepping_is_sampling_whatever_the_controls(seed: int, controls: Controls, prompt: str, smooth: bool) -> None:
    """Without smoothing, bans and lengths come to dead ends."""
    source = counts_source(CORPUS, 2, float(smooth))
    one_by_one, at_once = Session(source, seed), Session(source, seed)
    for session in (one_by_one, at_once):
        session.set_all(controls, prompt)
    drawn = sample_items(
        source.model,
        source.vocabulary,
        3,
        controls,
        seeded(seed),
        prompt=prompt,
        known=lambda text: CORPUS.index_of(text) is not None,
    )
    try:
        expected = [(item.text, item.finished, pytest.approx(item.nll)) for item in drawn]
    except Exception:
        return  # the controls leave nothing to begin with
    for _ in expected:
        one_by_one.finish()
    at_once.generate(3)
    for session in (one_by_one, at_once):
        assert [(item.text, item.finished, item.nll) for item in session.items] == expected
    assert one_by_one.place == at_once.place


def test_a_banned_character_is_never_picked_and_why_says_so() -> None:
    session = Session(counts_source(CORPUS), 1)
    session.set_all(Controls(banned="aeim"), "")
    why = session.why
    assert why is not None and [effect.control for effect in why.effects] == ["banned"]
    for _ in range(5):
        session.finish()
    assert not set("aeim") & set("".join(item.text for item in session.items))


def test_where_nothing_is_left_the_item_stops_and_goes_on_when_the_ban_is_lifted() -> None:
    session = Session(counts_source(CORPUS, 2, 0.0), 1)
    for token in VOCABULARY.encode("q"):
        session.force(token)
    session.set_all(Controls(banned="1"), "")
    assert session.stuck and session.ended
    session.set_all(Controls(), "")
    assert not session.ended


def test_a_prompt_begins_every_item_and_is_taken_back_character_by_character() -> None:
    session = Session(counts_source(CORPUS), 1)
    session.set_all(Controls(), "em")
    assert (session.text, session.place) == ("em", 0)
    session.finish()
    session.begin()
    assert session.text == "em"
    session.undo()
    assert session.text == "e"
    assert all(item.text.startswith("em") for item in session.generate(4).items)


def rows(d: Driver) -> dict[str, ControlRow]:
    return {row.field.name: row for row in d.pilot.app.screen.query(ControlRow)}


async def test_the_form_takes_all_controls_and_the_line_names_them(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("ctrl+f")
        assert list(rows(d)) == [field.name for field in FIELDS]
        for name, text in (("temperature", "0.5"), ("min_p", "0.1"), ("banned", "q"), ("prompt", "a")):
            rows(d)[name].query_one(Input).value = text
        rows(d)["only_new"].query_one(Choices).focus()
        await d.press("right", "enter")
        assert not isinstance(d.pilot.app.screen, ControlForm)
        assert d.session.controls == Controls(0.5, min_p=0.1, banned="q", only_new=True)
        assert d.session.text == "a"
        assert d.pane.query_one("#controls-line", ShapeControls).data.others == (
            "prompt a",
            "min-p 0.1",
            "no q",
            "only new",
        )
        await d.press("ctrl+f")
        assert rows(d)["min_p"].text == "0.1"
        await d.press("ctrl+r", "enter")
        assert d.session.controls == Controls()


async def test_the_form_says_at_each_key_what_is_wrong_and_does_not_close(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        await d.press("ctrl+f", "x")
        form = d.pilot.app.screen
        assert isinstance(form, ControlForm) and rows(d)["temperature"].has_class("-wrong")
        await d.press("enter")
        assert d.pilot.app.screen is form
        await d.press("backspace", "2")
        assert not rows(d)["temperature"].has_class("-wrong")
        await d.press("escape")
        assert d.session.controls == Controls()


async def test_home_puts_all_controls_at_rest(runs_home: Path) -> None:
    async with driven(runs_home) as d:
        d.pane._tell(lambda engine: engine.control(Controls(banned="q", top_k=2), "a"))
        await settle(d.pilot)
        await d.press("home")
        assert (d.session.controls, d.session.prompt) == (Controls(), "")


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_the_form(snap: Snap, size: tuple[int, int]) -> None:
    keys = ["ctrl+f", "0", "down", "down", "down", "5", "down", "down", "e", "m", "down", "x"]
    await snap(SamplePane, corpus=CORPUS, size=size, before=focused(keys))


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_why(snap: Snap, size: tuple[int, int]) -> None:
    keys = [
        "e",
        "left",
        "left",
        "left",
        "down",
        "down",
        "down",
        "ctrl+f",
        "down",
        "down",
        "down",
        "0",
        ".",
        "1",
        "enter",
    ]
    await snap(SamplePane, corpus=CORPUS, size=size, before=focused(keys))
