"""N-gram counts with additive smoothing: P(next | the last n - 1 characters) from how often each followed.

Order 2 is the bigram of the first makemore lecture (Karpathy, "The spelled-out intro to language modeling",
2022): one table of counts, each row divided by its sum, with `smoothing` added to every count beforehand.
"""

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from makemore_core.corpus import Corpus
from makemore_core.models import context_tree
from makemore_core.models.base import CountModel, Hyperparameters, State
from makemore_core.positions import Indices, predicted_positions


class NgramSettings(Hyperparameters):
    """The order and the smoothing of a table of counts."""

    order: int = Field(2, ge=1, le=64, description="characters in an n-gram: 2 is the bigram")
    smoothing: float = Field(1.0, ge=0, le=1e9, description="added to every count: 0 trusts the list alone")

    def parameter_count(self, vocab_size: int) -> int:
        """The cells of the full table, V**order; only those that occur are stored."""
        return int(vocab_size**self.order)


class NgramCounts(CountModel):
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

    def __init__(self, vocab_size: int, settings: NgramSettings, generator: torch.Generator | None = None) -> None:
        super().__init__(vocab_size, settings)
        for name in self._buffer_names():
            self.register_buffer(name, torch.zeros(0, dtype=torch.int64))

    def _buffer_names(self) -> list[str]:
        return [*(f"level_{n}" for n in range(1, self.settings.order)), "pairs", "counts"]

    @property
    def context(self) -> int:
        """The characters that a prediction depends on: one fewer than the order."""
        return self.settings.order - 1

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

    def load_tensors(self, tensors: dict[str, Tensor]) -> None:
        """Take the counts of a checkpoint; their number is not known before."""
        self._store([tensors[name] for name in self._buffer_names()])

    def _store(self, values: list[Tensor]) -> None:
        for name, value in zip(self._buffer_names(), values, strict=True):
            self.register_buffer(name, value)

    def forward(self, ids: Tensor) -> Tensor:
        """Log probabilities of the next character: (B, T) int64 to (B, T, V) float64."""
        batch, time = ids.shape
        # An item is preceded by as many sentinels as the context is long.
        padded = F.pad(ids, (max(self.context - 1, 0), 0))
        lags = [padded[:, self.context - 1 - m : self.context - 1 - m + time] for m in range(self.context)]
        return self._logits(torch.stack(lags, -1) if lags else ids.new_zeros(batch, time, 0))

    def init_state(self, batch: int) -> State:
        """The characters before the current one, all sentinels: (B, order - 2) int64, the latest first."""
        return (torch.zeros(batch, max(self.context - 1, 0), dtype=torch.int64),)

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """(B,) int64 to (B, V) float64 log probabilities, and the window moved on by one character."""
        (window,) = state
        lags = torch.cat([ids[:, None], window], 1)[:, : self.context]  # (B, order - 1)
        return self._logits(lags), (lags[:, : window.shape[1]],)

    def _logits(self, lags: Tensor) -> Tensor:
        """(..., order - 1) int64 contexts to (..., V) float64 log probabilities."""
        nodes = context_tree.find(self.levels, lags, self.vocab_size)
        counts = self._rows(nodes.reshape(-1)).double() + self.settings.smoothing
        totals = counts.sum(1, keepdim=True)
        uniform = torch.full_like(counts, 1 / self.vocab_size)
        probabilities = torch.where(totals > 0, counts / totals.clamp(min=1e-300), uniform)
        return probabilities.log().reshape(*nodes.shape, self.vocab_size)

    def _rows(self, nodes: Tensor) -> Tensor:
        """The counts after each context: (M,) int64 nodes to (M, V) int64."""
        first = torch.searchsorted(self.pairs, nodes * self.vocab_size)
        last = torch.searchsorted(self.pairs, (nodes + 1) * self.vocab_size)
        found = torch.where(nodes == context_tree.MISSING, 0, last - first)  # (M,) stored cells of each row
        row = torch.repeat_interleave(found)  # (sum of found,) the row of each stored cell
        offset = torch.arange(len(row), device=row.device) - (found.cumsum(0) - found)[row]
        cell = first[row] + offset
        rows = torch.zeros(len(nodes), self.vocab_size, dtype=torch.int64, device=nodes.device)
        rows[row, self.pairs[cell] % self.vocab_size] = self.counts[cell]
        return rows
