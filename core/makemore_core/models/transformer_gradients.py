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
from makemore_core.models.gradient_memory import Gradients
from makemore_core.models.written import WrittenWhole

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


class TransformerNetwork(WrittenWhole):
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

    def backward_into(self, gradient: Tensor, gradients: Gradients) -> None:
        """(K, V)."""
        bins = self._row.bins
        d_table, d_places, *_ = gradients.parts
        d = self._norm.backward(torch.mm(gradient, self._head))
        if bins.asked is not None:
            d = d.new_zeros(self._count, d.shape[1]).index_copy_(0, bins.asked, d)
        d = self._blocks.backward(d, gradients, first=2)
        if self._mask is not None:
            d = d * self._mask
        d_table.zero_().index_add_(0, self._row.characters, d)
        d_places.zero_().index_add_(0, bins.times, d)
        is_tied = self._head is self._table
        if is_tied:
            d_table.addmm_(gradient.t(), self._normed)
        else:
            torch.mm(gradient.t(), self._normed, out=gradients.parts[-1])
        end, of_norm = len(gradients.parts) - (not is_tied), self._norm.found
        torch._foreach_copy_(gradients.parts[end - len(of_norm) : end], of_norm)
