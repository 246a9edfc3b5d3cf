"""Going back in time on the Bigrams pane: the map, the losses and the words follow the step that was chosen."""

import numpy as np
import pytest
from safetensors.numpy import save

from makemore_core.bigrams import bigram_nll, count_bigrams, row_probabilities
from makemore_core.corpus import corpus_from_bytes
from makemore_core.runs.checkpoints import metadata, snapshot_name, write_checkpoint
from makemore_core.runs.status import RunState
from makemore_core.splits import split_corpus
from makemore_tui.messages import Moment, MomentChosen
from makemore_tui.panes import travelling
from makemore_tui.panes.bigrams import BigramsPane
from makemore_tui.panes.bigrams.controls import Controls
from makemore_tui.panes.bigrams.inspector import Inspector
from makemore_tui.panes.bigrams.run_weights import RunWeights
from makemore_tui.widgets.rows import row_text
from makemore_tui.widgets.time_slider import TimeSlider
from tests.tui.bigrams_views import SMALL, Seen, opened, save_run
from tests.tui.conftest import SIZES, settle
from tests.tui.train_app import until

STEPS = (0, 10, 100, 1000)


class Announcing(Seen):
    """Keeps the moments that the pane announced."""

    def __init__(self, runs_home, look=None):
        super().__init__(runs_home, look)
        self.moments, self.notices = [], []

    def on_moment_chosen(self, message: MomentChosen) -> None:
        self.moments.append(message.moment)

    def notify(self, message, **options):
        self.notices.append(message)

    @property
    def slider(self) -> str:
        slider = self.pane.query_one(TimeSlider)
        return row_text(slider.render_line(0)) if slider.display else ""


@pytest.fixture
def corpus():
    return corpus_from_bytes(SMALL, name="small.txt", source="-")


def weights_at(step, corpus):
    """From nothing to the logarithms of the counts of the train side, smoothed: softmax of these gives them back."""
    learnt = count_bigrams(corpus, split_corpus(corpus, "disjoint", 42).train)
    return np.log(row_probabilities(learnt, 1.0)) * (step / 2000)


@pytest.fixture
def folder(corpus, runs_home):
    folder = save_run(corpus, runs_home, weights_at(2000, corpus), step=2000)
    for step in STEPS:
        keep(folder, step, weights_at(step, corpus))
    return folder


def keep(folder, step, weights):
    data = save({"model.weight": weights.astype(np.float32)}, metadata({"step": step}))
    write_checkpoint(folder, snapshot_name(step), data)


def softmax(weights):
    powers = np.exp(weights.astype(np.float32).astype(np.float64))
    return powers / powers.sum(axis=1, keepdims=True)


async def show(app, pilot, corpus, *keys):
    await opened(app, pilot, corpus, "tiny")
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


@pytest.mark.usefixtures("folder")
async def test_keys_go_through_the_steps_and_the_map_follows(corpus, runs_home):
    app = Announcing(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await show(app, pilot, corpus, "m")
        assert "step 2,000 " in app.slider and "newest 2,000" in app.slider
        first = 100 * softmax(weights_at(2000, corpus))[0, 1]
        assert f"{first:.2f}%" in app.text(Inspector)
        for key, step in (("comma", 1000), ("comma", 100), ("full_stop", 1000), ("less_than_sign", 0), ("comma", 0)):
            await pilot.press(key)
            await settle(pilot)
            assert f"step {step:>5,} " in app.slider
            assert f"tiny back at step {step:,} of 10" in app.text(Controls)
            assert f"{100 * softmax(weights_at(step, corpus))[0, 1]:.2f}%" in app.text(Inspector)
            assert app.moments[-1] == Moment("tiny", step)
        await pilot.press("greater_than_sign")
        await settle(pilot)
        assert f"{first:.2f}%" in app.text(Inspector)
        assert app.moments[-1] is None and "stopped · step 2,000" in app.text(Controls)


@pytest.mark.usefixtures("folder")
async def test_losses_and_the_difference_are_of_the_step_and_name_it(corpus, runs_home):
    split = split_corpus(corpus, "disjoint", 42)
    train, dev = (count_bigrams(corpus, side) for side in (split.train, split.dev))
    network = softmax(weights_at(100, corpus))
    losses = ", ".join(f"{bigram_nll(counts, network).nll:.4f}" for counts in (train, dev))
    apart = network - row_probabilities(train, 0.0)
    largest = 100 * apart.flat[np.abs(apart).argmax()]
    app = Announcing(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await show(app, pilot, corpus, "d", "comma", "comma")
        assert f"network at step 100 {losses}" in app.text(Controls)
        assert f"tiny at step 100: largest {largest:+.2f} pt" in app.text(Controls)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert "step 100 on train, dev: " in app.text(Controls)


@pytest.mark.usefixtures("folder")
async def test_the_slider_is_there_where_a_network_is_shown_and_so_are_its_keys(corpus, runs_home):
    app = Announcing(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, corpus)
        assert not app.slider and "comma" not in app.screen.active_bindings
        await pilot.press("comma", "m")
        await settle(pilot)
        assert app.slider and "comma" in app.screen.active_bindings
        assert app.moments == []
        await pilot.press("slash")
        assert "comma" not in app.screen.active_bindings
        await pilot.press("escape", "p")
        assert not app.slider


async def test_steps_that_are_kept_while_the_run_goes_on_come_to_the_slider(corpus, runs_home, folder, monkeypatch):
    monkeypatch.setattr(RunState, "is_live", property(lambda self: True))
    app = Announcing(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await show(app, pilot, corpus, "m", "comma")
        keep(folder, 1500, weights_at(1500, corpus))
        await until(pilot, lambda: app.pane.timeline.steps == (*STEPS, 1500))
        assert app.pane.timeline.at == 1000  # where one is, is for the person to say


async def test_a_run_of_which_nothing_is_kept_has_no_slider(corpus, runs_home):
    save_run(corpus, runs_home, weights_at(0, corpus))
    app = Announcing(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, corpus, "m", "comma")
        assert not app.slider and app.moments == []


@pytest.mark.usefixtures("folder")
async def test_a_moment_chosen_on_another_pane_is_shown(corpus, runs_home):
    app = Announcing(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        app.pane.moment = Moment("tiny", 10)
        await show(app, pilot, corpus, "m")
        assert "step    10 " in app.slider and "tiny back at step 10" in app.text(Controls)
        app.pane.moment = Moment("another", 1000)
        await settle(pilot)
        assert "step 2,000 " in app.slider and "step 2,000 of" in app.text(Controls)


async def test_weights_that_are_gone_give_way_to_the_nearest_with_one_line(corpus, runs_home, folder):
    app = Announcing(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await show(app, pilot, corpus, "m")
        (folder.checkpoints / "step-001000.safetensors").unlink()
        await pilot.press("comma")
        await settle(pilot)
        assert app.notices == ["step 1,000 is no longer kept: step 100 is the nearest that is"]
        assert "step   100 " in app.slider and "tiny back at step 100" in app.text(Controls)
        assert app.moments == [Moment("tiny", 1000), Moment("tiny", 100)]
        for step in (0, 10, 100):
            (folder.checkpoints / f"step-{step:06d}.safetensors").unlink()
        await pilot.press("less_than_sign")
        await settle(pilot)
        assert app.notices[-1] == "step 0 is no longer kept: this is the newest"
        assert not app.slider and app.moments[-1] is None


def test_weights_that_go_between_looking_and_reading_give_way_too(corpus, runs_home, folder, monkeypatch):
    from makemore_core.runs import checkpoints

    read = checkpoints.read_tensors_numpy

    def thinned(folder, name):
        (folder.checkpoints / "step-000100.safetensors").unlink(missing_ok=True)
        return read(folder, name)

    monkeypatch.setattr(checkpoints, "read_tensors_numpy", thinned)
    run = RunWeights("tiny", runs_home, corpus).poll(Moment("tiny", 100))
    assert (run.at, run.asked, run.steps) == (10, 100, (0, 10, 1000))  # 101 / 11 < 1001 / 101


@pytest.mark.usefixtures("folder")
async def test_playing_goes_through_all_steps_and_ends_at_the_newest(corpus, runs_home, monkeypatch):
    monkeypatch.setattr(travelling, "PLAY_S", 0.02)
    monkeypatch.setattr(travelling, "interval_of", lambda _: 0.0)
    app = Announcing(runs_home)
    shown, knobs = [], []
    told = BigramsPane._run_read

    def noted(pane, weights, run, *rest):
        told(pane, weights, run, *rest)
        shown.append(run.step)
        knobs.append("▶" in app.slider)

    monkeypatch.setattr(BigramsPane, "_run_read", noted)
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, corpus, "m")
        shown.clear()
        knobs.clear()
        await pilot.press("space")
        await until(pilot, lambda: app.moments[-1:] == [None] and app.pane._run.at is None)
        await settle(pilot)
        assert [moment and moment.step for moment in app.moments] == [0, 10, 100, 1000, None]
        assert list(dict.fromkeys(shown)) == [0, 10, 100, 1000, 2000]  # no step was left out
        assert knobs[0] and "▶" not in app.slider


@pytest.mark.usefixtures("folder")
async def test_playing_is_stopped_by_its_key_and_by_going_elsewhere(corpus, runs_home):
    app = Announcing(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, corpus, "m", "comma", "space")
        assert app.pane._player is not None
        await pilot.press("space")
        assert app.pane._player is None
        await pilot.press("space", "comma")
        assert app.pane._player is None
        await pilot.press("space", "p")
        await settle(pilot)
        assert app.pane._player is None


@pytest.mark.usefixtures("folder")
async def test_colours_mean_the_same_at_all_steps(corpus, runs_home):
    learnt = count_bigrams(corpus, split_corpus(corpus, "disjoint", 42).train)
    largest = row_probabilities(learnt, 0.0).max()
    weights = RunWeights("tiny", runs_home, corpus)
    for step in (*STEPS, 2000):
        model = weights.poll(Moment("tiny", step)).model
        assert model is not None and model.bounds.largest == pytest.approx(largest)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("size", SIZES)
async def test_looks(snap, size, corpus, runs_home):
    async def back(pilot):
        pane = pilot.app.subject
        pane.on_pane_shown()
        await settle(pilot)
        for key in ("m", "comma", "comma"):
            await pilot.press(key)
            await settle(pilot)

    await snap(BigramsPane, size=size, corpus=corpus, run_name="tiny", before=back)
