"""Long short-term memory: beside the hidden state a cell state, which is only scaled and added to.

Hochreiter & Schmidhuber, "Long Short-Term Memory" (1997), with the forget gate of Gers, Schmidhuber & Cummins (2000).
With the input, forget and output gates i, f and o, all between 0 and 1:

    c' = f * c + i * tanh(x W_g + h U_g + b_g)
    h' = o * tanh(c')

The forget gates start near open, as Jozefowicz, Zaremba & Sutskever (2015) advise. torch.nn.LSTM does the work; its
gates stand in the order i, f, g, o. makemore.py has no LSTM.
"""

import math

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from makemore_core.models import layers
from makemore_core.models.base import LanguageModel, State
from makemore_core.models.dropout import dropout
from makemore_core.models.observing import counting, is_observed, observe
from makemore_core.models.recurrent import RecurrentSettings


class LstmSettings(RecurrentSettings):
    """The sizes of the layers, and how far the forget gates are open at first."""

    hidden: int = Field(184, ge=1, le=16384, description="units in the hidden state of a layer")
    dropout: float = Field(0.35, ge=0, lt=1, description="share of a layer's input each step drops")
    forget_bias: float = Field(1.0, ge=-10, le=10, description="first forget-gate bias; above 0 remembers")

    def parameter_count(self, vocab_size: int) -> int:
        """Vectors, four matrices and two biases each a layer, its two start vectors; the output layer."""
        cells = sum((4 * (inputs + self.hidden + 2) + 2) * self.hidden for inputs in self.inputs())
        return vocab_size * self.embedding + cells + (self.hidden + 1) * vocab_size


class Lstm(LanguageModel):
    """Embedding, torch.nn.LSTM from a learned start, linear."""

    Settings = LstmSettings
    settings: LstmSettings
    carried = ("h", "c")
    training_defaults = {
        "batch_by": "items",
        "batch_size": 64,
        "targets": "smoothed",
        "learning_rate": 4e-3,
        "weight_decay": 0.1,
        "grad_clip": 1.0,
        "schedule": "linear",
        "max_steps": 14_000,
        "eval_interval": 500,
        "sample_interval": 1000,
    }

    def __init__(self, vocab_size: int, settings: LstmSettings, generator: torch.Generator) -> None:
        super().__init__(vocab_size, settings)
        size = settings.hidden
        self.start_hidden = nn.Parameter(torch.zeros(settings.layers, size))
        self.start_cell = nn.Parameter(torch.zeros(settings.layers, size))
        self.embedding = layers.embedding(vocab_size, settings.embedding, generator)  # (V, E)
        self.lstm = nn.LSTM(
            settings.embedding,
            size,
            num_layers=settings.layers,
            batch_first=True,
            dropout=settings.dropout if settings.layers > 1 else 0.0,
            device="meta",  # no numbers yet
        )
        layers.give_memory(self.lstm)
        layers.fill_evenly(self.lstm, 1 / math.sqrt(size), generator)
        with torch.no_grad():
            for layer in range(settings.layers):
                self.lstm.get_parameter(f"bias_ih_l{layer}")[size : 2 * size] += settings.forget_bias
        self.head = layers.linear(size, vocab_size, generator)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) int64 to (B, T, V) float32."""
        states, _ = self._run(ids, self.init_state(len(ids)))
        return self._predict(states)

    def forward_at(self, ids: Tensor, places: Tensor) -> Tensor:
        """(B, T) and (N,) int64 to (N, V) float32."""
        states, _ = self._run(ids, self.init_state(len(ids)))
        if is_observed():
            with counting(places, ids.numel()):
                self._show(ids)
        return self._predict(states.flatten(0, 1).index_select(0, places))

    def init_state(self, batch: int) -> State:
        """The learned hidden and cell states before the first character, both (B, layers, H)."""
        return self.start_hidden.expand(batch, -1, -1), self.start_cell.expand(batch, -1, -1)

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """(B,) int64 to (B, V) float32, and the next hidden and cell states."""
        states, state = self._run(ids[:, None], state)
        return self._predict(states[:, 0]), state

    def _run(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Some characters further: (B, T) int64 to the hidden states (B, T, H), and the state after the last."""
        # torch.nn.LSTM wants the layers first.
        hidden, cell = (tensor.transpose(0, 1).contiguous() for tensor in state)
        output, (hidden, cell) = self.lstm(self._drop(self.embedding(ids)), (hidden, cell))
        return output, (hidden.transpose(0, 1), cell.transpose(0, 1))

    @torch.no_grad()
    def _show(self, ids: Tensor) -> None:
        """Show the gates, g and tanh(c') of each layer, for ids (B, T), to whoever looks on.

        torch.nn.LSTM keeps them to itself: they are computed once more, step by step and without dropout.
        """
        x = self.embedding(ids)  # (B, T, E), then the states of the layer below
        for layer in range(self.settings.layers):
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            w, u, b, c = (self.lstm.get_parameter(f"{name}_l{layer}") for name in names)
            hidden, cell = (tensor[:, layer] for tensor in self.init_state(len(ids)))  # (B, H)
            steps = []
            for projected in F.linear(x, w, b + c).unbind(1):  # (B, 4 * H)
                sums = (projected + F.linear(hidden, u)).chunk(4, 1)
                i, f, g, o = torch.sigmoid(sums[0]), torch.sigmoid(sums[1]), torch.tanh(sums[2]), torch.sigmoid(sums[3])
                cell = f * cell + i * g
                hidden = o * torch.tanh(cell)
                steps.append(torch.stack([i, f, g, o, torch.tanh(cell), hidden]))
            *shown, x = torch.stack(steps, 2)  # each (B, T, H)
            for name, values in zip("ifgoc", shown, strict=True):
                observe(name, "tanh" if name in "gc" else "gate", values)

    def _predict(self, states: Tensor) -> Tensor:
        """(..., H) to logits (..., V)."""
        logits: Tensor = self.head(self._drop(states))
        return logits

    def _drop(self, x: Tensor) -> Tensor:
        return dropout(x, self.settings.dropout, self.training)
