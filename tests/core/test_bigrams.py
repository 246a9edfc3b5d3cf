"""Counts of pairs: against a loop, and against the numbers of the lecture."""

import math
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core import bigrams
from makemore_core.bigrams import bigram_nll, count_bigrams, row_probabilities
from makemore_core.corpus import Corpus, corpus_from_bytes, read_corpus
from makemore_core.errors import SettingsError

item_lists = st.lists(st.text("abcdé", min_size=1, max_size=6), min_size=1, max_size=20).map(
    lambda items: [*items, "ab"]
)


def corpus_of(items: list[str]) -> Corpus:
    return corpus_from_bytes("\n".join(items).encode(), name="list", source="-")


def loop(items: list[str]) -> Counter[tuple[str, str]]:
    """The loop of the lecture."""
    return Counter(pair for item in items for pair in pairwise(["\n", *item, "\n"]))


def by_characters(corpus: Corpus, counts: np.ndarray) -> Counter[tuple[str, str]]:
    symbols = ("\n", *corpus.vocabulary.characters)
    return Counter({(symbols[i], symbols[j]): int(counts[i, j]) for i, j in zip(*np.nonzero(counts), strict=True)})


@pytest.mark.parametrize("dense_cells", [0, bigrams._DENSE_CELLS])
@given(items=item_lists, data=st.data())
def test_counts_are_those_of_the_loop(dense_cells: int, items: list[str], data: st.DataObject) -> None:
    corpus = corpus_of(items)
    chosen = data.draw(st.lists(st.integers(0, len(items) - 1)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bigrams, "_BLOCK", 3)
        patch.setattr(bigrams, "_DENSE_CELLS", dense_cells)
        everything = count_bigrams(corpus)
        some = count_bigrams(corpus, np.array(chosen, np.int64))
    assert by_characters(corpus, everything) == loop(items)
    assert by_characters(corpus, some) == loop([items[index] for index in chosen])
    assert everything.dtype == some.dtype == np.int64


def test_the_numbers_of_the_lecture(names_file: Path) -> None:
    counts = count_bigrams(read_corpus(names_file))
    assert counts.shape == (27, 27)
    assert counts.sum() == 228_146
    for alpha, nll, log_likelihood in [(0, 2.454014, -559_873.59), (1, 2.454577, -560_001.88)]:
        loss = bigram_nll(counts, row_probabilities(counts, alpha))
        assert loss.nll == pytest.approx(nll, abs=5e-7)
        assert loss.log_likelihood == pytest.approx(log_likelihood, abs=5e-3)


def test_rows_sum_to_one_and_a_row_without_counts_is_zero() -> None:
    counts = [[0, 3, 1], [0, 0, 0], [2, 0, 0]]
    assert row_probabilities(counts).tolist() == [[0, 0.75, 0.25], [0, 0, 0], [1, 0, 0]]
    assert row_probabilities(counts, 1)[1].tolist() == pytest.approx([1 / 3] * 3)
    assert row_probabilities(counts, 0.5)[0].tolist() == pytest.approx([0.5 / 5.5, 3.5 / 5.5, 1.5 / 5.5])


def test_a_pair_that_was_never_seen_costs_infinitely_much() -> None:
    loss = bigram_nll([[1, 1], [0, 0]], [[1.0, 0.0], [0.5, 0.5]])
    assert loss == (math.inf, -math.inf)
    assert math.isnan(bigram_nll([[0]], [[1.0]]).nll)


def test_the_loss_is_the_mean_over_pairs() -> None:
    loss = bigram_nll([[3, 1]], [[0.75, 0.25]])
    assert loss.nll == pytest.approx(-(3 * math.log(0.75) + math.log(0.25)) / 4)
    assert loss.log_likelihood == pytest.approx(-4 * loss.nll)


def test_what_is_certain_costs_zero_without_a_sign() -> None:
    assert str(bigram_nll([[2]], [[1.0]]).nll) == "0.0"


@pytest.mark.parametrize("smoothing", [-1.0, math.nan, math.inf])
def test_smoothing_below_zero_is_refused(smoothing: float) -> None:
    with pytest.raises(SettingsError, match="Smoothing"):
        row_probabilities([[1]], smoothing)
