"""What is still to be written to the terminal, of which only the last state counts."""

from collections.abc import Iterable, Iterator

from textual.strip import Strip

Piece = tuple[int, int, Strip]
"""A row, a column, and what is to stand from there on."""


class Backlog:
    """Pieces of the screen that wait; those of a row never lie over each other.

    What was asked for last comes first: the answer to a key does not wait for the picture that it was pressed on.
    """

    def __init__(self) -> None:
        self._rows: dict[int, list[tuple[int, Strip]]] = {}
        self._turns: dict[int, int] = {}
        self._turn = 0

    def __bool__(self) -> bool:
        return bool(self._rows)

    def clear(self) -> None:
        """Nothing is to be written any more."""
        self._rows.clear()

    def add(self, pieces: Iterable[Piece]) -> None:
        """Pieces of one update, in place of what lies beneath them."""
        self._turn += 1
        for y, x, strip in pieces:
            waiting = self._rows.get(y, [])
            if (x, strip) in waiting:  # it keeps its turn
                continue
            left_over = [rest for old in waiting for rest in _around(old, x, x + strip.cell_length)]
            self._rows[y] = sorted([*left_over, (x, strip)], key=lambda piece: piece[0])
            self._turns[y] = self._turn

    def drain(self) -> Iterator[Piece]:
        """Take out piece after piece: the rows of the last update, from the top, then those of the one before."""
        while self._rows:
            y = min(self._rows, key=lambda row: (-self._turns[row], row))
            pieces = self._rows[y]
            x, strip = pieces.pop(0)
            if not pieces:
                del self._rows[y]
            yield y, x, strip


def _around(piece: tuple[int, Strip], start: int, stop: int) -> Iterator[tuple[int, Strip]]:
    """What a piece has to the left of some columns, and to the right of them."""
    x, strip = piece
    end = x + strip.cell_length
    if x < start:
        yield x, strip.crop(0, min(start, end) - x)
    if stop < end:
        yield max(stop, x), strip.crop(max(stop, x) - x)
