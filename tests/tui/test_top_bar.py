"""What stands at the right of the first line where there is much to say and little room."""

from collections.abc import Sequence

import pytest
from textual.content import Content

from makemore_tui.shell.run_state import state_part, training_part
from makemore_tui.shell.top_bar import Note, Part


def a_note(run: str = "", others: Sequence[str] = (), listed: str = "") -> Note:
    selected = run.split()[1] if run else None
    parts = [state_part(run.split()[1], run.split()[0])] if run else []
    training = training_part(others, selected, at_runs=False)
    parts += [training] if training is not None else []
    return Note((*parts, Part((Content(listed),), least=8)))


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (60, "● running bigram-1  2 more runs train  names.txt"),
        (48, "● running bigram-1  2 more runs train  names.txt"),
        (47, "● running bigram-1  +2 ●  names.txt"),
        (35, "● running bigram-1  +2 ●  names.txt"),
        (34, "● bigram-1  +2 ●  names.txt"),
        (27, "● bigram-1  +2 ●  names.txt"),
        (26, "● bigram-1  +2 ●  names.t…"),
    ],
)
def test_words_give_way_before_names_do(room: int, words: str) -> None:
    note = a_note("running bigram-1", ("bigram-1", "mlp-1", "mlp-2"), "names.txt")
    assert note.fitted(room).plain == words
    assert str(note) == "● running bigram-1  2 more runs train  names.txt"


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (40, "1 run trains: 3 shows it  names.txt"),
        (34, "1 run trains  names.txt"),
        (22, "1 ●  names.txt"),
    ],
)
def test_where_no_run_is_selected(room: int, words: str) -> None:
    assert a_note(others=["mlp-1"], listed="names.txt").fitted(room).plain == words


def test_long_names_are_cut_and_neither_is_lost() -> None:
    note = a_note("finished a-very-long-name-of-a-run", listed="a-very-long-name-of-a-list.txt")
    for room in range(20, 60):
        words = note.fitted(room).plain
        assert len(words) <= room and words.startswith("✓ ") and "  a-very-" in words, words
    assert note.fitted(30).plain == "✓ a-very-long-name-…  a-very-…"


def test_nothing_is_wider_than_the_room() -> None:
    note = a_note("running bigram-1", ["mlp-1"], "names.txt")
    assert all(note.fitted(room).cell_length <= room for room in range(4, 60))
    assert Note().fitted(10).plain == ""
