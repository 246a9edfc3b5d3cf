"""What the middle of the view of a run shows: its charts, or something in their place."""

from textual.containers import Vertical
from textual.reactive import var

CHARTS, GRID, INSIDE = "charts", "samples through time", "diagnostics"


class Showing(Vertical):
    """A view that shows one of several things at a time.

    Its parts are shown and hidden by themselves, and not by classes of the view: Textual would work out the styles of
    everything in it anew.
    """

    shown: var[str] = var(CHARTS, init=False)

    def watch_shown(self) -> None:
        """Show it, and offer its keys."""
        self.arrange_parts()
        self.refresh_bindings()

    def arrange_parts(self) -> None:
        """Show the parts that belong to it, and hide the others."""
        raise NotImplementedError
