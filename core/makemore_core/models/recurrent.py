"""What the recurrent models share: a hidden state that is carried from character to character.

    h_t = cell(x_t, h_{t-1}),    logits_t = linear(h_t)

x_t is the vector of a character, or the hidden state of the layer below. The state before the first character is
learned. A family says what its cell does, in one pure step. The part of the cell that does not wait for h_{t-1}, the
matrix product with x_t, is done for all characters of an item at once, before the loop over time.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from makemore_core.models import layers
from makemore_core.models.base import Hyperparameters, LanguageModel, State


class RecurrentSettings(Hyperparameters):
    """The sizes of the layers."""

    embedding: int = Field(64, ge=1, le=4096, description="numbers that stand for one character")
    hidden: int = Field(64, ge=1, le=16384, description="units in the hidden state of a layer")
    layers: int = Field(1, ge=1, le=32, description="recurrent layers, each on the one below")
    dropout: float = Field(0.0, ge=0, lt=1, description="share of a layer's input each step drops")

    def inputs(self) -> list[int]:
        """What each layer reads at a time: the vector of a character, or the state below."""
        return [self.embedding, *[self.hidden] * (self.layers - 1)]


class Cell(nn.Module, ABC):
    """One step of one recurrent layer, with `gates` vectors of H numbers computed in one matrix product.

    `project` is the input's share of that product, (..., inputs) to (..., gates * H), and `recur` the state's,
    (..., H) to (..., gates * H).
    """

    def __init__(
        self, inputs: int, hidden: int, gates: int, generator: torch.Generator, *, recurrent_bias: bool = False
    ) -> None:
        super().__init__()
        # Both are drawn as one linear layer on input and state side by side would be.
        bound = 1 / math.sqrt(inputs + hidden)
        self.project = layers.linear(inputs, gates * hidden, generator, bound=bound)
        self.recur = layers.linear(hidden, gates * hidden, generator, bound=bound, bias=recurrent_bias)

    @abstractmethod
    def forward(self, projected: Tensor, hidden: Tensor) -> Tensor:
        """The projected input (B, gates * H) and the last state (B, H) to the next state (B, H)."""


class RecurrentModel(LanguageModel):
    """Embedding, cells one above the other, linear. Subclasses write `make_cell`."""

    settings: RecurrentSettings
    training_defaults = {
        "batch_by": "items",
        "batch_size": 64,
        "learning_rate": 3e-3,
        "schedule": "cosine",
        "grad_clip": 1.0,
        "max_steps": 10_000,
        "eval_interval": 500,
        "sample_interval": 1000,
    }

    def __init__(self, vocab_size: int, settings: RecurrentSettings, generator: torch.Generator) -> None:
        super().__init__(vocab_size, settings)
        self.start = nn.Parameter(torch.zeros(settings.layers, settings.hidden))
        self.embedding = layers.embedding(vocab_size, settings.embedding, generator)  # (V, E)
        self.cells: Iterable[Cell] = nn.ModuleList(  # type: ignore[assignment]
            self.make_cell(inputs, generator) for inputs in settings.inputs()
        )
        self.head = layers.linear(settings.hidden, vocab_size, generator)

    @abstractmethod
    def make_cell(self, inputs: int, generator: torch.Generator) -> Cell:
        """A cell of this family that reads `inputs` numbers at a time."""

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) int64 to (B, T, V) float32."""
        x = self.embedding(ids)  # (B, T, E)
        for cell, start in zip(self.cells, self.start, strict=True):
            projected = cell.project(self._drop(x))  # (B, T, gates * H)
            hidden = start.expand(len(ids), -1)  # (B, H)
            states = []
            for inputs in projected.unbind(1):
                hidden = cell(inputs, hidden)
                states.append(hidden)
            x = torch.stack(states, 1)  # (B, T, H)
        logits: Tensor = self.head(self._drop(x))
        return logits

    def init_state(self, batch: int) -> State:
        """The learned state before the first character: (B, layers, H)."""
        return (self.start.expand(batch, -1, -1),)

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """(B,) int64 to (B, V) float32, and the next hidden states."""
        x = self.embedding(ids)  # (B, E)
        states = []
        for cell, hidden in zip(self.cells, state[0].unbind(1), strict=True):
            x = cell(cell.project(self._drop(x)), hidden)  # (B, H)
            states.append(x)
        return self.head(self._drop(x)), (torch.stack(states, 1),)

    def _drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.settings.dropout, self.training)
