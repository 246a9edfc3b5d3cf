"""Items that contain a pair, found in a list of any size."""

from collections.abc import Callable

import numpy as np

from makemore_core.corpus import Corpus

_BLOCK = 1 << 18


def items_with_pair(
    corpus: Corpus, first: int, second: int, most: int, cancelled: Callable[[], bool] = lambda: False
) -> tuple[str, ...]:
    """The first `most` different items that contain these two ids next to each other, in the order of the list.

    The sentinel stands before the first and after the last character. Reads as much of the list as it takes; looks
    at `cancelled` after each block.
    """
    found: dict[str, None] = {}
    for start in range(0, len(corpus.tokens) - 1, _BLOCK):
        if cancelled():
            break
        tokens = corpus.tokens[start : start + _BLOCK + 1]
        places = start + np.flatnonzero((tokens[:-1] == first) & (tokens[1:] == second))
        for item in np.unique(np.searchsorted(corpus.starts, places, side="right") - 1).tolist():
            found[corpus.item(item)] = None
            if len(found) == most:
                return tuple(found)
    return tuple(found)
