"""What the recurrent models share: a hidden state that is carried from character to character.

    h_t = cell(x_t, h_{t-1}),    logits_t = linear(h_t)

x_t is the vector of a character, or the hidden state of the layer below. The state before the first character is
learned. A family says what its cell does, in one pure step, and how a whole item is run through it. The part of the
cell that does not wait for h_{t-1}, the matrix product with x_t, is done for all characters at once, before the loop
over time; in the first layer it is even done for the characters of the vocabulary, where those are fewer.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

import torch
from pydantic import Field
from torch import Tensor, nn

from makemore_core.models import layers
from makemore_core.models.base import Foresight, Hyperparameters, LanguageModel, State
from makemore_core.models.by_time import by_time
from makemore_core.models.dropout import dropout
from makemore_core.models.recurrent_gradients import RecurrentNetwork
from makemore_core.models.scans import Scan, run_scan


class RecurrentSettings(Hyperparameters):
    """The sizes of the layers."""

    embedding: int = Field(64, ge=1, le=4096, description="numbers that stand for one character")
    hidden: int = Field(64, ge=1, le=16384, description="units in the hidden state of a layer")
    layers: int = Field(1, ge=1, le=32, description="recurrent layers, each on the one below")
    dropout: float = Field(0.3, ge=0, lt=1, description="share of a layer's input each step drops")

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

    @abstractmethod
    def scan(self, sizes: list[int]) -> Scan:
        """All steps at once, so many characters at each time, which never grow more (see `scans`)."""

    def run(self, projected: Tensor, start: Tensor, sizes: list[int]) -> Tensor:
        """Projected inputs (N, gates * H) by time and the first state (B, H) to states (N, H)."""
        return run_scan(self.scan(sizes), projected, start)


class RecurrentModel(LanguageModel):
    """Embedding, cells one above the other, linear. Subclasses write `make_cell`."""

    settings: RecurrentSettings
    carried = ("h",)
    training_defaults = {
        "batch_by": "items",
        "batch_size": 64,
        "targets": "smoothed",
        "learning_rate": 4e-3,
        "weight_decay": 0.1,
        "grad_clip": 1.0,
        "schedule": "linear",
        "max_steps": 16_000,
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
        batch, time = ids.shape
        states = self._run(ids.t().flatten(), [batch] * time)  # (T * B, H)
        return self._predict(states).view(time, batch, -1).transpose(0, 1)

    def forward_at(self, ids: Tensor, places: Tensor) -> Tensor:
        """(B, T) and (N,) int64 to (N, V) float32, without a step for padding."""
        order, sizes, rows = by_time(places, *ids.shape)
        return self.forward_by_time(ids, order, sizes).index_select(0, rows)

    def forward_by_time(self, ids: Tensor, places: Tensor, sizes: list[int]) -> Tensor:
        """The same for places by time, (N,), so many of each time (see `by_time`): what training asks for."""
        read = ids.flatten().index_select(0, places)
        if ids.is_cpu:  # the same, faster
            return self.forward_foreseen((read, sizes))
        return self._predict(self._run(read, sizes))

    def foresee(self, batches: Sequence[Foresight]) -> Sequence[tuple[Tensor, list[int]] | None]:
        """What stands at the places of each batch, by time."""
        if self.device.type != "cpu":
            return [None] * len(batches)
        return [None if sizes is None else (ids.take(places), sizes) for ids, places, sizes in batches]

    def written(self, foreseen: tuple[Tensor, list[int]]) -> RecurrentNetwork:
        """The network on characters (N,) by time, so many of each time, with its gradient written out."""
        share = self.settings.dropout if self.training else 0.0
        cells = list(self.cells)
        return RecurrentNetwork(*foreseen, share, self.start, self.embedding.weight, cells, self.head)

    def _predict(self, states: Tensor) -> Tensor:
        """(..., H) to logits (..., V)."""
        logits: Tensor = self.head(self._drop(states))
        return logits

    def _run(self, ids: Tensor, sizes: list[int]) -> Tensor:
        """(N,) int64 by time to the states of the last layer (N, H)."""
        first, *others = self.cells
        if len(ids) > self.vocab_size and not (self.training and self.settings.dropout):
            # Rows of what the whole vocabulary gives; the gradient of `index_select` is quicker than of an embedding.
            projected = first.project(self.embedding.weight).index_select(0, ids)  # (N, gates * H)
        else:
            projected = first.project(self._drop(self.embedding(ids)))
        states = first.run(projected, self._first_state(0, sizes), sizes)
        for layer, cell in enumerate(others, 1):
            states = cell.run(cell.project(self._drop(states)), self._first_state(layer, sizes), sizes)
        return states

    def _first_state(self, layer: int, sizes: list[int]) -> Tensor:
        return self.start[layer].expand(sizes[0], -1)  # (B, H)

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
        return dropout(x, self.settings.dropout, self.training)
