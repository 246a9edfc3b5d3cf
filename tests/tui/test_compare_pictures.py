"""Pictures of the Compare pane."""

from pathlib import Path

import pytest

from makemore_tui.look import ColorDepth, Look
from makemore_tui.panes.compare import ComparePane
from tests.tui.compare_views import StandInEngine, a_run
from tests.tui.conftest import SIZES, Snap
from tests.tui.train_views import small_corpus


def pane_of(engine: StandInEngine) -> type[ComparePane]:
    class Pane(ComparePane):
        engine_for = staticmethod(lambda home: engine)

    return Pane


def keys(*more: str) -> list[str]:
    """The table gets the keys first, as the shell would give them."""
    return ["tab", *more]


@pytest.mark.parametrize("size", SIZES)
async def test_models_beside_each_other(snap: Snap, tmp_path: Path, size: tuple[int, int]) -> None:
    await snap(pane_of(StandInEngine(tmp_path)), size=size, press=keys("down"), corpus=small_corpus())


@pytest.mark.parametrize("size", SIZES)
async def test_no_runs_yet(snap: Snap, tmp_path: Path, size: tuple[int, int]) -> None:
    await snap(pane_of(StandInEngine(tmp_path, [])), size=size, corpus=small_corpus())


@pytest.mark.parametrize("size", SIZES)
async def test_the_ladder_while_it_is_climbed(snap: Snap, tmp_path: Path, size: tuple[int, int]) -> None:
    runs = [
        a_run("bigram"),
        a_run("mlp"),
        a_run("wavenet", "running", step=2400),
        a_run("gru", "queued", step=0, turn=1),
        a_run("transformer", "failed", step=17, reason="diverged"),
    ]
    await snap(pane_of(StandInEngine(tmp_path, runs)), size=size, press=keys("r"), corpus=small_corpus())


@pytest.mark.parametrize("size", SIZES)
async def test_whether_to_train_every_family(snap: Snap, tmp_path: Path, size: tuple[int, int]) -> None:
    await snap(pane_of(StandInEngine(tmp_path, [])), size=size, press=keys("f"), corpus=small_corpus())


async def test_how_to_export(snap: Snap, tmp_path: Path) -> None:
    await snap(pane_of(StandInEngine(tmp_path)), press=keys("x"), corpus=small_corpus())


async def test_without_colours_and_in_ascii(snap: Snap, tmp_path: Path) -> None:
    look = Look(ColorDepth.MONOCHROME, ascii=True)
    await snap(pane_of(StandInEngine(tmp_path)), look=look, press=keys("i"), corpus=small_corpus())
