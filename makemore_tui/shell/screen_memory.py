"""What stands on the terminal, cell by cell, so that only what has changed is written to it.

Textual writes a region that it draws anew as a whole: a dialog that opens, and one that closes, cost the bytes of the
whole screen. On a slow line these are seconds. Screens that are written by difference are as old as curses; its
answer to a terminal that shows something else (a message of the system, say) is ours too: a key that draws all anew.
"""

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import ne

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from makemore_tui.shell.ink import PLAIN, for_blank, ink_of
from makemore_tui.shell.pen import Cell, Pen

SURE = re.compile(
    "[\x20-\x7e\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u0370-\u0373\u0376\u0377\u037b-\u037f\u0384-\u038a\u038c"
    "\u038e-\u03a1\u03a3-\u0482\u048a-\u052f\u1e00-\u1eff\u2010-\u2027\u2030-\u203b\u203d-\u2048\u204a-\u205e\u2070"
    "\u2071\u2074-\u208e\u20a0-\u20bf\u2190-\u2193\u219a-\u21a8\u21ab-\u21ff\u2200-\u22ff\u23ce\u2400-\u2426"
    "\u2500-\u25a9\u25ac-\u25b5\u25b7-\u25bf\u25c1-\u25fa\u25ff\u2713\u2717\u2800-\u28ff]*"
)
"""Text of which every terminal takes each character to be one cell wide: letters and signs without any emoji.

What Unicode says can be an emoji (as ▶, ©, ↔) takes two cells on some terminals, even where it is not meant as one.
"""

MOST = 0.5
"""Of a strip more than this part of its cells is most of it."""
SOON = 400
"""Changed cells of an update whose shortest form is found soon enough, also on a fast line."""

UNKNOWN: Cell = ("", PLAIN)
"""A cell of which is not known what stands there; no cell that is drawn equals it."""


class ScreenMemory:
    """The cells of one terminal. `erases` and `erases_in_ground`: see `Pen`.

    Where `spares_bytes` is false, the strips of a large change are written whole if most of them has changed: that
    takes much less time.
    """

    def __init__(self, *, erases: bool = False, erases_in_ground: bool = False, spares_bytes: bool = True) -> None:
        self.erases, self.erases_in_ground, self.spares_bytes = erases, erases_in_ground, spares_bytes
        self._rows: list[list[Cell]] = []
        self._width = 0

    def forget(self) -> None:
        """Nothing is known any more: what is written next is written whole."""
        self._rows = []

    def fit(self, width: int, height: int) -> None:
        """The size of what is written next; of another size than before, nothing is known."""
        if (width, height) != (self._width, len(self._rows)):
            self._width = width
            self._rows = [[UNKNOWN] * width for _ in range(height)]

    def paint(self, pieces: Iterable[tuple[int, int, Strip]], console: Console, most: float = math.inf) -> str:
        """What has to be written so that pieces of rows (y, x, strip) stand on the terminal; they lie within it.

        No more pieces are taken once it is as long as `most` bytes.
        """
        pen = Pen(self._width, erases=self.erases, erases_in_ground=self.erases_in_ground)
        system = console._color_system or ColorSystem.TRUECOLOR
        found = 0
        for y, x, strip in pieces:
            cells = cells_of(strip, system)
            row = self._rows[y]
            if cells is None:  # the terminal may see it shorter or longer than we do, and shift what follows
                written = strip.render(console)
                place = slice(x, min(x + strip.cell_length, self._width))
                whole: list[Cell] = [(written, PLAIN)] * (place.stop - x)
                if row[place] != whole:
                    pen.raw(y, x, written)
                    row[:] = [UNKNOWN] * self._width
                    row[place] = whole
            elif (known := row[x : x + len(cells)]) != cells:
                many = sum(map(ne, known, cells))
                found += many
                if self.spares_bytes or found <= SOON or many <= MOST * len(cells):
                    pen.write(y, x, cells, _differences(known, cells))
                else:
                    pen.raw(y, x, strip.render(console))
                row[x : x + len(cells)] = cells
            if most < math.inf and pen.size >= most:
                break
        return pen.finish()


def _differences(known: Sequence[Cell], cells: Sequence[Cell]) -> list[int]:
    changed = [place for place, (old, new) in enumerate(zip(known, cells, strict=False)) if old != new]
    return changed + list(range(len(known), len(cells)))


def cells_of(segments: Iterable[Segment], system: ColorSystem) -> list[Cell] | None:
    """One cell a character; None where one may take another room, or where the text is a link."""
    cells: list[Cell] = []
    for text, style, control in segments:
        found = None if control else _cells(text, style, system)
        if found is None:
            return None
        cells += found
    return cells


@lru_cache(8192)
def _cells(text: str, style: Style | None, system: ColorSystem) -> tuple[Cell, ...] | None:
    if not SURE.fullmatch(text) or (style is not None and style.link):
        return None
    ink = PLAIN if style is None else ink_of(style, system)
    blank = (" ", for_blank(ink))
    return tuple(blank if character == " " else (character, ink) for character in text)
