"""Levenshtein distances between many texts at once, in blocks of bounded memory, by rapidfuzz.

Levenshtein (1966): how many characters must be put in, taken out or replaced to make one text of the other.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np

from makemore_core.metrics.progress import Progress, quiet
from makemore_core.metrics.scores import Ints

_CELLS = 1 << 21
WORD = 64
"""Characters that are compared at once."""


def nearest_distances(texts: Sequence[str], others: Sequence[str], progress: Progress = quiet) -> Ints:
    """For each text the distance to the nearest of the others, (texts,) int64; there must be others."""
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    found = np.zeros(len(texts), np.int64)
    rows = max(_CELLS // len(others), 1)
    for start in range(0, len(texts), rows):
        block = texts[start : start + rows]
        distances = cdist(block, others, scorer=Levenshtein.distance, dtype=np.int32)  # (rows, others)
        found[start : start + rows] = distances.min(1)
        progress("nearest items of train", min(start + rows, len(texts)) / len(texts))
    return found


def mean_normalised_distance(texts: Sequence[str]) -> float:
    """The mean over all pairs of two of these texts of their distance over the length of the longer, from 0 to 1.

    NaN where there are fewer than two. All pairs are held at once: texts (texts, texts) float32.
    """
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    count = len(texts)
    if count < 2:
        return float("nan")
    distances = cdist(texts, texts, scorer=Levenshtein.normalized_distance, dtype=np.float32)
    return float(distances.sum(dtype=np.float64)) / (count * (count - 1))  # a text lies 0 from itself


def steps_of(texts: Sequence[str], others: Sequence[str]) -> float:
    """About how many words of characters must be compared to find all distances between the two."""
    if not texts or not others:
        return 0.0
    mean = [sum(map(len, side)) / len(side) + 1 for side in (texts, others)]
    return len(texts) * len(others) * mean[0] * ceil(mean[1] / WORD)
