"""Which stretches of a row differ from what was there, and rows that are repainted by such stretches."""

from collections.abc import Iterable
from itertools import zip_longest

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from makemore_tui.widgets.rows import Rows, strip_of

GAP = 8
"""Cells that may lie unchanged within a stretch: writing so many costs less than beginning another stretch."""

Stretch = tuple[int, int]
"""The first column, and the one after the last."""


def stretches(changed: Iterable[int]) -> list[Stretch]:
    """The columns that changed, ascending, as stretches; those that lie near each other are joined."""
    found: list[Stretch] = []
    for column in changed:
        if found and column - found[-1][1] <= GAP:
            found[-1] = (found[-1][0], column + 1)
        else:
            found.append((column, column + 1))
    return found


def cells_of(strip: Strip) -> list[tuple[str, Style | None]]:
    """What stands in each cell of a strip; the second cell of a wide character tells which one it belongs to."""
    cells: list[tuple[str, Style | None]] = []
    for text, style, _ in strip:
        for character in text:
            width = cell_len(character)
            if width == 0 and cells:
                cells[-1] = (cells[-1][0] + character, style)
            cells += [(character, style)] * (width > 0) + [(f"after {character}", style)] * (width - 1)
    return cells


class SpanRows(Rows):
    """Rows of which only the cells that changed are repainted."""

    def redraw(self) -> None:
        """Draw again what changed. Call it when the data did."""
        width, height = self.content_size
        if not self.is_attached or not width or not height:
            return
        fresh = [strip_of(row, width) for row in self.draw(width, height)[:height]]
        fresh += [Strip.blank(width)] * (height - len(fresh))
        stale, self._strips = self._strips, fresh
        if len(stale) != len(fresh) or any(strip.cell_length != width for strip in stale):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(stale, fresh, strict=True)):
            if old != new:
                pairs = zip_longest(cells_of(old), cells_of(new))
                changed = (column for column, (before, after) in enumerate(pairs) if before != after)
                self.refresh(*(Region(start, y, end - start, 1) for start, end in stretches(changed)))
