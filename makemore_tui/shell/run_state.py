"""The state of the selected run, for the first line."""

from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from makemore_tui.shell.top_bar import Part

if TYPE_CHECKING:
    from makemore_core.runs.changes import Remembered
    from makemore_core.runs.states import RunState

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
    "gone": ("?", "$error"),
}
"""A mark and a colour for each state; the word stands beside them where there is room."""
LEAST_OF_NAME = 10
"""Cells of the mark and name of a run that are kept where there is no room for all."""


@lru_cache(maxsize=4)
def _states(home: Path) -> "Remembered[RunState]":  # noqa: ARG001 (one for each folder of runs)
    """The states of the runs of a folder, of which only those are read that can have changed."""
    from makemore_core.runs.changes import Remembered
    from makemore_core.runs.status import read_status

    return Remembered(
        lambda folder: read_status(folder.database).state, lambda state: state.is_readable and not state.is_live
    )


def read_state(name: str, home: Path) -> str:
    """The state of a run now, or that it cannot be found; touches files, so not for the app's loop."""
    from makemore_core.errors import MakemoreError
    from makemore_core.runs.folder import find_run

    try:
        folder = find_run(name, home)
    except MakemoreError:  # it was deleted or renamed
        return "gone"
    except OSError:
        return "unreadable"
    try:
        return str(_states(home).of(folder))
    except (MakemoreError, OSError):
        return "unreadable"


def training_runs(home: Path) -> list[str]:
    """The names of the runs that train at this moment; touches files, so not for the app's loop."""
    from makemore_core.runs.listing import run_folders
    from makemore_core.runs.states import RunState

    going, folders = (RunState.STARTING, RunState.RUNNING), run_folders(home)
    states = _states(home).of_all(folders)
    return [folder.name for folder, state in zip(folders, states, strict=True) if state in going]


def state_part(name: str, state: str) -> Part:
    """A run's mark, state and name; the mark alone tells the state where there is no room for the word."""
    mark, colour = MARKS.get(state, ("?", "$text-muted"))
    forms = tuple(Content.assemble((words, colour), f" {name}") for words in (f"{mark} {state}", mark))
    return Part(forms, least=LEAST_OF_NAME)


def training_part(runs: Collection[str], selected: str | None, *, at_runs: bool) -> Part | None:
    """How many runs train beside the selected one, and where they are seen; None where there are none."""
    others = len(set(runs) - {selected})
    if not others:
        return None
    mark, colour = MARKS["running"]
    more, plus = (" more", "+") if selected is not None else ("", "")
    words = f"{others}{more} run trains" if others == 1 else f"{others}{more} runs train"
    hint = "" if at_runs or selected is not None else ": 3 shows it" if others == 1 else ": 3 shows them"
    texts = [(words, hint), (words, ""), (f"{plus}{others} {mark}", "")][0 if hint else 1 :]
    return Part(tuple(Content.assemble((text, colour), more) for text, more in texts))


def go_on_with_queue(home: Path) -> None:
    """Let runs that wait go on to be started, where the process that did so was killed; touches files and processes."""
    import sqlite3

    from makemore_core.errors import MakemoreError
    from makemore_core.queue.launch import ensure_queue

    with suppress(MakemoreError, OSError, sqlite3.Error):
        ensure_queue(home)
