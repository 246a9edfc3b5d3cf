"""What the tests of the Bigrams pane share: the pane alone, and run folders as training leaves them."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save

from makemore_core.runs.checkpoints import metadata, write_checkpoint
from makemore_core.runs.folder import create_run
from makemore_core.training.config import DataConfig, make_config
from makemore_tui.panes.bigrams import BigramsPane
from tests.tui.conftest import PaneApp, settle, until

SMALL = b"emma\nava\nanna\nada\nema\nnan\nmia\n"


class Seen(PaneApp):
    """The pane alone; keeps how many bytes each paint would send."""

    def __init__(self, runs_home: Path, look=None):
        super().__init__(BigramsPane, runs_home, look)
        self.sent = []

    def _display(self, screen, renderable):
        if hasattr(renderable, "render_segments"):
            self.sent.append(len(renderable.render_segments(self.console).encode()))
        super()._display(screen, renderable)

    @property
    def pane(self) -> BigramsPane:
        return self.subject

    def text(self, kind) -> str:
        chosen = next(one for one in self.pane.query(kind) if one.display)
        return "\n".join(chosen.render_line(y).text.rstrip() for y in range(chosen.size.height))


async def opened(app, pilot, corpus, run=None):
    app.pane.corpus = corpus
    app.pane.run_name = run
    await settle(pilot)
    app.pane.on_pane_shown()
    await examples_found(pilot)


async def examples_found(pilot):
    """Wait until the items with the pair at the cursor have been looked for, once it rests."""
    pane = pilot.app.query_one(BigramsPane)
    await settle(pilot)
    await until(pilot, lambda: pane._table is None or (pane._examples and pane._examples[0] == pane.map.cursor))
    await settle(pilot)


def save_run(corpus, home, weights, name="tiny", step=5):
    """A run folder with these weights, as training leaves it."""
    config = make_config({"type": "bigram", "data": DataConfig.of(corpus).model_dump(), "max_steps": 10})
    folder = create_run(config, corpus, home, name)
    write_weights(folder, weights, step)
    return folder


def write_weights(folder, weights, step):
    data = save({"model.weight": weights.astype(np.float32)}, metadata({"step": step}))
    write_checkpoint(folder, "last", data)
