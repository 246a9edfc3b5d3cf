"""A list, read: its items as one stream of ids.

An item is a line, ended by LF or CRLF and nothing else, stripped of white space at both ends; blank lines are dropped
and counted. Lengths count code points. `reading` turns bytes into a corpus; this module holds the result.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from makemore_core.errors import ListError
from makemore_core.reading import open_list, read_stream, shown
from makemore_core.repeats import ItemIndex
from makemore_core.vocabulary import Vocabulary

Tokens = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.uint32]

_TEXT_BLOCK = 1 << 20


@dataclass(frozen=True, eq=False)
class Corpus:
    """The items of a list.

    tokens: (N,) uint8, uint16 or uint32, the smallest that holds every id: one stream `0 c c c 0 c c 0` with a single
        sentinel between two items, so that the bigrams of the list are the adjacent pairs of the stream.
    starts: (items + 1,) int64: item i is `tokens[starts[i] + 1 : starts[i + 1]]`.
    """

    name: str
    """What a person calls the list: `names.txt`, `@dinosaurs`, `standard input`."""
    source: str
    """What opens it again: an absolute path, `@name` for a built-in list, `-` for standard input."""
    encoding: str
    sha256: str
    """Of the raw bytes, in hexadecimal."""
    vocabulary: Vocabulary
    tokens: Tokens
    starts: NDArray[np.int64]
    blank_lines: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """(items,) int64: the number of code points of each item."""
        return np.diff(self.starts) - 1

    def ids(self, index: int) -> Tokens:
        """The ids of an item's characters, without sentinels: a view into `tokens`."""
        if not 0 <= index < len(self):
            raise IndexError(f"item {index} of {len(self)}")
        return self.tokens[self.starts[index] + 1 : self.starts[index + 1]]

    def item(self, index: int) -> str:
        """The text of an item."""
        return self._text(self.ids(index))

    def items(self) -> Iterator[str]:
        """The texts of all items, in the order of the list."""
        for _, text in self.text_blocks():
            yield from text.split("\n")

    def text_blocks(self, characters: int = _TEXT_BLOCK) -> Iterator[tuple[int, str]]:
        """The list as text in blocks of about this many characters: the first item's index, and items joined by LF."""
        first, count = 0, len(self)
        while first < count:
            end = int(np.searchsorted(self.starts, self.starts[first] + characters, side="right")) - 1
            end = min(max(end, first + 1), count)
            yield first, self._text(self.tokens[self.starts[first] + 1 : self.starts[end]])
            first = end

    def positions(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the bigrams of these items stand: each p such that `tokens[p], tokens[p + 1]` is one of their pairs."""
        first, count = self.starts[indices], self.lengths[indices] + 1
        ends = np.cumsum(count)
        total = int(ends[-1]) if len(ends) else 0
        positions: NDArray[np.int64] = np.arange(total) + np.repeat(first - (ends - count), count)
        return positions

    def groups(self) -> NDArray[np.int64]:
        """(items,) int64: for each item the index of the first item with the same text."""
        return self._index.groups

    def index_of(self, text: str) -> int | None:
        """The index of the first item with this text, or None where the list does not hold it."""
        ids = self._ids_of(text)
        return None if ids is None else self._index.first(ids)

    def indices_of(self, text: str) -> NDArray[np.int64]:
        """The indices of all items with this text, ascending."""
        ids = self._ids_of(text)
        return np.empty(0, np.int64) if ids is None else self._index.find(ids)

    def _ids_of(self, text: str) -> NDArray[Any] | None:
        """The ids of a text that could be an item, None for any other."""
        if not text or text not in self.vocabulary:
            return None
        return np.array(self.vocabulary.encode(text), self.tokens.dtype)

    @cached_property
    def _index(self) -> ItemIndex:
        return ItemIndex(self.tokens, self.starts)

    @cached_property
    def _code_points(self) -> NDArray[np.uint32]:
        # No item holds a line feed, so that it can stand for the sentinel.
        return np.frombuffer(("\n" + self.vocabulary.characters).encode("utf-32-le"), "<u4")

    def _text(self, tokens: Tokens) -> str:
        return self._code_points[tokens].tobytes().decode("utf-32-le")


def read_corpus(source: str | Path, *, encoding: str = "utf-8", stdin: BinaryIO | None = None) -> Corpus:
    """Read a list: a path, `-` for standard input, or `@name` for a built-in list.

    Raises ListError where it cannot be opened or decoded, or where it holds too little to learn from.
    """
    if source == "-":
        return _corpus(stdin or sys.stdin.buffer, "standard input", "-", encoding)
    if isinstance(source, str) and source.startswith("@"):
        from makemore_data import ListNotFound, find_list

        try:
            data = find_list(source).path.read_bytes()
        except ListNotFound as error:
            raise ListError(str(error)) from None
        except OSError as error:
            raise ListError(f"The list {shown(source)} cannot be read: {error.strerror}.") from None
        return _corpus(BytesIO(data), source, source, "utf-8")
    path = Path(source)
    with open_list(path) as stream:
        return _corpus(stream, path.name, str(path.absolute()), encoding, path)


def corpus_from_bytes(data: bytes, *, name: str, source: str, encoding: str = "utf-8") -> Corpus:
    """The corpus of the raw bytes of a list. Raises ListError, as `read_corpus` does."""
    return _corpus(BytesIO(data), name, source, encoding)


def _corpus(stream: BinaryIO, name: str, source: str, encoding: str, path: Path | None = None) -> Corpus:
    label = shown(path if path is not None else name)
    parts = read_stream(stream, label, encoding)
    if len(parts.starts) == 2:
        raise ListError(f"{label} holds a single item: a model needs at least two, one on each line.")
    if len(parts.characters) == 1:
        character = ascii(parts.characters)
        raise ListError(
            f"{label} holds a single distinct character, {character}: a model needs at least two different ones."
        )
    vocabulary = Vocabulary(parts.characters)
    return Corpus(name, source, encoding, parts.sha256, vocabulary, parts.tokens, parts.starts, parts.blank_lines)
