"""The confusion of first choices: which character came, and which one the model held most probable."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from makemore_core.metrics.scores import Ints, Scores
from makemore_core.vocabulary import Vocabulary

LARGEST_MATRIX = 200
"""Up to this vocabulary the whole matrix stands in the JSON, above it only what was confused most."""
MOST = 100


@dataclass(frozen=True)
class Confused:
    """A character that came, another that was the first choice, how often, and in which share of the times it came."""

    actual: str
    choice: str
    times: int
    share: float


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often each pair of character and first choice occurred; id 0, the end, is named by the sentinel's mark."""

    symbols: tuple[str, ...]
    """(V,) what stands for each id."""
    actual: Ints
    """(K,) ids that came; the pairs are distinct, and ascend."""
    choices: Ints
    """(K,) the first choice of each pair."""
    counts: Ints
    """(K,) how often."""

    def matrix(self) -> Ints:
        """(V, V) int64: rows are what came, columns the first choice."""
        size = len(self.symbols)
        matrix = np.zeros((size, size), np.int64)
        matrix[self.actual, self.choices] = self.counts
        return matrix

    def top(self, most: int = MOST) -> tuple[Confused, ...]:
        """The pairs of two different characters that occurred most often; of equals, the first in the vocabulary."""
        came = np.bincount(self.actual, weights=self.counts, minlength=len(self.symbols))
        wrong = np.flatnonzero(self.actual != self.choices)
        order = wrong[np.argsort(-self.counts[wrong], kind="stable")][:most]
        return tuple(
            Confused(
                self.symbols[self.actual[at]],
                self.symbols[self.choices[at]],
                int(self.counts[at]),
                float(self.counts[at] / came[self.actual[at]]),
            )
            for at in order
        )

    def to_json(self) -> dict[str, Any]:
        """The vocabulary in the order of ids and the matrix, where it is not too large, and the pairs above all."""
        top = [vars(pair) for pair in self.top()]
        if len(self.symbols) > LARGEST_MATRIX:
            return {"top": top}
        return {"vocabulary": list(self.symbols), "counts": self.matrix().tolist(), "top": top}


def confusion_of(scores: Scores, vocabulary: Vocabulary) -> Confusion:
    """Count the pairs of what came and what was the first choice."""
    pairs, counts = np.unique(scores.targets * vocabulary.size + scores.choices, return_counts=True)
    return Confusion(vocabulary.symbols, pairs // vocabulary.size, pairs % vocabulary.size, counts)
