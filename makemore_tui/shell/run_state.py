"""The state of the selected run, for the first line."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

if TYPE_CHECKING:
    from makemore_core.runs.view import RunReader

MARKS = {
    "starting": ("◌", "$text-muted"),
    "running": ("●", "$success"),
    "paused": ("⏸", "$warning"),
    "finished": ("✓", "$success"),
    "stopped": ("■", "$text-muted"),
    "failed": ("✗", "$error"),
    "died": ("✗", "$error"),
    "unreadable": ("?", "$error"),
}
"""A mark and a colour for each state; the word always stands beside them."""


def state_words(name: str, state: str) -> Content:
    """A run's mark, state and name."""
    mark, colour = MARKS.get(state, ("?", "$text-muted"))
    return Content.assemble((f"{mark} {state}", colour), f" {name}")


class RunStateReader:
    """Reads the state of one run, again and again; touches files, so not for the app's loop."""

    def __init__(self, name: str, home: Path) -> None:
        self.name = name
        self._home = home
        self._reader: RunReader | None = None

    def read(self) -> Content:
        """The state now, or that the run cannot be found."""
        from makemore_core.errors import MakemoreError

        try:
            if self._reader is None:
                from makemore_core.runs.folder import find_run
                from makemore_core.runs.view import RunReader

                self._reader = RunReader(find_run(self.name, self._home))
            return state_words(self.name, self._reader.poll().state)
        except MakemoreError:
            self._reader = None
            return state_words(self.name, "unreadable")
