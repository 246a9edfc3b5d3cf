"""Which items a model learns from (train), is chosen by (dev) and is measured on at the end (test).

Three ways to split, each a function of the list, the kind and a seed alone, on every machine:

- disjoint: distinct items are shuffled and cut at 80 and 90%; all repeats of an item fall on the same side, so that
  nothing that is held out was learnt from.
- lecture: as the makemore lectures do it: `random.seed(42)`, one shuffle of the items, cut at 80 and 90%.
- makemore: as makemore.py does it: `torch.manual_seed(seed)`, one `randperm`, the last min(1000, 10%) are test. It has
  no dev items of its own and picks its best checkpoint on test, so that dev here is those same items.

The last two leak wherever a list repeats items: `leakage` counts how many held-out items also stand in train.
"""

import random
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from makemore_core.corpus import Corpus
from makemore_core.errors import SettingsError

_LARGEST_RANDPERM = (1 << 32) // 20  # torch draws 64 bits a swap from here on


class SplitKind(StrEnum):
    """The way to split; `disjoint` is the default."""

    DISJOINT = "disjoint"
    LECTURE = "lecture"
    MAKEMORE = "makemore"


@dataclass(frozen=True, eq=False)
class Split:
    """The indices of the items on each side, int64, in the order that the split drew them."""

    kind: SplitKind
    seed: int
    train: NDArray[np.int64]
    dev: NDArray[np.int64]
    test: NDArray[np.int64]

    @property
    def dev_is_test(self) -> bool:
        """Whether dev and test are the same items, as in makemore.py."""
        return self.kind is SplitKind.MAKEMORE


@dataclass(frozen=True)
class Leakage:
    """How many held-out items (repeats counted) also stand in train, letter for letter."""

    dev_items: int
    dev_in_train: int
    test_items: int
    test_in_train: int


def split_corpus(corpus: Corpus, kind: SplitKind | str = SplitKind.DISJOINT, seed: int = 42) -> Split:
    """Split a list. SettingsError for an unknown kind, or a seed that is negative or above 64 bits."""
    try:
        kind = SplitKind(kind)
    except ValueError:
        raise SettingsError(f"There is no split {kind!a}: it is one of {', '.join(SplitKind)}.") from None
    if not 0 <= seed < 1 << 64:
        raise SettingsError(f"The seed of a split must be between 0 and 2**64 - 1, and {seed} is not.")
    if kind is SplitKind.DISJOINT:
        return Split(kind, seed, *_disjoint(corpus.groups(), seed))
    if kind is SplitKind.LECTURE:
        order = list(range(len(corpus)))
        random.Random(seed).shuffle(order)
        cuts = [int(0.8 * len(order)), int(0.9 * len(order))]
        train, dev, test = np.split(np.array(order, np.int64), cuts)
        return Split(kind, seed, train, dev, test)
    permutation = torch_randperm(len(corpus), seed)
    held_out = len(corpus) - min(1000, int(len(corpus) * 0.1))
    return Split(kind, seed, permutation[:held_out], permutation[held_out:], permutation[held_out:])


def bigrams_of(corpus: Corpus, indices: NDArray[np.int64]) -> int:
    """The number of bigrams (characters to predict, the end of each item counted) of these items."""
    return int(corpus.lengths[indices].sum()) + len(indices)


def leakage(corpus: Corpus, split: Split) -> Leakage:
    """Count the items of dev and test whose text is also the text of a train item."""
    groups = corpus.groups()
    learnt = np.zeros(len(corpus), bool)
    learnt[groups[split.train]] = True
    dev, test = (int(learnt[groups[side]].sum()) for side in (split.dev, split.test))
    return Leakage(len(split.dev), dev, len(split.test), test)


def torch_randperm(count: int, seed: int) -> NDArray[np.int64]:
    """`torch.randperm(count)` after `torch.manual_seed(seed)` on the CPU, without torch: a Fisher-Yates shuffle.

    Each swap takes the next 32 bits of a Mersenne twister, seeded with the low 32 bits of the seed.
    """
    if count >= _LARGEST_RANDPERM:
        raise SettingsError(f"The makemore split is for lists below {_LARGEST_RANDPERM:,} items: use disjoint.")
    # `bytes` hands out the twister's 32-bit numbers one after the other; numpy has frozen this stream (NEP 19).
    draws = np.frombuffer(np.random.RandomState(seed & 0xFFFFFFFF).bytes(4 * max(count - 1, 0)), "<u4")
    swaps = (np.arange(len(draws)) + draws % (count - np.arange(len(draws)))).tolist()
    order = list(range(count))
    for place, other in enumerate(swaps):
        order[place], order[other] = order[other], order[place]
    return np.array(order, np.int64)


def _disjoint(groups: NDArray[np.int64], seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Train, dev and test of a list whose item i has the text of item groups[i].

    Sides are filled by items, repeats counted, as near to 80, 10 and 10% as whole groups allow. Each side has at least
    one item where there are three distinct ones; with fewer all of them are for train.
    """
    distinct, member, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    # A frozen generator (NEP 19), so that a run's split is the same wherever its folder is opened.
    order = np.random.RandomState([seed & 0xFFFFFFFF, seed >> 32]).permutation(len(distinct))
    filled = np.cumsum(sizes[order])
    if len(distinct) < 3:
        first_cut = second_cut = len(distinct)
    else:
        wanted = np.array([0.8, 0.9]) * len(groups)
        first_cut, second_cut = (int(cut) for cut in np.searchsorted(filled, wanted, side="left") + 1)
        first_cut = min(first_cut, len(distinct) - 2)
        second_cut = min(max(second_cut, first_cut + 1), len(distinct) - 1)
    side = np.empty(len(distinct), np.int8)
    side[order] = np.repeat(np.arange(3, dtype=np.int8), np.diff([0, first_cut, second_cut, len(distinct)]))
    sides = side[member]
    train, dev, test = (np.flatnonzero(sides == number) for number in range(3))
    return train, dev, test
