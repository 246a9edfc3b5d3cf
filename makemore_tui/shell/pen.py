"""Writing cells to a terminal in as few bytes as they can be told in."""

from collections.abc import Sequence

from makemore_tui.shell.ink import PLAIN, Ink, change, change_for_blank, shows_on_blanks

Cell = tuple[str, Ink]
"""A character that takes one cell, and what it is drawn with. A blank's ink is that of `ink.for_blank`."""

SHORTEST_ERASED = 8
"""From how many blanks on they are erased together rather than written."""
LONGEST_REPEATED = 4
"""Bytes that are rather written again than jumped over."""


class Pen:
    """Collects what is to be written; it knows where the terminal's cursor stands, and with what it draws.

    Args:
        width: The columns of the terminal.
        erases: Whether the terminal can erase cells (ECH).
        erases_in_ground: Whether erased cells take the ground that is drawn with (`bce` in terminfo).
    """

    def __init__(self, width: int, *, erases: bool, erases_in_ground: bool) -> None:
        self.parts: list[str] = []
        self._width = width
        self._erases, self._erases_in_ground = erases, erases_in_ground
        self._ink = PLAIN
        self._at: tuple[int, int] | None = None
        self._size = self._counted = 0

    def write(self, y: int, x: int, cells: Sequence[Cell], changed: Sequence[int]) -> None:
        """Write those of the cells from (x, y) on that have changed: at least one, by their places in order."""
        start = stop = changed[0]
        for place in changed:
            if place > stop and not self._is_short(cells[stop:place]):
                self._write(y, x + start, cells[start:stop])
                start = place
            stop = place + 1
        self._write(y, x + start, cells[start:stop])

    def raw(self, y: int, x: int, text: str) -> None:
        """Write what was drawn elsewhere, from (x, y) on; it begins and ends with the ink of a reset."""
        self._plain()
        self._go(y, x)
        self.parts.append(text)
        self._at = None

    @property
    def size(self) -> int:
        """Bytes so far."""
        self._size += sum(len(part.encode()) for part in self.parts[self._counted :])
        self._counted = len(self.parts)
        return self._size

    def finish(self) -> str:
        """All of it, with the terminal left as after a reset."""
        self._plain()
        return "".join(self.parts)

    def _is_short(self, gap: Sequence[Cell]) -> bool:
        if len(gap) > LONGEST_REPEATED:
            return False
        text, inks = "".join(text for text, _ in gap), {ink for _, ink in gap}
        return len(inks) == 1 and len(text.encode()) <= LONGEST_REPEATED and all(text for text, _ in gap)

    def _write(self, y: int, x: int, cells: Sequence[Cell]) -> None:
        start = 0
        while start < len(cells):
            text, ink = cell = cells[start]
            stop = start + 1
            if text != " ":
                while stop < len(cells) and cells[stop][1] == ink and cells[stop][0] != " ":
                    stop += 1
                self._text(y, x + start, "".join(one for one, _ in cells[start:stop]), ink)
            else:
                while stop < len(cells) and cells[stop] == cell:
                    stop += 1
                self._blanks(y, x + start, stop - start, ink)
            start = stop

    def _text(self, y: int, x: int, text: str, ink: Ink) -> None:
        self._go(y, x)
        self.parts += [change(self._ink, ink), text]
        self._ink, self._at = ink, (y, x + len(text))

    def _blanks(self, y: int, x: int, count: int, ink: Ink) -> None:
        self._go(y, x)
        codes, self._ink = change_for_blank(self._ink, ink)
        self.parts.append(codes)
        if count < SHORTEST_ERASED or not self._can_erase(ink):
            self.parts.append(" " * count)
            self._at = y, x + count
        else:  # the cursor stays where it is
            self.parts.append("\x1b[K" if x + count == self._width else f"\x1b[{count}X")

    def _can_erase(self, ink: Ink) -> bool:
        return self._erases and (self._erases_in_ground or not ink.ground) and not shows_on_blanks(ink)

    def _go(self, y: int, x: int) -> None:
        if self._at == (y, x):
            return
        if self._at is not None and self._at[0] == y and self._at[1] < x:
            self.parts.append(f"\x1b[{x - self._at[1]}C")
        else:
            self.parts.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")
        self._at = y, x

    def _plain(self) -> None:
        self.parts.append(change(self._ink, PLAIN))
        self._ink = PLAIN
