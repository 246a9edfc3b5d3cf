"""The first layer of the MLPs: the vectors of a window side by side, times a matrix.

For many windows far less than that product is computed, and the sums are the same up to rounding:

- each character of the vocabulary is multiplied once for every place that it can stand at, which gives a table, and a
  window is the sum of one row for each of its places;
- most of a window lies before the start of its item. What the sums would be if everything did is added to all of them,
  and the tables hold what a character gives beyond that, so that these places need no row.

The gradient is written out. torch would add up the rows of a table's gradient one at a time; here the windows of each
character at each place are put side by side, by a sort of small numbers, and each row is one sum, as in the way there.
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


def join(windows: Tensor, embedding: Tensor, weight: Tensor, before: int = 0) -> Tensor:
    """The vectors of each window side by side, times a matrix: (N, context), (V, E) and (context * E, H) to (N, H).

    `before` is the id of what stands before the start of an item; it may stand elsewhere, too.
    """
    if not windows.is_cpu or len(windows) < _ROWS_FOR_TABLES * len(embedding):
        return F.embedding(windows, embedding).flatten(1) @ weight
    sums: Tensor = _Join.apply(windows, embedding, weight, before)  # type: ignore[no-untyped-call]
    return sums


class _Join(Function):
    """Tables (K, V, H) for the last K places: in the older ones nothing but `before` stands in any window."""

    @staticmethod
    def forward(ctx: Any, windows: Tensor, embedding: Tensor, weight: Tensor, before: int) -> Tensor:
        (rows, context), (symbols, size) = windows.shape, embedding.shape
        row, place, symbol = _entries(windows, before)  # (M,) each
        unused = int(place.min(initial=context - 1))  # places where nothing stands in any window
        key = (place - unused) * symbols + symbol  # rows of the tables, flat
        cube = weight.view(context, size, -1)
        tables = embedding.expand(context - unused, -1, -1) @ cube[unused:]
        nothing = tables[:, before].clone()  # what stands before an item gives this at each place
        everywhere = nothing.sum(0) + embedding[before] @ cube[:unused].sum(0)
        tables -= nothing[:, None]
        ctx.save_for_backward(embedding, weight)
        ctx.entries = row, key, before, unused
        return _sums(tables.flatten(0, 1), key, row, rows) + everywhere

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        embedding, weight = ctx.saved_tensors
        row, key, before, unused = ctx.entries
        symbols, size = embedding.shape
        cube = weight.view(-1, size, weight.shape[1])
        places = len(cube) - unused
        order = _order(key, places * symbols)
        d_tables = _sums(gradient, row[order], key[order], places * symbols).view(places, symbols, -1)
        whole = gradient.sum(0)
        d_tables[:, before] = whole - d_tables.sum(1)
        d_cube = torch.empty_like(cube)
        torch.bmm(embedding.t().expand(places, -1, -1), d_tables, out=d_cube[unused:])
        d_cube[:unused] = torch.outer(embedding[before], whole)
        d_embedding = torch.bmm(d_tables, cube[unused:].transpose(1, 2)).sum(0)
        d_embedding[before] += cube[:unused].sum(0) @ whole
        return None, d_embedding, d_cube.flatten(0, 1), None


_Numbers = NDArray[np.int64]


def _entries(windows: Tensor, before: int) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Row, place and id of everything in the windows that is not `before`, row by row: (M,) each."""
    ids = windows.numpy().ravel()
    found = np.flatnonzero(ids != before)
    row, place = np.divmod(found, windows.shape[1])
    return row, place, ids[found]


def _order(key: _Numbers, most: int) -> _Numbers:
    """What sorts these numbers below `most`. numpy sorts 16 bits by counting, which is many times faster."""
    return np.argsort(key.astype(np.uint16) if most <= 1 << 16 else key, kind="stable")


def _sums(rows: Tensor, number: _Numbers, group: _Numbers, groups: int) -> Tensor:
    """The sum of these rows (M,) for each group, whose numbers (M,) ascend: (R, H) to (groups, H)."""
    sizes = np.bincount(group, minlength=groups)
    return F.embedding_bag(torch.from_numpy(number), rows, torch.from_numpy(np.cumsum(sizes) - sizes), mode="sum")
