"""Averages over groups of characters."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from makemore_core.metrics.scores import Floats, Ints


@dataclass(frozen=True)
class Group:
    """The values that share a key: how many they are, and their mean."""

    key: int
    count: int
    mean: float


def means_by(keys: Ints, values: Floats) -> Iterator[Group]:
    """The groups in the order of their keys: `keys`, 0 or above, and `values` are (N,) each."""
    counts = np.bincount(keys)
    sums = np.bincount(keys, weights=values)
    for key in np.flatnonzero(counts).tolist():
        yield Group(key, int(counts[key]), float(sums[key]) / int(counts[key]))
