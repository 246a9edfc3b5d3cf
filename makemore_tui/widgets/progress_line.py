"""How far something is: words, a bar, and the share in percent."""

from makemore_tui.display import fit
from makemore_tui.widgets.bar_list import lying_bar
from makemore_tui.widgets.rows import Row, Rows, span

WORDS = 30


class ProgressLine(Rows):
    """Draws a share from 0 to 1."""

    DEFAULT_CSS = "ProgressLine { height: 1; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.words, self.share = "", 0.0

    def show(self, words: str, share: float) -> None:
        """Take how far it is."""
        self.words, self.share = words, share
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """One line."""
        words = min(WORDS, width // 2)
        room = max(width - words - 6, 0)
        bar = fit(lying_bar(self.share, room, ascii=self.look.ascii), room)
        return [
            [
                span(fit(self.words, words, ascii=self.look.ascii)),
                span(bar, self.inks.after),
                span(f" {self.share:4.0%}", self.inks.muted),
            ]
        ]
