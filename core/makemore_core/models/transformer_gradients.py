"""The Transformer for training on a processor, with its gradient written out.

`models/transformer.py` has the network to read; this computes the same, on the characters of all items in one row
(`bins`). The blocks are in `block_gradients`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from makemore_core.models.bins import Bins, Ways, mask
from makemore_core.models.block_gradients import Blocks, Layout, Norm, Parameters, Sizes, borrow, dropped
from makemore_core.models.written import Written

if TYPE_CHECKING:
    from makemore_core.models.transformer import Transformer


@dataclass(frozen=True)
class Row:
    """The characters of a batch (B, T), one item after the other."""

    characters: Tensor
    """(P,) int64."""
    bins: Bins
    seen: Tensor
    """(H * C,) int64: what each cell sees, for each head."""
    three: Ways
    one: Ways

    @classmethod
    def of(cls, ids: Tensor, places: Tensor, heads: int) -> "Row":
        """All that predictions at these places (K,) can depend on."""
        bins = Bins.up_to(places, ids.shape[1])
        return cls(ids.take(bins.places), bins, bins.seen(heads), *bins.ways(3 * heads, heads))

    def layout(self, dtype: torch.dtype) -> Layout:
        """What attention goes by."""
        bins = self.bins
        return Layout(bins.count, mask(self.seen, bins.length, bins.time, dtype), self.three, self.one)


class TransformerNetwork(Written):
    """The network on a row, with dropout of this share."""

    def __init__(self, model: "Transformer", row: Row, share: float) -> None:
        settings = model.settings
        self._row, self._share = row, share
        self._table, self._places = model.embedding.weight, model.places.weight
        # Asking a module for a parameter by its name takes several times as long, and there are dozens.
        of_each = [layer._parameters for layer in model.block_layers]
        self._layers: list[Parameters] = [(each["weight"], each["bias"]) for each in of_each]  # type: ignore[misc]
        self._last, self._norm = (model.norm.weight, model.norm.bias), Norm()
        self._head = self._table if settings.tied else model.head.weight
        of_layers = [parameter for layer in (*self._layers, self._last) for parameter in layer if parameter is not None]
        self.parameters = [self._table, self._places, *of_layers, *([] if settings.tied else [self._head])]
        sizes = Sizes(
            settings.layers,
            settings.embedding,
            settings.heads,
            len(row.characters),
            row.bins.number,
            row.bins.length,
        )
        self._loan = borrow(sizes, self._table.dtype)
        self._blocks = self._loan.desk.made(sizes, lambda memory: Blocks(memory, sizes, self._table.dtype))

    def forward(self) -> Tensor:
        """(K, V)."""
        row = self._row
        x = self._table.index_select(0, row.characters).add_(self._places.index_select(0, row.bins.times))  # (P, E)
        x, self._mask = dropped(x, self._share)
        x = self._blocks.forward(x, row.layout(x.dtype), self._share, self._layers)  # (N, E)
        self._count = len(x)
        self._normed = self._norm.forward(
            x if row.bins.asked is None else x.index_select(0, row.bins.asked), *self._last
        )
        return torch.mm(self._normed, self._head.t())

    def backward(self, gradient: Tensor) -> list[Tensor]:
        """(K, V)."""
        row = self._row
        d_head = torch.mm(gradient.t(), self._normed)
        d, *d_last = self._norm.backward(torch.mm(gradient, self._head))
        if row.bins.asked is not None:
            d = d.new_zeros(self._count, d.shape[1]).index_copy_(0, row.bins.asked, d)
        d, of_blocks = self._blocks.backward(d)
        if self._mask is not None:
            d = d * self._mask
        d_table, d_places = _gathered(self._table, row.characters, d), _gathered(self._places, row.bins.times, d)
        found = [gradient for gradient in (*of_blocks, *d_last) if gradient is not None]  # a bias that is not has none
        if self._head is self._table:
            return [d_table.add_(d_head), d_places, *found]
        return [d_table, d_places, *found, d_head]


def _gathered(table: Tensor, rows: Tensor, gradient: Tensor) -> Tensor:
    """The gradient of a table from those of its rows that were read, (P,) and (P, E)."""
    return torch.zeros_like(table).index_add_(0, rows, gradient)
