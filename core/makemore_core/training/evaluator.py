"""The losses of a model while it trains: exact averages, on as many items as there is time for."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from makemore_core.bigrams import count_bigrams
from makemore_core.corpus import Corpus
from makemore_core.evaluation import evaluate
from makemore_core.models.base import CountModel, LanguageModel
from makemore_core.training.config import Indices


class SideLoss:
    """The NLL on one side of the split, asked for again and again.

    A model that sees one character needs the counts of pairs alone, so that all items are always used. For others
    `items` of them, evenly spaced over the side, stand for it (0: all).
    """

    def __init__(self, corpus: Corpus, indices: Indices, model: LanguageModel, items: int) -> None:
        self._corpus = corpus
        self._indices = indices
        self._counts: torch.Tensor | None = None
        self._some = indices
        if model.context == 1 and not isinstance(model, CountModel):
            self._counts = torch.from_numpy(count_bigrams(corpus, indices)).double()
        elif 0 < items < len(indices):
            self._some = indices[np.linspace(0, len(indices) - 1, items).astype(np.int64)]

    def __len__(self) -> int:
        return len(self._indices)

    @property
    def is_whole(self) -> bool:
        """Whether `measure` looks at every item of the side."""
        return len(self._some) == len(self._indices)

    def measure(self, model: LanguageModel, *, whole: bool = False) -> float:
        """The NLL in nats per character; NaN where the side has no items. `whole`: on all items."""
        if not len(self._indices):
            return math.nan
        if self._counts is None:
            return evaluate(model, self._corpus, self._indices if whole else self._some).nll
        return self._of_counts(model, self._counts)

    @torch.no_grad()
    def _of_counts(self, model: LanguageModel, counts: torch.Tensor) -> float:
        device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
        logits = model(torch.arange(model.vocab_size, device=device)[:, None])[:, 0].double().cpu()  # (V, V)
        return float(F.cross_entropy(logits, counts / counts.sum(), reduction="sum"))
