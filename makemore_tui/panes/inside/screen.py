"""The screen of the look inside: the pane, and the line of keys."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.screen import ModalScreen

from makemore_tui.messages import Moment
from makemore_tui.panes.inside.pane import InsidePane
from makemore_tui.shell.key_bar import KeyBar

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus
    from makemore_tui.panes.sample.opening import Opened


class InsideScreen(ModalScreen[Moment | None]):
    """Covers the app; its result is the moment that one is at in the end."""

    AUTO_FOCUS = "InsidePane"
    DEFAULT_CSS = """
    InsideScreen { align: left top; background: $background; }
    InsideScreen InsidePane { height: 1fr; }
    """

    def __init__(
        self,
        opened: "Opened",
        text: str,
        *,
        home: Path,
        corpus: "Corpus | None" = None,
        moment: Moment | None = None,
    ) -> None:
        super().__init__()
        self.pane = InsidePane(opened, text, home=home)
        self.pane.set_reactive(InsidePane.corpus, corpus)
        self.pane.set_reactive(InsidePane.moment, moment)

    def compose(self) -> ComposeResult:
        """The pane above its keys."""
        yield self.pane
        yield KeyBar()
