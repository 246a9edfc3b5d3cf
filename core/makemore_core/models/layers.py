"""The layers of torch, their first weights drawn from a generator.

torch draws the weights of a new layer from its one global source of random numbers. Here the caller hands over the
source, so that a seed decides a model whatever else has been drawn before. The distributions are torch's own; a layer
on the device "meta" has a shape and no numbers, so that torch draws none.
"""

import math

import torch
from torch import nn


def embedding(symbols: int, size: int, generator: torch.Generator) -> nn.Embedding:
    """A table (symbols, size) of standard normal numbers."""
    # Not by way of "meta": drawing normal numbers there makes torch load its compiler, for a second and more.
    weight = torch.empty(symbols, size).normal_(generator=generator)
    layer: nn.Embedding = nn.Embedding.from_pretrained(weight, freeze=False)  # type: ignore[no-untyped-call]
    return layer


def linear(
    inputs: int, outputs: int, generator: torch.Generator, *, bias: bool = True, bound: float | None = None
) -> nn.Linear:
    """x (..., inputs) to x @ weight.T + bias (..., outputs).

    Weight (outputs, inputs) and bias (outputs,) are drawn evenly between -bound and bound, 1 / sqrt(inputs) by
    default.
    """
    layer = nn.Linear(inputs, outputs, bias=bias, device="meta")
    give_memory(layer)
    fill_evenly(layer, bound or 1 / math.sqrt(inputs), generator)
    return layer


def give_memory(layer: nn.Module) -> None:
    """Bring a layer from the device "meta" to the CPU, its numbers not set yet.

    What `to_empty` does, which loads a part of torch's compiler for it.
    """
    for name, parameter in list(layer.named_parameters()):
        setattr(layer, name, nn.Parameter(torch.empty(parameter.shape)))


def fill_evenly(layer: nn.Module, bound: float, generator: torch.Generator) -> None:
    """Draw every weight and bias of a layer evenly between -bound and bound."""
    for parameter in layer.parameters():
        nn.init.uniform_(parameter, -bound, bound, generator=generator)
