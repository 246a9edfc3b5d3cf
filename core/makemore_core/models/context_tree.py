"""A number for each context that occurs in a list: the index behind the n-gram models.

A context of n characters can take V**n values, far too many for a table when n grows, but a list holds few of
them. So contexts are numbered as the nodes of a tree: the root is the empty context, its children are the last
character, their children the last two characters, and so on. A child is found by the key
`parent * V + character` in the sorted keys of its level, which fits in 64 bits at any depth, because a level has
no more nodes than the list has characters.
"""

import torch
from torch import Tensor

MISSING = -1
"""The number of a context that the list does not hold."""


def grow(lags: Tensor, vocab_size: int) -> tuple[list[Tensor], Tensor]:
    """Build the tree of the contexts of N predicted characters.

    `lags` is (N, L) int64: column m holds the character m + 1 places before the predicted one. Returns the sorted
    keys of each of the L levels, each (nodes of that level,) int64, and the deepest node of each row (N,) int64.
    """
    levels: list[Tensor] = []
    node = torch.zeros(len(lags), dtype=torch.int64)
    for lag in lags.unbind(1):
        keys, node = torch.unique(node * vocab_size + lag, return_inverse=True)
        levels.append(keys)
    return levels, node


def find(levels: list[Tensor], lags: Tensor, vocab_size: int) -> Tensor:
    """The deepest node of each context: (..., L) int64 lags to (...) int64 nodes, MISSING where there is none."""
    node = torch.zeros(lags.shape[:-1], dtype=torch.int64, device=lags.device)
    for keys, lag in zip(levels, lags.unbind(-1), strict=True):
        node = find_key(keys, torch.where(node == MISSING, MISSING, node * vocab_size + lag))
    return node


def find_key(keys: Tensor, key: Tensor) -> Tensor:
    """The place of each key (...) in the sorted `keys` (K,), MISSING where it does not occur."""
    place = torch.searchsorted(keys, key).clamp(max=max(len(keys) - 1, 0))
    return torch.where(keys[place] == key, place, MISSING) if len(keys) else torch.full_like(key, MISSING)
