"""From the bytes of a list to ids, in blocks.

Bytes are decoded block by block, cut at line feeds only (`str.splitlines` would also cut at U+2028, U+0085 and
others), and turned into numbers: whole blocks at a time, never line by line. Ids are given in the order in which
characters appear, and put into sorted order at the end.
"""

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from makemore_core.errors import ListError

BLOCK_BYTES = 1 << 20

_CODE_POINTS = 0x110000
# What str.strip removes.
_WHITE = np.zeros(_CODE_POINTS, bool)
_WHITE[[code for code in range(0x3001) if chr(code).isspace()]] = True


@dataclass(frozen=True, eq=False)
class ListParts:
    """What a list is made of; the arrays are those of Corpus."""

    characters: str
    tokens: NDArray[Any]
    starts: NDArray[np.int64]
    blank_lines: int
    sha256: str


def shown(name: str | Path) -> str:
    """A file's name on one line: as it is, or with escapes where it holds control characters."""
    text = str(name)
    return text if text.isprintable() else ascii(text)


def open_list(path: Path) -> BinaryIO:
    """Open a file or a named pipe for reading. ListError says why it cannot be read and what to do."""
    label = shown(path)
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise ListError(f"There is no file {label}: check the name and the folder.") from None
    except IsADirectoryError:
        raise ListError(f"{label} is a folder: name a text file with one item on each line.") from None
    except PermissionError:
        raise ListError(f"{label} cannot be read: you have no permission to. Change it with chmod.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ListError(f"{label} cannot be opened: {reason}.") from None


def read_stream(stream: BinaryIO, label: str, encoding: str = "utf-8", block_bytes: int = BLOCK_BYTES) -> ListParts:
    """Read a list to its end. `label` names it in errors.

    Raises ListError for an unknown encoding, bytes that do not decode, U+0000, and a list without items.
    """
    source = _TextSource(stream, label, encoding, block_bytes)
    blocks: list[NDArray[Any]] = []
    lengths: list[NDArray[np.int64]] = []
    ids = _FirstSeenIds()
    blank_lines = 0
    for text in source.lines():
        codes, item_lengths, blanks = _items(_code_points("\n" + text))
        blocks.append(ids.of(codes))
        lengths.append(item_lengths)
        blank_lines += blanks
    if source.bytes_read == 0:
        raise ListError(f"{label} is empty: it needs at least two items, one on each line.")
    if not any(len(block) for block in blocks):
        raise ListError(f"{label} holds only blank lines: it needs at least two items, one on each line.")
    characters, rank = ids.in_sorted_order()
    starts = np.concatenate([np.zeros(1, np.int64), *(part + 1 for part in lengths)])
    np.cumsum(starts, out=starts)
    tokens = np.zeros(int(starts[-1]) + 1, _smallest(len(characters) + 1))
    place = 0
    for number, block in enumerate(blocks):
        tokens[place : place + len(block)] = rank[block]
        place += len(block)
        blocks[number] = block[:0]  # frees the block before the next is copied
    return ListParts(characters, tokens, starts, blank_lines, source.sha256)


class _TextSource:
    """Decodes a stream block by block and counts lines, so that an error can say where it is."""

    def __init__(self, stream: BinaryIO, label: str, encoding: str, block_bytes: int) -> None:
        self._stream, self._label, self._encoding, self._block_bytes = stream, label, encoding, block_bytes
        self._decoder = _decoder(encoding)
        self._hash = hashlib.sha256()
        self._lines_before = 0
        self.bytes_read = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def lines(self) -> Iterator[str]:
        """Text in blocks of whole lines, without the line feed that ends each block."""
        pending: list[str] = []
        for text in self._texts():
            cut = text.rfind("\n")
            if cut < 0:
                pending.append(text)
                continue
            yield "".join([*pending, text[:cut]])
            pending = [text[cut + 1 :]]
        if rest := "".join(pending):
            yield rest

    def _texts(self) -> Iterator[str]:
        at_start = True
        while True:
            block = self._read()
            text = self._decode(block)
            if "\0" in text:
                line = self._lines_before + text.count("\n", 0, text.index("\0")) + 1
                raise ListError(
                    f"{self._label}, line {line}: holds U+0000, so it is not a text file with one item on each line "
                    "(if it is text in UTF-16, say --encoding utf-16)."
                )
            self._lines_before += text.count("\n")
            if at_start and text:
                at_start = False
                text = text.removeprefix("\ufeff")
            yield text
            if not block:
                return

    def _read(self) -> bytes:
        try:
            block = self._stream.read(self._block_bytes)
        except OSError as error:
            raise ListError(f"{self._label} cannot be read: {error.strerror or error}.") from None
        self._hash.update(block)
        self.bytes_read += len(block)
        return block

    def _decode(self, block: bytes) -> str:
        state = self._decoder.getstate()
        try:
            text = self._decoder.decode(block, final=not block)
            text.encode("utf-32-le")  # a few encodings can spell half of a surrogate pair, which is no character
            return text
        except UnicodeDecodeError as error:
            # The decoder may have kept the first bytes of a character from the block before.
            offset = self.bytes_read - len(error.object) + error.start
            before = max(len(block) - len(error.object) + error.start, 0)
            self._decoder.setstate(state)
            line = self._lines_before + self._decoder.decode(block[:before]).count("\n") + 1
            value = error.object[error.start]
            suggestion = _suggestion(self._encoding, error.object, offset)
            where = f"{self._label}, line {line}: the byte 0x{value:02X} at offset {offset} is not valid "
            where += _title(self._encoding)
            if suggestion != "utf-16" and _is_binary(block, self._encoding):
                raise ListError(
                    f"{where}, and others are there that no text has: this is not a text file with one item on each "
                    "line (if it is text in UTF-16, say --encoding utf-16)."
                ) from None
            raise ListError(
                f"{where}. If the list is in another encoding, name it, e.g. --encoding {suggestion}."
            ) from None
        except UnicodeError as error:
            raise ListError(
                f"{self._label}, line {self._lines_before + 1} or below: not valid {_title(self._encoding)} ({error}). "
                "If the list is in another encoding, name it with --encoding."
            ) from None


class _FirstSeenIds:
    """Gives ids to code points as they appear. Code point 0 marks the start of an item and is id 0."""

    def __init__(self) -> None:
        self._table = np.full(_CODE_POINTS, -1, np.int32)
        self._table[0] = 0
        self._seen = [0]

    def of(self, codes: NDArray[Any]) -> NDArray[Any]:
        """The ids of these code points, in the smallest dtype that holds those seen so far."""
        ids = self._table[codes]
        if (new := np.unique(codes[ids < 0])).size:
            self._table[new] = np.arange(len(self._seen), len(self._seen) + len(new))
            self._seen.extend(new.tolist())
            ids = self._table[codes]
        smallest: NDArray[Any] = ids.astype(_smallest(len(self._seen)))
        return smallest

    def in_sorted_order(self) -> tuple[str, NDArray[Any]]:
        """The characters seen, sorted, and the table from the ids given here to ids in that order."""
        seen = np.array(self._seen)
        rank = np.empty(len(seen), _smallest(len(seen)))
        rank[np.argsort(seen)] = np.arange(len(seen))
        return "".join(map(chr, sorted(self._seen)[1:])), rank


def _items(codes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64], int]:
    """Strip the lines of a block that begins with a line feed, and drop the blank ones.

    Returns the code points with a 0 before each item, the items' lengths, and the number of blank lines.
    """
    feeds = np.flatnonzero(codes == ord("\n"))
    ink = np.flatnonzero(~_WHITE[codes])
    low = np.searchsorted(ink, feeds)
    high = np.append(low[1:], len(ink))
    full = high > low
    first, last = ink[low[full]], ink[high[full] - 1]
    # What stands before an item's first character is white or a line feed: it becomes the sentinel.
    marked = codes.copy()
    marked[first - 1] = 0
    edges = np.zeros(len(codes) + 1, np.int8)
    edges[first - 1] += 1
    edges[last + 1] -= 1
    keep = np.cumsum(edges[:-1], dtype=np.int8).view(bool)
    return marked[keep], last - first + 1, int(len(full) - np.count_nonzero(full))


def _code_points(text: str) -> NDArray[Any]:
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8)
    return np.frombuffer(text.encode("utf-32-le"), "<u4")


def _smallest(ids: int) -> type[np.unsignedinteger[Any]]:
    """The smallest unsigned dtype that holds the ids 0 .. ids - 1."""
    return np.uint8 if ids <= 1 << 8 else np.uint16 if ids <= 1 << 16 else np.uint32


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    unknown = ListError(
        f"The encoding {encoding!a} is not known: say --encoding with a name such as utf-8, utf-16, latin-1 or cp1252."
    )
    try:
        b"\n".decode(encoding)
    except UnicodeError:
        pass  # a text encoding in which one byte is not a character
    except (LookupError, ValueError):
        raise unknown from None
    make = codecs.lookup(encoding).incrementaldecoder
    if make is None:
        raise unknown
    return make("strict")


def _title(encoding: str) -> str:
    return encoding.upper() if encoding.lower().startswith("utf") else encoding


_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\v\f\r\x1b"))
_MANY = 0.05
"""The share of controls that no text has; of bytes by chance, as in a file that is compressed, they are a tenth."""


def _is_binary(data: bytes, encoding: str) -> bool:
    """Whether bytes that cannot be decoded are no text in any other encoding of bytes either."""
    if codecs.lookup(encoding).name.startswith(("utf-16", "utf-32")):
        return False
    return b"\0" in data or len(data) - len(data.translate(None, _CONTROLS)) > _MANY * len(data)


def _suggestion(encoding: str, data: bytes, offset: int) -> str:
    """Another encoding to try: UTF-16 where the file starts with its mark, or one that takes any byte."""
    if offset == 0 and data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    return "latin-1" if codecs.lookup(encoding).name in ("utf-8", "utf-8-sig") else "utf-8"
