"""The blocks of the Transformer for training on a processor, with their gradients written out.

`models/transformer.py` has the blocks to read; these compute the same. In a step of a small Transformer the products
of the matrices are a quarter of the time, and the rest goes into some hundreds of small operations, each with its own
note for the gradient. Here all blocks together are one operation for torch, and nothing is computed that can be had
from what the forward pass has left.

The items of a batch stand in one row, one after the other, without padding. The row is cut into strips of equal length,
such that an item lies within two neighbours: then each character finds all that it may see in its own strip and the one
before, and attention is some dozens of small matrix products of the same size (Beltagy et al., "Longformer", 2020, have
this for windows that slide).

N characters; S strips of L of them, P = S * L, the last strip filled up; H heads of size D = E / H.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
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

_LAYERS = 6
"""With parameters, in a block."""


@dataclass(frozen=True)
class Strips:
    """The characters of a batch in one row."""

    length: int
    """L."""
    mask: Tensor
    """(H * S, L, 2 * L): 0 for what a character sees in the strip before and in its own, else minus infinity.

    What fills up the last strip sees itself alone."""

    @classmethod
    def of(cls, packing: Packing, heads: int, dtype: torch.dtype) -> "Strips":
        """The characters that are packed."""
        times = packing.times()
        count = len(times)
        length = max(packing.time - 1, 1)
        length += length % 2
        filled = times.new_zeros(-(-count // length), length, 1)  # (S, L, 1)
        filled.view(-1)[:count].copy_(times)
        mask = torch.where(_back(length) <= filled, 0.0, -math.inf).to(dtype)  # (S, L, 2 * L)
        return cls(length, mask.expand(heads, *mask.shape).flatten(0, 1))


@cache
def _back(length: int) -> Tensor:
    """How far before a character of a strip one of the strip before or its own stands: (L, 2 * L).

    For those that come later a number that is larger than any.
    """
    place = torch.arange(2 * length)
    back = place[length:, None] - place
    return back.masked_fill(back < 0, 1 << 62)


def run_blocks(x: Tensor, strips: Strips, blocks: Sequence["Block"]) -> Tensor:
    """What the blocks make of the characters of all items: (N, E) to (N, E)."""
    parameters = [parameter for block in blocks for layer in _layers(block) for parameter in (layer.weight, layer.bias)]
    share = blocks[0].dropout if blocks[0].training else 0.0
    result: Tensor = _Blocks.apply(x, strips, blocks[0].attention.heads, share, *parameters)  # type: ignore[no-untyped-call]
    return result


def _layers(block: "Block") -> tuple["nn.LayerNorm | nn.Linear", ...]:
    """Those with parameters, in the order in which they are used."""
    attention = block.attention
    return block.attention_norm, attention.qkv, attention.project, block.mlp_norm, block.widen, block.project


class _Blocks(Function):
    """One block after the other."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, strips: Strips, heads: int, share: float, *parameters: Tensor | None) -> Tensor:
        each = 2 * _LAYERS
        ctx.blocks = [
            _Block(strips, heads, share, parameters[first : first + each]) for first in range(0, len(parameters), each)
        ]
        for block in ctx.blocks:
            x = block.forward(x)
        return x

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        found: list[Tensor | None] = []
        for block in reversed(ctx.blocks):
            gradient, of_parameters = block.backward(gradient)
            found = of_parameters + found
        return gradient, None, None, None, *found


class _Block:
    """y = x + project(attend(norm(x))), y + project(gelu(widen(norm(y)))), and dropout as in the plain block."""

    def __init__(self, strips: Strips, heads: int, share: float, parameters: Sequence[Tensor | None]) -> None:
        norm_1, qkv, mix, norm_2, widen, narrow = zip(parameters[::2], parameters[1::2], strict=True)
        self._norm_1, self._norm_2 = _Norm(*norm_1), _Norm(*norm_2)  # type: ignore[arg-type]  # all have a weight
        self._qkv, self._mix, self._widen, self._narrow = (
            _Linear(*layer)  # type: ignore[arg-type]
            for layer in (qkv, mix, widen, narrow)
        )
        self._attention, self._gelu = _Attention(strips, heads, share), _Gelu()
        self._share = share

    def forward(self, x: Tensor) -> Tensor:
        """(N, E) to (N, E)."""
        attended = self._mix.forward(self._attention.forward(self._qkv.forward(self._norm_1.forward(x))))
        y, self._mask_1 = _dropped(attended, self._share)
        y.add_(x)
        hidden = observe("mlp", "gelu", self._gelu.forward(self._widen.forward(self._norm_2.forward(y))))  # (N, 4 * E)
        result, self._mask_2 = _dropped(self._narrow.forward(hidden), self._share)
        return result.add_(y)

    def backward(self, gradient: Tensor) -> tuple[Tensor, list[Tensor | None]]:
        """The gradients of x and of the parameters."""
        d = gradient if self._mask_2 is None else gradient * self._mask_2
        d, *d_narrow = self._narrow.backward(d)
        d, *d_widen = self._widen.backward(self._gelu.backward(d))
        d_y, *d_norm_2 = self._norm_2.backward(d)
        d_y.add_(gradient)
        d = d_y if self._mask_1 is None else d_y * self._mask_1
        d, *d_mix = self._mix.backward(d)
        d, *d_qkv = self._qkv.backward(self._attention.backward(d))
        d_x, *d_norm_1 = self._norm_1.backward(d)
        return d_x.add_(d_y), [*d_norm_1, *d_qkv, *d_mix, *d_norm_2, *d_widen, *d_narrow]


class _Attention:
    """What each character takes from those that it sees, by heads; what the gradient needs is kept."""

    def __init__(self, strips: Strips, heads: int, share: float) -> None:
        self._strips, self._heads, self._share = strips, heads, share

    def forward(self, qkv: Tensor) -> Tensor:
        """Queries, keys and values (N, 3 * E) to (N, E)."""
        self._size = qkv.shape[1] // (3 * self._heads)
        self._scale = 1 / math.sqrt(self._size)
        self._query, self._key, self._value = self._windows(self._filled(qkv.view(-1, 3, self._heads, self._size)))
        scores = torch.baddbmm(self._strips.mask, self._query, self._key.mT, alpha=self._scale)  # (H * S, L, 2 * L)
        self._shares = torch.softmax(scores, -1)
        self._mixed_by, self._mask = _dropped(self._shares, self._share, in_place=False)
        mixed = torch.bmm(self._mixed_by, self._value).view(self._heads, -1, self._size)  # (H, P, D)
        return mixed[:, : len(qkv)].transpose(0, 1).flatten(1)

    def backward(self, gradient: Tensor) -> Tensor:
        """(N, E) to (N, 3 * E)."""
        length = self._strips.length
        d = self._filled(gradient.view(-1, 1, self._heads, self._size)).view(-1, length, self._size)  # (H * S, L, D)
        d_shares = torch.bmm(d, self._value.mT)
        if self._mask is not None:
            d_shares.mul_(self._mask)
        d_scores = torch._softmax_backward_data(d_shares, self._shares, -1, d_shares.dtype).mul_(self._scale)
        d_qkv = gradient.new_empty(self._places, 3 * gradient.shape[1])
        to = d_qkv.view(-1, length, 3, self._heads, self._size).permute(2, 3, 0, 1, 4)  # (3, H, S, L, D)
        to[0].copy_(torch.bmm(d_scores, self._key).view(to[0].shape))
        for part, d_windows in (
            (to[1], torch.bmm(d_scores.mT, self._query)),
            (to[2], torch.bmm(self._mixed_by.mT, d)),
        ):
            d_windows = d_windows.view(self._heads, -1, 2, length, self._size)  # (H, S, 2, L, D)
            part.copy_(d_windows[:, :, 1])
            part[:, :-1].add_(d_windows[:, 1:, 0])  # each strip is also the one before of the next
        return d_qkv[: len(gradient)]

    @property
    def _places(self) -> int:
        """P."""
        return len(self._strips.mask) // self._heads * self._strips.length

    def _filled(self, x: Tensor) -> Tensor:
        """(N, parts, H, D) to (parts, H, P, D), with zeros where the last strip is not full."""
        filled = x.new_empty(x.shape[1], self._heads, self._places, self._size)
        filled[:, :, : len(x)].copy_(x.permute(1, 2, 0, 3))
        filled[:, :, len(x) :].zero_()
        return filled

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
    """z * s with s = sigmoid(v), v = linear * z + cubic * z^3, as in `models/gelu.py`.

    Its slope, s + s * (1 - s) * z * v', is computed at once, while all that it takes is in the cache of the processor.
    """

    def forward(self, z: Tensor) -> Tensor:
        """The same shape."""
        straight = z * LINEAR
        v = torch.addcmul(straight, z, z * z, value=CUBIC)
        s = v.sigmoid()
        inner = torch.lerp(straight, v, 3.0)  # z * v' = 3 * v - 2 * straight
        self._slope = torch.ops.aten.sigmoid_backward(inner, s).add_(s)
        return s.mul_(z)

    def backward(self, gradient: Tensor) -> Tensor:
        """The same shape."""
        return gradient.mul_(self._slope)


class _Linear:
    """A linear layer, which keeps what its gradient needs."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self._weight, self._bias = weight, bias

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs) to (N, outputs)."""
        self._x = x
        weight = self._weight.t()
        return torch.mm(x, weight) if self._bias is None else torch.addmm(self._bias, x, weight)

    def backward(self, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """The gradients of x, of the weight and of the bias."""
        d_bias = None if self._bias is None else gradient.sum(0)
        return torch.mm(gradient, self._weight), torch.mm(gradient.t(), self._x), d_bias


def _dropped(x: Tensor, share: float, *, in_place: bool = True) -> tuple[Tensor, Tensor | None]:
    """x with a share of its numbers at 0, and what it was multiplied by; x itself and None where nothing is dropped."""
    if not share:
        return x, None
    mask = dropout_mask(x, share)
    return (x.mul_(mask) if in_place else x * mask), mask
