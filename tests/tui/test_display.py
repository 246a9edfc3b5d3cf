"""Nothing in a list reaches the terminal that it would obey, hide or reorder by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from makemore_tui.display import cell_width, character_label, character_name, fit, glyph, visible

anything = st.text(
    st.one_of(
        st.characters(), st.sampled_from("\x00\x1b\x07\x7f\x85\x9b\u202e\u200d\ufe0f\u0301\u115f\ufeff\U0001f1eb")
    )
)


@given(anything, st.booleans())
def test_nothing_hidden_is_left(text: str, ascii: bool) -> None:
    shown = visible(text, ascii=ascii)
    hidden = [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]
    assert hidden == []
    assert cell_len(shown) >= len([c for c in text if unicodedata.category(c) not in ("Mn", "Me", "Mc", "Lo")])


@given(st.characters())
def test_every_character_by_itself_can_be_seen(character: str) -> None:
    assert cell_width(character) >= 1
    assert character_label(character).strip()
    assert 1 <= cell_len(glyph(character)) <= 2
    assert 1 <= cell_len(glyph(character, ascii=True)) <= 2


@given(st.text(st.characters(codec="ascii")))
def test_stand_ins_of_ascii_text_are_ascii_where_wanted(text: str) -> None:
    assert visible(text, ascii=True).isascii()
    assert fit(text, 7, ascii=True).isascii()


@pytest.mark.parametrize(
    ("text", "shown", "ascii"),
    [
        ("emma [bold]x[/]", "emma [bold]x[/]", "emma [bold]x[/]"),
        ("Zoë 東京 анна", "Zoë 東京 анна", "Zoë 東京 анна"),
        ("\x1b[31m", "␛[31m", "<1B>[31m"),
        ("a\tb\x7f", "a␉b␡", "a<09>b<7F>"),
        ("\x9b2J", "‹9B›2J", "<9B>2J"),
        ("a\u202eb", "a‹202E›b", "a<202E>b"),
        ("a\xa0b\u2003c", "a⍽b‹2003›c", "a<A0>b<2003>c"),
        ("e\u0301", "e\u0301", "e\u0301"),
        ("\u0301e", "\u25cc\u0301e", "<301>e"),
        ("a \u0301", "a \u25cc\u0301", "a <301>"),
        ("\x00\u0301", "␀\u25cc\u0301", "<00><301>"),
        ("z" + "\u0301" * 5, "z" + "\u0301" * 3 + "\u25cc\u0301" * 2, "z" + "\u0301" * 3 + "<301>" * 2),
    ],
)
def test_stand_ins(text: str, shown: str, ascii: str) -> None:
    assert visible(text) == shown
    assert visible(text, ascii=True) == ascii


@given(anything, st.integers(0, 30))
def test_fitted_text_takes_exactly_its_room(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width


def test_cut_text_says_so() -> None:
    assert fit("isabella", 8) == "isabella"
    assert fit("isabella", 5) == "isab…"
    assert fit("isabella", 5, ascii=True) == "isab~"
    assert fit("東京都", 4) == "東 …"
    assert fit("a", 3) == "a  "


def test_names() -> None:
    assert character_label(" ") == "␣"
    assert character_label(" ", ascii=True) == "_"
    assert glyph("\u202e") == "⇄E"
    assert character_name("é") == "U+00E9 LATIN SMALL LETTER E WITH ACUTE"
    assert character_name("\x1b") == "U+001B ESCAPE"


@pytest.mark.parametrize("ascii", [False, True])
def test_what_shows_nothing_by_itself_is_told_apart_where_it_stands_alone(ascii: bool) -> None:
    # Joiners, directions, variation selectors, spaces, flags, skin tones, letters within a flag, controls.
    kinds = (
        "\u200b\u200c\u200d\u2060\ufeff\xad\u200e\u200f\u202a\u202e\u2066\u2069\ufe0e\ufe0f\u2003\u3000\x85\x9b\x1b\x7f"
    )
    kinds += "".join(map(chr, [*range(0x1F1E6, 0x1F200), *range(0x1F3FB, 0x1F400), *range(0xE0061, 0xE007B)]))
    shown = [glyph(character, ascii=ascii) for character in kinds]
    assert len(set(shown)) == len(kinds)
    assert all(1 <= cell_len(label) <= 2 and (label.isascii() or not ascii) for label in shown)
    assert not any(label in kinds for label in shown)


def test_stand_ins_speak_for_themselves() -> None:
    assert [glyph(character) for character in "\U0001f1e9\U0001f1ea\u200d\ufe0f\x9b"] == ["⚑D", "⚑E", "∅j", "∨F", "⌃["]
    assert [glyph(character, ascii=True) for character in "\U0001f1e9\u200d\ufe0f\x1b"] == ["~D", "0j", "vF", "^["]
    assert glyph("\ue001") == "\ufffd1"  # private use: nobody knows
