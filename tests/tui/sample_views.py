"""The Sample pane in a bare app, with a list of seven items, for the tests of its keys and pictures."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.worker_manager import WorkerManager

from makemore_core.corpus import Corpus, corpus_from_bytes
from makemore_core.runs.checkpoints import write_checkpoint
from makemore_core.runs.folder import RunFolder
from makemore_core.training.checkpoint import weights_alone
from makemore_core.training.loop import Training
from makemore_tui.panes.sample import SamplePane
from makemore_tui.panes.sample.session import Session
from makemore_tui.widgets.item_list import ItemList
from makemore_tui.widgets.note_line import NoteLine
from tests.tui.conftest import ASKING, PaneApp, settle, until

CORPUS: Corpus = corpus_from_bytes(b"emma\nolivia\nava\nmia\nisabella\nava\nq1\n", name="seven.txt", source="seven.txt")


class Driver:
    """A pane in a bare app, with what a test wants to know of it."""

    def __init__(self, pilot: Pilot[Any], pane: SamplePane) -> None:
        self.pilot, self.pane = pilot, pane

    async def press(self, *keys: str) -> None:
        """Press keys, each when what the one before asked for has been done."""
        for key in keys:
            await self.pilot.press(key)
            await until(self.pilot, lambda: all(one.is_finished or one.group in ASKING for one in self.workers))
        await settle(self.pilot)

    @property
    def workers(self) -> WorkerManager:
        return self.pilot.app.workers

    @property
    def session(self) -> Session:
        assert self.pane._orders.engine is not None
        return self.pane._orders.engine.session

    @property
    def note(self) -> str:
        return self.pane.query_one("#note", NoteLine).text

    @property
    def items(self) -> list[str]:
        return [item.text for item in self.pane.query_one(ItemList).items if not item.heading]

    @property
    def source(self) -> str:
        return self.pane.query_one("#source", NoteLine).text

    async def select_run(self, name: str) -> None:
        """What the shell does when the pane is shown with this run selected."""
        self.pane.run_name = name
        await settle(self.pilot)
        self.pane.on_pane_shown()
        await settle(self.pilot)


def save_checkpoint(folder: RunFolder, name: str) -> Training:
    config = folder.read_config()
    training = Training(config, CORPUS, config.split.sides(CORPUS))
    write_checkpoint(folder, name, weights_alone(training))
    return training


@asynccontextmanager
async def driven(
    runs_home: Path, corpus: Corpus = CORPUS, size: tuple[int, int] = (80, 24), app: PaneApp | None = None
) -> AsyncIterator[Driver]:
    app = app or PaneApp(SamplePane, runs_home)
    async with app.run_test(size=size) as pilot:
        pane = app.query_one(SamplePane)
        pane.corpus = corpus
        pane.on_pane_shown()
        await settle(pilot)
        yield Driver(pilot, pane)


def focused(keys: list[str]) -> Any:
    """What presses these keys on the pane, one when the one before has been carried out."""

    async def act(pilot: Pilot[Any]) -> None:
        pilot.app.query_one(SamplePane).on_pane_shown()
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return act
