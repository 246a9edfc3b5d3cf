"""One moment for all panes: what is chosen on one of them is shown on the others."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

import makemore_tui
from makemore_core.corpus import corpus_from_bytes
from makemore_core.runs.checkpoints import metadata, snapshot_name, write_checkpoint
from makemore_tui.app import MakemoreApp
from makemore_tui.messages import Moment
from makemore_tui.panes.bigrams.controls import Controls
from makemore_tui.widgets.note_line import NoteLine
from makemore_tui.widgets.rows import row_text
from makemore_tui.widgets.time_slider import TimeSlider
from tests.tui.bigrams_views import SMALL, save_run
from tests.tui.conftest import settle


def keep(folder, name, step, size):
    data = save({"model.weight": np.zeros((size, size), np.float32)}, metadata({"step": step}))
    write_checkpoint(folder, name, data)


async def press(pilot, *keys):
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def slider_of(app, pane):
    return row_text(app.query_one(f"#pane-{pane}").query_one(TimeSlider).render_line(0))


def note_of(app):
    return row_text(app.query_one(Controls).render_line(0))


class Seen(MakemoreApp):
    """Keeps how many cells each paint was of; a paint that is not of single stretches is of the whole screen."""

    CSS_PATH = Path(makemore_tui.__file__).with_name("app.tcss")

    def _display(self, screen, renderable):
        if not hasattr(self, "paints"):
            self.paints = []
        spans = getattr(renderable, "spans", [(0, 0, 120 * 40)])
        self.paints.append(sum(stop - start for _, start, stop in spans))
        super()._display(screen, renderable)


@pytest.fixture
def corpus(runs_home):
    corpus = corpus_from_bytes(SMALL, name="small.txt", source="-")
    size = corpus.vocabulary.size
    for name in ("tiny", "other"):
        folder = save_run(corpus, runs_home, np.zeros((size, size)), name, step=90)
        for step in (0, 10, 50):
            keep(folder, snapshot_name(step), step, size)
    return corpus


async def test_going_back_on_one_pane_goes_back_on_the_other(corpus, runs_home):
    app = MakemoreApp("small.txt", corpus=corpus, runs=runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        app.run_name = "tiny"
        await press(pilot, "f2", "m", "comma", "comma")
        assert app.moment == Moment("tiny", 10) and "tiny back at step 10" in note_of(app)
        await press(pilot, "f4")
        assert "back at step 10" in app.query_one("#source", NoteLine).text
        assert "step 10 " in slider_of(app, "sample")
        await press(pilot, "f7")
        assert app.moment == Moment("tiny", 50)
        await press(pilot, "f2")
        assert "tiny back at step 50" in note_of(app) and "step 50 " in slider_of(app, "bigrams")
        app.run_name = "other"  # another run begins at its newest
        await settle(pilot)
        assert app.moment is None and "other stopped · step 90" in note_of(app)
        await press(pilot, "f4")
        assert "last at step 90" in app.query_one("#source", NoteLine).text


async def test_going_back_paints_what_changed_and_not_the_screen(corpus, runs_home):
    app = Seen("small.txt", corpus=corpus, runs=runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        app.run_name = "tiny"
        for pane, show, on in (("f2", ["m"], "comma"), ("f4", ["e"], "f7")):
            await press(pilot, pane, *show, on)
            app.paints.clear()
            await press(pilot, on)
            assert 0 < sum(app.paints) < 1000  # all weights are the same: the words of the step are all that changes
