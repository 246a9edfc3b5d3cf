"""One character further through a block of the Transformer, without what stepping has no need of.

`models/transformer.py` has the block to read. For a single character its arithmetic takes less time than the way to it:
calls of modules, and shapes with a time of 1 that torch turns into matrices and back for each layer. Here characters
are rows of a matrix and layers plain functions.
"""

import math
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from makemore_core.models.gelu import gelu
from makemore_core.models.observing import observe

if TYPE_CHECKING:
    from makemore_core.models.transformer import Block, Cache


MANY = 64
"""Items, from which on attention is computed by sums."""


def step_block(x: Tensor, past: "Cache", block: "Block") -> "tuple[Tensor, Cache]":
    """(B, E) to (B, E), and the cache with the new characters in it. There is no dropout: the model is evaluated."""
    attention = block.attention
    qkv = _linear(_normalise(x, block.attention_norm), attention.qkv).view(len(x), 3, attention.heads, 1, -1)
    cache = torch.cat([past, qkv[:, 1:]], 3)  # (B, 2, heads, t + 1, D)
    key, value = cache.unbind(1)
    x = x + _linear(_mix(qkv[:, 0], key, value).reshape(x.shape), attention.project)
    hidden = observe("mlp", "gelu", gelu(_linear(_normalise(x, block.mlp_norm), block.widen)))  # (B, 4 * E)
    return x + _linear(hidden, block.project), cache


def _mix(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """What each character takes from all: (B, heads, 1, D) and (B, heads, t, D) twice to B * E numbers.

    A matrix product for each head of each item is torch's best for few items; of many, whose matrices are tiny, sums
    of products take half of the time.
    """
    if len(query) < MANY:
        return F.scaled_dot_product_attention(query, key, value)
    scores = (key * query).sum(-1)  # (B, heads, t)
    shares = scores.mul_(1 / math.sqrt(query.shape[3])).softmax(-1)
    return (value * shares[..., None]).sum(2)


def _normalise(x: Tensor, norm: nn.LayerNorm) -> Tensor:
    """What the layer makes of x."""
    return torch.layer_norm(x, norm.normalized_shape, norm.weight, norm.bias, norm.eps)


def _linear(x: Tensor, layer: nn.Linear) -> Tensor:
    return F.linear(x, layer.weight, layer.bias)
