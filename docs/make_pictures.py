"""Make the pictures in `docs/pictures`: the panes and the views of training in the real app, at three sizes.

    make pictures

Their runs are really trained, in a folder of runs that is thrown away afterwards; that takes some minutes.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", TEXTUAL_COLOR_SYSTEM="truecolor")
os.environ.pop("NO_COLOR", None)  # read by Textual when it is imported

from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerCancelled

from makemore_tui.app import MakemoreApp
from makemore_tui.shell.top_bar import TopBar
from makemore_tui.widgets.line_chart import LineChart

SIZES = ((80, 24), (120, 40), (200, 60))
PATIENCE_S = 60.0

BIGRAM, DEEP = "bigram-1", "transformer-1"
RUNS = (
    ["train", "--type", "bigram", "--name", BIGRAM],
    ["train", "--type", "transformer", "--max-steps", "1500", "--name", DEEP],
    ["sweep", "--type", "mlp", "--n-embd", "4,16", "--learning-rate", "1e-3,1e-2", "--max-steps", "1000"],
)
"""The commands whose runs are shown."""


@dataclass(frozen=True)
class Scene:
    """A picture: the run that is selected, and what is pressed from there on."""

    name: str
    keys: tuple[str, ...]
    run: str | None = None


SCENES = (
    Scene("data", ("f1",)),
    Scene("bigrams", ("f2", *["right"] * 5, *["down"] * 14)),
    Scene("sample", ("f4", "enter", "enter")),
    Scene("side-by-side", ("f4", "e", "m", "ctrl+a", "tab", "backspace", "4", "enter", "ctrl+a", "down", "enter")),
    Scene("train", ("f3",), DEEP),
    Scene("compare", ("f5",), DEEP),
    Scene("evaluate", ("f5", "enter", "3"), DEEP),
    Scene("inside-attention", ("f4", *"emma", "ctrl+t", "2", "a"), DEEP),
    Scene("inside-characters", ("f4", *"emma", "ctrl+t", "1"), DEEP),
    Scene("inside-mattered", ("f4", *"emma", "ctrl+t", "5"), DEEP),
    Scene("many", ("f4", "ctrl+g", "enter"), DEEP),
    Scene("score", ("f4", "ctrl+w", *"emma"), DEEP),
    Scene("diagnostics", ("f3", "d"), DEEP),
    Scene("samples-through-time", ("f3", "S"), DEEP),
    Scene("form", ("f3", "n"), DEEP),
    Scene("sweep", ("f3", "w", "a"), DEEP),
    Scene("two-runs", ("f3", "w", "space", "down", "space", "enter"), DEEP),
    Scene("back-in-time", ("f2", "m", *["comma"] * 7), BIGRAM),
)


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--list", default="@names", help="the list to open (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=Path(__file__).with_name("pictures"), help="where to write")
    parser.add_argument("--only", nargs="+", default=[], choices=[scene.name for scene in SCENES], help="these alone")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    scenes = [scene for scene in SCENES if not options.only or scene.name in options.only]
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_CACHE_HOME"] = scratch
        runs = Path(scratch) / "runs"
        if any(scene.run for scene in scenes):
            train(options.list, runs)
        for size in SIZES:
            for scene in scenes:
                asyncio.run(take(options.list, scene, size, runs, options.folder))


def train(source: str, runs: Path) -> None:
    """Train what is shown."""
    for command, *settings in RUNS:
        print(f"training: {' '.join(settings)}", flush=True)
        words = [sys.executable, "-m", "makemore_tui", command, source, *settings, "--runs", str(runs)]
        subprocess.run(words, check=True, capture_output=True)


async def take(source: str, scene: Scene, size: tuple[int, int], runs: Path, folder: Path) -> None:
    """Write one picture."""
    app = MakemoreApp(source, runs=runs if scene.run else runs.with_name("none"))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.corpus is not None)
        app.run_name = scene.run
        if scene.run is not None:
            await until(pilot, lambda: f"finished {scene.run}" in str(app.query_one(TopBar).note))
        for key in scene.keys:
            await pilot.press(key)
            await calm(pilot)
        await calm(pilot)
        path = folder / f"{scene.name}-{size[0]}x{size[1]}.svg"
        path.write_text(app.export_screenshot(), encoding="utf-8")
        print(path, flush=True)


async def calm(pilot: Pilot[Any]) -> None:
    """Wait until what was begun is done and painted, charts too, which rest between two draws."""
    for field in pilot.app.screen.query(Input):
        field.cursor_blink = False
    await pilot.pause(0.3)
    for _ in range(3):
        with suppress(WorkerCancelled):  # a newer worker took its place: the next round waits for that one
            await asyncio.wait_for(pilot.app.workers.wait_for_complete(), PATIENCE_S)
        await pilot.pause()
    await pilot.pause(2 * LineChart.INTERVAL)


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(int(PATIENCE_S / 0.1)):
        if holds():
            return
        await pilot.pause(0.1)
    raise SystemExit("the app did not get so far")


if __name__ == "__main__":
    main()
