"""The blocks of the Transformer for training on a processor, with their gradients written out.

`models/transformer.py` has the blocks to read; these compute the same. In a step of a small Transformer the products
of the matrices are a third of the time, and the rest goes into some hundreds of small operations, each with its own
note for the gradient and its own memory. Here nothing is noted, nothing is computed that can be had from what the
forward pass has left, and the memory of a step serves the next (`block_memory`).

P places in the row of characters, N of which are filled, and S bins of length L for attention (`bins`), C = S * L; H
heads of size D = E / H.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from makemore_core.models.bins import Ways
from makemore_core.models.block_memory import Desk, Desks, Loan, Memory
from makemore_core.models.dropout import dropout_mask
from makemore_core.models.gelu import CUBIC, LINEAR
from makemore_core.models.gradient_memory import Gradients
from makemore_core.models.observing import is_observed, observe

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
    """Of a Transformer, and of a batch: P, S and L."""

    blocks: int
    embedding: int
    heads: int
    places: int
    bins: int
    length: int


class Layout(NamedTuple):
    """What attention goes by in all blocks."""

    filled: int
    """N."""
    mask: Tensor
    """(H * S, L, L): 0 for what each cell sees, else minus infinity."""
    three: Ways
    """For queries, keys and values."""
    one: Ways
    """For what is taken by them."""


def layers_of(block: "Block") -> tuple["nn.LayerNorm | nn.Linear", ...]:
    """Those with parameters, in the order in which they are used, which is that of the parameters."""
    attention = block.attention
    return block.attention_norm, attention.qkv, attention.project, block.mlp_norm, block.widen, block.project


_desks: "Desks[Blocks]" = Desks()


def borrow(sizes: Sizes, dtype: torch.dtype) -> "Loan[Blocks]":
    """The blocks for these sizes: they are free for others when the loan is let go."""
    if sizes.places <= MOST_KEPT:
        return _desks.take((*sizes[:3], dtype), dtype)
    return Loan(Desk(dtype), [])


class Blocks:
    """The blocks, which write where they wrote when the shape was the same."""

    def __init__(self, memory: Memory, sizes: Sizes, dtype: torch.dtype) -> None:
        self._shared = _Shared(memory, sizes, dtype)
        self._blocks = [_Block(memory, sizes, self._shared, number) for number in range(sizes.blocks)]

    def forward(self, x: Tensor, layout: Layout, share: float, layers: Sequence[Parameters]) -> Tensor:
        """(P, E) to (N, E): without what fills up the row."""
        self._has_bias = layers[0][1] is not None
        for number, block in enumerate(self._blocks):
            x = block.forward(x, layout, share, layers[number * _LAYERS : (number + 1) * _LAYERS])
        return x[: layout.filled]

    def backward(self, gradient: Tensor, gradients: Gradients, first: int) -> Tensor:
        """From the gradient of what came out, (N, E), to that of x, (P, E).

        Those of the parameters are written to where they belong, from the part `first` on.
        """
        d = self._shared.narrow.gradients[-1]
        d[: len(gradient)] = gradient
        d[len(gradient) :] = 0
        for block in reversed(self._blocks):
            d = block.backward(d)
        parameters = 2 if self._has_bias else 1
        every, count, shared = _LAYERS * parameters, len(self._blocks), self._shared
        for layer, linears in ((1, shared.qkv), (2, shared.mix), (4, shared.widen), (5, shared.narrow)):
            at = first + layer * parameters
            bias = gradients.stacked(at + 1, every, count) if self._has_bias else None
            linears.backward_parameters(gradients.stacked(at, every, count), bias)
        norms = [norm for block in self._blocks for norm in (block.norm_1, block.norm_2)]
        starts = range(first, first + count * every, every // 2)  # they come first, and half-way through a block
        parts = [part for start in starts for part in gradients.parts[start : start + parameters]]
        torch._foreach_copy_(parts, [found for norm in norms for found in norm.found])
        return d


class _Shared:
    """The linear layers, and what no block needs any longer when the next has its turn."""

    def __init__(self, memory: Memory, sizes: Sizes, dtype: torch.dtype) -> None:
        blocks, size, heads, places, bins, length = sizes
        self.below = memory.cut(places, size)
        self.wide, self.wide_2, self.wide_3 = (memory.cut(places, 4 * size) for _ in range(3))
        self.thrice = memory.cut(places, 3 * size)
        self.scores = memory.cut(heads * bins, length, length)
        self.mixed = memory.cut(heads * bins, length, size // heads)
        self.parts = memory.cut(3, heads * bins, length, size // heads)
        self.linear = torch.tensor(LINEAR, dtype=dtype)
        self.qkv, self.mix, self.widen, self.narrow = (
            _Linears(memory.cut(blocks, places, inputs * size), memory.cut(blocks, places, outputs * size))
            for inputs, outputs in ((1, 3), (1, 1), (1, 4), (4, 1))
        )


class _Block:
    """y = x + project(attend(norm(x))), y + project(gelu(widen(norm(y)))), and dropout as in the plain block."""

    def __init__(self, memory: Memory, sizes: Sizes, shared: _Shared, number: int) -> None:
        self._shared, self._number = shared, number
        self.norm_1, self.norm_2 = Norm(), Norm()
        self._attention = _Attention(memory, sizes, shared, number)
        self._gelu = _Gelu(memory, sizes, shared, number)
        self._y, self._result = (memory.cut(sizes.places, sizes.embedding) for _ in range(2))

    def forward(self, x: Tensor, layout: Layout, share: float, layers: Sequence[Parameters]) -> Tensor:
        """(P, E) to (P, E)."""
        shared, number = self._shared, self._number
        norm_1, qkv, mix, norm_2, widen, narrow = layers
        normed = self.norm_1.forward(x, *norm_1)
        mixed = self._attention.forward(shared.qkv.forward(number, normed, qkv, shared.thrice), layout, share)
        y, self._mask_1 = dropped(shared.mix.forward(number, mixed, mix, self._y), share)
        y.add_(x)
        normed = self.norm_2.forward(y, *norm_2)
        hidden = self._gelu.forward(shared.widen.forward(number, normed, widen, shared.wide))  # (P, 4 * E)
        if is_observed():
            observe("mlp", "gelu", hidden[: layout.filled])
        result, self._mask_2 = dropped(shared.narrow.forward(number, hidden, narrow, self._result), share)
        return result.add_(y)

    def backward(self, gradient: Tensor) -> Tensor:
        """The gradient of x. That of the result is used up."""
        shared, number = self._shared, self._number
        above = gradient if self._mask_2 is None else gradient.clone()
        if self._mask_2 is not None:
            gradient.mul_(self._mask_2)
        self._gelu.backward(shared.narrow.backward(number, shared.widen.gradients[number]))
        d = self.norm_2.backward(shared.widen.backward(number, shared.below))
        d_y = torch.add(d, above, out=shared.mix.gradients[number])
        above = d_y if self._mask_1 is None else d_y.clone()
        if self._mask_1 is not None:
            d_y.mul_(self._mask_1)
        self._attention.backward(shared.mix.backward(number, shared.below))
        d = self.norm_1.backward(shared.qkv.backward(number, shared.below))
        return torch.add(d, above, out=shared.narrow.gradients[number - 1] if number else None)


class _Attention:
    """What each character takes from those that it sees, by heads; what the gradient needs is kept."""

    def __init__(self, memory: Memory, sizes: Sizes, shared: _Shared, number: int) -> None:
        _, size, heads, _, bins, length = sizes
        head = size // heads
        self._scale = 1 / math.sqrt(head)
        parts = memory.cut(3, heads * bins, length, head)
        self._parts, self._qkv = parts.view(-1, head), shared.thrice.view(-1, head)
        self._query, self._key, self._value = parts.unbind()
        self._key_t, self._value_t = self._key.mT, self._value.mT
        self._scores = shared.scores
        self._shares = memory.cut(heads * bins, length, length)
        self._shares_t = self._shares.mT
        self._mixed, self._mixed_heads = shared.mixed, shared.mixed.view(-1, head)
        self._result = shared.mix.inputs[number]
        self._result_heads = self._result.view(-1, head)
        # For the gradient
        self._above_heads = shared.below.view(-1, head)
        self._d_query, self._d_key, self._d_value = shared.parts.unbind()
        self._d_parts = shared.parts.view(-1, head)
        self._d_qkv = shared.qkv.gradients[number]
        self._d_qkv_heads = self._d_qkv.view(-1, head)

    def forward(self, qkv: Tensor, layout: Layout, share: float) -> Tensor:
        """Queries, keys and values (P, 3 * E), in the memory for them, to (P, E)."""
        self._layout = layout
        torch.index_select(self._qkv, 0, layout.three.into, out=self._parts)
        torch.baddbmm(layout.mask, self._query, self._key_t, alpha=self._scale, out=self._scores)  # (H * S, L, L)
        torch.softmax(self._scores, -1, out=self._shares)
        mixed_by, self._mask = dropped(self._shares, share, in_place=False)
        self._mixed_by_t = self._shares_t if self._mask is None else mixed_by.mT
        torch.bmm(mixed_by, self._value, out=self._mixed)
        torch.index_select(self._mixed_heads, 0, layout.one.back, out=self._result_heads)
        return self._result

    def backward(self, gradient: Tensor) -> None:
        """(P, E), in the memory for what is below, to (P, 3 * E), in that for the gradient of the queries and so on."""
        layout, d = self._layout, self._mixed
        torch.index_select(self._above_heads, 0, layout.one.into, out=self._mixed_heads)
        d_shares = torch.bmm(d, self._value_t, out=self._scores)
        if self._mask is not None:
            d_shares.mul_(self._mask)
        d_scores = torch._softmax_backward_data(d_shares, self._shares, -1, d_shares.dtype)
        torch.baddbmm(self._d_query, d_scores, self._key, beta=0, alpha=self._scale, out=self._d_query)
        torch.baddbmm(self._d_key, d_scores.mT, self._query, beta=0, alpha=self._scale, out=self._d_key)
        torch.bmm(self._mixed_by_t, d, out=self._d_value)
        torch.index_select(self._d_parts, 0, layout.three.back, out=self._d_qkv_heads)
        self._d_qkv[layout.filled :].zero_()  # what fills up the row teaches nothing


class Norm:
    """LayerNorm, which keeps what its gradient needs."""

    def forward(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """(P, E) to (P, E)."""
        self._x, self._shape, self._weight, self._bias = x, x.shape[1:], weight, bias
        result, self._mean, self._rstd = torch.native_layer_norm(x, self._shape, weight, bias, _EPSILON)
        return result

    def backward(self, gradient: Tensor) -> Tensor:
        """The gradient of x; those of the weight and, where there is one, of the bias are then in `found`."""
        wanted = [True, True, self._bias is not None]
        d: Tensor
        d, *found = _norm_backward(
            gradient, self._x, self._shape, self._mean, self._rstd, self._weight, self._bias, wanted
        )
        self.found: list[Tensor] = found if self._bias is not None else found[:1]
        return d


class _Gelu:
    """y = z * s with s = sigmoid(v), v = z * (linear + cubic * z^2), as in `models/gelu.py`.

    Its slope is s + y * (1 - s) * v', computed at once, while all that it takes is in the cache of the processor;
    v' = 3 * (linear + cubic * z^2) - 2 * linear.
    """

    def __init__(self, memory: Memory, sizes: Sizes, shared: _Shared, number: int) -> None:
        self._linear = shared.linear
        self._inner, self._s = shared.wide_2, shared.wide_3
        self._y, self._slope = shared.narrow.inputs[number], memory.cut(sizes.places, 4 * sizes.embedding)

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


class _Linears:
    """A linear layer of all blocks.

    Gradients are kept side by side, (blocks, P, outputs), and inputs, (blocks, P, inputs), where the layer before wrote
    them there, so that at the end one call gives the gradients of all weights.
    """

    def __init__(self, inputs: Tensor, gradients: Tensor) -> None:
        self._inputs, self._gradients, self._gradients_t = inputs, gradients, gradients.mT
        self.inputs, self.gradients, self._each_t = inputs.unbind(), gradients.unbind(), self._gradients_t.unbind()
        self._read, self._weights = list(self.inputs), list(self.inputs)  # what each block reads, and its weight

    def forward(self, number: int, x: Tensor, parameters: Parameters, result: Tensor) -> Tensor:
        """The block of this number: (P, inputs) to (P, outputs)."""
        weight, bias = parameters
        self._read[number], self._weights[number] = x, weight
        if bias is None:
            return torch.mm(x, weight.t(), out=result)
        return torch.addmm(bias, x, weight.t(), out=result)

    def backward(self, number: int, result: Tensor) -> Tensor:
        """The gradient of x."""
        return torch.mm(self.gradients[number], self._weights[number], out=result)

    def backward_parameters(self, weights: Tensor, biases: Tensor | None) -> None:
        """The gradients of all weights (blocks, outputs, inputs) and biases (blocks, outputs), into this memory."""
        if self._read[0] is self.inputs[0]:
            torch.bmm(self._gradients_t, self._inputs, out=weights)
        else:
            for number, x in enumerate(self._read):
                torch.mm(self._each_t[number], x, out=weights[number])
        if biases is not None:
            torch.sum(self._gradients, 1, out=biases)


def dropped(x: Tensor, share: float, *, in_place: bool = True) -> tuple[Tensor, Tensor | None]:
    """x with a share of its numbers at 0, and what it was multiplied by; x itself and None where nothing is dropped."""
    if not share:
        return x, None
    mask = dropout_mask(x, share)
    return (x.mul_(mask) if in_place else x * mask), mask
