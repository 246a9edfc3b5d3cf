"""The characters of a batch in one row, and in bins for attention: a network without padding.

All layers but attention look at each character alone, and do so on the characters of all items one after the other.
For attention the items are laid into bins of equal length, so that each lies in one bin whole: then attention is some
dozens of small matrix products of the same size, most of whose numbers somebody sees. The longest item is laid first,
each where it leaves the least room ("best fit decreasing"; Krell et al., "Efficient Sequence Packing without
Cross-contamination", 2021, have the like for whole networks).

N characters, and P places in the row, some more: the rest is filled up with sentinels. S bins of L cells each, which
are C = S * L; those that no item needs are empty. H heads of size D.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Integers = NDArray[np.int64]

_EVEN = 8
"""Rows and bins are multiples of so many: a processor computes with eight numbers at once."""

_MOST_KEPT = 1 << 15
"""Arrays of more numbers are not kept for the batches to come."""


class Ways(NamedTuple):
    """How the vectors of heads, (.., D) each, get from the row into the bins and back.

    What is told of a character, some `kinds` of vectors, stands in the row as (P, kinds, D) and in the bins as
    (kinds, C, D). An empty cell has those of the first character: they must be finite and are seen by none.
    """

    into: Tensor
    """(kinds * C,) int64: of each vector in the bins, where it is in the row."""
    back: Tensor
    """(P * kinds,) int64: of each vector in the row, where it is in the bins; what fills up the row has any."""


@dataclass(frozen=True)
class Bins:
    """Where the characters of a batch (B, T) stand in the row, and in the bins."""

    places: Tensor
    """(P,) int64: b * T + t of each character; 0 for what fills up the row."""
    times: Tensor
    """(P,) int64: how far into its item each character stands, t; 0 for what fills up the row."""
    count: int
    """N."""
    asked: Tensor | None
    """(K,) int64: which of the N characters predictions were asked for; None for all of them."""
    number: int
    """S."""
    length: int
    """L."""
    time: int
    """T."""
    cells: Integers
    """(P,): the cell of each character; 0 for what fills up the row."""

    @classmethod
    def up_to(cls, places: Tensor, time: int) -> "Bins":
        """Of these places (K,), ascending, and, in the same item, all before them: what a prediction can depend on.

        There is at least one.
        """
        place = places.numpy()  # some short arrays: numpy has the shorter way to them
        item, when = np.divmod(place, time)
        last = np.append((item[1:] != item[:-1]).nonzero()[0], len(item) - 1)  # of the places in each item
        lengths = when[last] + 1
        begins = lengths.cumsum()
        count = int(begins[-1])
        begins -= lengths
        asked = None
        if count > len(place):  # others come before them
            asked = torch.from_numpy(begins.repeat(np.diff(last, prepend=-1)) + when)
            when = np.arange(count) - begins.repeat(lengths)
            place = (item[last] * time).repeat(lengths) + when
        length = -(-time // _EVEN) * _EVEN
        starts, number = _fill(lengths.tolist(), length)
        filled = np.zeros((3, -(-count // _EVEN) * _EVEN), dtype=np.int64)
        filled[0, :count] = place
        filled[1, :count] = when
        np.add(np.subtract(starts, begins).repeat(lengths), np.arange(count), out=filled[2, :count])
        rows = torch.from_numpy(filled)
        return cls(rows[0], rows[1], count, asked, number, length, time, filled[2])

    def seen(self, heads: int) -> Tensor:
        """(H * C,) int64: the row of `_masks` for each head and cell. An empty cell sees itself alone."""
        rows = np.zeros(self.number * self.length, dtype=np.int64)
        rows[self.cells[: self.count]] = self.times.numpy()[: self.count]
        rows += _first_rows(self.number, self.length, self.time)
        return torch.from_numpy(np.concatenate([rows] * heads))

    def ways(self, *kinds: int) -> list[Ways]:
        """For each, those of so many vectors of each character."""
        cells = self.number * self.length
        characters = np.zeros(cells, dtype=np.int64)
        characters[self.cells[: self.count]] = np.arange(self.count)
        found = []
        for each in kinds:
            into = np.add.outer(np.arange(each), characters * each)  # (kinds, C)
            if len(self.cells) * each <= _MOST_KEPT:
                back = self.cells.repeat(each)
                back += _kinds(len(self.cells), each, cells)
            else:
                back = np.add.outer(self.cells, np.arange(each) * cells).reshape(-1)
            found.append(Ways(torch.from_numpy(into.reshape(-1)), torch.from_numpy(back)))
        return found


def mask(seen: Tensor, length: int, time: int, dtype: torch.dtype) -> Tensor:
    """Of cells, by their rows of `_masks` (X,): 0 for what each sees, else minus infinity, (X / L, L, L)."""
    return _masks(length, time, dtype).index_select(0, seen).view(-1, length, length)


@lru_cache(64)
def _first_rows(number: int, length: int, time: int) -> Integers:
    """(C,): of each cell, the row of `_masks` that it has at time 0."""
    return np.arange(number * length) % length * time


@lru_cache(64)
def _kinds(places: int, kinds: int, cells: int) -> Integers:
    """(P * kinds,): where in the bins the vectors of each kind begin."""
    return np.tile(np.arange(kinds) * cells, places)


@lru_cache(64)
def _masks(length: int, time: int, dtype: torch.dtype) -> Tensor:
    """What a character sees that stands in a cell of its bin and at a time of its item: (L * T, L).

    As many cells before its own as the time says, and its own.
    """
    cell = torch.arange(length)
    back = (cell[:, None] - cell)[:, None]  # (L, 1, L) how far before the character
    sees = (back >= 0) & (back <= torch.arange(time)[:, None])  # (L, T, L)
    return torch.where(sees, 0.0, -math.inf).to(dtype).flatten(0, 1)


def _fill(lengths: Sequence[int], length: int) -> tuple[list[int], int]:
    """The first cell of each item, and how many bins of this length they need."""
    starts = [0] * len(lengths)
    with_room: list[list[int]] = [[] for _ in range(length + 1)]  # of so many cells: where they begin
    total = 0
    for item in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        needed = lengths[item]
        for room in range(needed, length):
            if with_room[room]:
                start = with_room[room].pop()
                break
        else:
            start, room, total = total, length, total + length
        starts[item] = start
        with_room[room - needed].append(start + needed)
    return starts, total // length
