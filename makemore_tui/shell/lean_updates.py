"""Textual's updates of the screen, written as the differences from what stands there."""

import os
from collections.abc import Iterable, Iterator
from typing import Protocol

from rich.console import Console
from textual import _compositor
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from makemore_tui.shell.screen_memory import ScreenMemory


class Screen(Protocol):
    """What knows what stands on the terminal."""

    def fit(self, width: int, height: int) -> None:
        """The size of what is drawn next."""

    def paint(self, pieces: Iterable[tuple[int, int, Strip]], console: Console) -> str:
        """What is to be written for pieces of rows (y, x, strip)."""
        ...


class Written(CompositorUpdate):
    """An update of which is known already what has to be written."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render_segments(self, console: Console) -> str:
        """The text itself."""
        return self.text


def dirty_pieces(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """The dirty stretches of an update, as (y, x, strip).

    Textual 8.2 crops what it writes of a row at the right end of the dirty stretch, but not at the left.
    """
    for y, start, stop in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            left, right = max(x, start), min(end, stop)
            if strip is not None and left < right:
                yield y, left, strip.crop(left - x, right - x)


def all_pieces(update: LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    """All rows of an update of the whole screen, as (y, x, strip)."""
    for y, strips in enumerate(update.strips, update.region.y):
        yield y, update.region.x, Strip.join(strips)


def install(screen: Screen) -> None:
    """Have Textual write its updates this way, in the whole process. To be called once, before the app runs."""

    class LeanChopsUpdate(ChopsUpdate):
        def render_segments(self, console: Console) -> str:
            screen.fit(self.chop_ends[0][-1] if self.chop_ends else 0, len(self.chops))
            return screen.paint(dirty_pieces(self), console)

    class LeanLayoutUpdate(LayoutUpdate):
        def render_segments(self, console: Console) -> str:
            screen.fit(self.region.right, self.region.bottom)
            return screen.paint(all_pieces(self), console)

    _compositor.ChopsUpdate = LeanChopsUpdate  # type: ignore[misc]
    _compositor.LayoutUpdate = LeanLayoutUpdate  # type: ignore[misc]


def memory_of_terminal() -> ScreenMemory:
    """A memory for the terminal of this process, which knows from terminfo what can be erased there."""
    try:
        import curses
    except ImportError:  # as on Windows
        return ScreenMemory()
    try:
        curses.setupterm(os.environ.get("TERM") or "dumb", 1)
    except curses.error:  # a terminal that terminfo does not know
        return ScreenMemory()
    return ScreenMemory(erases=bool(curses.tigetstr("ech")), erases_in_ground=curses.tigetflag("bce") == 1)
