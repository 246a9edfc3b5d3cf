"""The blocks of the Transformer for training on a processor, with their gradients written out.

`models/transformer.py` has the blocks to read; these compute the same. In a step of a small Transformer the products
of the matrices are a third of the time, and the rest goes into some hundreds of small operations, each with its own
note for the gradient and its own memory. Here all blocks together are one operation for torch, nothing is computed
that can be had from what the forward pass has left, and the memory of a step serves the next (`block_memory`).

P characters in strips (`strips`): S strips of length L; H heads of size D = E / H.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from makemore_core.models.block_memory import Desk, Desks, Loan, Memory
from makemore_core.models.dropout import dropout_mask
from makemore_core.models.gelu import CUBIC, LINEAR
from makemore_core.models.observing import is_observed, observe
from makemore_core.models.strips import Strips

if TYPE_CHECKING:
    from makemore_core.models.transformer import Block

LONGEST = 64
"""For longer items attention that never has all its scores in memory, torch's own, is the better."""

MOST_KEPT = 1 << 12
"""Of so many characters the memory is kept. With more of them the products are nearly all of the time."""

_EPSILON = 1e-5
"""LayerNorm's."""

_LAYERS = 6
"""With parameters, in a block."""

_norm_backward = torch.ops.aten.native_layer_norm_backward.default

Parameters = tuple[Tensor, Tensor | None]
"""Weight and bias of a layer."""


class Sizes(NamedTuple):
    """Of a Transformer, and of the row of characters."""

    blocks: int
    embedding: int
    heads: int
    strips: int
    length: int

    @property
    def places(self) -> int:
        """P."""
        return self.strips * self.length


def run_blocks(x: Tensor, strips: Strips, blocks: Sequence["Block"]) -> Tensor:
    """What the blocks make of the characters in the strips: (P, E) to the N of them that are no filling, (N, E)."""
    parameters = [parameter for block in blocks for layer in _layers(block) for parameter in (layer.weight, layer.bias)]
    share = blocks[0].dropout if blocks[0].training else 0.0
    result: Tensor = _Blocks.apply(x, strips, share, *parameters)  # type: ignore[no-untyped-call]
    return result


def _layers(block: "Block") -> tuple["nn.LayerNorm | nn.Linear", ...]:
    """Those with parameters, in the order in which they are used."""
    attention = block.attention
    return block.attention_norm, attention.qkv, attention.project, block.mlp_norm, block.widen, block.project


_desks: "Desks[list[_Block]]" = Desks()


class _Blocks(Function):
    """One block after the other."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, strips: Strips, share: float, *parameters: Tensor | None) -> Tensor:
        places, size = x.shape
        layers = list(zip(parameters[::2], parameters[1::2], strict=True))
        sizes = Sizes(len(layers) // _LAYERS, size, strips.heads, places // strips.length, strips.length)
        if places <= MOST_KEPT and any(ctx.needs_input_grad):
            ctx.loan = _desks.take((*sizes[:3], x.dtype), x.dtype)
        else:
            ctx.loan = Loan(Desk(x.dtype), [])
        ctx.blocks = ctx.loan.desk.made(sizes, lambda memory: _made(memory, sizes, x.dtype))
        ctx.count = strips.count
        for number, block in enumerate(ctx.blocks):
            x = block.forward(x, strips, share, layers[number * _LAYERS : (number + 1) * _LAYERS])
        return x[: strips.count].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        d = ctx.blocks[-1].filled(gradient)
        found: list[Tensor | None] = []
        for block in reversed(ctx.blocks):
            d, of_parameters = block.backward(d)
            found = of_parameters + found
        return d, None, None, *found


def _made(memory: Memory, sizes: Sizes, dtype: torch.dtype) -> "list[_Block]":
    """The blocks, which write where they wrote when the shape was the same."""
    shared = _Shared(memory, sizes, dtype)
    return [_Block(memory, sizes, shared) for _ in range(sizes.blocks)]


class _Shared:
    """What no block needs any longer when the next has its turn."""

    def __init__(self, memory: Memory, sizes: Sizes, dtype: torch.dtype) -> None:
        _, size, heads, strips, length = sizes
        places, head = sizes.places, size // heads
        self.narrow = memory.cut(places, size)
        self.wide, self.wide_2, self.wide_3 = (memory.cut(places, 4 * size) for _ in range(3))
        self.scores = memory.cut(heads * strips, length, 2 * length)
        self.mixed = memory.cut(heads * strips, length, head)
        self.queries = memory.cut(heads * strips, length, head)
        self.windows = memory.cut(2, heads * strips, 2 * length, head)
        self.qkv = memory.cut(places, 3 * size)
        self.linear = torch.tensor(LINEAR, dtype=dtype)


class _Block:
    """y = x + project(attend(norm(x))), y + project(gelu(widen(norm(y)))), and dropout as in the plain block."""

    def __init__(self, memory: Memory, sizes: Sizes, shared: _Shared) -> None:
        places, size = sizes.places, sizes.embedding
        self._norm_1, self._norm_2 = _Norm(), _Norm()
        self._qkv = _Linear(shared.qkv, shared.narrow)
        self._attention = _Attention(memory, sizes, shared)
        self._mix = _Linear(memory.cut(places, size), shared.narrow)
        self._widen = _Linear(shared.wide, shared.narrow)
        self._gelu = _Gelu(memory, sizes, shared)
        self._narrow = _Linear(memory.cut(places, size), shared.wide)
        self._gradient = memory.cut(places, size)

    def forward(self, x: Tensor, strips: Strips, share: float, layers: Sequence[Parameters]) -> Tensor:
        """(P, E) to (P, E)."""
        norm_1, qkv, mix, norm_2, widen, narrow = layers
        mixed = self._attention.forward(self._qkv.forward(self._norm_1.forward(x, *norm_1), *qkv), strips.mask, share)
        y, self._mask_1 = _dropped(self._mix.forward(mixed, *mix), share)
        y.add_(x)
        hidden = self._gelu.forward(self._widen.forward(self._norm_2.forward(y, *norm_2), *widen))  # (P, 4 * E)
        if is_observed():
            observe("mlp", "gelu", hidden[: strips.count])
        result, self._mask_2 = _dropped(self._narrow.forward(hidden, *narrow), share)
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

    def filled(self, gradient: Tensor) -> Tensor:
        """(N, E) to (P, E), with zeros for what fills up the last strip."""
        self._gradient[: len(gradient)] = gradient
        self._gradient[len(gradient) :] = 0
        return self._gradient


class _Attention:
    """What each character takes from those that it sees, by heads; what the gradient needs is kept."""

    def __init__(self, memory: Memory, sizes: Sizes, shared: _Shared) -> None:
        _, size, heads, strips, length = sizes
        places, head = sizes.places, size // heads
        self._scale = 1 / math.sqrt(head)
        self._parts = memory.cut(3, heads, places, head)  # queries, keys and values, (N, 3 * E) by heads
        self._qkv = shared.qkv.view(places, 3, heads, head).permute(1, 2, 0, 3)
        self._query, self._key, self._value = _windows(self._parts, length)
        self._key_t, self._value_t = self._key.mT, self._value.mT
        self._scores = shared.scores
        self._shares = memory.cut(heads * strips, length, 2 * length)
        self._shares_t = self._shares.mT
        self._mixed = shared.mixed
        self._mixed_by_heads = shared.mixed.view(heads, places, head)
        self._result = memory.cut(places, size)
        self._result_by_heads = self._result.view(places, heads, head).transpose(0, 1)
        # For the gradient
        self._above = shared.narrow.view(places, heads, head).transpose(0, 1)
        self._d_query, self._d_windows = shared.queries, shared.windows
        self._d_key, self._d_value = shared.windows.unbind()
        windows = shared.windows.view(2, heads, strips, 2, length, head)
        self._d_own, self._d_before = windows[:, :, :, 1], windows[:, :, 1:, 0]
        self._d_qkv = shared.qkv
        to = shared.qkv.view(strips, length, 3, heads, head).permute(2, 3, 0, 1, 4)  # (3, H, S, L, D)
        self._to_query, self._to_own, self._to_before = to[0], to[1:], to[1:, :, :-1]
        self._query_by_heads = shared.queries.view(heads, strips, length, head)

    def forward(self, qkv: Tensor, mask: Tensor, share: float) -> Tensor:
        """Queries, keys and values (P, 3 * E) to (P, E)."""
        self._parts.copy_(self._qkv)
        torch.baddbmm(mask, self._query, self._key_t, alpha=self._scale, out=self._scores)  # (H * S, L, 2 * L)
        torch.softmax(self._scores, -1, out=self._shares)
        mixed_by, self._mask = _dropped(self._shares, share, in_place=False)
        self._mixed_by_t = self._shares_t if self._mask is None else mixed_by.mT
        torch.bmm(mixed_by, self._value, out=self._mixed)
        self._result_by_heads.copy_(self._mixed_by_heads)
        return self._result

    def backward(self, gradient: Tensor) -> Tensor:
        """(P, E) to (P, 3 * E)."""
        d = self._mixed
        self._mixed_by_heads.copy_(self._above)
        d_shares = torch.bmm(d, self._value_t, out=self._scores)
        if self._mask is not None:
            d_shares.mul_(self._mask)
        d_scores = torch._softmax_backward_data(d_shares, self._shares, -1, d_shares.dtype)
        torch.baddbmm(self._d_query, d_scores, self._key, beta=0, alpha=self._scale, out=self._d_query)
        torch.baddbmm(self._d_key, d_scores.mT, self._query, beta=0, alpha=self._scale, out=self._d_key)
        torch.bmm(self._mixed_by_t, d, out=self._d_value)
        self._to_query.copy_(self._query_by_heads)
        self._to_own.copy_(self._d_own)
        self._to_before.add_(self._d_before)  # each strip is also the one before of the next
        return self._d_qkv


def _windows(parts: Tensor, length: int) -> tuple[Tensor, Tensor, Tensor]:
    """The queries of each strip (H * S, L, D), and keys and values of it and the strip before (H * S, 2 * L, D).

    They are views of (3, H, P, D). What stands before the first strip of a head are numbers of another head, or
    queries before the keys: the mask keeps them out, and what is multiplied by 0 need only be finite.
    """
    _, heads, places, size = parts.shape
    strips = heads * places // length
    stride = (length * size, size, 1)
    keys = heads * places * size
    query = parts.as_strided((strips, length, size), stride)
    key = parts.as_strided((strips, 2 * length, size), stride, keys - length * size)
    value = parts.as_strided((strips, 2 * length, size), stride, 2 * keys - length * size)
    return query, key, value


class _Norm:
    """LayerNorm, which keeps what its gradient needs."""

    def forward(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """(P, E) to (P, E)."""
        self._x, self._shape, self._weight, self._bias = x, x.shape[1:], weight, bias
        result, self._mean, self._rstd = torch.native_layer_norm(x, self._shape, weight, bias, _EPSILON)
        return result

    def backward(self, gradient: Tensor) -> tuple[Tensor, ...]:
        """The gradients of x, of the weight and of the bias."""
        wanted = [True, True, self._bias is not None]
        found: tuple[Tensor, ...] = _norm_backward(
            gradient, self._x, self._shape, self._mean, self._rstd, self._weight, self._bias, wanted
        )
        return found


class _Gelu:
    """y = z * s with s = sigmoid(v), v = z * (linear + cubic * z^2), as in `models/gelu.py`.

    Its slope is s + y * (1 - s) * v', computed at once, while all that it takes is in the cache of the processor;
    v' = 3 * (linear + cubic * z^2) - 2 * linear.
    """

    def __init__(self, memory: Memory, sizes: Sizes, shared: _Shared) -> None:
        self._linear = shared.linear
        self._inner, self._s = shared.wide_2, shared.wide_3
        self._y, self._slope = (memory.cut(sizes.places, 4 * sizes.embedding) for _ in range(2))

    def forward(self, z: Tensor) -> Tensor:
        """The same shape; z is used up."""
        inner, s, y = self._inner, self._s, self._y
        torch.addcmul(self._linear, z, z, value=CUBIC, out=inner)
        torch.mul(inner, z, out=s).sigmoid_()
        torch.mul(z, s, out=y)
        torch.lerp(self._linear, inner, 3.0, out=inner)  # v'
        torch.addcmul(y, y, s, value=-1, out=z)  # y * (1 - s)
        torch.addcmul(s, z, inner, out=self._slope)
        return y

    def backward(self, gradient: Tensor) -> Tensor:
        """The same shape, in place."""
        return gradient.mul_(self._slope)


class _Linear:
    """A linear layer, which keeps what its gradient needs."""

    def __init__(self, result: Tensor, below: Tensor) -> None:
        self._result, self._below = result, below  # where to write what it gives out, and the gradient of its input

    def forward(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """(P, inputs) to (P, outputs)."""
        self._x, self._weight, self._has_bias = x, weight, bias is not None
        if bias is None:
            return torch.mm(x, weight.t(), out=self._result)
        return torch.addmm(bias, x, weight.t(), out=self._result)

    def backward(self, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """The gradients of x, of the weight and of the bias."""
        d_bias = gradient.sum(0) if self._has_bias else None
        d_weight = torch.mm(gradient.t(), self._x)
        return torch.mm(gradient, self._weight, out=self._below), d_weight, d_bias


def _dropped(x: Tensor, share: float, *, in_place: bool = True) -> tuple[Tensor, Tensor | None]:
    """x with a share of its numbers at 0, and what it was multiplied by; x itself and None where nothing is dropped."""
    if not share:
        return x, None
    mask = dropout_mask(x, share)
    return (x.mul_(mask) if in_place else x * mask), mask
