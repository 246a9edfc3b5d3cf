"""The state of the selected run, for the first line."""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from textual.content import Content

MARKS = {
    "queued": ("◦", "$text-muted"),
    "starting": ("◌", "$text-muted"),
    "running": ("●", "$success"),
    "paused": ("‖", "$warning"),
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


def training_runs(home: Path) -> list[str]:
    """The names of the runs that train at this moment; touches files, so not for the app's loop."""
    from makemore_core.runs.listing import run_folders
    from makemore_core.runs.states import RunState
    from makemore_core.runs.status import read_status

    going = (RunState.STARTING, RunState.RUNNING)
    return [folder.name for folder in run_folders(home) if read_status(folder.database).state in going]


def training_words(runs: Collection[str], selected: str | None, *, at_runs: bool) -> Content:
    """How many runs train beside the selected one, and where they are seen; nothing where there are none."""
    others = len(set(runs) - {selected})
    if not others:
        return Content()
    more = " more" if selected is not None else ""
    words = f"{others}{more} run trains" if others == 1 else f"{others}{more} runs train"
    hint = "" if at_runs or selected is not None else ": 3 shows it" if others == 1 else ": 3 shows them"
    return Content.assemble((words, MARKS["running"][1]), hint)


def go_on_with_queue(home: Path) -> None:
    """Let runs that wait go on to be started, where the process that did so was killed; touches files and processes."""
    import sqlite3

    from makemore_core.errors import MakemoreError
    from makemore_core.queue.launch import ensure_queue

    with suppress(MakemoreError, OSError, sqlite3.Error):
        ensure_queue(home)
