"""The losses of a model while it trains: exact averages, on as many items as there is time for."""

import math

import numpy as np
import torch
from torch import Tensor

from makemore_core.bigrams import count_bigrams
from makemore_core.corpus import Corpus
from makemore_core.evaluation import CELLS, evaluate
from makemore_core.models.base import LanguageModel
from makemore_core.training.config import Indices
from makemore_core.training.modes import evaluating


class SideLoss:
    """The NLL on one side of the split, asked for again and again.

    A model that sees one character needs the counts of pairs alone, so that all items are always used. For others
    `items` of them, evenly spaced over the side, stand for it (0: all).
    """

    def __init__(self, corpus: Corpus, indices: Indices, model: LanguageModel, items: int) -> None:
        self._corpus = corpus
        self._indices = indices
        self._some = indices
        self._pairs: tuple[Tensor, Tensor] | None = None
        if model.context == 1:
            counts = torch.from_numpy(count_bigrams(corpus, indices))
            cells = counts.nonzero()  # (K, 2) int64, sorted by the first character
            self._pairs = cells, counts[cells[:, 0], cells[:, 1]].double()
        elif 0 < items < len(indices):
            self._some = indices[np.linspace(0, len(indices) - 1, items).astype(np.int64)]

    @property
    def is_whole(self) -> bool:
        """Whether `measure` looks at every item of the side."""
        return len(self._some) == len(self._indices)

    def measure(self, model: LanguageModel, *, whole: bool = False) -> float:
        """The NLL in nats per character; NaN where the side has no items. `whole`: on all items."""
        if not len(self._indices):
            return math.nan
        if self._pairs is None:
            return evaluate(model, self._corpus, self._indices if whole else self._some).nll
        return _loss_of_pairs(model, *self._pairs)


@torch.no_grad()
def _loss_of_pairs(model: LanguageModel, cells: Tensor, counts: Tensor) -> float:
    """The NLL of pairs of characters, (K, 2) int64, that occur so often, (K,) float64."""
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    rows = max(CELLS // model.vocab_size, 1)
    total = 0.0
    with evaluating(model):
        for start in range(0, model.vocab_size, rows):
            ids = torch.arange(start, min(start + rows, model.vocab_size), device=device)
            logits = model(ids[:, None])[:, 0].cpu().double()  # (rows, V)
            low, high = torch.searchsorted(cells[:, 0].contiguous(), torch.tensor([start, start + rows])).tolist()
            first, second = cells[low:high].unbind(1)
            total -= float(counts[low:high] @ logits.log_softmax(-1)[first - start, second])
    return total / float(counts.sum())
