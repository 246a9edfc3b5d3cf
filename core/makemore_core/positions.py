"""Views of a corpus for models: the characters to predict and those before them, and padded items. Without torch."""

import numpy as np
from numpy.typing import NDArray

from makemore_core.corpus import Corpus

Ids = NDArray[np.int64]
Indices = NDArray[np.int64]

PADDING = -1
"""The target at positions past the end of an item: it never counts in a loss."""


def predicted_positions(corpus: Corpus, context: int, indices: Indices | None = None) -> tuple[Ids, Ids]:
    """Every predicted character of the items, the end of each included, with the characters before it.

    Returns the targets (N,) and their contexts (N, context), both int64; column m of a context holds the
    character m + 1 places back, the sentinel where that lies before the start of the item.
    """
    items = np.arange(len(corpus)) if indices is None else indices
    place = corpus.positions(items) + 1  # of each target in the stream
    depth = place - np.repeat(corpus.starts[items], corpus.lengths[items] + 1)  # 1 for an item's first character
    lags = np.zeros((len(place), context), dtype=np.int64)
    for m in range(context):
        inside = depth > m + 1
        lags[inside, m] = corpus.tokens[place[inside] - m - 1]
    return corpus.tokens[place].astype(np.int64), lags


def padded_items(corpus: Corpus, indices: Indices, piece: int | None = None) -> tuple[Ids, Ids]:
    """Items as a batch as long as its longest: inputs and targets, both (B, T) int64.

    Inputs start with the sentinel; targets end with it. Past the end, inputs are 0 and targets PADDING. With a `piece`
    an item with more targets than that is in several rows, one after the other, of so many targets each but the last.
    """
    starts = corpus.starts[indices]
    lengths = corpus.starts[indices + 1] - starts
    if piece is not None and lengths.max(initial=0) > piece:
        pieces = -(-lengths // piece)
        number = np.arange(pieces.sum()) - np.repeat(pieces.cumsum() - pieces, pieces)  # of each in its item
        starts = np.repeat(starts, pieces) + number * piece
        lengths = np.minimum(np.repeat(lengths, pieces) - number * piece, piece)
    time = np.arange(lengths.max(initial=0))
    inside = time < lengths[:, None]
    place = np.where(inside, starts[:, None] + time, 0)
    inputs = np.where(inside, corpus.tokens[place], 0).astype(np.int64)
    # The stream is at least one longer than any place inside, so that place + 1 always exists.
    targets = np.where(inside, corpus.tokens[place + 1].astype(np.int64), PADDING)
    return inputs, targets
