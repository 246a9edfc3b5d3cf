"""The items of a batch in one row, cut into strips: attention without padding, and without much that nobody sees.

The items stand one after the other. The row is cut into strips of equal length, such that an item lies within two
neighbours: then each character finds all that it may see in its own strip and the one before, and attention is some
dozens of small matrix products of the same size (Beltagy et al., "Longformer", 2020, have this for windows that slide).

N characters; S strips of L of them, P = S * L: the last strip is filled up with sentinels; H heads.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.models.packing import Packing

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Strips:
    """Where the characters of a batch (B, T) stand in the row."""

    places: Tensor
    """(P,) int64: b * T + t of each character; 0 for what fills up the last strip."""
    times: Tensor
    """(P,) int64: how far into its item each character stands, t."""
    count: int
    """N."""
    length: int
    """L."""
    rows: Tensor
    """(H * P,) int64: of each head and character, the row of the mask."""
    time: int
    """T."""

    @classmethod
    def up_to(cls, places: Tensor, batch: int, time: int, heads: int) -> "Strips":
        """Of these places (N,), ascending, and, in the same item, all before them: what a prediction can depend on."""
        place = places.numpy()  # some short arrays: numpy has the shorter way to them
        if not _are_whole(place, time):
            place = Packing.up_to(places, batch, time).places.numpy()
        length = max(time - 1, 1)
        length += length % 2
        strips = -(-len(place) // length)
        filled = np.zeros(strips * length, dtype=np.int64)
        filled[: len(place)] = place
        times = filled % time
        rows = (_first_rows(strips, length, time) + times)[None].repeat(heads, 0).reshape(-1)
        return cls(torch.from_numpy(filled), torch.from_numpy(times), len(place), length, torch.from_numpy(rows), time)

    def mask(self, dtype: torch.dtype) -> Tensor:
        """(H * S, L, 2 * L): 0 for what a character sees in the strip before and in its own, else minus infinity.

        What fills up the last strip sees itself alone.
        """
        found = _masks(self.length, self.time, dtype).index_select(0, self.rows)
        return found.view(-1, self.length, 2 * self.length)

    def find(self, places: Tensor) -> Tensor | None:
        """Which of the N characters stand at some of the places, (K,) to (K,); None for all of them."""
        return None if len(places) == self.count else torch.searchsorted(self.places[: self.count], places)


def _are_whole(place: Places, time: int) -> bool:
    """Whether each place has before it, in the same item, all others: nearly always, where whole items are learnt."""
    begins = place % time == 0
    follows = place[1:] == place[:-1] + 1
    return not len(place) or bool(begins[0] and (follows | begins[1:]).all())


@lru_cache(64)
def _first_rows(strips: int, length: int, time: int) -> Places:
    """Of each character the row of `_masks` that it has at time 0: (P,)."""
    return np.arange(strips * length) % length * time


@lru_cache(64)
def _masks(length: int, time: int, dtype: torch.dtype) -> Tensor:
    """What a character sees that stands at a place of its strip and at a time of its item: (L * T, 2 * L).

    The strip before and its own side by side: 0 for as many before it as the time says, and for itself.
    """
    place = torch.arange(2 * length)
    back = (place[length:, None] - place)[:, None]  # (L, 1, 2 * L) how far before the character
    sees = (back >= 0) & (back <= torch.arange(time)[:, None])  # (L, T, 2 * L)
    return torch.where(sees, 0.0, -math.inf).to(dtype).flatten(0, 1)
