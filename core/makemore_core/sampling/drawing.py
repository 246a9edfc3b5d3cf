"""The draw by inverse CDF: a uniform number falls into the interval of one character."""

import torch
from torch import Tensor

from makemore_core.sampling.controls import Controls
from makemore_core.sampling.distributions import Distribution


def draw_uniform(generator: torch.Generator) -> float:
    """The next u in [0, 1) of a generator."""
    return float(torch.rand((), dtype=torch.float64, generator=generator))


def pick(cumulative: Tensor, u: float | Tensor) -> Tensor:
    """The id whose interval holds u: the first with a cumulative probability above it.

    `cumulative` (..., V) and u, a number or (...), give (...) int64. A character of probability 0 has an empty
    interval and is never picked.
    """
    values = torch.as_tensor(u, dtype=torch.float64).expand(cumulative.shape[:-1])
    return torch.searchsorted(cumulative.contiguous(), values[..., None].contiguous(), right=True)[..., 0]


def draw(distributions: Distribution, controls: Controls, generator: torch.Generator) -> Tensor:
    """One id for each row of (B, V) distributions: (B,) int64."""
    if controls.rng == "multinomial":
        return torch.multinomial(distributions.adjusted, 1, replacement=True, generator=generator)[:, 0]
    rows = len(distributions.cumulative)
    return pick(distributions.cumulative, torch.rand(rows, dtype=torch.float64, generator=generator))
