"""How far two models disagree about what comes next; numpy alone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from makemore_core.vocabulary import SENTINEL, Vocabulary

Floats = NDArray[np.float64]


def kl_divergence(p: Floats, q: Floats) -> float:
    """KL(p || q), the sum of p ln(p / q), in nats (Kullback and Leibler, 1951).

    How many nats more than need be it costs, on average, to expect `q` where `p` holds. 0 where they are the same and
    never below; infinite where `q` holds impossible what `p` does not. It is not the same the other way round.
    Both are (V,); what `p` holds impossible does not count, so `q` need not sum to 1.
    """
    possible = p > 0
    if not q[possible].all():
        return float("inf")
    return max(float((p[possible] * np.log(p[possible] / q[possible])).sum()), 0.0)


def ids_in(other: Vocabulary, own: Vocabulary) -> NDArray[np.int64]:
    """For each id of `own`, the id of the same character in `other`; -1 where `other` does not know it. (V,) int64."""
    known = {character: token for token, character in enumerate(other.characters, start=1)}
    return np.array([SENTINEL, *(known.get(character, -1) for character in own.characters)], dtype=np.int64)


def aligned(values: NDArray[Any], ids: NDArray[np.int64]) -> Floats:
    """Values of another vocabulary in the order of one's own, by `ids_in`; 0 for what the other does not know."""
    return np.where(ids >= 0, values[np.maximum(ids, 0)], 0.0).astype(np.float64)
