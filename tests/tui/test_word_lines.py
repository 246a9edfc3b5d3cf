"""Sentences wrapped to a room: nothing is lost where there is room, and the last sentence stays where there is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from makemore_tui.widgets.rows import row_text
from makemore_tui.widgets.word_lines import word_rows, wrapped

SENTENCES = ("top-k 5: takes away 22 characters with 31.2%, and leaves 5", "u = 0.4231 falls into the interval of a")


@given(st.lists(st.text("abc ", min_size=1, max_size=60), max_size=4), st.integers(8, 40))
def test_no_word_is_lost(sentences: list[str], width: int) -> None:
    assert " ".join(wrapped(tuple(sentences), width)).split() == " ".join(sentences).split()


def test_rows_are_broken_between_words() -> None:
    assert wrapped(SENTENCES[:1], 30) == ["top-k 5: takes away 22", "  characters with 31.2%, and", "  leaves 5"]


@pytest.mark.parametrize("height", [1, 2, 3, 8])
def test_the_last_sentence_has_its_say(height: int) -> None:
    rows = [row_text(row) for row in word_rows(SENTENCES, 30, height)]
    assert len(rows) <= height and all(cell_len(row) <= 30 for row in rows)
    assert any(row.startswith("u = 0.4231") for row in rows)
    if height == 3:  # the last one has two rows, the one before is cut
        assert rows == ["top-k 5: takes away 22 charac…", "u = 0.4231 falls into the", "  interval of a"]
