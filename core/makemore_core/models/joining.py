"""The first layer of the MLPs: the vectors of a window side by side, times a matrix.

For many windows far less than that product is computed, and the sums are the same up to rounding:

- each character of the vocabulary is multiplied once for every place that it can stand at, which gives a table, and a
  window is the sum of one row for each of its places;
- most of a window lies before the start of its item. What the sums would be if everything did is added to all of them,
  and the tables hold what a character gives beyond that, so that these places need no row.

The gradient is written out.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

_ROWS_FOR_TABLES = 6
"""So many times more windows than characters of the vocabulary, and tables are faster."""


def join(
    windows: Tensor, embedding: Tensor, weight: Tensor, bias: Tensor | None = None, *, blanks: bool = False
) -> Tensor:
    """The vectors of each window side by side, times a matrix: (N, context), (V, E) and (context * E, H) to (N, H).

    A bias (H,) is added. With `blanks` the embedding has a row more, for what stands before the sentinel that starts
    an item.
    """
    if not windows.is_cpu or len(windows) < _ROWS_FOR_TABLES * len(embedding):
        if blanks:
            windows = with_blanks(windows, len(embedding) - 1)
        product = F.embedding(windows, embedding).flatten(1) @ weight
        return product if bias is None else product + bias
    sums: Tensor = _Join.apply(windows, embedding, weight, bias, blanks)  # type: ignore[no-untyped-call]
    return sums


def with_blanks(windows: Tensor, blank: int) -> Tensor:
    """Put this id wherever another sentinel follows a sentinel: only the last of them starts the item."""
    followed = F.pad(windows[:, 1:] == 0, (0, 1))  # (N, context) bool, False in the last column
    return windows.masked_fill((windows == 0) & followed, blank)


class _Join(Function):
    """Tables (K, V, H) for the last K places: in the older ones nothing but `before` stands in any window."""

    @staticmethod
    def forward(
        ctx: Any, windows: Tensor, embedding: Tensor, weight: Tensor, bias: Tensor | None, blanks: bool
    ) -> Tensor:
        (rows, context), (symbols, size) = windows.shape, embedding.shape
        before = symbols - 1 if blanks else 0
        row, place, symbol = _entries(windows.numpy(), blanks)  # (M,) each
        unused = int(place.min(initial=context - 1))  # places where nothing stands in any window
        key = torch.from_numpy((place - unused) * symbols + symbol)  # rows of the tables, flat
        cube = weight.view(context, size, -1)
        older = cube[:unused].sum(0)  # (E, H)
        tables = embedding.expand(context - unused, -1, -1) @ cube[unused:]
        nothing = tables[:, before].clone()  # what stands before an item gives this at each place
        everywhere = nothing.sum(0) + embedding[before] @ older
        if bias is not None:
            everywhere += bias
        tables -= nothing[:, None]
        counts = np.bincount(row, minlength=rows)
        starts = torch.from_numpy(np.cumsum(counts) - counts)
        ctx.save_for_backward(embedding, weight, older, key, torch.from_numpy(row))
        ctx.places = before, unused
        ctx.has_bias = bias is not None
        return F.embedding_bag(key, tables.flatten(0, 1), starts, mode="sum") + everywhere

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        embedding, weight, older, key, row = ctx.saved_tensors
        before, unused = ctx.places
        symbols, size = embedding.shape
        cube = weight.view(-1, size, weight.shape[1])
        places = len(cube) - unused
        d_tables = gradient.new_zeros(places * symbols, weight.shape[1])
        d_tables = d_tables.index_add_(0, key, gradient.index_select(0, row)).view(places, symbols, -1)
        whole = gradient.sum(0)
        d_tables[:, before] = whole - d_tables.sum(1)
        d_cube = torch.empty_like(cube)
        torch.bmm(embedding.t().expand(places, -1, -1), d_tables, out=d_cube[unused:])
        d_cube[:unused] = torch.outer(embedding[before], whole)
        d_embedding = torch.bmm(d_tables, cube[unused:].transpose(1, 2)).sum(0)
        d_embedding[before] += older @ whole
        return None, d_embedding, d_cube.flatten(0, 1), whole if ctx.has_bias else None, None


_Ids = NDArray[np.int64]


def _entries(windows: _Ids, blanks: bool) -> tuple[_Ids, _Ids, _Ids]:
    """Row, place and id of everything in the windows but what stands before an item, row by row: (M,) each."""
    is_item = windows != 0
    if blanks:  # the sentinel before a character starts the item; a blank has a sentinel behind it
        is_item[:, :-1] |= is_item[:, 1:].copy()
        is_item[:, -1] = True
    found = np.flatnonzero(is_item)
    row, place = np.divmod(found, windows.shape[1])
    return row, place, windows.ravel()[found]
