"""Leaving the app while something trains: nothing is lost, and the person is told so."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from makemore_core.errors import MakemoreError

if TYPE_CHECKING:
    from makemore_tui.app import MakemoreApp

PATIENCE_S = 2.0
"""How long leaving waits to learn what is training; then it leaves without a word about it."""


def active_runs(home: Path) -> list[str]:
    """The names of the runs that train or wait for their turn; reads the run folders, so not for the app's loop."""
    from makemore_core.runs.listing import run_folders
    from makemore_core.runs.status import read_status

    return [folder.name for folder in run_folders(home) if read_status(folder.database).state.goes_on]


def parting_words(runs: Sequence[str]) -> Content:
    """What goes on, and how to look again."""
    shown = ", ".join(runs[:3]) + (f" and {len(runs) - 3} more" if len(runs) > 3 else "")
    verb = "goes" if len(runs) == 1 else "go"
    return Content("\n").join(
        [
            Content.styled(f"{shown} {verb} on training after you leave.", "bold"),
            Content(),
            Content("To look again, open the app, or:"),
            Content.styled(f"  makemore-tui watch {runs[0]}", "$accent"),
            Content(),
            Content.assemble(
                ("q", "$accent"), " or ", ("enter", "$accent"), " leave   ", ("escape", "$accent"), " stay"
            ),
        ]
    )


class QuitScreen(ModalScreen[bool]):
    """Asks once whether to leave; the result is the answer."""

    BINDINGS = [
        Binding("q,enter,y,ctrl+c", "dismiss(True)", "Leave"),
        Binding("escape,n", "dismiss(False)", "Stay"),
    ]

    def __init__(self, runs: Sequence[str]) -> None:
        super().__init__()
        self.runs = runs

    def compose(self) -> ComposeResult:
        """One box with the words."""
        with Vertical(classes="dialog -small") as box:
            box.border_title = "quit"
            yield Static(parting_words(self.runs))


def leave(app: "MakemoreApp") -> None:
    """Leave the app, after saying what goes on running; asked a second time, leave at once."""
    if isinstance(app.screen, QuitScreen) or any(worker.group == "leave" for worker in app.workers):
        app.exit()
    else:
        # A function, not a coroutine: a worker that is cancelled before it begins would leave that one unawaited.
        app.run_worker(partial(_leave, app), group="leave")  # type: ignore[arg-type]  # an async function it is


async def _leave(app: "MakemoreApp") -> None:
    try:
        runs = await asyncio.wait_for(asyncio.to_thread(lambda: active_runs(app.runs_home)), PATIENCE_S)
    except (MakemoreError, OSError, TimeoutError):
        runs = []
    if not runs or await app.push_screen_wait(QuitScreen(runs)):
        app.exit()
