"""The Transformer for training on a processor, with its gradient written out.

`models/transformer.py` has the network to read; this computes the same, on the characters of all items in one row
(`strips`). The blocks are in `block_gradients`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from makemore_core.models.block_gradients import Blocks, Norm, Parameters, Sizes, borrow, dropped
from makemore_core.models.strips import Strips
from makemore_core.models.written import Written

if TYPE_CHECKING:
    from makemore_core.models.transformer import Transformer


@dataclass(frozen=True)
class Row:
    """The characters of a batch (B, T), one item after the other."""

    characters: Tensor
    """(P,) int64."""
    strips: Strips
    asked: Tensor | None
    """(K,) int64: of which of them the logits are asked for; None: of all N that are no filling."""

    @classmethod
    def of(cls, ids: Tensor, places: Tensor, heads: int) -> "Row":
        """All that predictions at these places (K,) can depend on."""
        batch, time = ids.shape
        strips = Strips.up_to(places, batch, time, heads)
        return cls(ids.take(strips.places), strips, strips.find(places))


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
            len(row.characters) // row.strips.length,
            row.strips.length,
        )
        self._loan = borrow(sizes, self._table.dtype)
        self._blocks = self._loan.desk.made(sizes, lambda memory: Blocks(memory, sizes, self._table.dtype))

    def forward(self) -> Tensor:
        """(K, V)."""
        row = self._row
        x = self._table.index_select(0, row.characters).add_(self._places.index_select(0, row.strips.times))  # (P, E)
        x, self._mask = dropped(x, self._share)
        x = self._blocks.forward(x, row.strips, self._share, self._layers)  # (N, E)
        self._count = len(x)
        self._normed = self._norm.forward(x if row.asked is None else x.index_select(0, row.asked), *self._last)
        return torch.mm(self._normed, self._head.t())

    def backward(self, gradient: Tensor) -> list[Tensor]:
        """(K, V)."""
        row = self._row
        d_head = torch.mm(gradient.t(), self._normed)
        d, *d_last = self._norm.backward(torch.mm(gradient, self._head))
        if row.asked is not None:
            d = d.new_zeros(self._count, d.shape[1]).index_copy_(0, row.asked, d)
        d, of_blocks = self._blocks.backward(d)
        if self._mask is not None:
            d = d * self._mask
        d_table, d_places = _gathered(self._table, row.characters, d), _gathered(self._places, row.strips.times, d)
        found = [gradient for gradient in (*of_blocks, *d_last) if gradient is not None]  # a bias that is not has none
        if self._head is self._table:
            return [d_table.add_(d_head), d_places, *found]
        return [d_table, d_places, *found, d_head]


def _gathered(table: Tensor, rows: Tensor, gradient: Tensor) -> Tensor:
    """The gradient of a table from those of its rows that were read, (P,) and (P, E)."""
    return torch.zeros_like(table).index_add_(0, rows, gradient)
