"""The screen of a terminal behind a line that may be slow: written in parts, as the line takes them."""

from collections.abc import Iterable

from rich.console import Console

from makemore_tui.shell.backlog import Backlog, Piece
from makemore_tui.shell.flow import Flow
from makemore_tui.shell.screen_memory import ScreenMemory


class PacedScreen:
    """Takes pieces of the screen as a `ScreenMemory` does, and gives out what may be written now.

    What has to wait is overtaken by what comes later, and never written where that lies over it.
    """

    def __init__(self, memory: ScreenMemory, flow: Flow) -> None:
        self.memory, self.flow = memory, flow
        self.is_held = False
        """Whether nothing is to be written, and nothing asked, though all goes on being taken."""
        self._backlog = Backlog()
        self._size = (0, 0)

    @property
    def is_behind(self) -> bool:
        """Whether something waits."""
        return bool(self._backlog)

    def forget(self) -> None:
        """Nothing is known of the terminal any more. What waits goes on waiting."""
        self.memory.forget()

    def fit(self, width: int, height: int) -> None:
        """The size of what is drawn next; what waits of a picture of another size is given up."""
        if (width, height) != self._size:
            self._size = (width, height)
            self._backlog.clear()
        self.memory.fit(width, height)

    def paint(self, pieces: Iterable[Piece], console: Console) -> str:
        """What is to be written now so that pieces of rows will stand on the terminal."""
        self._backlog.add(pieces)
        return self.next_part(console)

    def next_part(self, console: Console) -> str:
        """What is to be written now of all that waits."""
        if self.is_held:
            return ""
        if self.flow.must_ask:
            return self.flow.ask()
        limit = self.flow.limit
        if not limit or not self._backlog:
            return ""
        text = self.memory.paint(self._backlog.drain(), console, limit)
        if text and self.flow.sent(len(text.encode()), more=self.is_behind):
            text += self.flow.ask()
        return text
