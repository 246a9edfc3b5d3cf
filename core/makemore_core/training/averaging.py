"""A running average of the weights, which is what a run keeps and is judged by where its settings ask for one.

Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging" (1992); Izmailov et al., "Averaging Weights
Leads to Wider Optima and Better Generalization" (2018). The noise of single batches, which moves the weights about
where they end, averages out: much as if the learning rate had fallen further, without the steps that this takes.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Average:
    """The exponential running average of all that a model's state holds in floating point, BatchNorm's means as well.

    `decay` is the share of it that a step keeps. It rises towards that from one step to the next, so that little is
    left of the initial weights soon.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._model = model
        self._decay = decay
        self._moved = model.state_dict()  # the model's own memory
        self.tensors = {name: tensor.clone() for name, tensor in self._moved.items()}
        """The average, by the names in the model's state."""

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after a step, which is counted from 1."""
        kept = min(self._decay, (1 + step) / (10 + step))
        averages, moved = [], []
        for name, tensor in self._moved.items():
            if tensor.is_floating_point():
                averages.append(self.tensors[name])
                moved.append(tensor)
            else:
                self.tensors[name].copy_(tensor)
        torch._foreach_lerp_(averages, moved, 1 - kept)

    def take(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on from another average, that of a checkpoint."""
        for name, tensor in self.tensors.items():
            tensor.copy_(tensors[name])

    @contextmanager
    def shown(self) -> Iterator[None]:
        """The model has the average for a while, and then its own weights again, to the bit."""
        own = {name: tensor.detach().clone() for name, tensor in self._model.state_dict().items()}
        self._model.load_state_dict(self.tensors)
        try:
            yield
        finally:
            self._model.load_state_dict(own)
