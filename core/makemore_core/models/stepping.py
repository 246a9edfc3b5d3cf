"""One character further through a block of the Transformer, without what stepping has no need of.

`models/transformer.py` has the block to read. For a single character its arithmetic takes less time than the way to it:
calls of modules, and shapes with a time of 1 that torch turns into matrices and back for each layer. Here characters
are rows of a matrix and layers plain functions.
"""

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from makemore_core.models.gelu import gelu
from makemore_core.models.observing import observe

if TYPE_CHECKING:
    from makemore_core.models.transformer import Block, Cache


def step_block(x: Tensor, past: "Cache", block: "Block") -> "tuple[Tensor, Cache]":
    """(B, E) to (B, E), and the cache with the new characters in it. There is no dropout: the model is evaluated."""
    attention = block.attention
    qkv = _linear(_normalise(x, block.attention_norm), attention.qkv).view(len(x), 3, attention.heads, 1, -1)
    cache = torch.cat([past, qkv[:, 1:]], 3)  # (B, 2, heads, t + 1, D)
    key, value = cache.unbind(1)
    mixed = F.scaled_dot_product_attention(qkv[:, 0], key, value)  # (B, heads, 1, D)
    x = x + _linear(mixed.reshape(x.shape), attention.project)
    hidden = observe("mlp", "gelu", gelu(_linear(_normalise(x, block.mlp_norm), block.widen)))  # (B, 4 * E)
    return x + _linear(hidden, block.project), cache


def _normalise(x: Tensor, norm: nn.LayerNorm) -> Tensor:
    """What the layer makes of x."""
    return torch.layer_norm(x, norm.normalized_shape, norm.weight, norm.bias, norm.eps)


def _linear(x: Tensor, layer: nn.Linear) -> Tensor:
    return F.linear(x, layer.weight, layer.bias)
