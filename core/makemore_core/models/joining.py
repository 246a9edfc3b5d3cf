"""The first layer of the MLPs: the vectors of a window side by side, times a matrix.

For many windows far less than that product is computed, and the sums are the same up to rounding:

- each character of the vocabulary is multiplied once for every place that it can stand at, which gives a table, and a
  window is the sum of one row for each of its places;
- most of a window lies before the start of its item. What the sums would be if everything did is added to all of them,
  and the tables hold what a character gives beyond that, so that these places need no row.

The gradient is written out. Sums of rows are bags both ways: of the tables' rows, a bag for each window, and of the
gradient's rows, a bag for each row of the tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

_Numbers = NDArray[np.int64]

_ROWS_FOR_TABLES = 6
"""So many times more windows than characters of the vocabulary, and tables are faster."""


def join(
    windows: Tensor, embedding: Tensor, weight: Tensor, bias: Tensor | None = None, *, blanks: bool = False
) -> Tensor:
    """The vectors of each window side by side, times a matrix: (N, context), (V, E) and (context * E, H) to (N, H).

    A bias (H,) is added. With `blanks` the embedding has a row more, for what stands before the sentinel that starts
    an item.
    """
    if not tables_pay(len(windows), embedding):
        if blanks:
            windows = with_blanks(windows, len(embedding) - 1)
        product = F.embedding(windows, embedding).flatten(1) @ weight
        return product if bias is None else product + bias
    entries = Entries.of(windows, len(embedding), blanks)
    sums: Tensor = _Join.apply(entries, embedding, weight, bias)  # type: ignore[no-untyped-call]
    return sums


def tables_pay(windows: int, embedding: Tensor) -> bool:
    """Whether tables are faster than the product of all the vectors, for so many windows."""
    return embedding.is_cpu and windows >= _ROWS_FOR_TABLES * len(embedding)


def with_blanks(windows: Tensor, blank: int) -> Tensor:
    """Put this id wherever another sentinel follows a sentinel: only the last of them starts the item."""
    followed = F.pad(windows[:, 1:] == 0, (0, 1))  # (N, context) bool, False in the last column
    return windows.masked_fill((windows == 0) & followed, blank)


class _Join(Function):
    @staticmethod
    def forward(ctx: Any, entries: "Entries", embedding: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.layer = Joining(entries, embedding, weight, bias)
        return ctx.layer.forward()  # type: ignore[no-any-return]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        *found, d_bias = ctx.layer.backward(gradient)
        return None, *found, d_bias if ctx.needs_input_grad[3] else None


@dataclass(frozen=True)
class Entries:
    """What stands in N windows, but for what lies before their items: M characters.

    Tables are those of the last K places: in the older ones nothing but `before` stands in any window.
    """

    before: int
    """The id of what lies before an item."""
    unused: int
    """Places without a table: context - K."""
    keys: Tensor
    """(M,): the row in the tables (K * V, H) of each, window by window."""
    starts: Tensor
    """(N,): where each window begins among them."""
    rows: Tensor
    """(M,): the window of each, by the row in the tables."""
    begins: Tensor
    """(K * V,): where each row of the tables begins among them."""

    @classmethod
    def of(cls, windows: Tensor, symbols: int, blanks: bool) -> "Entries":
        """Those of windows (N, context) int64; `symbols` is V, with a blank if there is one."""
        return cls.of_many(windows.numpy(), [len(windows)], symbols, blanks)[0]

    @classmethod
    def of_many(cls, windows: NDArray[Any], sizes: Sequence[int], symbols: int, blanks: bool) -> list["Entries"]:
        """Those of many batches, so many windows in each: one after the other in (sum of N, context)."""
        context, cells = windows.shape[1], windows.shape[1] * symbols
        is_item = windows != 0
        if blanks:  # the sentinel before a character starts the item; a blank has a sentinel behind it
            np.logical_or(is_item[:, :-1], is_item[:, 1:], out=is_item[:, :-1])
            is_item[:, -1] = True
        found = np.flatnonzero(is_item)
        window, place = np.divmod(found, context)
        keys = place * symbols + windows.ravel()[found]
        # Of each batch: what it has of all, the numbers of its windows and entries, and its rows of the tables.
        firsts = _begins(np.asarray(sizes, dtype=np.int64))
        starts = _begins(np.bincount(window, minlength=len(windows)))
        begins = np.append(starts, len(keys))[firsts]
        counts = np.diff(begins, append=len(keys))
        batch = np.repeat(np.arange(len(sizes)), counts)
        in_tables = np.bincount(batch * cells + keys, minlength=len(sizes) * cells).reshape(-1, cells)
        unused = (in_tables.cumsum(1) == 0).sum(1).clip(max=cells - 1) // symbols
        rows = _by_key(window - firsts[batch], keys if cells > 1 << 16 else keys.astype(np.uint16), begins.tolist())
        parts = zip(
            unused.tolist(),
            torch.split(torch.from_numpy(keys - unused[batch] * symbols), counts.tolist()),
            torch.split(torch.from_numpy(starts - np.repeat(begins, sizes)), list(sizes)),
            torch.split(torch.from_numpy(rows), counts.tolist()),
            torch.from_numpy(_begins(in_tables, axis=1)).unbind(),
            strict=True,
        )
        before = symbols - 1 if blanks else 0
        return [cls(before, n, key, start, row, begin[n * symbols :]) for n, key, start, row, begin in parts]


def _begins(counts: _Numbers, axis: int = 0) -> _Numbers:
    """Where each begins, of so many one after the other."""
    return np.cumsum(counts, axis) - counts


def _by_key(rows: _Numbers, keys: NDArray[Any], begins: list[int]) -> _Numbers:
    """The rows of each batch by their keys. Short keys are sorted in half the time."""
    ordered = np.empty_like(rows)
    for begin, end in pairwise([*begins, len(rows)]):
        ordered[begin:end] = rows[begin:end][np.argsort(keys[begin:end], kind="stable")]
    return ordered


class Joining:
    """The layer by tables, for one batch, which keeps what its gradient needs."""

    def __init__(self, entries: Entries, embedding: Tensor, weight: Tensor, bias: Tensor | None) -> None:
        self._entries, self._embedding, self._weight, self._bias = entries, embedding, weight, bias

    def forward(self) -> Tensor:
        """(N, H)."""
        entries, embedding = self._entries, self._embedding
        cube = self._weight.view(-1, embedding.shape[1], self._weight.shape[1])  # (context, E, H)
        self._older, self._used = cube[: entries.unused].sum(0), cube[entries.unused :]
        tables = torch.bmm(embedding.expand(len(self._used), -1, -1), self._used)  # (K, V, H)
        nothing = tables[:, entries.before].clone()  # what stands before an item gives this at each place
        everywhere = torch.addmv(nothing.sum(0), self._older.t(), embedding[entries.before])
        tables -= nothing[:, None]
        sums = F.embedding_bag(entries.keys, tables.flatten(0, 1), entries.starts, mode="sum")
        return sums.add_(everywhere if self._bias is None else everywhere.add_(self._bias))

    def backward(self, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The gradients of the embedding, of the weight and of a bias."""
        entries, embedding = self._entries, self._embedding
        (symbols, size), places = embedding.shape, len(self._used)
        d_tables = F.embedding_bag(entries.rows, gradient, entries.begins, mode="sum").view(places, symbols, -1)
        whole = gradient.sum(0)
        torch.sub(whole, d_tables.sum(1), out=d_tables[:, entries.before])
        d_weight = torch.empty_like(self._weight)
        d_cube = d_weight.view(-1, size, len(whole))
        torch.bmm(embedding.t().expand(places, -1, -1), d_tables, out=d_cube[entries.unused :])
        d_cube[: entries.unused] = torch.outer(embedding[entries.before], whole)
        d_embedding = torch.bmm(d_tables, self._used.mT).sum(0)
        d_embedding[entries.before].addmv_(self._older, whole)
        return d_embedding, d_weight, whole
