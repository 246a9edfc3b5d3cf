"""What the tests of the Data pane share: an odd list, the pane alone, and what is on its screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from makemore_core.corpus import Corpus, corpus_from_bytes
from makemore_tui.display import visible
from makemore_tui.look import Look
from makemore_tui.panes.data import DataPane
from makemore_tui.panes.data.examples import WordRows
from tests.tui.conftest import PaneApp, settle

ODD = [
    *["emma", "ava", "olivia", "anna-lena", "O'Neil", "Zoë"] * 3,
    "[bold red]loud[/]",
    "esc\x1b[31mred",
    "right\u202eleft",
    "e\u0301clair",
    "東京",
    "\U0001f600 smile",
    "анна",
]
SIZES = [(80, 22), (120, 38), (200, 58)]


def odd_list() -> Corpus:
    return corpus_from_bytes("\n".join(ODD).encode(), name="odd\x1b[1m.txt", source="-")


@asynccontextmanager
async def pane_on(
    corpus: Corpus, size: tuple[int, int] = (80, 22), look: Look | None = None
) -> AsyncIterator[tuple[DataPane, Pilot[None]]]:
    app = PaneApp(DataPane, Path(), look)
    async with app.run_test(size=size) as pilot:
        pane = app.subject
        assert isinstance(pane, DataPane)
        pane.corpus = corpus
        await settle(pilot)
        pane.on_pane_shown()
        await settle(pilot)
        yield pane, pilot


def screen_text(pilot: Pilot[None]) -> str:
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in lines)


def shown_item(pane: DataPane) -> str:
    return visible(pane.query_one(WordRows).lines[0])
