"""Batches without their padding: the characters of all items one after the other.

In a batch of names about half of the places are padding. What a layer makes of a character alone (a linear layer, a
normalisation, a gate) it need not make of padding; only what mixes the characters of an item, attention for one, needs
the items side by side.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Packing:
    """Which places of a batch (B, T) hold characters that matter. N of them do."""

    places: Tensor
    """(N,) int64, ascending: b * T + t."""
    batch: int
    time: int

    @classmethod
    def up_to(cls, places: Tensor, batch: int, time: int) -> "Packing":
        """These places (K,) and, in the same item, all before them: what a prediction there can depend on."""
        wanted = torch.zeros(batch, time, dtype=torch.int8, device=places.device)
        wanted.view(-1)[places] = 1
        # The largest from here to the end of the item: 1 up to the last place that is wanted.
        needed = wanted.flip(1).cummax(1).values.flip(1)
        return cls(needed.view(-1).nonzero()[:, 0], batch, time)

    def pack(self, x: Tensor) -> Tensor:
        """(B, T, ...) to (N, ...)."""
        return x.flatten(0, 1).index_select(0, self.places)

    def unpack(self, x: Tensor) -> Tensor:
        """(N, ...) to (B, T, ...), with zeros for padding."""
        empty = x.new_zeros(self.batch * self.time, *x.shape[1:])
        return empty.index_copy(0, self.places, x).view(self.batch, self.time, *x.shape[1:])

    def times(self) -> Tensor:
        """How far into its item each character stands: (N,) int64, 0 for the first."""
        return self.places % self.time

    def pick(self, x: Tensor, places: Tensor) -> Tensor:
        """Of what is packed, (N, ...), the rows of some of the places: (K,) to (K, ...)."""
        if len(places) == len(self.places):
            return x
        return x.index_select(0, torch.searchsorted(self.places, places))
