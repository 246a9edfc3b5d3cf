"""Find the items of a list that hold a text."""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from makemore_core.corpus import Corpus


def search(corpus: Corpus, query: str, *, ignore_case: bool = True) -> Iterator[NDArray[np.int64]]:
    """The indices of the items that hold the query anywhere; upper and lower case are taken as the same.

    One ascending int64 array (often empty) for each block of the list, so that a caller can stop between two.
    """
    pattern = re.compile(re.escape(query), re.IGNORECASE if ignore_case else 0)
    for first, text in corpus.text_blocks():
        places = np.fromiter((match.start() for match in pattern.finditer(text)), np.int64) if query else _NONE
        # Within the block, item k starts where its sentinel stands in the stream.
        begins = corpus.starts[first:] - corpus.starts[first]
        yield first + np.unique(np.searchsorted(begins, places, side="right") - 1)


_NONE = np.empty(0, np.int64)
