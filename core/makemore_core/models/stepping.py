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
"""Items, from which on a cache is laid out by time, and attention is computed by sums."""


def by_heads(cache: "Cache", heads: int) -> "Cache":
    """The cache of a few items, (B, 2, heads, t, D): attention is a matrix product for each head of each item.

    So a character late in a long item costs little more than one at its beginning.
    """
    return cache if cache.dim() == 5 else cache.view(*cache.shape[:3], heads, -1).transpose(2, 3)


def by_time(cache: "Cache") -> "Cache":
    """The cache of many, (B, 2, t, E), where in memory all items of one time stand together.

    Their matrices are tiny; long rows of numbers are copied and added up in half the time. While items are drawn they
    become many once, when they no longer begin alike, and few once, when most have ended.
    """
    return cache if cache.dim() == 4 else cache.transpose(2, 3).flatten(3)


def step_block(x: Tensor, past: "Cache", block: "Block", rows: Tensor | None = None) -> "tuple[Tensor, Cache]":
    """(B, E) to (B, E), and the cache with the new characters in it. There is no dropout: the model is evaluated.

    With rows (B,) int64 these of the cache go on, in place of all.
    """
    attention = block.attention
    qkv = _linear(_normalise(x, block.attention_norm), attention.qkv)  # (B, 3 * E)
    mixed, cache = (_mix_many if len(x) >= MANY else _mix_few)(qkv, past, attention.heads, rows)
    x = x + _linear(mixed, attention.project)
    hidden = observe("mlp", "gelu", gelu(_linear(_normalise(x, block.mlp_norm), block.widen)))  # (B, 4 * E)
    return x + _linear(hidden, block.project), cache


def _mix_few(qkv: Tensor, past: "Cache", heads: int, rows: Tensor | None) -> "tuple[Tensor, Cache]":
    """What each character takes from those before it and from itself, (B, E), and the cache with it."""
    past = by_heads(past if rows is None else past.index_select(0, rows), heads)
    split = qkv.view(len(qkv), 3, heads, 1, -1)
    cache = torch.cat([past, split[:, 1:]], 3)  # (B, 2, heads, t, D)
    key, value = cache.unbind(1)
    return F.scaled_dot_product_attention(split[:, 0], key, value).reshape(len(qkv), -1), cache


def _mix_many(qkv: Tensor, past: "Cache", heads: int, rows: Tensor | None) -> "tuple[Tensor, Cache]":
    """The same by sums of products."""
    split = qkv.view(len(qkv), 3, -1).transpose(0, 1)  # (3, B, E)
    cache = _with(by_time(past).permute(1, 2, 0, 3), split[1:], rows)  # (2, t, B, E)
    key, value = cache
    in_heads = (*key.shape[:2], heads, -1)
    scores = (key * split[0]).view(in_heads).sum(-1)  # (t, B, heads)
    shares = scores.mul_(math.sqrt(heads / key.shape[2])).softmax(0)
    mixed = (value.view(in_heads) * shares[..., None]).sum(0)  # (B, heads, D)
    return mixed.flatten(1), cache.permute(2, 0, 1, 3)


def _with(past: Tensor, new: Tensor, rows: Tensor | None) -> Tensor:
    """(2, t, B, E) and (2, B, E) to (2, t + 1, B, E): rows are chosen and the new ones added in one copy."""
    if rows is None:
        return torch.cat([past, new[:, None]], 1)
    if torch.is_grad_enabled():
        return torch.cat([past.index_select(2, rows), new[:, None]], 1)
    whole = new.new_empty(2, past.shape[1] + 1, *new.shape[1:])
    for before, after in zip(past, whole, strict=True):
        torch.index_select(before, 1, rows, out=after[:-1])
    whole[:, -1] = new
    return whole


def _normalise(x: Tensor, norm: nn.LayerNorm) -> Tensor:
    """What the layer makes of x."""
    return torch.layer_norm(x, norm.normalized_shape, norm.weight, norm.bias, norm.eps)


def _linear(x: Tensor, layer: nn.Linear) -> Tensor:
    return F.linear(x, layer.weight, layer.bias)
