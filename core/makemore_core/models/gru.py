"""The gated recurrent unit: gates decide how much of the hidden state is looked at and how much is replaced.

Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation" (2014).
With the reset gate r and the update gate z, both between 0 and 1:

    r = sigmoid(x W_r + h U_r + b_r)
    z = sigmoid(x W_z + h U_z + b_z)
    n = tanh(x W_n + (r * h) U_n + b_n)              reset before the matrix product, as in the paper
    n = tanh(x W_n + r * (h U_n + c_n) + b_n)        reset after it, as in cuDNN and torch.nn.GRU
    h' = (1 - z) * n + z * h

Reset after it, all products with h are one. makemore.py's GRU is reset before, embedding 64, hidden 64, one layer and
dropout 0; it calls 1 - z what is z here, so that its weights and bias of z change their sign.
"""

from typing import Literal

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from makemore_core.models.recurrent import Cell, RecurrentModel, RecurrentSettings
from makemore_core.models.scans import ResetAfter, ResetBefore, Scan

Reset = Literal["after", "before"]


class GruSettings(RecurrentSettings):
    """The sizes of the layers, and where the reset gate acts."""

    hidden: int = Field(128, ge=1, le=16384, description="units in the hidden state of a layer")
    layers: int = Field(2, ge=1, le=32, description="recurrent layers, each on the one below")
    reset: Reset = Field("after", description="reset gate before or after the product")

    def parameter_count(self, vocab_size: int) -> int:
        """Vectors, three matrices and biases of input and state a layer and its start; the output layer."""
        extra = 4 if self.reset == "after" else 1  # the bias of the state's product, and the start
        cells = sum((3 * (inputs + self.hidden + 1) + extra) * self.hidden for inputs in self.inputs())
        return vocab_size * self.embedding + cells + (self.hidden + 1) * vocab_size


class GruCell(Cell):
    """The step above; the gates stand in the order r, z, n, as in torch.nn.GRU."""

    def __init__(self, inputs: int, hidden: int, reset: Reset, generator: torch.Generator) -> None:
        super().__init__(inputs, hidden, 3, generator, recurrent_bias=reset == "after")
        self.reset = reset

    def forward(self, projected: Tensor, hidden: Tensor) -> Tensor:
        """(B, 3 * H) and (B, H) to (B, H)."""
        both = 2 * hidden.shape[1]  # the columns of r and z
        x_gates, x_new = projected[:, :both], projected[:, both:]
        if self.reset == "after":
            product = self.recur(hidden)  # (B, 3 * H)
            r, z = torch.sigmoid(x_gates + product[:, :both]).chunk(2, 1)
            new = torch.tanh(x_new + r * product[:, both:])
        else:
            weight = self.recur.weight  # (3 * H, H)
            r, z = torch.sigmoid(x_gates + F.linear(hidden, weight[:both])).chunk(2, 1)
            new = torch.tanh(x_new + F.linear(r * hidden, weight[both:]))
        return torch.lerp(new, hidden, z)

    def scan(self, sizes: list[int]) -> Scan:
        """All steps at once."""
        weight, bias = self.recur.weight, self.recur.bias
        return ResetAfter(sizes, weight, bias) if self.reset == "after" else ResetBefore(sizes, weight)


class Gru(RecurrentModel):
    """A stack of gated layers over time."""

    Settings = GruSettings
    settings: GruSettings
    training_defaults = {**RecurrentModel.training_defaults, "max_steps": 15_000}

    def make_cell(self, inputs: int, generator: torch.Generator) -> GruCell:
        """A gated cell that reads `inputs` numbers at a time."""
        return GruCell(inputs, self.settings.hidden, self.settings.reset, generator)
