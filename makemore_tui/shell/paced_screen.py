"""The screen of a terminal behind a line that may be slow: written in parts, as the line takes them."""

from collections.abc import Iterable

from rich.console import Console

from makemore_tui.shell.backlog import Backlog, Piece
from makemore_tui.shell.flow import ASK, Flow
from makemore_tui.shell.screen_memory import ScreenMemory


class PacedScreen:
    """Takes pieces of the screen as a `ScreenMemory` does, and gives out what may be written now.

    What has to wait is overtaken by what comes later, and never written where that lies over it.
    """

    def __init__(self, memory: ScreenMemory, flow: Flow) -> None:
        self.memory, self.flow = memory, flow
        self._backlog = Backlog()

    @property
    def is_behind(self) -> bool:
        """Whether the terminal does not show yet what it is to show, or has not said so."""
        return bool(self._backlog) or self.flow.waits

    def forget(self) -> None:
        """Nothing is known of the terminal any more, and all is to be drawn anew."""
        self.memory.forget()
        self._backlog.clear()

    def fit(self, width: int, height: int) -> None:
        """The size of what is drawn next; of another size than before, nothing is known."""
        if not self.memory.fits(width, height):
            self._backlog.clear()
        self.memory.fit(width, height)

    def paint(self, pieces: Iterable[Piece], console: Console) -> str:
        """What is to be written now so that pieces of rows will stand on the terminal."""
        self._backlog.add(pieces)
        return self.next_part(console)

    def next_part(self, console: Console) -> str:
        """What is to be written now of all that waits."""
        limit = self.flow.limit
        if not limit or not self._backlog:
            return ""
        text = self.memory.paint(self._backlog.drain(), console, limit)
        if text and self.flow.sent(len(text.encode()), more=bool(self._backlog)):
            text += ASK
        return text
