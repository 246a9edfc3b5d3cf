"""The items of a list that are nearest to a text, by Levenshtein distance.

Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals" (1966): the least number of
characters to insert, delete or replace. Computed by rapidfuzz, exactly and against every distinct item.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_core.corpus import Corpus

KEPT_CHARACTERS = 20_000_000
"""A list up to this size is kept as texts; a larger one is read again, block by block, at each question."""

CELLS = 4_000_000
"""Distances that are held at once."""


@dataclass(frozen=True)
class Neighbour:
    """An item of the list and how far it is."""

    text: str
    distance: int


class Neighbours:
    """Finds the nearest of the distinct items of a list. Not before the first question are its texts made."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._kept: list[list[str]] | None = None

    def nearest(self, text: str, count: int = 5) -> list[Neighbour]:
        """The nearest items, those at the same distance in the order of the list; fewer where the list has fewer."""
        best: list[Neighbour] = []
        for items in self._blocks():
            distances = _distances([text], items)[0]
            first = np.argsort(distances, kind="stable")[:count]
            best += [Neighbour(items[place], int(distances[place])) for place in first.tolist()]
            best = sorted(best, key=lambda neighbour: neighbour.distance)[:count]
        return best

    def nearest_of_each(self, texts: Sequence[str]) -> list[Neighbour]:
        """The nearest item of each text; of several, the first of the list."""
        best = [Neighbour("", np.iinfo(np.int32).max)] * len(texts)
        for items in self._blocks():
            rows = max(CELLS // len(items), 1)
            for start in range(0, len(texts), rows):
                distances = _distances(texts[start : start + rows], items)  # (rows, items)
                places = distances.argmin(1)
                for row, place in enumerate(places.tolist()):
                    if distances[row, place] < best[start + row].distance:
                        best[start + row] = Neighbour(items[place], int(distances[row, place]))
        return best

    def _blocks(self) -> Iterator[list[str]]:
        """The distinct items, some at a time, in the order of the list."""
        if self._kept is not None:
            yield from self._kept
            return
        kept: list[list[str]] = []
        groups = self._corpus.groups()
        for first, block in self._corpus.text_blocks():
            texts = block.split("\n")
            indices = np.arange(first, first + len(texts))
            is_first = (groups[first : first + len(texts)] == indices).tolist()
            items = [text for text, new in zip(texts, is_first, strict=True) if new]
            if not items:
                continue
            if len(self._corpus.tokens) <= KEPT_CHARACTERS:
                kept.append(items)
            yield items
        if len(self._corpus.tokens) <= KEPT_CHARACTERS:
            self._kept = kept


def _distances(texts: Sequence[str], items: Sequence[str]) -> NDArray[np.int32]:
    """(texts, items) int32: how far each text is from each item."""
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    distances: NDArray[np.int32] = cdist(texts, items, scorer=Levenshtein.distance, dtype=np.int32)
    return distances
