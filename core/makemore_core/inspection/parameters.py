"""The numbers of a parameter, and the gradient of the loss by each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from makemore_core.corpus import Corpus
from makemore_core.diagnostics.looks import Histogram
from makemore_core.models.base import LanguageModel, seeded
from makemore_core.positions import Indices
from makemore_core.training.batches import ItemBatches, batch_loss
from makemore_core.training.modes import evaluating

ITEMS = 64
"""In the batch on which gradients are taken."""
SEED = 0
BINS = 60

Numbers = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ParameterValues:
    """The numbers of one parameter, or of its gradient."""

    name: str
    values: Numbers
    """In the shape of the parameter."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of its dimensions."""
        return self.values.shape

    @cached_property
    def mean(self) -> float:
        """The mean of all its numbers."""
        return float(self.values.mean(dtype=np.float64))

    @cached_property
    def std(self) -> float | None:
        """Their standard deviation, divided by n - 1 as in the lectures; None for a single number."""
        return float(self.values.std(dtype=np.float64, ddof=1)) if self.values.size > 1 else None

    @cached_property
    def reach(self) -> float:
        """The largest distance of a number from zero."""
        return float(np.abs(self.values).max())

    @property
    def matrix(self) -> Numbers:
        """The same with two dimensions: a vector is one row, and all but the last dimension of more become rows."""
        return self.values.reshape(-1, self.shape[-1] if self.shape else 1)

    @cached_property
    def histogram(self) -> Histogram:
        """How often its numbers fall into each of 60 equal parts of their range."""
        counts, edges = np.histogram(self.values, BINS)
        return Histogram(float(edges[0]), float(edges[-1]), tuple(counts.tolist()))


@dataclass(frozen=True, eq=False)
class Gradients:
    """The gradient of the mean NLL on one batch, before any clipping."""

    loss: float
    """In nats per character."""
    items: int
    by_name: Mapping[str, ParameterValues]


def weights(model: LanguageModel) -> dict[str, ParameterValues] | None:
    """The parameters of a model by their names, in its order; None where it counts and has none."""
    found = {name: ParameterValues(name, _numbers(parameter)) for name, parameter in model.named_parameters()}
    return found or None


def gradients(
    model: LanguageModel, corpus: Corpus, indices: Indices, *, items: int = ITEMS, seed: int = SEED
) -> Gradients | None:
    """The gradient of the loss on a batch of items, which the seed draws from those with these indices.

    It is that of the model as it predicts: without dropout, and with BatchNorm's running means. The model is left as it
    is, its own gradients too. None where it counts and has no parameters.
    """
    named = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    if not named or not len(indices):
        return None
    batch = ItemBatches(corpus, indices, items).draw(seeded(seed)).to(model.device)
    with evaluating(model), torch.enable_grad():
        loss = batch_loss(model, batch)
        found = torch.autograd.grad(loss, [parameter for _, parameter in named], allow_unused=True)
    by_name = {
        name: ParameterValues(name, _numbers(torch.zeros_like(parameter) if gradient is None else gradient))
        for (name, parameter), gradient in zip(named, found, strict=True)
    }
    return Gradients(loss.item(), items, by_name)


def _numbers(tensor: torch.Tensor) -> Numbers:
    return tensor.detach().float().cpu().numpy()
