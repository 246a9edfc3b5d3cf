"""What a model says of each character of some items, as arrays: made by `scoring`, the start of other metrics."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ItemLosses:
    """The loss of each of some items, as sums: `totals` (items,) nats, over `characters` (items,), its end counted."""

    indices: Ints
    """(items,) which items of the list these are."""
    totals: Floats
    characters: Ints

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def nll(self) -> float:
        """The mean in nats per character over all of them; NaN where there are none."""
        characters = int(self.characters.sum())
        return float(self.totals.sum()) / characters if characters else float("nan")


@dataclass(frozen=True, eq=False)
class Scores:
    """N characters: those of the items one after the other, each item with its end."""

    indices: Ints
    """(items,) which items of the list these are."""
    lengths: Ints
    """(items,) the code points of each, without the end."""
    targets: Ints
    """(N,) the ids that came."""
    nll: Floats
    """(N,) -ln of the probability that the model gave them."""
    choices: Ints
    """(N,) the id that the model held most probable; of several, the first in the vocabulary."""
    confidences: Floats
    """(N,) the probability of that first choice."""

    def __len__(self) -> int:
        return len(self.targets)

    @cached_property
    def starts(self) -> Ints:
        """(items,) where the characters of each item begin."""
        starts: Ints = np.cumsum(self.lengths + 1) - (self.lengths + 1)
        return starts

    @cached_property
    def positions(self) -> Ints:
        """(N,) the place of each character in its item, from 1; the end of an item of n characters is at n + 1."""
        positions: Ints = np.arange(len(self)) - np.repeat(self.starts, self.lengths + 1) + 1
        return positions

    @cached_property
    def items(self) -> ItemLosses:
        """The loss of each item."""
        totals = np.add.reduceat(self.nll, self.starts) if len(self.indices) else np.zeros(0)
        return ItemLosses(self.indices, totals, self.lengths + 1)
