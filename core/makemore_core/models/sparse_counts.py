"""What the n-gram models share: counts as buffers whose length the list decides, and windows of characters."""

from abc import abstractmethod

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from makemore_core.models.base import CountModel, Hyperparameters, State


class OrderSettings(Hyperparameters):
    """The order of an n-gram model."""

    order: int = Field(2, ge=1, le=64, description="longest n-gram; 2 is the bigram")

    def parameter_count(self, vocab_size: int) -> int:
        """The cells of the full table, V**order; only those that occur are stored."""
        return int(vocab_size**self.order)


class SparseCounts(CountModel):
    """A model that predicts from the last `order - 1` characters by counts that are stored sparsely."""

    settings: OrderSettings

    def __init__(self, vocab_size: int, settings: OrderSettings, generator: torch.Generator | None = None) -> None:
        super().__init__(vocab_size, settings)
        for name in self._buffer_names():
            self.register_buffer(name, torch.zeros(0, dtype=torch.int64))

    @abstractmethod
    def _buffer_names(self) -> list[str]:
        """The names of all int64 tensors of counts and keys, each (any number,)."""

    @abstractmethod
    def after(self, lags: Tensor) -> Tensor:
        """(..., order - 1) int64 contexts, the latest character first, to (..., V) float64 log probabilities."""

    @property
    def context(self) -> int:
        """The characters that a prediction can depend on: one fewer than the order."""
        return self.settings.order - 1

    def load_tensors(self, tensors: dict[str, Tensor]) -> None:
        """Take the counts of a checkpoint; their number is not known before."""
        self._store([tensors[name] for name in self._buffer_names()])

    def _store(self, values: list[Tensor]) -> None:
        for name, value in zip(self._buffer_names(), values, strict=True):
            self.register_buffer(name, value)

    def forward(self, ids: Tensor) -> Tensor:
        """Log probabilities of the next character: (B, T) int64 to (B, T, V) float64."""
        if self.context == 0:
            return self.after(ids.new_zeros(*ids.shape, 0))
        # An item is preceded by as many sentinels as the context is long.
        windows = F.pad(ids, (self.context - 1, 0)).unfold(1, self.context, 1)  # (B, T, context), the oldest first
        return self.after(windows.flip(2))

    def init_state(self, batch: int) -> State:
        """The characters before the current one, all sentinels: (B, order - 2) int64, the latest first."""
        return (torch.zeros(batch, max(self.context - 1, 0), dtype=torch.int64),)

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """(B,) int64 to (B, V) float64 log probabilities, and the window moved on by one character."""
        (window,) = state
        lags = torch.cat([ids[:, None], window], 1)[:, : self.context]  # (B, order - 1)
        return self.after(lags), (lags[:, : window.shape[1]],)
