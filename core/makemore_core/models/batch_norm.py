"""Batch normalisation: each channel at mean 0 and deviation 1 over the batch, then a learned gain and bias.

Ioffe & Szegedy, "Batch Normalization" (2015), and part 3 of the makemore lectures (Karpathy, 2022). In training the
mean and the deviation are those of the batch; meanwhile running averages of them are kept, and used in evaluation,
where a prediction must not depend on what else is in the batch.

Unlike torch.nn.BatchNorm1d it normalises with the unbiased variance (divided by n - 1) in training, as the lectures
do, and it can keep a running deviation in place of a running variance, as the first network of part 3 does.
"""

from typing import Literal

import torch
from torch import Tensor, nn

from makemore_core.errors import SettingsError

Spread = Literal["variance", "deviation"]


class BatchNorm(nn.Module):
    """Normalises the last dimension of (..., C) over all the others.

    `spread` is what is averaged: the variance, with `eps` added before its root is taken, or the deviation itself,
    with nothing added. `momentum` is the share of the current batch in a running average.
    """

    running_mean: Tensor
    running_spread: Tensor

    def __init__(
        self, channels: int, *, momentum: float = 0.1, eps: float = 1e-5, spread: Spread = "variance", gain: float = 1.0
    ) -> None:
        super().__init__()
        self.momentum = momentum
        self.eps = eps
        self.spread = spread
        self.gain = nn.Parameter(torch.full((channels,), gain))  # (C,)
        self.bias = nn.Parameter(torch.zeros(channels))  # (C,)
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_spread", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(..., C) to (..., C). Raises SettingsError for a batch of one row in training: it has no deviation."""
        if self.training:
            mean, spread = self._measure(x.flatten(0, -2))
        else:
            mean, spread = self.running_mean, self.running_spread
        deviation = spread if self.spread == "deviation" else torch.sqrt(spread + self.eps)
        return self.gain * ((x - mean) / deviation) + self.bias

    def _measure(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """The mean and the spread of a batch (N, C), both (C,); the running averages move towards them."""
        if len(rows) < 2:
            raise SettingsError("BatchNorm needs two characters to predict in a batch: make batch_size larger")
        mean = rows.mean(0)
        spread = rows.std(0) if self.spread == "deviation" else rows.var(0)
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_spread.lerp_(spread, self.momentum)
        return mean, spread
