"""A set of items as strings, and as the stream of ids that n-grams are counted in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from makemore_core.corpus import Corpus
from makemore_core.metrics.scores import Ints
from makemore_core.positions import Indices
from makemore_core.vocabulary import SENTINEL, Vocabulary


@dataclass(frozen=True, eq=False)
class Texts:
    """Some items, repeats included; an item may be empty."""

    items: Sequence[str]
    vocabulary: Vocabulary

    def __len__(self) -> int:
        return len(self.items)

    def first(self, count: int) -> "Texts":
        """The first so many."""
        return Texts(self.items[:count], self.vocabulary)

    @cached_property
    def distinct(self) -> list[str]:
        """Each text once, in the order of its first item."""
        return list(dict.fromkeys(self.items))

    @cached_property
    def lengths(self) -> Ints:
        """(items,) in code points."""
        return np.array([len(text) for text in self.items], np.int64)

    @cached_property
    def stream(self) -> Ints:
        """(N,) ids with one sentinel between two items, one before the first and one after the last."""
        ids = [SENTINEL]
        for text in self.items:
            ids += self.vocabulary.encode(text)
            ids.append(SENTINEL)
        return np.array(ids, np.int64)


def texts_of(corpus: Corpus, indices: Indices) -> Texts:
    """The items of a list with these indices."""
    return Texts([corpus.item(index) for index in indices.tolist()], corpus.vocabulary)


def streams_of(corpus: Corpus, indices: Indices, characters: int = 1 << 20) -> Iterator[Ints]:
    """The items with these indices as streams of about so many characters, each as `Texts.stream`."""
    ends = np.cumsum(corpus.lengths[indices] + 1)
    first = 0
    while first < len(indices):
        end = max(int(np.searchsorted(ends, (ends[first - 1] if first else 0) + characters)), first + 1)
        stream = corpus.tokens[corpus.positions(indices[first:end])].astype(np.int64)
        yield np.append(stream, SENTINEL)
        first = end
