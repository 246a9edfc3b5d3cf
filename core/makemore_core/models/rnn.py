"""The plain recurrent network: the next hidden state is one tanh layer of the input and the last state.

Mikolov, Karafiát, Burget, Černocký & Khudanpur, "Recurrent neural network based language model" (2010), with tanh in
place of their sigmoid, as in makemore.py (Karpathy, 2022): h_t = tanh(x_t W + h_{t-1} U + b).

makemore.py's RNN is embedding 64, hidden 64, one layer and dropout 0. It stores W and U side by side.
"""

import torch
from pydantic import Field
from torch import Tensor

from makemore_core.models.recurrent import Cell, RecurrentModel, RecurrentSettings
from makemore_core.models.scans import TanhScan


class RnnSettings(RecurrentSettings):
    """The sizes of the layers."""

    hidden: int = Field(384, ge=1, le=16384, description="units in the hidden state of a layer")
    dropout: float = Field(0.2, ge=0, lt=1, description="share of a layer's input each step drops")

    def parameter_count(self, vocab_size: int) -> int:
        """Vectors, and for each layer the matrix of input and state, its bias and the start; the output layer."""
        cells = sum((inputs + self.hidden + 2) * self.hidden for inputs in self.inputs())
        return vocab_size * self.embedding + cells + (self.hidden + 1) * vocab_size


class RnnCell(Cell):
    """h' = tanh(project(x) + recur(h))."""

    def __init__(self, inputs: int, hidden: int, generator: torch.Generator) -> None:
        super().__init__(inputs, hidden, 1, generator)

    def forward(self, projected: Tensor, hidden: Tensor) -> Tensor:
        """(B, H) and (B, H) to (B, H)."""
        return torch.tanh(projected + self.recur(hidden))

    def scan(self, sizes: list[int]) -> TanhScan:
        """All steps at once."""
        return TanhScan(sizes, self.recur.weight)


class Rnn(RecurrentModel):
    """A stack of tanh layers over time."""

    Settings = RnnSettings
    settings: RnnSettings

    def make_cell(self, inputs: int, generator: torch.Generator) -> RnnCell:
        """A tanh cell that reads `inputs` numbers at a time."""
        return RnnCell(inputs, self.settings.hidden, generator)
