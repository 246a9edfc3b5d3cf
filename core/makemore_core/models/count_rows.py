"""Rows of a large sparse table of counts, as the n-gram models need them.

The table is stored as the sorted keys `row * V + column` of the cells that are not 0, (K,) int64, and their values.
"""

import torch
from torch import Tensor

from makemore_core.models.context_tree import MISSING


def dense_rows(keys: Tensor, values: Tensor, rows: Tensor, vocab_size: int) -> Tensor:
    """The rows with these numbers: (M,) int64 to (M, V) of the type of `values`; zeros where MISSING."""
    first = torch.searchsorted(keys, rows * vocab_size)
    last = torch.searchsorted(keys, (rows + 1) * vocab_size)
    stored = torch.where(rows == MISSING, 0, last - first)  # (M,) cells of each row
    row = torch.repeat_interleave(stored)  # (sum of stored,) the row of each cell
    cell = first[row] + torch.arange(len(row), device=row.device) - (stored.cumsum(0) - stored)[row]
    table = values.new_zeros(len(rows), vocab_size)
    table[row, keys[cell] % vocab_size] = values[cell]
    return table
