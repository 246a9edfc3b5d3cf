"""Targets that know of shorter contexts: what follows a beginning that one item alone has is not certain.

The shares of what follows a beginning are those of the items that the list happens to hold; after a long beginning that
is one item, and a network that trains for long learns it by heart. Kneser-Ney smoothing (see `models.kneser_ney`)
counts on the same items, takes a little off each count and gives it to what follows the last few characters alone.
Targets that take a part from it keep a network from being too sure (Szegedy et al., "Rethinking the Inception
Architecture" (2016), do so with a uniform distribution; Hinton et al., "Distilling the Knowledge in a Neural Network"
(2015), with what another model gives).
"""

import torch
from torch import Tensor

from makemore_core.corpus import Corpus
from makemore_core.models.base import seeded
from makemore_core.models.kneser_ney import KneserNey, KneserNeySettings
from makemore_core.positions import PADDING, Indices, padded_items

SHARE = 0.4
"""Of the targets that is Kneser-Ney's."""

CELLS = 20_000_000
"""Probabilities that are kept, at the most: 80 MB. A longer list is learnt by heart less easily, and goes without."""

_ITEMS = 1024


class Smoothing:
    """The Kneser-Ney probabilities at every place of some items, counted on the same items."""

    def __init__(self, corpus: Corpus, indices: Indices) -> None:
        size = corpus.vocabulary.size
        model = KneserNey(size, KneserNeySettings(), seeded(0))
        model.fit(corpus, indices)
        places = torch.from_numpy(corpus.positions(indices))  # (P,) in the stream, item by item
        self._row = torch.zeros(len(corpus.tokens), dtype=torch.int64)
        self._row[places] = torch.arange(len(places))
        self._probabilities = torch.empty(len(places), size)  # (P, V) float32
        done = 0
        for start in range(0, len(indices), _ITEMS):
            ids, targets = (torch.from_numpy(array) for array in padded_items(corpus, indices[start : start + _ITEMS]))
            found = model(ids)[targets != PADDING].exp()
            self._probabilities[done : done + len(found)] = found
            done += len(found)

    @staticmethod
    def suits(corpus: Corpus, indices: Indices) -> bool:
        """Whether there is room for what it keeps."""
        return int((corpus.lengths[indices] + 1).sum()) * corpus.vocabulary.size <= CELLS

    def mix(self, shares: Tensor, places: Tensor) -> Tensor:
        """Shares (K, V) of what follows at these places of the stream (K,) int64, smoothed."""
        return shares.lerp(self._probabilities[self._row[places]], SHARE)
