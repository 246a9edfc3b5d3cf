"""The screen of the panes, which hears of a new size before anything is laid out for it."""

from collections.abc import Callable

from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen


class MainScreen(Screen[None]):
    """Says which size is about to be laid out.

    What a pane changes then is part of that layout. What it changes when it is told of its own new room needs another
    one, and the old arrangement is seen in the new room until that is made.
    """

    def __init__(self, foresee: Callable[[Size], None]) -> None:
        super().__init__(id="_default")
        self._foresee = foresee

    def on_resize(self, event: Resize) -> None:
        """Textual's own handler, which lays everything out, comes after this one."""
        self._foresee(event.size)
