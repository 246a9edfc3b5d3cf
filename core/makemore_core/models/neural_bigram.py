"""The bigram as a neural network: one linear layer on one-hot input.

From the second half of the first makemore lecture (Karpathy, 2022). The row of a character in `weight` holds the
logits of the next one, so that after training softmax(weight) approaches the table of counts, which minimises
the same loss in closed form.
"""

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from makemore_core.models.base import Hyperparameters, LanguageModel, State


class NeuralBigramSettings(Hyperparameters):
    """The network has V x V weights whatever its settings; only their start can be chosen."""

    init_std: float = Field(0.01, ge=0, le=100, description="standard deviation of the initial weights")

    def parameter_count(self, vocab_size: int) -> int:
        """One weight for each pair of characters."""
        return vocab_size * vocab_size


class NeuralBigram(LanguageModel):
    """logits = one_hot(ids) @ weight."""

    Settings = NeuralBigramSettings
    is_table = True
    # From nearly equal logits, at a pace that can be watched: AdamW moves each by the learning rate at the most,
    # whether its row is frequent or rare, and those of likely and unlikely pairs end some 6 apart. The lecture's
    # gradient descent (preset lecture-bigram) is through with the frequent rows at once and never with the rare.
    training_defaults = {
        "batch_by": "all",
        "learning_rate": 3e-4,
        "weight_decay": 0.0,
        "schedule": "linear",
        "max_steps": 40_000,
        "eval_interval": 500,
        "sample_interval": 1000,
    }

    def __init__(self, vocab_size: int, settings: NeuralBigramSettings, generator: torch.Generator) -> None:
        super().__init__(vocab_size, settings)
        weight = torch.randn(vocab_size, vocab_size, generator=generator)
        self.weight = nn.Parameter(weight * settings.init_std)  # (V, V) float32

    @property
    def context(self) -> int:
        """One character: the current one."""
        return 1

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) int64 to (B, T, V) float32."""
        # Multiplying a one-hot row with a matrix picks one row of it; picking it directly gives the same numbers.
        return F.embedding(ids, self.weight)

    def forward_at(self, ids: Tensor, places: Tensor) -> Tensor:
        """(B, T) and (N,) int64 to (N, V) float32."""
        return F.embedding(ids.flatten()[places], self.weight)

    def character_vectors(self) -> Tensor:
        """What stands for a character is its row of weights, the logits of the next one: (V, V)."""
        return self.weight.detach()

    def init_state(self, batch: int) -> State:
        """Nothing is remembered."""
        return ()

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """(B,) int64 to (B, V) float32."""
        return F.embedding(ids, self.weight), state
