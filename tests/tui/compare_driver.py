"""The Compare pane alone, on a stand-in engine, and its keys."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from makemore_tui.messages import RunSelected, ShowPane
from makemore_tui.panes.compare import ComparePane
from tests.tui.compare_views import StandInEngine
from tests.tui.conftest import PaneApp, until
from tests.tui.train_views import small_corpus


def pane_of(engine: StandInEngine) -> Callable[[], ComparePane]:
    """What makes the pane, which has its list from the first look on."""

    class Pane(ComparePane):
        engine_for = staticmethod(lambda home: engine)

    def with_list() -> ComparePane:
        pane = Pane()
        pane.corpus = small_corpus()
        return pane

    return with_list


class CompareApp(PaneApp):
    """The pane alone, on a stand-in engine; keeps what it said and asked for."""

    def __init__(self, engine: StandInEngine, *, read_only: bool = False) -> None:
        super().__init__(pane_of(engine), engine.home)
        self.read_only = read_only
        self.notices: list[str] = []
        self.told: list[object] = []

    def notify(self, message: str, **options: Any) -> None:
        self.notices.append(message)
        super().notify(message, **options)

    def on_run_selected(self, message: RunSelected) -> None:
        self.told.append(message.name)

    def on_show_pane(self, message: ShowPane) -> None:
        self.told.append(message.pane)


async def all_measured(pilot: Pilot[Any], pane: ComparePane) -> None:
    """Wait until nothing is left to be measured."""
    await until(pilot, lambda: pane._is_listed and not pane.unmeasured)
    await until(pilot, lambda: pane._measuring is not None and pane._measuring.is_finished)
    await pilot.pause()


@dataclass
class Driver:
    """The pane and its keys."""

    app: CompareApp
    pilot: Pilot[Any]
    engine: StandInEngine

    @property
    def pane(self) -> ComparePane:
        assert isinstance(self.app.subject, ComparePane)
        return self.app.subject

    @property
    def order(self) -> list[str]:
        """The types of the rows, from the top."""
        return [row.type for row in self.pane.table.ranked.rows]

    def cells(self, column: str) -> dict[str, str]:
        """What stands in a column, by the type of the row."""
        table = self.pane.table.table
        place = [one.key for one in table.columns].index(column)
        types = {row.key: row.type for row in self.pane.rows.values()}
        return {types[row.key]: row.cells[place] for row in table.rows}

    @property
    def details(self) -> str:
        return str(self.pane.query_one("#compare-details", Static).content)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def all_measured(self) -> None:
        await all_measured(self.pilot, self.pane)


@asynccontextmanager
async def driven(engine: StandInEngine, size: tuple[int, int] = (120, 40), **options: Any) -> AsyncIterator[Driver]:
    app = CompareApp(engine, **options)
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot, engine)
        await driver.until(lambda: driver.pane._is_listed and driver.pane.table.ranked)
        driver.pane.on_pane_shown()
        yield driver
