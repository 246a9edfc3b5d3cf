"""The MLP for training on a processor, with its gradient written out.

`models/mlp.py` has the network to read; this computes the same. With a few hundred windows its matrix products are a
third of a step, and the rest goes into small operations, each with its own note for the gradient. Here all layers
together are one operation for torch, and nothing is computed that can be had from what the forward pass has left.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from makemore_core.models.dropout import dropout_mask
from makemore_core.models.joining import Entries, Joining
from makemore_core.models.observing import observe


def run_layers(
    entries: Entries, embedding: Tensor, weights: Iterable[Tensor], biases: Iterable[Tensor], share: float
) -> Tensor:
    """The logits (N, V) of N windows, of which `entries` tell what stands in them.

    Weights (inputs, outputs) and biases (outputs,), tanh between them, and dropout of this share after each tanh.
    """
    logits: Tensor = _Layers.apply(entries, share, embedding, *weights, *biases)  # type: ignore[no-untyped-call]
    return logits


class _Layers(Function):
    @staticmethod
    def forward(ctx: Any, entries: Entries, share: float, embedding: Tensor, *parameters: Tensor) -> Tensor:
        count = len(parameters) // 2
        weights, biases = parameters[:count], parameters[count:]
        ctx.first = Joining(entries, embedding, weights[0], biases[0])
        ctx.others = []
        x: Tensor = ctx.first.forward()  # (N, H)
        for weight, bias in zip(weights[1:], biases[1:], strict=True):
            hidden = observe("h", "tanh", x.tanh_())
            mask = dropout_mask(hidden, share) if share else None
            x = hidden if mask is None else hidden * mask
            ctx.others.append((hidden, mask, x, weight))
            x = torch.addmm(bias, x, weight)  # (N, H), at last (N, V)
        return x

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        d, d_weights, d_biases = gradient, [], []
        for hidden, mask, x, weight in reversed(ctx.others):
            d_weights.append(torch.mm(x.t(), d))
            d_biases.append(d.sum(0))
            d = torch.mm(d, weight.t())
            if mask is not None:
                d.mul_(mask)
            d = torch.ops.aten.tanh_backward(d, hidden)
        d_embedding, d_weight, d_bias = ctx.first.backward(d)
        return None, None, d_embedding, d_weight, *reversed(d_weights), d_bias, *reversed(d_biases)
