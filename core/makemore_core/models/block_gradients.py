"""The blocks of the Transformer for training on a processor, with their gradients written out.

`models/transformer.py` has the blocks to read; these compute the same. In a step of a small Transformer the products
of the matrices are a quarter of the time, and the rest goes into some hundreds of small operations, each with its own
note for the gradient. Here each block is one operation for torch, and nothing is computed that can be had from what the
forward pass has left.

The items of a batch stand in one row, one after the other, without padding. The row is cut into strips of equal length,
such that an item lies within two neighbours: then each character finds all that it may see in its own strip and the one
before, and attention is a few dozen small matrix products of the same size (Beltagy et al., "Longformer", 2020, have
this for windows that slide). S strips of L characters, P = S * L, the last strip filled up; H heads of size D = E / H.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from makemore_core.models.dropout import dropout_mask
from makemore_core.models.gelu import CUBIC, LINEAR
from makemore_core.models.observing import observe
from makemore_core.models.packing import Packing

if TYPE_CHECKING:
    from makemore_core.models.transformer import Block

LONGEST = 64
"""For longer items attention that never has all its scores in memory, torch's own, is the better."""

_EPSILON = 1e-5
"""LayerNorm's."""

_ALIGNED = 8
"""Strips are a multiple of this: rows of floats as long as the registers of a processor."""


@dataclass(frozen=True)
class Strips:
    """The characters of a batch in one row."""

    packing: Packing
    """Where each stands in the batch: P places. What fills up the last strip says the first place once more."""
    count: int
    """How many there are without what fills up."""
    length: int
    """L."""
    mask: Tensor
    """(H * S, L, 2 * L): 0 for what a character sees in the strip before and in its own, else minus infinity."""

    @classmethod
    def of(cls, packing: Packing, heads: int, dtype: torch.dtype) -> "Strips":
        """The characters that are packed."""
        count = len(packing.places)
        length = -(-max(packing.time - 1, 1) // _ALIGNED) * _ALIGNED
        filled = Packing(F.pad(packing.places, (0, -count % length)), packing.batch, packing.time)
        place = torch.arange(2 * length)
        back = place[length:, None] - place  # (L, 2 * L): how far before a character another one stands
        seen = (back >= 0) & (back <= filled.times().view(-1, length, 1))  # (S, L, 2 * L)
        mask = torch.zeros(seen.shape, dtype=dtype).masked_fill_(~seen, -math.inf)
        return cls(filled, count, length, mask.expand(heads, *mask.shape).flatten(0, 1))


def run_block(x: Tensor, strips: Strips, block: "Block") -> Tensor:
    """What a `Block` makes of the characters of all items: (P, E) to (P, E)."""
    attention = block.attention
    layers = (block.attention_norm, attention.qkv, attention.project, block.mlp_norm, block.widen, block.project)
    parameters = [parameter for layer in layers for parameter in (layer.weight, layer.bias)]
    share = block.dropout if block.training else 0.0
    result: Tensor = _Block.apply(x, strips, attention.heads, share, *parameters)  # type: ignore[no-untyped-call]
    return result


class _Block(Function):
    """y = x + project(attend(norm(x))), y + project(gelu(widen(norm(y)))), and dropout as in the plain block."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, strips: Strips, heads: int, share: float, *parameters: Tensor | None) -> Tensor:
        norm_1, qkv, mix, norm_2, widen, narrow = _pairs(parameters)
        first, second = _Norm(*norm_1), _Norm(*norm_2)
        attention = _Attention(strips, heads, share)
        mixed = attention.forward(_linear(first.forward(x), *qkv))
        y, mask_1 = _dropped(_linear(mixed, *mix), share)
        y.add_(x)
        wide = _linear(second.forward(y), *widen)
        gelu = _Gelu(wide)
        observe("mlp", "gelu", gelu.result[: strips.count])
        result, mask_2 = _dropped(_linear(gelu.result, *narrow), share)
        ctx.kept = (first, attention, mixed, mask_1, second, gelu, mask_2)
        ctx.layers = (qkv, mix, widen, narrow)
        return result.add_(y)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        first, attention, mixed, mask_1, second, gelu, mask_2 = ctx.kept
        qkv, mix, widen, narrow = ctx.layers
        d = gradient if mask_2 is None else gradient * mask_2
        d, *d_narrow = _linear_backward(d, gelu.result, *narrow)
        d, *d_widen = _linear_backward(gelu.backward(d), second.result, *widen)
        d_y, *d_norm_2 = second.backward(d)
        d_y.add_(gradient)
        d = d_y if mask_1 is None else d_y * mask_1
        d, *d_mix = _linear_backward(d, mixed, *mix)
        d, *d_qkv = _linear_backward(attention.backward(d), first.result, *qkv)
        d_x, *d_norm_1 = first.backward(d)
        d_x.add_(d_y)
        return d_x, None, None, None, *d_norm_1, *d_qkv, *d_mix, *d_norm_2, *d_widen, *d_narrow


class _Attention:
    """What each character takes from those that it sees, by heads; what the gradient needs is kept."""

    def __init__(self, strips: Strips, heads: int, share: float) -> None:
        self._strips, self._heads, self._share = strips, heads, share

    def forward(self, qkv: Tensor) -> Tensor:
        """Queries, keys and values (P, 3 * E) to (P, E)."""
        places, width = qkv.shape
        self._size = width // (3 * self._heads)
        self._scale = 1 / math.sqrt(self._size)
        parts = qkv.view(places, 3, self._heads, self._size).permute(1, 2, 0, 3).contiguous()  # (3, H, P, D)
        self._query, self._key, self._value = self._windows(parts)
        scores = torch.baddbmm(self._strips.mask, self._query, self._key.mT, alpha=self._scale)  # (H * S, L, 2 * L)
        self._shares = torch.softmax(scores, -1)
        self._mixed_by, self._mask = _dropped(self._shares, self._share, in_place=False)
        mixed = self._mixed_by @ self._value  # (H * S, L, D)
        return mixed.view(self._heads, places, self._size).transpose(0, 1).reshape(places, -1)

    def backward(self, gradient: Tensor) -> Tensor:
        """(P, E) to (P, 3 * E)."""
        places, length = len(gradient), self._strips.length
        d = gradient.view(places, self._heads, self._size).transpose(0, 1).reshape(-1, length, self._size)
        d_shares = d @ self._value.mT
        if self._mask is not None:
            d_shares.mul_(self._mask)
        d_scores = torch._softmax_backward_data(d_shares, self._shares, -1, d_shares.dtype).mul_(self._scale)
        d_qkv = gradient.new_empty(places, 3 * gradient.shape[1])
        to = d_qkv.view(-1, length, 3, self._heads, self._size).permute(2, 3, 0, 1, 4)  # (3, H, S, L, D)
        to[0].copy_((d_scores @ self._key).view(to[0].shape))
        for part, d_windows in ((to[1], d_scores.mT @ self._query), (to[2], self._mixed_by.mT @ d)):
            d_windows = d_windows.view(self._heads, -1, 2, length, self._size)  # (H, S, 2, L, D)
            part.copy_(d_windows[:, :, 1])
            part[:, :-1].add_(d_windows[:, 1:, 0])  # each strip is also the one before of the next
        return d_qkv

    def _windows(self, parts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The queries of each strip (H * S, L, D), and keys and values of it and the strip before (H * S, 2 * L, D).

        They are views of (3, H, P, D). What stands before the first strip of a head are numbers of another head, or
        queries before the keys: the mask keeps them out, and what is multiplied by 0 need only be finite.
        """
        _, heads, places, size = parts.shape
        length = self._strips.length
        strips = heads * places // length
        stride = (length * size, size, 1)
        keys = heads * places * size
        query = parts.as_strided((strips, length, size), stride)
        key = parts.as_strided((strips, 2 * length, size), stride, keys - length * size)
        value = parts.as_strided((strips, 2 * length, size), stride, 2 * keys - length * size)
        return query, key, value


class _Norm:
    """LayerNorm, which keeps what its gradient needs."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self._weight, self._bias = weight, bias

    def forward(self, x: Tensor) -> Tensor:
        """(P, E) to (P, E)."""
        self._x, self._shape = x, x.shape[1:]
        self.result, self._mean, self._rstd = torch.native_layer_norm(
            x, self._shape, self._weight, self._bias, _EPSILON
        )
        return self.result

    def backward(self, gradient: Tensor) -> tuple[Tensor, ...]:
        """The gradients of x, of the weight and of the bias."""
        wanted = [True, True, self._bias is not None]
        found: tuple[Tensor, ...] = torch.ops.aten.native_layer_norm_backward(
            gradient, self._x, self._shape, self._mean, self._rstd, self._weight, self._bias, wanted
        )
        return found


class _Gelu:
    """z * s with s = sigmoid(v), v = linear * z + cubic * z^3, as in `models/gelu.py`; v and s are kept."""

    def __init__(self, z: Tensor) -> None:
        self._z = z
        self._v = (z * LINEAR).addcmul_(z, z * z, value=CUBIC)
        self._s = self._v.sigmoid()
        self.result = z * self._s

    def backward(self, gradient: Tensor) -> Tensor:
        """s + s * (1 - s) * z * v' times the gradient; z * v' = 3 * v - 2 * linear * z."""
        slope = (self._v * 3).sub_(self._z, alpha=2 * LINEAR)
        return (gradient * self._s).addcmul_(torch.ops.aten.sigmoid_backward(gradient, self._s), slope)


def _linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    return x @ weight.t() if bias is None else torch.addmm(bias, x, weight.t())


def _linear_backward(
    gradient: Tensor, x: Tensor, weight: Tensor, bias: Tensor | None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """The gradients of x, of the weight and of the bias."""
    return gradient @ weight, gradient.t() @ x, None if bias is None else gradient.sum(0)


def _dropped(x: Tensor, share: float, *, in_place: bool = True) -> tuple[Tensor, Tensor | None]:
    """x with a share of its numbers at 0, and what it was multiplied by; x itself and None where nothing is dropped."""
    if not share:
        return x, None
    mask = dropout_mask(x, share)
    return (x.mul_(mask) if in_place else x * mask), mask


def _pairs(parameters: Sequence[Tensor | None]) -> list[tuple[Tensor, Tensor | None]]:
    """Weights and biases by layers."""
    return list(zip(parameters[::2], parameters[1::2], strict=True))  # type: ignore[arg-type]  # weights are never None
