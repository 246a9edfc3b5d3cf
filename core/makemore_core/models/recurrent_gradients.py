"""Recurrent networks for training on a processor, with their gradients written out.

`models/recurrent.py` has the network to read; this computes the same, with what lies before, between and behind its
recurrences (`models/scans.py`). A step of a small network is some dozens of short operations, and what torch notes of
each for the gradient took a fifth of the time.

N characters by time, as in `scans`; V characters in the vocabulary, E numbers for each, G for the gates of a cell.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from makemore_core.models.dropout import dropout_mask
from makemore_core.models.scans import Scan
from makemore_core.models.written import Written

if TYPE_CHECKING:
    from makemore_core.models.recurrent import Cell


class RecurrentNetwork(Written):
    """The network on characters (N,) int64 by time, so many of each time.

    The states before the first character (layers, H), the vectors of the characters (V, E), and dropout of this share
    of what each layer and the head read.
    """

    def __init__(
        self,
        ids: Tensor,
        sizes: list[int],
        share: float,
        start: Tensor,
        embedding: Tensor,
        cells: Sequence["Cell"],
        head: nn.Linear,
    ) -> None:
        self._start, self._embedding = start, embedding
        self._layers: list[tuple[_Linear | _Reading, Scan]] = []
        self.parameters = [start, embedding]
        for cell in cells:
            linear, scan = _Linear(cell.project, share), cell.scan(sizes)
            reading = linear if self._layers else _Reading(linear, ids, len(embedding), share)
            self._layers.append((reading, scan))
            self.parameters += (*linear.parameters, *scan.parameters)
        self._head = _Linear(head, share)
        self.parameters += self._head.parameters

    def forward(self) -> Tensor:
        """(N, V)."""
        x = self._embedding
        for (reading, scan), start in zip(self._layers, self._start, strict=True):
            x = scan.forward(reading.forward(x), start.expand(scan.sizes[0], -1))  # (N, H)
        return self._head.forward(x)

    def backward(self, gradient: Tensor) -> list[Tensor]:
        """(N, V)."""
        d, *found = self._head.backward(gradient)
        d_starts = []
        for reading, scan in reversed(self._layers):
            d, d_start, *of_scan = scan.backward(d)
            d_starts.append(d_start.sum(0))
            d, *of_linear = reading.backward(d)
            found = [*of_linear, *of_scan, *found]
        return [torch.stack(d_starts[::-1]), d, *found]


class _Linear:
    """x W + b of what dropout leaves of x, which keeps what its gradient needs. Weight (outputs, inputs)."""

    def __init__(self, layer: nn.Linear, share: float) -> None:
        self._weight, bias = self.parameters = layer.weight, layer.bias
        self._bias, self._share = bias, share

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs) to (N, outputs)."""
        self._mask = dropout_mask(x, self._share) if self._share else None
        self._x = x if self._mask is None else x * self._mask
        return torch.addmm(self._bias, self._x, self._weight.t())

    def backward(self, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The gradients of x, of the weight and of the bias."""
        d = torch.mm(gradient, self._weight)
        if self._mask is not None:
            d.mul_(self._mask)
        return d, torch.mm(gradient.t(), self._x), gradient.sum(0)


class _Reading:
    """A linear layer of the vectors of characters (N,) int64.

    Where there are more of them than in the vocabulary, and dropout does not treat each by itself, what the vocabulary
    gives is computed and looked up.
    """

    def __init__(self, linear: _Linear, ids: Tensor, symbols: int, share: float) -> None:
        self._linear, self._ids, self._symbols = linear, ids, symbols
        self._by_table = len(ids) > symbols and not share

    def forward(self, embedding: Tensor) -> Tensor:
        """(V, E) to (N, G)."""
        if self._by_table:
            return self._linear.forward(embedding).index_select(0, self._ids)
        return self._linear.forward(embedding.index_select(0, self._ids))

    def backward(self, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The gradients of the embedding, of the weight and of the bias."""
        if self._by_table:
            return self._linear.backward(self._gathered(gradient))
        d, d_weight, d_bias = self._linear.backward(gradient)
        return self._gathered(d), d_weight, d_bias

    def _gathered(self, rows: Tensor) -> Tensor:
        """The sum of the rows (N, any) of each character: (V, any)."""
        return rows.new_zeros(self._symbols, rows.shape[1]).index_add_(0, self._ids, rows)
