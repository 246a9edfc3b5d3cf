"""The losses of a model while it trains: exact averages, on as many items as there is time for.

Items that are longer than the context of a Transformer take a pass for each further character. Where that would take
longer than the training, some of these characters stand for all (`evaluation.estimate`).
"""

import math

import numpy as np

from makemore_core.corpus import Corpus
from makemore_core.evaluation import PairLoss, characters_beyond, estimate
from makemore_core.models.base import LanguageModel
from makemore_core.positions import Indices

BEYOND = 1 << 17
"""Characters read for those beyond the context, at a look: some seconds. With a context of 256, 512 of them count."""

BEYOND_AT_END = 1 << 21
"""At the end: a minute or so."""


class SideLoss:
    """The NLL on one side of the split, asked for again and again.

    A model that sees one character needs the counts of pairs alone, so that all items are always used. For others
    `items` of them, evenly spaced over the side, stand for it (0: all).
    """

    def __init__(self, corpus: Corpus, indices: Indices, model: LanguageModel, items: int) -> None:
        self._corpus = corpus
        self._indices = indices
        self._some = indices
        self._pairs = PairLoss(corpus, indices) if PairLoss.suits(model) else None
        if self._pairs is None and 0 < items < len(indices):
            self._some = indices[np.linspace(0, len(indices) - 1, items).astype(np.int64)]
        self._is_near = characters_beyond(model, corpus, self._some) <= BEYOND
        self.is_estimate = characters_beyond(model, corpus, indices) > BEYOND_AT_END
        """Whether some characters stand for others even where `measure` looks at the whole side."""

    @property
    def is_whole(self) -> bool:
        """Whether `measure` looks at every item of the side."""
        return len(self._some) == len(self._indices) and self._is_near

    def measure(self, model: LanguageModel, *, whole: bool = False) -> float:
        """The NLL in nats per character; NaN where the side has no items. `whole`: on all items."""
        if not len(self._indices):
            return math.nan
        if self._pairs is not None:
            return self._pairs.measure(model).nll
        if whole:
            return estimate(model, self._corpus, self._indices, BEYOND_AT_END)
        return estimate(model, self._corpus, self._some, BEYOND)
