"""The nearest items of a list, against the textbook's table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core import neighbours
from makemore_core.neighbours import Neighbour, Neighbours
from tests.core.models import small_corpus

words = st.text("abcé", min_size=1, max_size=6)


def levenshtein(left: str, right: str) -> int:
    """Wagner and Fischer, "The String-to-String Correction Problem" (1974)."""
    row = list(range(len(right) + 1))
    for i, one in enumerate(left, start=1):
        above, row = row, [i]
        for j, other in enumerate(right, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (one != other)))
    return row[-1]


@given(st.lists(words, min_size=2, max_size=12), st.lists(words, min_size=1, max_size=4), st.integers(1, 5))
def test_the_nearest_are_those_of_the_table(items: list[str], asked: list[str], count: int) -> None:
    corpus = small_corpus("a", "b", *items)
    distinct = list(dict.fromkeys(["a", "b", *items]))
    near = Neighbours(corpus)
    for text in asked:
        expected = sorted((Neighbour(item, levenshtein(text, item)) for item in distinct), key=lambda n: n.distance)
        assert near.nearest(text, count) == expected[:count]
    assert near.nearest_of_each(asked) == [near.nearest(text, 1)[0] for text in asked]


def test_a_list_that_is_not_kept_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = small_corpus()
    kept = Neighbours(corpus)
    monkeypatch.setattr(neighbours, "KEPT_CHARACTERS", 0)
    monkeypatch.setattr(neighbours, "CELLS", 1)
    read_again = Neighbours(corpus)
    for _ in range(2):
        assert read_again.nearest("emily", 3) == kept.nearest("emily", 3)
        assert read_again.nearest_of_each(["avva", "mio"]) == kept.nearest_of_each(["avva", "mio"])


def test_an_item_of_the_list_is_its_own_nearest_and_is_listed_once() -> None:
    assert Neighbours(small_corpus()).nearest("ava", 2) == [Neighbour("ava", 0), Neighbour("mia", 2)]
