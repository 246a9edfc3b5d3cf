"""The uniform guess: every character is as likely as any other. Its loss, ln V, is what learning starts from."""

import torch
from torch import Tensor

from makemore_core.models.base import Hyperparameters, LanguageModel, State


class UniformSettings(Hyperparameters):
    """There is nothing to choose."""

    def parameter_count(self, vocab_size: int) -> int:
        """There is nothing to learn."""
        return 0


class Uniform(LanguageModel):
    """All logits are 0. A baseline, not a family to train."""

    Settings = UniformSettings

    def __init__(self, vocab_size: int) -> None:
        super().__init__(vocab_size, UniformSettings())

    @property
    def context(self) -> int:
        """Nothing is looked at."""
        return 0

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) int64 to (B, T, V) float32 zeros."""
        return torch.zeros(*ids.shape, self.vocab_size)

    def init_state(self, batch: int) -> State:
        """Nothing is remembered."""
        return ()

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """(B,) int64 to (B, V) float32 zeros."""
        return torch.zeros(len(ids), self.vocab_size), state
