"""The state of the selected run, for the first line."""

from pathlib import Path

from textual.content import Content

MARKS = {
    "starting": ("◌", "$text-muted"),
    "running": ("●", "$success"),
    "paused": ("⏸", "$warning"),
    "finished": ("✓", "$success"),
    "stopped": ("■", "$text-muted"),
    "failed": ("✗", "$error"),
    "died": ("✗", "$error"),
    "unreadable": ("?", "$error"),
    "damaged": ("?", "$error"),
    "incomplete": ("?", "$warning"),
    "newer": ("?", "$warning"),
}
"""A mark and a colour for each state; the word always stands beside them."""


def state_words(name: str, state: str) -> Content:
    """A run's mark, state and name."""
    mark, colour = MARKS.get(state, ("?", "$text-muted"))
    return Content.assemble((f"{mark} {state}", colour), f" {name}")


def read_state(name: str, home: Path) -> Content:
    """The state of a run now, or that it cannot be found; touches files, so not for the app's loop."""
    from makemore_core.errors import MakemoreError
    from makemore_core.runs.folder import find_run
    from makemore_core.runs.status import read_status

    try:
        return state_words(name, read_status(find_run(name, home).database).state)
    except MakemoreError:
        return state_words(name, "unreadable")
