"""Metrics of samples, against plain loops and known values."""

import math
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from makemore_core.metrics import details, edits, ngrams
from makemore_core.metrics.diversity import diversity_of
from makemore_core.metrics.edits import mean_normalised_distance, nearest_distances
from makemore_core.metrics.membership import standing_of
from makemore_core.metrics.nearest import nearest_of
from makemore_core.metrics.ngrams import ngram_codes, ngram_matches
from makemore_core.metrics.sample_lengths import length_match
from makemore_core.metrics.texts import Texts, streams_of, texts_of
from makemore_core.metrics.yardstick import yardstick_of
from makemore_core.sources import Membership
from makemore_core.training.config import Sides
from makemore_core.vocabulary import Vocabulary
from tests.core.models import small_corpus

VOCABULARY = Vocabulary("abc")
HUNDRED = small_corpus(*["ab", "b"] * 50)
words = st.lists(st.text("abc", max_size=7), min_size=1, max_size=12)


def texts(*items: str) -> Texts:
    return Texts(items, VOCABULARY)


def levenshtein(one: str, other: str) -> int:
    """Wagner and Fischer's table, 1974."""
    row = list(range(len(other) + 1))
    for i, first in enumerate(one, 1):
        before, row = row, [i]
        for j, second in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (first != second)))
    return row[-1]


# Who repeats, and what stands in the data


def test_shares_count_repeats_and_novelty_does_not() -> None:
    where = {
        "a": Membership(True, False, False),
        "b": Membership(True, True, False),
        "c": Membership(False, False, True),
    }
    found = standing_of(
        texts("a", "a", "a", "b", "c", "ab", "ab", "ba"), lambda text: where.get(text, Membership(False, False, False))
    )
    assert found.unique == 5 / 8  # a, b, c, ab, ba
    assert found.novelty == 3 / 5  # c, ab, ba
    assert (found.in_train, found.in_dev, found.in_test) == (4 / 8, 1 / 8, 1 / 8)
    assert math.isnan(standing_of(texts(), lambda text: None).unique)


# Edits


def test_kitten_and_sitting() -> None:
    assert nearest_distances(["kitten"], ["sitting", "something"]).tolist() == [3]


def test_texts_of_any_length_are_told_apart() -> None:
    """70,000 replacements: more than 16 bits can count."""
    assert nearest_distances(["a" * 70_000], ["b" * 70_000]).tolist() == [70_000]


@given(words, words)
def test_nearest_distances_are_those_of_a_plain_loop(some: list[str], others: list[str]) -> None:
    expected = [min(levenshtein(one, other) for other in others) for one in some]
    assert nearest_distances(some, others).tolist() == expected


def test_blocks_give_the_same_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)
    some = ["".join(rng.choices("abcdef", k=rng.randint(1, 9))) for _ in range(50)]
    whole = nearest_distances(some[:30], some[30:])
    monkeypatch.setattr(edits, "_CELLS", 60)
    assert nearest_distances(some[:30], some[30:]).tolist() == whole.tolist()


def test_the_nearest_item_of_train_is_counted_by_its_distance() -> None:
    found = nearest_of(["ab", "abc", "bcab", "a"], ["ab", "a"], 2)
    assert found.counts == (2, 1, 1)
    assert found.mean == pytest.approx(3 / 4)
    assert (found.items, found.of_items, found.train_items, found.of_train_items) == (4, 4, 2, 2)


def test_where_it_would_take_long_some_of_the_samples_are_compared() -> None:
    distinct = [a + b + c for a in "abc" for b in "abc" for c in "abc"]
    found = nearest_of(distinct, ["ccccc"], 9, most_steps=40, seed=1)
    assert 5 <= found.items < 27 == found.of_items
    assert found.of_train_items == 9
    assert sum(found.counts) == found.items
    assert found == nearest_of(distinct, ["ccccc"], 9, most_steps=40, seed=1)


@given(st.lists(st.text("abc", min_size=1, max_size=7), min_size=2, max_size=10))
def test_diversity_is_the_mean_over_pairs(items: list[str]) -> None:
    pairs = [(one, other) for i, one in enumerate(items) for j, other in enumerate(items) if i != j]
    expected = sum(levenshtein(*pair) / max(map(len, pair)) for pair in pairs) / len(pairs)
    assert mean_normalised_distance(items) == pytest.approx(expected, rel=1e-5)


def test_diversity_of_what_is_the_same_and_of_what_has_nothing_in_common() -> None:
    assert diversity_of(texts("ab", "ab", "ab")).value == 0
    assert diversity_of(texts("aaa", "bb", "c")).value == 1
    assert math.isnan(diversity_of(texts("a")).value)
    some = diversity_of(texts(*["a", "b"] * 50), most_items=10)
    assert some.items == 10 and 0 < some.value <= 1


# Lengths


def test_the_distance_of_lengths() -> None:
    assert length_match(np.array([1, 2, 3]), np.array([2, 3, 4])).distance == pytest.approx(1)
    assert length_match(np.array([1, 1]), np.array([1, 5])).distance == pytest.approx(2)
    same = length_match(np.array([3, 1, 2, 1, 2, 3]), np.array([1, 2, 3]))
    assert same.distance == pytest.approx(0) and same.mean == same.mean_held_out == 2
    assert math.isnan(length_match(np.zeros(0, np.int64), np.array([1])).distance)


# n-grams


def grams(items: list[str], n: int) -> Counter[str]:
    """By slicing: the start of an item counts in none of length 1."""
    found: Counter[str] = Counter()
    for item in items:
        whole = item + "." if n == 1 else f".{item}."
        found.update(whole[at : at + n] for at in range(len(whole) - n + 1))
    return found


@given(words, words, words, st.sampled_from([3, 1 << 20]))
def test_ngrams_are_those_of_slicing(samples: list[str], held_out: list[str], train: list[str], extra: int) -> None:
    """Also where the vocabulary is so large that n-grams are hashed."""
    size = VOCABULARY.size + extra
    streams = [texts(*train[:2]).stream, texts(*train[2:]).stream]
    found = ngram_matches(texts(*samples).stream, texts(*held_out).stream, lambda: iter(streams), size)
    assert [match.n for match in found] == [1, 2, 3, 4, 5, 6]
    for match in found:
        ours, theirs, seen = (grams(items, match.n) for items in (samples, held_out, train))
        assert match.ngrams == sum(ours.values())
        if ours:
            unseen = sum(count for gram, count in ours.items() if gram not in seen)
            assert match.unseen == pytest.approx(unseen / sum(ours.values()))
        else:
            assert math.isnan(match.unseen)
        if ours and theirs:
            every = sorted(ours | theirs)
            expected = jensenshannon([ours[gram] for gram in every], [theirs[gram] for gram in every], base=2)
            assert match.distance == pytest.approx(0 if math.isnan(expected) else expected, abs=1e-6)
        else:
            assert math.isnan(match.distance)


def test_distributions_that_are_the_same_and_that_share_nothing() -> None:
    same = ngram_matches(texts("ab", "ab").stream, texts("ab").stream, list, 4)
    assert [match.distance for match in same[:4]] == pytest.approx([0] * 4, abs=1e-7)
    apart = ngram_matches(texts("aa").stream, texts("bb").stream, list, 4)
    assert [match.distance for match in apart[1:4]] == pytest.approx([1] * 3)
    assert [match.unseen for match in apart[:4]] == [1] * 4


def test_codes_of_a_small_vocabulary_are_digits() -> None:
    assert ngram_codes(texts("ab").stream, 2, 4).tolist() == [1, 6, 8]
    assert ngram_codes(texts("ab").stream, 4, 4).tolist() == [0 * 64 + 1 * 16 + 2 * 4 + 0]
    assert ngrams.ngram_codes(texts("").stream, 2, 4).tolist() == [0]


def test_streams_of_a_list_in_parts_hold_its_items() -> None:
    corpus = small_corpus("ab", "b", "aab", "ba")
    indices = np.array([2, 0, 3])
    assert texts_of(corpus, indices).items == ["aab", "ab", "ba"]
    (whole,) = streams_of(corpus, indices)
    assert whole.tolist() == texts_of(corpus, indices).stream.tolist() == [0, 1, 1, 2, 0, 1, 2, 0, 2, 1, 0]
    parts = list(streams_of(corpus, indices, 1))
    assert [part.tolist() for part in parts] == [[0, 1, 1, 2, 0], [0, 1, 2, 0], [0, 2, 1, 0]]


# Real items in the place of samples


def test_dev_is_measured_against_test() -> None:
    found = yardstick_of(HUNDRED, Sides(np.arange(80), np.arange(80, 90), np.arange(90, 100)), 6, seed=1)
    assert (found.reference_side, found.items_side) == ("test", "dev")
    assert found.reference.tolist() == list(range(90, 100))
    assert len(found.items) == 6 == len(set(found.items.tolist()) & set(range(80, 90)))


@pytest.mark.parametrize(
    ("dev", "test", "side"),
    [(range(90, 100), range(90, 100), "test"), ((), range(90, 100), "test"), (range(90, 100), (), "dev")],
)
def test_one_held_out_side_is_cut_into_halves(dev: range, test: range, side: str) -> None:
    sides = Sides(np.arange(90), np.array(dev, np.int64), np.array(test, np.int64))
    found = yardstick_of(HUNDRED, sides, 100, seed=1)
    assert found.reference_side == found.items_side == side
    assert sorted([*found.reference.tolist(), *found.items.tolist()]) == list(range(90, 100))
    assert len(found.reference) == len(found.items) == 5


def test_where_nothing_is_held_out_train_is_cut() -> None:
    nothing = np.zeros(0, np.int64)
    found = yardstick_of(HUNDRED, Sides(np.arange(10), nothing, nothing), 100)
    assert found.reference_side == found.items_side == "train"
    assert sorted([*found.reference.tolist(), *found.items.tolist()]) == list(range(10))


def test_of_long_items_some_are_the_yardstick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred items have 250 characters with their ends; no more than 20 of each side are asked for."""
    monkeypatch.setattr(details.subsample, "__defaults__", (20,))
    found = yardstick_of(HUNDRED, Sides(np.arange(20), np.arange(20, 60), np.arange(60, 100)), 100)
    assert len(found.reference) == len(found.items) == 8  # 40 items have 100 characters
    assert set(found.reference.tolist()) <= set(range(60, 100))
