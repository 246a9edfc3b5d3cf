"""The MLP for training on a processor, with its gradient written out.

`models/mlp.py` has the network to read; this computes the same. With a few hundred windows its matrix products are a
third of a step, and the rest goes into small operations, each with its own note for the gradient. Here nothing is
noted, and nothing is computed that can be had from what the forward pass has left.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from makemore_core.models.dropout import dropout_mask
from makemore_core.models.joining import Entries, Joining
from makemore_core.models.observing import observe
from makemore_core.models.written import Written


class MlpLayers(Written):
    """The layers on N windows, of which `entries` tell what stands in them.

    Weights (inputs, outputs) and biases (outputs,), tanh between them, and dropout of this share after each tanh.
    """

    def __init__(
        self, entries: Entries, share: float, embedding: Tensor, weights: Iterable[Tensor], biases: Iterable[Tensor]
    ) -> None:
        self._share = share
        self._weights, self._biases = list(weights), list(biases)
        self.parameters = [embedding, *self._weights, *self._biases]
        self._first = Joining(entries, embedding, self._weights[0], self._biases[0])

    def forward(self) -> Tensor:
        """(N, V)."""
        self._kept = []
        x = self._first.forward()  # (N, H)
        for weight, bias in zip(self._weights[1:], self._biases[1:], strict=True):
            hidden = observe("h", "tanh", x.tanh_())
            mask = dropout_mask(hidden, self._share) if self._share else None
            x = hidden if mask is None else hidden * mask
            self._kept.append((hidden, mask, x, weight))
            x = torch.addmm(bias, x, weight)  # (N, H), at last (N, V)
        return x

    def backward(self, gradient: Tensor) -> list[Tensor]:
        """(N, V)."""
        d, d_weights, d_biases = gradient, [], []
        for hidden, mask, x, weight in reversed(self._kept):
            d_weights.append(torch.mm(x.t(), d))
            d_biases.append(d.sum(0))
            d = torch.mm(d, weight.t())
            if mask is not None:
                d.mul_(mask)
            d = torch.ops.aten.tanh_backward(d, hidden)
        d_embedding, d_weight, d_bias = self._first.backward(d)
        return [d_embedding, d_weight, *d_weights[::-1], d_bias, *d_biases[::-1]]
