"""The Bigrams pane and neural bigram runs: which one is shown, what is said of it, and how its map follows it."""

import os
from dataclasses import replace

import numpy as np
import pytest

from makemore_core.bigrams import bigram_nll, count_bigrams, row_probabilities
from makemore_core.corpus import corpus_from_bytes
from makemore_core.queue.waiting import enqueue
from makemore_core.runs.folder import create_run
from makemore_core.runs.status import RunState
from makemore_core.runs.store import Store
from makemore_core.splits import split_corpus
from makemore_core.training.config import DataConfig, make_config
from makemore_tui.panes.bigrams import BigramsPane
from makemore_tui.panes.bigrams.controls import Controls
from makemore_tui.panes.bigrams.inspector import Inspector
from makemore_tui.panes.bigrams.notes import Notes
from makemore_tui.panes.bigrams.pace import Pace
from makemore_tui.panes.bigrams.run_weights import RunWeights
from makemore_tui.panes.bigrams.tables import CountTable
from makemore_tui.widgets.heatmap import HeatmapGrid
from tests.tui.bigrams_views import SMALL, Seen, opened, save_run, write_weights
from tests.tui.conftest import SIZES, settle, until


@pytest.fixture
def corpus():
    return corpus_from_bytes(SMALL, name="small.txt", source="-")


@pytest.fixture
def table(corpus):
    return CountTable(count_bigrams(corpus))


async def test_without_a_run_the_pane_says_what_to_do(corpus, runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, corpus)
        await pilot.press("m")
        await settle(pilot)
        assert "no neural bigram run of this list yet: start one on 3" in " ".join(app.text(HeatmapGrid).split())
        assert "There is no" not in app.text(Controls)  # its one line would cut it
        await pilot.press("p")
        await settle(pilot)
        assert app.pane.map.grid.picture is not None


async def test_a_run_that_is_gone_or_of_another_kind_is_explained(corpus, runs_home):
    config = make_config({"type": "counts", "data": DataConfig.of(corpus).model_dump()})
    create_run(config, corpus, runs_home, "other")
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus, "other")
        await pilot.press("m")
        await settle(pilot)
        assert "other is of type counts" in " ".join(app.text(HeatmapGrid).split())
        app.pane.run_name = "nowhere"
        await settle(pilot)
        assert "there is no run 'nowhere'" in app.text(HeatmapGrid)


async def test_a_run_on_another_list_is_not_compared(corpus, runs_home):
    other = corpus_from_bytes(b"xyz\nzyx\n", name="other.txt", source="-")
    save_run(other, runs_home, np.zeros((4, 4)))
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus, "tiny")
        await pilot.press("d")
        await settle(pilot)
        assert "was trained on other.txt" in app.text(HeatmapGrid)


async def test_without_a_choice_the_newest_run_of_this_list_is_shown_and_named(corpus, runs_home, table):
    other = corpus_from_bytes(b"xyz\nzyx\n", name="other.txt", source="-")
    folders = [
        save_run(corpus, runs_home, np.zeros((table.size, table.size)), "older"),
        save_run(corpus, runs_home, np.zeros((table.size, table.size)), "newer"),
        save_run(other, runs_home, np.zeros((4, 4)), "elsewhere"),
        create_run(make_config({"type": "counts", "data": DataConfig.of(corpus).model_dump()}), corpus, runs_home, "c"),
        create_run(make_config({"type": "bigram", "data": DataConfig.of(corpus).model_dump()}), corpus, runs_home, "e"),
    ]
    for age, folder in enumerate(reversed(folders)):  # the latest made: one without weights, of counts, of another list
        os.utime(folder.settings, (1e9 - age, 1e9 - age))
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus)
        await pilot.press("m")
        await settle(pilot)
        assert "newer (newest here) stopped · step 5 of 10" in app.text(Controls)
        for selected in ("c", "elsewhere", "nowhere"):  # cannot be shown on this list
            app.pane.run_name = selected
            await settle(pilot)
            assert "newer (newest here)" in app.text(Controls)
        app.pane.run_name = "older"
        await settle(pilot)
        assert "older stopped" in app.text(Controls)


async def test_a_run_that_begins_while_the_pane_waits_is_found(corpus, runs_home, table):
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus)
        await pilot.press("m")
        await settle(pilot)
        weights = app.pane._weights
        assert weights.poll().model is None
        save_run(corpus, runs_home, np.zeros((table.size, table.size)))
        assert weights.poll().run == "tiny"


def test_a_newer_run_is_shown_once_it_has_weights(corpus, runs_home, table):
    """It was there without any when the pane looked, and its first checkpoint changes nothing in the folder of runs."""
    weights = np.zeros((table.size, table.size))
    save_run(corpus, runs_home, weights, "older")
    newer = create_run(
        make_config({"type": "bigram", "data": DataConfig.of(corpus).model_dump()}), corpus, runs_home, "n"
    )
    reader = RunWeights(None, runs_home, corpus)
    assert [reader.poll().run, reader.poll().run] == ["older", "older"]
    write_weights(newer, weights, 0)
    assert reader.poll().run == "n"


@pytest.mark.parametrize("view", ["m", "d"])
async def test_the_network_s_own_loss_stands_beside_that_of_the_counts_on_the_same_items(
    corpus, runs_home, table, view
):
    rng = np.random.default_rng(5)
    weights = rng.normal(size=(table.size, table.size))
    save_run(corpus, runs_home, weights)
    split = split_corpus(corpus, "disjoint", 42)
    sides = [count_bigrams(corpus, side) for side in (split.train, split.dev)]
    softmax = np.exp(weights.astype(np.float32)) / np.exp(weights.astype(np.float32)).sum(axis=1, keepdims=True)
    network = [bigram_nll(counts, softmax).nll for counts in sides]
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus, "tiny")
        await pilot.press(view)
        await settle(pilot)
        for smoothing in (0.0, 0.01, 0.1):
            learnt = [bigram_nll(counts, row_probabilities(sides[0], smoothing)).nll for counts in sides]
            shown = [", ".join(f"{x:.4f}" if np.isfinite(x) else "infinite" for x in xs) for xs in (network, learnt)]
            wanted = f"on train, dev: network {shown[0]}; counts {shown[1]} with smoothing {smoothing:g}"
            assert wanted in app.text(Controls)
            await pilot.press("right_square_bracket")
            await settle(pilot)
        await pilot.press("p")
        assert "network" not in app.text(Controls)
        await pilot.press(view)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        line = app.text(Controls).splitlines()[1]
        assert line.startswith(" nats on train, dev: network") and line.endswith("smoothing 1")


async def test_a_run_on_another_list_of_the_same_characters_is_shown_with_a_warning(corpus, runs_home, table):
    other = corpus_from_bytes(SMALL + b"dad\n", name="other.txt", source="-")
    assert other.vocabulary == corpus.vocabulary
    save_run(other, runs_home, np.zeros((table.size, table.size)))
    app = Seen(runs_home)
    for size in SIZES:
        async with app.run_test(size=size) as pilot:
            await opened(app, pilot, corpus, "tiny")
            await pilot.press("d")
            await settle(pilot)
            text = app.text(Controls)
            assert "! learnt from other.txt, not from this list" in text
            assert f"on this list: network {np.log(table.size):.3f}" in text
            assert "network minus all counts of this list" in " ".join(app.text(Notes).split())
        app = Seen(runs_home)


async def test_facts_beside_a_network_are_of_the_items_that_it_learns_from(corpus, runs_home, table):
    save_run(corpus, runs_home, np.zeros((table.size, table.size)))
    learnt = count_bigrams(corpus, split_corpus(corpus, "disjoint", 42).train)
    row, column = np.argwhere(learnt < table.counts)[0]
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus, "tiny")
        await pilot.press("m")
        await settle(pilot)
        app.pane.map.move_to(int(row), int(column))
        await settle(pilot)
        assert app.text(Inspector).splitlines()[1].split() == ["count", "in", "train", str(learnt[row, column])]


def test_the_map_is_painted_as_often_as_what_is_live_and_less_often_where_much_changes():
    near, far = Pace(0.25), Pace(1.0)
    assert near.pause(0) == pytest.approx(0.225)  # the timer's step makes it 0.25
    assert far.pause(0) == pytest.approx(0.975)
    assert near.pause(729) == pytest.approx(0.729)
    assert far.pause(729) == pytest.approx(2.916)


async def test_the_network_s_map_follows_new_checkpoints(corpus, runs_home, table):
    size = table.size
    folder = save_run(corpus, runs_home, np.zeros((size, size)))
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus, "tiny")
        await pilot.press("m")
        await settle(pilot)
        assert f"{100 / size:.2f}%" in app.text(Inspector)
        assert "step 5 of 10" in app.text(Controls)
        weights = np.zeros((size, size))
        weights[0, 1] = np.log(size - 1.0)
        write_weights(folder, weights, 6)
        app.pane.on_pane_shown()
        await settle(pilot)
        assert "P(a|.) model      50.00%" in " ".join(app.text(Inspector).split("\n")) or "50.00%" in app.text(
            Inspector
        )
        assert "step 6 of 10" in app.text(Controls)


async def test_the_map_of_a_run_that_goes_on_is_painted_by_itself(corpus, runs_home, table, monkeypatch):
    monkeypatch.setattr(RunState, "is_live", property(lambda self: True))
    folder = save_run(corpus, runs_home, np.zeros((table.size, table.size)))
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus, "tiny")
        for key, shown in (("m", "step 7 of 10"), ("d", "tiny at step 9: largest")):
            await pilot.press(key)
            await settle(pilot)
            weights = np.zeros((table.size, table.size))
            weights[0, 1] = np.log(table.size - 1.0)
            write_weights(folder, weights, int(shown.partition("step ")[2][0]))
            await until(pilot, lambda shown=shown: shown in app.text(Controls))
            assert shown in app.text(Controls)
            assert "50.00%" in app.text(Inspector)


async def test_a_run_that_rested_and_is_resumed_elsewhere_is_followed_again(corpus, runs_home, table):
    folder = save_run(corpus, runs_home, np.zeros((table.size, table.size)))
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus, "tiny")
        await pilot.press("m")
        await settle(pilot)
        assert not app.pane._run.live
        with Store(folder.database) as store:  # as another process would
            store.claim()
            store.beat("running", step=6)
            app.pane.on_runs_turned()
            await settle(pilot)
            assert app.pane._run.live
            write_weights(folder, np.zeros((table.size, table.size)), 7)
            await until(pilot, lambda: "step 7 of 10" in app.text(Controls))
            assert "running · step 7 of 10" in app.text(Controls)


async def test_the_difference_states_its_largest_value_and_smoothing_counts(corpus, runs_home, table):
    size = table.size
    save_run(corpus, runs_home, np.zeros((size, size)))
    learnt = count_bigrams(corpus, split_corpus(corpus, "disjoint", 42).train)
    assert learnt.sum() < table.total
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus, "tiny")
        await pilot.press("d")
        for smoothing in (0.0, 0.01):
            await settle(pilot)
            wanted = 1 / size - row_probabilities(learnt, smoothing)
            assert f"tiny at step 5: largest {100 * wanted.flat[np.abs(wanted).argmax()]:+.2f} pt at" in app.text(
                Controls
            )
            await pilot.press("right_square_bracket")


async def test_a_damaged_checkpoint_is_told_and_does_no_harm(corpus, runs_home, table):
    folder = save_run(corpus, runs_home, np.zeros((table.size, table.size)))
    (folder.checkpoints / "last.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{}")
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus, "tiny")
        await pilot.press("m")
        await settle(pilot)
        assert "damaged" in app.text(HeatmapGrid)


def test_a_run_is_looked_at_again_where_more_may_come_of_it(corpus, runs_home, table):
    folder = save_run(corpus, runs_home, np.zeros((table.size, table.size)))
    reader = RunWeights("tiny", runs_home, corpus)
    assert not reader.poll().live
    enqueue(folder)
    waiting = reader.poll()
    assert waiting.live and waiting.note == "tiny queued · step 5 of 10"
    save_run(corpus, runs_home, np.zeros((table.size, table.size)), "harmed").database.write_bytes(b"no store" * 99)
    harmed = RunWeights("harmed", runs_home, corpus).poll()
    assert harmed.live and harmed.note == "harmed incomplete · step 5"  # and not that it was imported


def test_weights_from_elsewhere_are_called_so(corpus, runs_home, table):
    """Their file does not say how many steps made them."""
    config = make_config({"type": "bigram", "data": DataConfig.of(corpus).model_dump(), "max_steps": 0})
    folder = create_run(config, corpus, runs_home, "tiny")
    write_weights(folder, np.zeros((table.size, table.size)), 0)
    assert RunWeights("tiny", runs_home, corpus).poll().note == "tiny stopped · step 0"
    with Store(folder.database) as store:
        store.event("imported", 0, source="model.pt")
    assert RunWeights("tiny", runs_home, corpus).poll().note == "tiny imported"


async def test_nothing_ticks_where_nothing_new_can_come(corpus, runs_home, table, monkeypatch):
    save_run(corpus, runs_home, np.zeros((table.size, table.size)))
    ticks = []
    monkeypatch.setattr(Pace, "SECONDS", 0.01)
    monkeypatch.setattr(BigramsPane, "_poll_if_due", lambda self: ticks.append(self.options.view))
    app = Seen(runs_home)

    async def tick(pilot) -> int:
        ticks.clear()
        await pilot.pause(0.1)
        return len(ticks)

    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus)
        assert await tick(pilot) == 0  # counts stay as they are
        await pilot.press("m")
        await settle(pilot)
        app.pane._run = replace(app.pane._run, live=True)
        app.pane._mind_run()
        await until(pilot, lambda: ticks)  # more may come of a run that goes on
        app.pane.display = False
        await pilot.pause()
        assert await tick(pilot) == 0
        app.pane.display = True
        app.pane.on_pane_shown()
        await settle(pilot)
        assert await tick(pilot) == 0  # it has been looked at again: it goes on no more


async def test_a_hidden_pane_does_not_look_at_the_run(corpus, runs_home, table, monkeypatch):
    save_run(corpus, runs_home, np.zeros((table.size, table.size)))
    polls = []
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus, "tiny")
        await pilot.press("m")
        await settle(pilot)
        monkeypatch.setattr(BigramsPane, "_read_run", lambda self, weights: polls.append(weights))
        app.pane._poll()
        assert len(polls) == 1
        app.pane.display = False
        await pilot.pause()
        app.pane._poll()
        assert len(polls) == 1
