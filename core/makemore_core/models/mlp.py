"""A multilayer perceptron on the last few characters.

Bengio, Ducharme, Vincent & Jauvin, "A Neural Probabilistic Language Model" (2003), with characters in place of words,
as in part 2 of the makemore lectures (Karpathy, 2022): every character has a short vector, the vectors of the window
stand side by side, a hidden layer reads them, and a linear layer gives the logits.

Part 2 of the lectures draws everything from a standard normal distribution, which is hidden_gain sqrt(context *
embedding), output_gain sqrt(hidden), bias_std and output_bias_std 1, and starts with a loss near 27. Part 3 shows what
to do about it; the defaults do that. makemore.py's MLP is blank_token and init torch with the context of the longest
item and one, embedding and hidden 64, and dropout 0.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from makemore_core.models import layers
from makemore_core.models.base import Foresight
from makemore_core.models.dropout import dropout
from makemore_core.models.joining import Entries, join, tables_pay
from makemore_core.models.mlp_gradients import MlpLayers
from makemore_core.models.observing import observe
from makemore_core.models.windows import WindowModel, WindowSettings, windows_of_many


class MlpSettings(WindowSettings):
    """The sizes of the layers and the scale of their first weights."""

    context: int = Field(8, ge=1, le=4096, description="characters that a prediction looks back at")
    embedding: int = Field(32, ge=1, le=4096, description="numbers that stand for one character")
    hidden: int = Field(512, ge=1, le=16384, description="units in a hidden layer")
    layers: int = Field(1, ge=1, le=64, description="hidden layers")
    dropout: float = Field(0.2, ge=0, lt=1, description="share of hidden units each step drops")
    blank_token: bool = Field(False, description="own vector for what lies before an item")
    hidden_gain: float = Field(5 / 3, ge=0, le=1000, description="first hidden weights: std * sqrt(inputs)")
    output_gain: float = Field(0.1, ge=0, le=1000, description="first output weights: std * sqrt(inputs)")
    bias_std: float = Field(0.0, ge=0, le=1000, description="std of the first hidden biases")
    output_bias_std: float = Field(0.0, ge=0, le=1000, description="std of the first output biases")
    init: Literal["gains", "torch"] = Field("gains", description="first weights by gains, or torch's own")

    def shapes(self, vocab_size: int) -> list[tuple[int, int]]:
        """(inputs, outputs) of each linear layer, the output layer last."""
        widths = [self.context * self.embedding, *[self.hidden] * self.layers, vocab_size]
        return list(pairwise(widths))

    def parameter_count(self, vocab_size: int) -> int:
        """The vectors of the characters, and a matrix and a bias for each layer."""
        symbols = vocab_size + self.blank_token
        return symbols * self.embedding + sum((m + 1) * n for m, n in self.shapes(vocab_size))


class Mlp(WindowModel):
    """logits = tanh(vectors of the window @ W1 + b1) @ W2 + b2, with as many tanh layers as there are."""

    Settings = MlpSettings
    settings: MlpSettings
    training_defaults = {
        "batch_by": "positions",
        "batch_size": 512,
        "targets": "smoothed",
        "learning_rate": 5e-3,
        "weight_decay": 0.1,
        "schedule": "linear",
        "max_steps": 16_000,
        "eval_interval": 500,
        "sample_interval": 1000,
    }

    def __init__(self, vocab_size: int, settings: MlpSettings, generator: torch.Generator) -> None:
        super().__init__(vocab_size, settings)
        # The order of the lecture: C, W1, b1, W2, b2.
        symbols = vocab_size + settings.blank_token
        self.embedding = nn.Parameter(torch.randn(symbols, settings.embedding, generator=generator))  # (V, E)
        self.weights = nn.ParameterList()  # each (inputs, outputs)
        self.biases = nn.ParameterList()  # each (outputs,)
        shapes = settings.shapes(vocab_size)
        scales = [(settings.hidden_gain, settings.bias_std)] * settings.layers
        scales.append((settings.output_gain, settings.output_bias_std))
        for (inputs, outputs), (gain, bias_std) in zip(shapes, scales, strict=True):
            if settings.init == "torch":
                layer = layers.linear(inputs, outputs, generator)
                self.weights.append(layer.weight.data.T.contiguous())
                self.biases.append(layer.bias.data)
            else:
                self.weights.append(torch.randn(inputs, outputs, generator=generator) * (gain / inputs**0.5))
                self.biases.append(torch.randn(outputs, generator=generator) * bias_std)

    def forward_windows(self, windows: Tensor) -> Tensor:
        """(N, context) int64 to (N, V) float32."""
        if tables_pay(len(windows), self.embedding):  # the same, faster
            return self.forward_foreseen(Entries.of(windows, len(self.embedding), self.settings.blank_token))
        (first, *weights), (bias, *biases) = self.weights, self.biases
        x = join(windows, self.embedding, first, bias, blanks=self.settings.blank_token)  # (N, H)
        for weight, bias in zip(weights, biases, strict=True):
            x = observe("h", "tanh", torch.tanh(x))
            x = dropout(x, self.settings.dropout, self.training)
            x = x @ weight + bias  # (N, H), at last (N, V)
        return x

    def foresee(self, batches: Sequence[Foresight]) -> Sequence[Entries | None]:
        """What stands in the windows of each batch that has so many of them that this pays."""
        pays = [tables_pay(len(places), self.embedding) for _, places, _ in batches]
        if not any(pays):
            return [None] * len(batches)
        paying = [batch for batch, each in zip(batches, pays, strict=True) if each]
        windows = windows_of_many(paying, self.context)
        sizes = [len(places) for _, places, _ in paying]
        entries = iter(Entries.of_many(windows, sizes, len(self.embedding), self.settings.blank_token))
        return [next(entries) if each else None for each in pays]

    def written(self, foreseen: Entries) -> MlpLayers:
        """The layers on what stands in N windows, with their gradient written out."""
        share = self.settings.dropout if self.training else 0.0
        return MlpLayers(foreseen, share, self.embedding, self.weights, self.biases)
