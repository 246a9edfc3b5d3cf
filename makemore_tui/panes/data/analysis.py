"""What the pane computes in a thread, as plain data: the facts of the list, and what each split holds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_core.corpus import Corpus
from makemore_core.splits import Leakage, Split, SplitKind, bigrams_of, leakage, split_corpus
from makemore_core.statistics import Statistics, statistics

SEED = 42
"""Of the splits that are shown: the one that training takes unless told otherwise."""

SIDES = ("train", "dev", "test")

_FIRST_ITEMS = 200  # more than any screen has room for


@dataclass(frozen=True, eq=False)
class SplitSummary:
    """What one split holds."""

    kind: SplitKind
    seed: int
    items: tuple[int, int, int]
    """Of train, dev and test."""

    bigrams: tuple[int, int, int]
    leakage: Leakage
    held_out: NDArray[np.int64]
    """The items of dev and test, in the order of the list."""

    leaked: NDArray[np.int64]
    """One held-out item of each text that also stands in train."""

    side_of: NDArray[np.int8]
    """(items,) the side of each item, as a place in SIDES; where dev and test are the same items, test."""

    @property
    def dev_is_test(self) -> bool:
        """Whether dev and test are the same items."""
        return self.kind is SplitKind.MAKEMORE


def summarise_split(corpus: Corpus, kind: SplitKind, seed: int = SEED) -> SplitSummary:
    """Split the list and count what each side holds."""
    split = split_corpus(corpus, kind, seed)
    sides = (split.train, split.dev, split.test)
    side_of = np.zeros(len(corpus), np.int8)
    for number, side in enumerate(sides):
        side_of[side] = number
    held_out = np.unique(np.concatenate([split.dev, split.test]))
    train, dev, test = (bigrams_of(corpus, side) for side in sides)
    return SplitSummary(
        kind=kind,
        seed=seed,
        items=(len(split.train), len(split.dev), len(split.test)),
        bigrams=(train, dev, test),
        leakage=leakage(corpus, split),
        held_out=held_out,
        leaked=_leaked(corpus, split, held_out),
        side_of=side_of,
    )


def _leaked(corpus: Corpus, split: Split, held_out: NDArray[np.int64]) -> NDArray[np.int64]:
    groups = corpus.groups()
    found: NDArray[np.int64] = held_out[np.isin(groups[held_out], groups[split.train])]
    _, first = np.unique(groups[found], return_index=True)
    return np.sort(found[first])


@dataclass(frozen=True, eq=False)
class Analysis:
    """A list with its facts."""

    corpus: Corpus
    facts: Statistics
    first_items: tuple[str, ...]
    longest_item: str


def analyse(corpus: Corpus) -> Analysis:
    """Count the list."""
    first = tuple(corpus.item(index) for index in range(min(len(corpus), _FIRST_ITEMS)))
    return Analysis(corpus, statistics(corpus), first, corpus.item(int(np.argmax(corpus.lengths))))
