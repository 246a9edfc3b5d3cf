"""The exponential moving average of a noisy series, without the bias of its start."""

import numpy as np
from numpy.typing import NDArray

_BLOCK_GROWTH = 1e12
"""How far the powers of the weight may grow within a block: float64 keeps four digits beyond it."""


def smooth(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """The debiased exponential moving average of `values` (n,), as (n,) float64.

    With the weight w of the past, point t is sum_i w**(t-i) x_i / sum_i w**(t-i) over the finite points i <= t:
    the first point is itself, and no start value pulls the curve. Values that are not finite stay NaN and do not
    count. `weight` lies in [0, 1).
    """
    if not 0.0 <= weight < 1.0:
        raise ValueError(f"the weight of the past must be at least 0 and below 1, not {weight}")
    finite = np.isfinite(values)
    result = np.full(values.shape, np.nan)
    if weight == 0.0:
        result[finite] = values[finite]
    elif finite.any():
        points = values[finite]
        result[finite] = _decayed_sums(points, weight) / _decayed_counts(points.size, weight)
    return result


def _decayed_counts(count: int, weight: float) -> NDArray[np.float64]:
    """sum_{i<=t} w**(t-i) for t = 0..count-1: a geometric series."""
    return np.asarray(-np.expm1(np.arange(1, count + 1) * np.log(weight)) / (1.0 - weight))


def _decayed_sums(points: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """s_t = w s_{t-1} + x_t for all t.

    The recurrence is taken block by block: within a block s is a cumulative sum of x_j w**-j, scaled back, plus what
    the block before it left.
    """
    length = max(1, min(points.size, int(np.log(_BLOCK_GROWTH) / -np.log(weight)), 1024))
    blocks = -(-points.size // length)
    padded = np.zeros(blocks * length)
    padded[: points.size] = points
    powers = weight ** np.arange(length)
    sums = np.cumsum(padded.reshape(blocks, length) / powers, axis=1) * powers
    carried = np.empty(blocks)
    carry = 0.0
    whole_block = weight * powers[-1]
    for block, last in enumerate(sums[:, -1].tolist()):
        carried[block] = carry
        carry = carry * whole_block + last
    sums += carried[:, None] * (weight * powers)
    return np.asarray(sums.reshape(-1)[: points.size])
