"""Counts of pairs of adjacent characters, the probabilities they give, and the loss of those (the makemore lecture 1).

Rows are the first character, columns the second; row 0 counts what starts an item, column 0 what ends it. V is the
size of the vocabulary.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from makemore_core.corpus import Corpus
from makemore_core.errors import SettingsError

_BLOCK = 1 << 20
_DENSE_CELLS = 1 << 21  # up to here a bincount over all cells is cheaper than sorting the pairs of a block


class BigramLoss(NamedTuple):
    """How well probabilities predict pairs: the average NLL in nats per character, and the sum with its sign turned."""

    nll: float
    log_likelihood: float


def count_bigrams(corpus: Corpus, indices: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """The counts of all pairs, (V, V) int64; of the given items alone where there are indices."""
    size = corpus.vocabulary.size
    counts = np.zeros(size * size, np.int64)
    pairs = len(corpus.tokens) - 1
    positions = None if indices is None else corpus.positions(np.asarray(indices, np.int64))
    total = pairs if positions is None else len(positions)
    for start in range(0, total, _BLOCK):
        end = min(start + _BLOCK, total)
        if positions is None:
            first, second = corpus.tokens[start:end], corpus.tokens[start + 1 : end + 1]
        else:
            first, second = corpus.tokens[positions[start:end]], corpus.tokens[positions[start:end] + 1]
        cells = first.astype(np.int64) * size + second
        if len(counts) <= _DENSE_CELLS:
            counts += np.bincount(cells, minlength=len(counts))
        else:
            seen, times = np.unique(cells, return_counts=True)
            counts[seen] += times
    return counts.reshape(size, size)


def row_probabilities(counts: ArrayLike, smoothing: float = 0.0) -> NDArray[np.float64]:
    """The probability of each character after each other one, (V, V) float64: (count + smoothing) / row total.

    A row without counts is all zero where nothing is added. SettingsError where the smoothing is negative or not a
    number.
    """
    if not (np.isfinite(smoothing) and smoothing >= 0):
        raise SettingsError(f"Smoothing must be 0 or more, and {smoothing} is not.")
    smoothed = np.asarray(counts, np.float64) + smoothing
    totals = smoothed.sum(axis=-1, keepdims=True)
    probabilities: NDArray[np.float64] = np.zeros_like(smoothed)
    np.divide(smoothed, totals, out=probabilities, where=totals > 0)
    return probabilities


def bigram_nll(counts: ArrayLike, probabilities: ArrayLike) -> BigramLoss:
    """The loss of these probabilities (V, V) on data with these counts (V, V).

    The NLL is infinite where a pair of the data has the probability 0, and NaN where there is no data.
    """
    weights, chances = np.asarray(counts, np.float64), np.asarray(probabilities, np.float64)
    seen = weights > 0
    with np.errstate(divide="ignore"):
        log_likelihood = float(weights[seen] @ np.log(chances[seen]))
    total = float(weights.sum())
    # 0 minus the sum: turning the sign of a sum of 0 would give -0.
    return BigramLoss((0.0 - log_likelihood) / total if total else float("nan"), log_likelihood)
