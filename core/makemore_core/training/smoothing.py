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
from makemore_core.models import context_tree
from makemore_core.models.base import seeded
from makemore_core.models.kneser_ney import KneserNey, KneserNeySettings
from makemore_core.positions import Indices, predicted_positions

SHARE = 0.4
"""Of the targets that is Kneser-Ney's."""

CELLS = 20_000_000
"""Places times characters, at the most. A longer list is learnt by heart less easily, and goes without."""

_CONTEXTS = 1 << 14


class Smoothing:
    """The Kneser-Ney probabilities at every place of some items, counted on the same items."""

    def __init__(self, corpus: Corpus, indices: Indices) -> None:
        size = corpus.vocabulary.size
        model = KneserNey(size, KneserNeySettings(), seeded(0))
        model.fit(corpus, indices)
        _, lags = (torch.from_numpy(array) for array in predicted_positions(corpus, model.context, indices))
        _, context = context_tree.grow(lags, size)  # (P,) the number of the characters before each place
        self._context = torch.zeros(len(corpus.tokens), dtype=torch.int64)
        self._context[torch.from_numpy(corpus.positions(indices))] = context
        of_each = torch.empty(int(context.max()) + 1, dtype=torch.int64)
        of_each[context] = torch.arange(len(context))  # a place where it stands
        few = torch.split(lags[of_each], _CONTEXTS)
        self._parts = SHARE * torch.cat([model.after(block).exp().float() for block in few])  # (contexts, V)

    @staticmethod
    def suits(corpus: Corpus, indices: Indices) -> bool:
        """Whether there is room for what it keeps."""
        return int((corpus.lengths[indices] + 1).sum()) * corpus.vocabulary.size <= CELLS

    def mix(self, shares: Tensor, places: Tensor) -> Tensor:
        """Shares (K, V) of what follows at these places of the stream (K,) int64, smoothed."""
        # A product and a sum, each rounded: a row comes out the same whichever others stand beside it (see `ahead`).
        return (shares * (1 - SHARE)).add_(self._parts[self._context[places]])
