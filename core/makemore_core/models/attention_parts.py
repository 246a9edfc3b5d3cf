"""Attention with dropout over long items, in bounded memory.

How much each character takes of each other are heads * T * T numbers an item, and with dropout the gradient needs them
three times. Of 64 items with 1,024 characters that is 3 GB a layer. Here a few items are mixed at a time, nothing but
what attention was given is kept, and for the gradient the same is computed once more, with the same random numbers
(Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016). That takes less time, too, than filling and
emptying so much memory. torch's own `checkpoint` does the same, and loads torch's compiler for it, which takes longer
than many a short run.

B batch, T time (characters), D size of a head.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import torch
from torch import Tensor

CELLS = 1 << 20
"""Numbers of how much one character takes of another at a time, where one item has not more."""

Mix: TypeAlias = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Queries, keys and values, (B, heads, T, D) each, to what each character takes, (B, heads, T, D)."""


def in_parts(mix: Mix, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """The mix of some items at a time, one after the other; of few characters, that of all at once."""
    cells = query.shape[1] * query.shape[2] * key.shape[2]
    if len(query) * cells <= CELLS:
        return mix(query, key, value)
    found: Tensor = _InParts.apply(mix, max(CELLS // cells, 1), query, key, value)  # type: ignore[no-untyped-call]
    return found


class _InParts(torch.autograd.Function):
    """As many items at a time as `size` says."""

    @staticmethod
    def forward(ctx: Any, mix: Mix, size: int, *given: Tensor) -> Tensor:
        """Queries, keys and values to what is taken."""
        ctx.mix, ctx.size, ctx.random = mix, size, torch.get_rng_state()
        ctx.save_for_backward(*given)
        found = torch.empty_like(given[2])
        for out, *part in zip(*(torch.split(each, size) for each in (found, *given)), strict=True):
            out.copy_(mix(*part))
        return found

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """The slopes of queries, keys and values."""
        given = ctx.saved_tensors
        slopes = tuple(torch.empty_like(each) for each in given)
        now = torch.get_rng_state()
        torch.set_rng_state(ctx.random)
        parts = (torch.split(each, ctx.size) for each in (gradients[0], *given, *slopes))
        for gradient, query, key, value, *outs in zip(*parts, strict=True):
            part = [each.detach().requires_grad_() for each in (query, key, value)]
            with torch.enable_grad():
                again = ctx.mix(*part)
            for out, slope in zip(outs, torch.autograd.grad(again, part, gradient), strict=True):
                out.copy_(slope)
        torch.set_rng_state(now)
        return (None, None, *slopes)
