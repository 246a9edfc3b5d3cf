"""N-gram counts with additive smoothing: P(next | the last n - 1 characters) from how often each followed.

Order 2 is the bigram of the first makemore lecture (Karpathy, "The spelled-out intro to language modeling",
2022): one table of counts, each row divided by its sum, with `smoothing` added to every count beforehand.
"""

import torch
from pydantic import Field
from torch import Tensor

from makemore_core.corpus import Corpus
from makemore_core.models import context_tree
from makemore_core.models.count_rows import dense_rows
from makemore_core.models.sparse_counts import OrderSettings, SparseCounts
from makemore_core.positions import Indices, predicted_positions


class NgramSettings(OrderSettings):
    """The order and the smoothing of a table of counts."""

    order: int = Field(2, ge=1, le=64, description="characters in an n-gram: 2 is the bigram")
    smoothing: float = Field(1.0, ge=0, le=1e9, description="added to each count; 0 trusts the list")


class NgramCounts(SparseCounts):
    """A table of counts, stored sparsely, as a model.

    Logits are float64 log probabilities: log((count + smoothing) / (row sum + smoothing * V)), -inf for what
    never occurred where smoothing is 0. A context that never occurred predicts every character alike, which is
    the limit of the formula as smoothing goes to 0.
    """

    Settings = NgramSettings
    settings: NgramSettings
    pairs: Tensor
    """The sorted keys `context * V + next character` of what occurred, (K,) int64."""
    counts: Tensor
    """How often each of `pairs` occurred, (K,) int64."""

    def _buffer_names(self) -> list[str]:
        return [*(f"level_{n}" for n in range(1, self.settings.order)), "pairs", "counts"]

    @property
    def levels(self) -> list[Tensor]:
        """The sorted keys of each level of the context tree, the shortest contexts first."""
        return [self.get_buffer(f"level_{n}") for n in range(1, self.settings.order)]

    def fit(self, corpus: Corpus, indices: Indices | None = None) -> None:
        """Count the n-grams of the items with these indices, of all items by default."""
        targets, lags = predicted_positions(corpus, self.context, indices)
        levels, nodes = context_tree.grow(torch.from_numpy(lags), self.vocab_size)
        pairs, counts = torch.unique(nodes * self.vocab_size + torch.from_numpy(targets), return_counts=True)
        self._store([*levels, pairs, counts])

    def after(self, lags: Tensor) -> Tensor:
        """(..., order - 1) int64 contexts, the latest character first, to (..., V) float64 log probabilities."""
        nodes = context_tree.find(self.levels, lags, self.vocab_size)
        rows = dense_rows(self.pairs, self.counts, nodes.reshape(-1), self.vocab_size)  # (M, V) int64
        counts = rows.double() + self.settings.smoothing
        totals = counts.sum(1, keepdim=True)
        uniform = torch.full_like(counts, 1 / self.vocab_size)
        probabilities = torch.where(totals > 0, counts / totals.clamp(min=1e-300), uniform)
        return probabilities.log().reshape(*nodes.shape, self.vocab_size)
