"""Random pieces of items that are too long to be learnt from in one go.

A Transformer has a vector for each of `context` places. What follows a character further on it predicts from the last
`context` characters alone, in a pass of its own: an item of 5,000 characters would cost thousands of passes for a
single step. So a step reads a piece that fits, from a random place on, as GPTs learn from long texts (Radford et al.,
"Language Models are Unsupervised Multitask Learners", 2019; Karpathy, minGPT and nanoGPT, 2020 and 2022).

A piece of C characters may begin anywhere in the item, or before its start, or so late that its end lies beyond that of
the item, and is cut down to what lies inside. So each character of an item is predicted by C of its pieces, those at
both ends too: pieces that all lay inside would hardly ever ask for the first and the last. A piece from the start
begins with the sentinel, as a whole item does; others begin with a character, at place 0, as the sliding window of a
long item does. An item that fits counts as C pieces, all of them the whole item: so each character of the list is
predicted equally often, as it is where all items are whole.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Pieces:
    """All pieces of some items, numbered."""

    length: int
    """Characters that a piece predicts, at the most."""
    count: Tensor
    """(items,) int64: characters that are predicted in each item, its end counted."""
    end: Tensor
    """(items,) int64: the numbers below this are pieces of this item or of one before it."""

    @classmethod
    def of(cls, count: Tensor, length: int | None) -> "Pieces | None":
        """Of items that predict so many characters, (items,) int64; None where all are whole."""
        if length is None or int(count.max()) <= length:
            return None
        return cls(length, count, torch.where(count <= length, length, count + length - 1).cumsum(0))

    @property
    def number(self) -> int:
        """How many there are."""
        return int(self.end[-1])

    @property
    def mean(self) -> float:
        """How many characters one predicts, on average: each character is in as many pieces as a piece is long."""
        return self.length * float(self.count.sum()) / self.number

    def find(self, numbers: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The item of each piece, how far into it the piece begins, and how many characters it predicts.

        Each of the shape of `numbers`, int64. A piece that begins 0 characters into its item begins with the sentinel.
        """
        item = torch.searchsorted(self.end, numbers, right=True)
        count = self.count[item]
        before = numbers - self.end[item]  # -(C + count - 1) to -1, of an item that is cut
        is_whole = count <= self.length
        begin = (before + count).clamp(min=0).masked_fill(is_whole, 0)
        stop = torch.minimum(before + count + self.length, count).masked_fill(is_whole, 0)
        return item, begin, torch.where(is_whole, count, stop - begin)
