"""Pictures of the look inside: each view of small networks with their first weights."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from makemore_tui.look import ColorDepth, Look
from makemore_tui.panes.sample.choice import SourceChoice
from tests.tui.conftest import SIZES, Snap, settle
from tests.tui.inside_views import InsideApp, make_network, of_run

NAMES = [f"{width}x{height}" for width, height in SIZES]


def then(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Press keys, each when what the one before asked for is there."""

    async def press(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return press


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
async def test_characters(snap: Snap, runs_home: Path, size: tuple[int, int]) -> None:
    make_network(runs_home, "transformer", 0, 5)
    await snap(of_run(runs_home, "transformer-1"), size=size, before=then())


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
async def test_attention(snap: Snap, runs_home: Path, size: tuple[int, int]) -> None:
    make_network(runs_home, "transformer", 0, 5)
    await snap(of_run(runs_home, "transformer-1", "isabella"), size=size, before=then("2", "right"))


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
async def test_states(snap: Snap, runs_home: Path, size: tuple[int, int]) -> None:
    make_network(runs_home, "lstm")
    await snap(of_run(runs_home, "lstm-1"), size=size, before=then("3", "down", "down", "shift+right"))


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
async def test_activations(snap: Snap, runs_home: Path, size: tuple[int, int]) -> None:
    make_network(runs_home, "wavenet")
    await snap(of_run(runs_home, "wavenet-1"), size=size, before=then("4"))


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
async def test_what_mattered(snap: Snap, runs_home: Path, size: tuple[int, int]) -> None:
    await snap(InsideApp(runs_home, SourceChoice(order=3), "isabel"), size=size, before=then())


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
async def test_parameters(snap: Snap, runs_home: Path, size: tuple[int, int]) -> None:
    make_network(runs_home, "mlp", 0, 5)
    await snap(of_run(runs_home, "mlp-1"), size=size, before=then("6", "down", "w"))


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
async def test_a_histogram(snap: Snap, runs_home: Path, size: tuple[int, int]) -> None:
    make_network(runs_home, "mlp", 0, 5)
    await snap(of_run(runs_home, "mlp-1"), size=size, before=then("6", "down", "h"))


async def test_what_there_is_not(snap: Snap, runs_home: Path) -> None:
    make_network(runs_home, "rnn")
    await snap(of_run(runs_home, "rnn-1"), before=then("2"))


async def test_without_colours(snap: Snap, runs_home: Path) -> None:
    look = Look(ColorDepth.MONOCHROME, ascii=True)
    await snap(InsideApp(runs_home, SourceChoice(order=3), "isabel", look=look), before=then())


async def test_a_large_terminal(snap: Snap, runs_home: Path) -> None:
    make_network(runs_home, "gru", 0, 5)
    await snap(of_run(runs_home, "gru-1", "isabella"), size=(200, 60), before=then("3", "right"))
