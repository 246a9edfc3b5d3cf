"""Pictures of the Compare pane."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from makemore_tui.look import ColorDepth, Look
from makemore_tui.panes.compare import ComparePane
from tests.tui.compare_driver import all_measured, pane_of
from tests.tui.compare_views import StandInEngine, a_run
from tests.tui.conftest import SIZES, Snap, until


def keys(*more: str, asks: bool = False) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """What gives the keys to the table, as the shell would, once all is measured; `asks`: they open a dialog."""

    async def press(pilot: Pilot[Any]) -> None:
        pane = pilot.app.query_one(ComparePane)
        await all_measured(pilot, pane)
        await pilot.press("tab", *more)
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1 + asks)
        await all_measured(pilot, pane)

    return press


@pytest.mark.parametrize("size", SIZES)
async def test_models_beside_each_other(snap: Snap, tmp_path: Path, size: tuple[int, int]) -> None:
    await snap(pane_of(StandInEngine(tmp_path)), size=size, before=keys("down"))


@pytest.mark.parametrize("size", SIZES)
async def test_no_runs_yet(snap: Snap, tmp_path: Path, size: tuple[int, int]) -> None:
    async def measured(pilot: Pilot[Any]) -> None:
        await all_measured(pilot, pilot.app.query_one(ComparePane))

    await snap(pane_of(StandInEngine(tmp_path, [])), size=size, before=measured)


@pytest.mark.parametrize("size", SIZES)
async def test_the_ladder_while_it_is_climbed(snap: Snap, tmp_path: Path, size: tuple[int, int]) -> None:
    runs = [
        a_run("bigram"),
        a_run("mlp"),
        a_run("wavenet", "running", step=2400),
        a_run("gru", "queued", step=0, turn=1),
        a_run("transformer", "failed", step=17, reason="diverged"),
    ]
    await snap(pane_of(StandInEngine(tmp_path, runs)), size=size, before=keys("r"))


@pytest.mark.parametrize("size", SIZES)
async def test_whether_to_train_every_family(snap: Snap, tmp_path: Path, size: tuple[int, int]) -> None:
    await snap(pane_of(StandInEngine(tmp_path, [])), size=size, before=keys("f", asks=True))


async def test_how_to_export(snap: Snap, tmp_path: Path) -> None:
    await snap(pane_of(StandInEngine(tmp_path)), before=keys("x", asks=True))


async def test_without_colours_and_in_ascii(snap: Snap, tmp_path: Path) -> None:
    look = Look(ColorDepth.MONOCHROME, ascii=True)
    await snap(pane_of(StandInEngine(tmp_path)), look=look, before=keys("i"))
