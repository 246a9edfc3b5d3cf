"""Make the pictures in `docs/pictures`: each pane of the real app on the built-in names, at two sizes.

    make pictures

The Train pane shows a run that is really trained, in a folder of runs that is thrown away afterwards.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", TEXTUAL_COLOR_SYSTEM="truecolor")
os.environ.pop("NO_COLOR", None)  # read by Textual when it is imported

from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerCancelled

from makemore_tui.app import MakemoreApp
from makemore_tui.shell.top_bar import TopBar

SIZES = ((80, 24), (120, 40))
PATIENCE_S = 60.0

KEYS: dict[str, list[str]] = {
    "data": ["f1"],
    "bigrams": ["f2", *["right"] * 5, *["down"] * 14],
    "sample": ["f4", "enter", "enter"],
    "train": ["f3", "ctrl+s"],
}
"""What is pressed before the picture of each pane is taken."""


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--list", default="@names", help="the list to open (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=Path(__file__).with_name("pictures"), help="where to write")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        asyncio.run(take(options.list, size, options.folder))


async def take(source: str, size: tuple[int, int], folder: Path) -> None:
    """Write one picture of each pane at a size."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_CONFIG_HOME"] = scratch
        app = MakemoreApp(source, runs=Path(scratch) / "runs")
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.corpus is not None)
            for pane, keys in KEYS.items():
                for key in keys:
                    await pilot.press(key)
                    await calm(pilot)
                if pane == "train":
                    await until(pilot, lambda: "finished" in str(app.query_one(TopBar).note))
                await calm(pilot)
                path = folder / f"{pane}-{size[0]}x{size[1]}.svg"
                path.write_text(app.export_screenshot(), encoding="utf-8")
                print(path)


async def calm(pilot: Pilot[Any]) -> None:
    """Wait until what was begun is done and painted."""
    for field in pilot.app.screen.query(Input):
        field.cursor_blink = False
    await pilot.pause(0.3)
    for _ in range(3):
        with suppress(WorkerCancelled):  # a newer worker took its place: the next round waits for that one
            await asyncio.wait_for(pilot.app.workers.wait_for_complete(), PATIENCE_S)
        await pilot.pause()


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(int(PATIENCE_S / 0.1)):
        if holds():
            return
        await pilot.pause(0.1)
    raise SystemExit("the app did not get so far")


if __name__ == "__main__":
    main()
