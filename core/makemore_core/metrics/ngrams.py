"""How far the n-grams of samples lie from those of held-out items, and how many of them train never showed.

An n-gram is n characters that follow each other in one item, its start and its end among them, so that `.em`, the
beginning of emma, is one of three. For n = 1 the end counts once for each item, the start does not.

The distance between two distributions is that of Jensen and Shannon with logarithms to the base 2: the square root of
the mean of the two KL divergences from their average (Lin 1991; a metric: Endres and Schindelin 2003). 0: the same;
1: they have no n-gram in common. Two sets of real items do not lie at 0 either, and the less so the smaller they are.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_core.metrics.part import Part
from makemore_core.metrics.scores import Ints
from makemore_core.vocabulary import SENTINEL

LENGTHS = (1, 2, 3, 4, 5, 6)
Codes = NDArray[np.uint64]

_STIR = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class NgramMatch(Part):
    """The n-grams of one length; NaN where there are none."""

    n: int
    ngrams: int
    """How many there are, repeats counted."""
    distance: float
    """Jensen-Shannon, from 0 to 1, to the n-grams of held-out items."""
    unseen: float
    """The share, repeats counted, of those that no item of train holds."""


def ngram_matches(
    stream: Ints,
    held_out: Ints,
    train: Callable[[], Iterable[Ints]],
    vocab_size: int,
    lengths: tuple[int, ...] = LENGTHS,
) -> tuple[NgramMatch, ...]:
    """Compare streams of ids (N,), as `Texts.stream`: of samples, of held-out items, and of train in several parts.

    The n-grams of one length are held at a time: `train` is called for each length.
    """
    return tuple(_match(n, stream, held_out, train(), vocab_size) for n in lengths)


def _match(n: int, stream: Ints, held_out: Ints, train: Iterable[Ints], size: int) -> NgramMatch:
    codes, counts = np.unique(ngram_codes(stream, n, size), return_counts=True)
    seen = np.zeros(len(codes), bool)
    for part in train:
        _mark(codes, ngram_codes(part, n, size), seen)
    total = int(counts.sum())
    unseen = float(counts[~seen].sum()) / total if total else math.nan
    others = np.unique(ngram_codes(held_out, n, size), return_counts=True)
    return NgramMatch(n, total, jensen_shannon(codes, counts, *others), unseen)


def ngram_codes(stream: Ints, n: int, vocab_size: int) -> Codes:
    """A number for each n-gram of a stream, the same for the same n-gram and, but for one chance in 2**64 a pair,
    another for another: its digits to the base V where 64 bits hold them, else a hash."""
    count = max(len(stream) - n + 1, 0)
    codes: Codes = np.zeros(count, np.uint64)
    inside = np.ones(count, bool)
    is_exact = vocab_size**n <= 1 << 64
    for place in range(n):
        tokens = stream[place : place + count]
        codes = codes * np.uint64(vocab_size) + tokens.astype(np.uint64) if is_exact else _stir(codes, tokens)
        if 0 < place < n - 1:
            inside &= tokens != SENTINEL
    if n == 1:
        inside[:1] = False  # the start of the first item
    return codes[inside]


def jensen_shannon(codes: Codes, counts: Ints, other_codes: Codes, other_counts: Ints) -> float:
    """The distance of two distributions, each by distinct codes and how often they occur; NaN where one is empty."""
    from scipy.special import rel_entr

    if not len(codes) or not len(other_codes):
        return math.nan
    both = np.union1d(codes, other_codes)
    one, other = np.zeros(len(both)), np.zeros(len(both))
    one[np.searchsorted(both, codes)] = counts / counts.sum()
    other[np.searchsorted(both, other_codes)] = other_counts / other_counts.sum()
    middle = (one + other) / 2
    divergence = float(rel_entr(one, middle).sum() + rel_entr(other, middle).sum()) / 2
    return math.sqrt(min(max(divergence / math.log(2), 0.0), 1.0))


def _mark(codes: Codes, others: Codes, marks: NDArray[np.bool_]) -> None:
    """Mark those of the sorted codes that are among the others."""
    if len(codes):
        places = np.minimum(np.searchsorted(codes, others), len(codes) - 1)
        marks[places[codes[places] == others]] = True


def _stir(codes: Codes, tokens: Ints) -> Codes:
    """The next state of a hash: multiplied, and its high bits brought down."""
    mixed = (codes ^ (tokens.astype(np.uint64) + np.uint64(1))) * _STIR
    return mixed ^ (mixed >> np.uint64(29))
