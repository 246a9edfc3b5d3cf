"""What the shell and its panes know of each other."""

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.geometry import Size
from textual.reactive import reactive

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus
    from makemore_tui.messages import Moment


class Pane(Container):
    """One tab of the app.

    The shell mounts a pane at its first visit and sets `corpus` when the list has been read. A pane is told of the run
    that a person selected, on any pane, by `run_name`; None means no run yet. By `moment` it is told to which step of
    which run a person went back; None means the newest. A pane never reads a list or trains by itself; what it wants of
    the app it asks for by posting one of the messages in `makemore_tui.messages`.
    """

    TITLE: ClassVar[str]
    """The word on the tab."""

    HELP: ClassVar[str]
    """Markdown for the `?` panel: what the pane shows and how to read it. The keys are added from BINDINGS."""

    corpus: reactive["Corpus | None"] = reactive(None)
    run_name: reactive[str | None] = reactive(None)
    moment: reactive["Moment | None"] = reactive(None, repaint=False)

    def on_pane_shown(self) -> None:
        """Called by the shell each time the pane comes to the front: give the focus to where keys belong."""

    def on_runs_turned(self) -> None:
        """Called by the shell, of the pane at the front, when the selected run has come to another state, or when other
        runs train than before: what rested may go on, as another app or a command has it.
        """

    def foresee(self, size: Size) -> None:
        """Called by the shell before the terminal's new size is laid out, with the room that the pane at the front will
        have: a pane whose parts depend on each other's room arranges them now, and not one after the other.
        """
