"""The MLP with batch normalisation before each tanh.

Part 3 of the makemore lectures (Karpathy, 2022), after Ioffe & Szegedy, "Batch Normalization" (2015). The linear
layers have no bias, since the normalisation would take it off again and has one of its own.

The two networks of the lecture, both with generator seed 2147483647 and dropout 0:

- lecture-batchnorm: context 3, embedding 10, hidden 200, momentum 0.001, spread deviation; first loss 3.3239.
- lecture-deep: context 3, embedding 10, hidden 100, layers 5, momentum 0.1, hidden_gain 1, normalize_output,
  output_std 0.1, which is 1 / sqrt(100); 47,024 parameters, first loss 3.2870.
"""

from itertools import pairwise

import torch
from pydantic import Field
from torch import Tensor, nn

from makemore_core.models.batch_norm import BatchNorm, Spread
from makemore_core.models.dropout import dropout
from makemore_core.models.joining import join
from makemore_core.models.observing import observe
from makemore_core.models.windows import WindowModel, WindowSettings


class BatchNormMlpSettings(WindowSettings):
    """The sizes of the layers, the scale of their first weights, and how the normalisation averages."""

    context: int = Field(8, ge=1, le=4096, description="characters that a prediction looks back at")
    embedding: int = Field(24, ge=1, le=4096, description="numbers that stand for one character")
    hidden: int = Field(384, ge=1, le=16384, description="units in a hidden layer")
    layers: int = Field(1, ge=1, le=64, description="hidden layers")
    dropout: float = Field(0.2, ge=0, lt=1, description="share of hidden units each step drops")
    momentum: float = Field(0.01, gt=0, le=1, description="share of this batch in running statistics")
    eps: float = Field(1e-5, ge=0, le=1, description="added to a variance before its root")
    spread: Spread = Field("variance", description="averaged: variance, or deviation (no eps)")
    hidden_gain: float = Field(5 / 3, ge=0, le=1000, description="first hidden weights: std * sqrt(inputs)")
    output_std: float = Field(0.01, ge=0, le=1000, description="deviation of the first output weights")
    normalize_output: bool = Field(False, description="normalise logits too, with no output bias")
    output_norm_gain: float = Field(0.1, ge=0, le=1000, description="first gain of that last normalisation")

    def shapes(self, vocab_size: int) -> list[tuple[int, int]]:
        """(inputs, outputs) of each linear layer, the output layer last."""
        widths = [self.context * self.embedding, *[self.hidden] * self.layers, vocab_size]
        return list(pairwise(widths))

    def parameter_count(self, vocab_size: int) -> int:
        """The vectors of the characters, a matrix a layer, a gain and a bias for each unit that is normalised."""
        matrices = sum(inputs * outputs for inputs, outputs in self.shapes(vocab_size))
        output = (2 if self.normalize_output else 1) * vocab_size
        return vocab_size * self.embedding + matrices + 2 * self.hidden * self.layers + output


class BatchNormMlp(WindowModel):
    """logits = tanh(BatchNorm(vectors of the window @ W1)) @ W2 + b2, with as many tanh layers as there are."""

    Settings = BatchNormMlpSettings
    settings: BatchNormMlpSettings
    training_defaults = {
        "batch_by": "positions",
        "batch_size": 512,
        "targets": "smoothed",
        "learning_rate": 5e-3,
        "weight_decay": 0.1,
        "schedule": "linear",
        "max_steps": 12_000,
        "eval_interval": 500,
        "sample_interval": 1000,
    }

    def __init__(self, vocab_size: int, settings: BatchNormMlpSettings, generator: torch.Generator) -> None:
        super().__init__(vocab_size, settings)
        # The order of the lecture: C, W1, ..., the output weights, the output bias.
        *hidden, (inputs, outputs) = settings.shapes(vocab_size)
        self.embedding = nn.Parameter(torch.randn(vocab_size, settings.embedding, generator=generator))  # (V, E)
        self.weights = nn.ParameterList(  # each (inputs, outputs)
            torch.randn(m, n, generator=generator) * settings.hidden_gain / m**0.5 for m, n in hidden
        )
        self.norms = nn.ModuleList(self._norm(settings.hidden) for _ in hidden)
        self.output = nn.Parameter(torch.randn(inputs, outputs, generator=generator) * settings.output_std)  # (H, V)
        if settings.normalize_output:
            self.output_norm = self._norm(outputs, settings.output_norm_gain)
        else:
            # The lecture draws this bias and multiplies it by 0: what is drawn next depends on it.
            self.output_bias = nn.Parameter(torch.randn(outputs, generator=generator) * 0)  # (V,)

    def _norm(self, channels: int, gain: float = 1.0) -> BatchNorm:
        settings = self.settings
        return BatchNorm(channels, momentum=settings.momentum, eps=settings.eps, spread=settings.spread, gain=gain)

    def forward_windows(self, windows: Tensor) -> Tensor:
        """(N, context) int64 to (N, V) float32. In training, N windows that all count in the loss."""
        first, *weights = self.weights
        logits = join(windows, self.embedding, first)  # (N, H) until the last layer
        for norm, weight in zip(self.norms, [*weights, self.output], strict=True):
            x = observe("h", "tanh", torch.tanh(norm(logits)))  # (N, H)
            x = dropout(x, self.settings.dropout, self.training)
            logits = x @ weight
        if self.settings.normalize_output:
            normalised: Tensor = self.output_norm(logits)
            return normalised
        return logits + self.output_bias
