"""Which items of a list are the same text: exact, by sorting 64-bit hashes and comparing what they claim is equal."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MULTIPLIER = 0x9E3779B97F4A7C15  # odd, so that its powers are units modulo 2**64
_BLOCK = 1 << 20


class ItemIndex:
    """Finds items by their text.

    tokens: (N,) unsigned ids with a sentinel before each item and one at the end; starts: (items + 1,) int64 positions
    of the sentinels, as in Corpus.
    """

    def __init__(self, tokens: NDArray[Any], starts: NDArray[np.int64]) -> None:
        self._tokens, self._starts = tokens, starts
        self._hashes = _hash_items(tokens, starts)
        # Stable: items with the same hash stay in the order of the list, the first one in front.
        self._order = np.argsort(self._hashes, kind="stable")
        self._sorted = self._hashes[self._order]

    def find(self, ids: NDArray[Any]) -> NDArray[np.int64]:
        """The indices of all items with these ids (without sentinels), ascending."""
        found = self._with_hash_of(ids)
        found = found[self._starts[found + 1] - self._starts[found] == len(ids) + 1]
        rows = max(_BLOCK // max(len(ids), 1), 1)
        same = [self._equal(found[start : start + rows], ids) for start in range(0, len(found), rows)]
        return np.concatenate([np.empty(0, np.int64), *same])

    def first(self, ids: NDArray[Any]) -> int | None:
        """The index of the first item with these ids, or None: repeats that come after it cost nothing."""
        return next((int(index) for index in self._with_hash_of(ids) if np.array_equal(self._ids(index), ids)), None)

    def _with_hash_of(self, ids: NDArray[Any]) -> NDArray[np.int64]:
        """The indices of the items whose hash is that of these ids, ascending."""
        stream = np.concatenate([np.zeros(1, ids.dtype), ids, np.zeros(1, ids.dtype)])
        wanted = _hash_items(stream, np.array([0, len(ids) + 1], np.int64))[0]
        low, high = np.searchsorted(self._sorted, wanted, "left"), np.searchsorted(self._sorted, wanted, "right")
        found: NDArray[np.int64] = self._order[low:high]
        return found

    def _equal(self, found: NDArray[np.int64], ids: NDArray[Any]) -> NDArray[np.int64]:
        """Those of the items, which all have the length of these ids, that have these ids."""
        characters = self._tokens[self._starts[found][:, None] + 1 + np.arange(len(ids))]  # (items, length)
        same: NDArray[np.int64] = found[(characters == ids).all(1)]
        return same

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        """(items,) int64: for each item the index of the first item with the same text."""
        new = np.ones(len(self._order), bool)
        new[1:] = self._sorted[1:] != self._sorted[:-1]
        if not self._same_text(np.flatnonzero(~new)):
            return self._groups_by_text()
        groups = np.empty(len(self._order), np.int64)
        groups[self._order] = self._order[np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))]
        return groups

    def _ids(self, index: int) -> NDArray[Any]:
        return self._tokens[self._starts[index] + 1 : self._starts[index + 1]]

    def _same_text(self, places: NDArray[np.int64]) -> bool:
        """Whether the item at each of these places of the order has the text of the one before it."""
        for start in range(0, len(places), _BLOCK):
            block = places[start : start + _BLOCK]
            left, right = self._order[block - 1], self._order[block]
            length = self._starts[left + 1] - self._starts[left]
            if not np.array_equal(length, self._starts[right + 1] - self._starts[right]):
                return False
            offsets = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
            first = self._tokens[np.repeat(self._starts[left], length) + offsets]
            if not np.array_equal(first, self._tokens[np.repeat(self._starts[right], length) + offsets]):
                return False
        return True

    def _groups_by_text(self) -> NDArray[np.int64]:
        """The same by way of a dict: slower, and needed only where two texts share a hash."""
        first: dict[bytes, int] = {}
        indices = range(len(self._order))
        return np.array([first.setdefault(self._ids(index).tobytes(), index) for index in indices], np.int64)


def _hash_items(tokens: NDArray[Any], starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A polynomial hash modulo 2**64 of each item, computed for blocks of items at a time."""
    hashes = np.empty(len(starts) - 1, np.uint64)
    longest = int(np.diff(starts).max(initial=1))
    powers = np.full(longest, _MULTIPLIER, np.uint64)
    powers[0] = 1
    np.multiply.accumulate(powers, out=powers)
    first = 0
    while first < len(hashes):
        end = int(np.searchsorted(starts, starts[first] + _BLOCK, side="right")) - 1
        end = min(max(end, first + 1), len(hashes))
        block, begins = tokens[starts[first] : starts[end]], starts[first:end] - starts[first]
        lengths = np.diff(starts[first : end + 1])
        place = np.arange(len(block)) - np.repeat(begins, lengths)
        mixed = _mix(block.astype(np.uint64)) * powers[place]
        hashes[first:end] = _mix(np.add.reduceat(mixed, begins) + lengths.astype(np.uint64))
        first = end
    return hashes


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014): a bijection that spreads small numbers."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
