"""Characters and their ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.errors import ListError, SettingsError
from makemore_core.vocabulary import Vocabulary

texts = st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"]))


@given(st.lists(texts))
def test_ids_count_from_one_in_sorted_order_and_come_back(items: list[str]) -> None:
    vocabulary = Vocabulary.of(items)
    assert list(vocabulary.characters) == sorted(set("".join(items)))
    assert vocabulary.size == len(vocabulary.symbols) == len(set("".join(items))) + 1
    for item in items:
        ids = vocabulary.encode(item)
        assert all(vocabulary.symbol(token) == character for token, character in zip(ids, item, strict=True))
        assert vocabulary.decode(ids) == item
        assert item in vocabulary


@given(texts)
def test_the_mark_of_the_sentinel_is_never_a_character_of_the_list(text: str) -> None:
    vocabulary = Vocabulary.of([text])
    assert vocabulary.sentinel not in text
    assert len(set(vocabulary.symbols)) == vocabulary.size
    assert ("." in text) != (vocabulary.sentinel == ".")


def test_a_list_with_every_usual_mark_still_has_a_sentinel() -> None:
    vocabulary = Vocabulary.of(map(chr, [*range(0x20, 0x7F), 0x2190]))
    assert vocabulary.sentinel == "\u2191"


def test_unknown_characters_are_named() -> None:
    vocabulary = Vocabulary("abc")
    with pytest.raises(SettingsError, match=r"'\\xe9' \(U\+00E9\)"):
        vocabulary.encode("caé")
    assert "caé" not in vocabulary
    with pytest.raises(ValueError, match="id 0"):
        vocabulary.decode([1, 0])


@pytest.mark.parametrize("characters", ["ba", "aab", "\0a", "\na"])
def test_a_vocabulary_that_no_list_gives_is_refused(characters: str) -> None:
    with pytest.raises(ListError):
        Vocabulary(characters)
