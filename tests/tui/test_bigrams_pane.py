"""The Bigrams pane: its numbers, its keys, the selected run, and what a cursor move sends."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save
from textual.widgets import Input

from makemore_core.bigrams import bigram_nll, count_bigrams, row_probabilities
from makemore_core.corpus import corpus_from_bytes, read_corpus
from makemore_core.runs.checkpoints import metadata, write_checkpoint
from makemore_core.runs.folder import create_run
from makemore_core.runs.status import RunState
from makemore_core.splits import split_corpus
from makemore_core.training.config import DataConfig, make_config
from makemore_tui.look import ColorDepth, Look
from makemore_tui.panes.bigrams import BigramsPane
from makemore_tui.panes.bigrams.controls import Controls
from makemore_tui.panes.bigrams.examples import items_with_pair
from makemore_tui.panes.bigrams.facts import pair_facts
from makemore_tui.panes.bigrams.inspector import Inspector
from makemore_tui.panes.bigrams.notes import Notes, wrapped
from makemore_tui.panes.bigrams.options import Options, View, parse_smoothing
from makemore_tui.panes.bigrams.pace import Pace
from makemore_tui.panes.bigrams.prompt import Prompt
from makemore_tui.panes.bigrams.tables import CountTable, Difference, ModelShares, Shares, one_row
from makemore_tui.widgets.heatmap import Bounds, CellSize, HeatmapGrid, Scale
from tests.tui.conftest import SIZES, PaneApp, settle

SMALL = b"emma\nava\nanna\nada\nema\nnan\nmia\n"


@pytest.fixture(scope="session")
def names(names_file):
    return read_corpus(names_file)


@pytest.fixture
def corpus():
    return corpus_from_bytes(SMALL, name="small.txt", source="-")


@pytest.fixture
def table(corpus):
    return CountTable(count_bigrams(corpus))


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
    await pilot.pause(0.3)
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


# Numbers


@pytest.mark.parametrize("smoothing", [0.0, 0.01, 1.0, 10.0])
def test_parts_of_the_table_are_those_of_the_whole(table, smoothing):
    whole = row_probabilities(table.counts, smoothing)
    shares = Shares(table, smoothing)
    rows, columns = np.array([3, 0]), np.array([1, 4, 2])
    np.testing.assert_allclose(shares.block(rows, columns), whole[np.ix_(rows, columns)], rtol=1e-12)
    assert shares.bounds.smallest == pytest.approx(whole[whole > 0].min(), rel=1e-12)
    assert shares.bounds.largest == pytest.approx(whole.max(), rel=1e-12)
    assert table.loss(smoothing).nll == pytest.approx(bigram_nll(table.counts, whole).nll, rel=1e-12)


def test_a_row_without_counts_is_zero_and_does_not_warn():
    table = CountTable(np.array([[0, 2], [0, 0]]))
    assert one_row(Shares(table, 0.0), 1).tolist() == [0, 0]
    assert one_row(Shares(table, 1.0), 1).tolist() == [0.5, 0.5]
    assert Shares(table, 0.0).bounds == Bounds(1.0, 1.0)


def test_the_network_is_softmax_of_its_rows_even_for_large_weights():
    weights = np.array([[0, np.log(3)], [1000, 1000]], np.float32)
    model = ModelShares(weights)
    np.testing.assert_allclose(model.block(np.arange(2), np.arange(2)), [[0.25, 0.75], [0.5, 0.5]], rtol=1e-6)
    assert model.bounds.smallest == pytest.approx(0.25)
    assert model.bounds.largest == pytest.approx(0.75)


def test_the_difference_finds_its_largest_place_and_that_of_rows_with_many_counts():
    counts = np.array([[3, 1], [600, 600]])
    model = ModelShares(np.log(np.array([[0.25, 0.75], [0.45, 0.55]])).astype(np.float32))
    difference = Difference(model, Shares(CountTable(counts), 0.0))
    assert (difference.row, difference.column) == (0, 0)
    assert difference.largest == pytest.approx(-0.5, abs=1e-6)
    assert difference.largest_reliable == pytest.approx(0.05, abs=1e-6)
    assert difference.bounds == Bounds(0.0, abs(difference.largest))


def test_the_facts_of_a_pair_by_hand():
    # After id 1: 8, 4, 2, 2 of 16, so P = 1/2, 1/4, 1/8, 1/8 and H = 1.75 bit.
    counts = np.array([[0, 16, 0, 0], [8, 4, 2, 2], [4, 0, 0, 0], [4, 0, 0, 0]])
    table = CountTable(counts)
    shares = Shares(table, 0.0)
    facts = pair_facts(1, 2, table, shares, shares)
    assert (facts.count, facts.share, facts.surprisal, facts.rank) == (2, 0.125, 3.0, 3)
    assert (facts.row_sum, facts.column_sum, facts.row_entropy) == (16, 2, 1.75)
    assert facts.lift == pytest.approx(0.125 / (2 / 40))
    assert facts.after.ids == (0, 1, 2, 3)
    assert facts.before.ids == (1,)
    assert pair_facts(2, 3, table, shares, shares).surprisal == float("inf")


def test_items_with_a_pair_come_once_and_in_order(corpus):
    ids = {symbol: token for token, symbol in enumerate(corpus.vocabulary.symbols)}
    repeated = corpus_from_bytes(SMALL + SMALL, name="twice", source="-")
    assert items_with_pair(repeated, ids["m"], ids["a"], 10) == ("emma", "ema")
    assert items_with_pair(corpus, 0, ids["a"], 10) == ("ava", "anna", "ada")
    assert items_with_pair(corpus, ids["n"], 0, 10) == ("nan",)
    assert items_with_pair(corpus, ids["a"], 0, 2) == ("emma", "ava")
    assert items_with_pair(corpus, 0, 0, 10) == ()
    assert items_with_pair(corpus, ids["a"], 0, 10, cancelled=lambda: True) == ()


def test_pairs_on_the_edge_of_two_blocks_are_found(monkeypatch, corpus):
    monkeypatch.setattr("makemore_tui.panes.bigrams.examples._BLOCK", 3)
    found = items_with_pair(corpus, 0, corpus.vocabulary.encode("n")[0], 10)
    assert found == ("nan",)


def test_smoothing_goes_by_usual_steps_from_wherever_it_is():
    steps = [Options()]
    for _ in range(4):
        steps.append(steps[-1].with_smoothing_step(1))
    assert [options.smoothing for options in steps] == [0, 0.01, 0.1, 1, 10]
    typed = Options(smoothing=2.5)
    assert typed.with_smoothing_step(1).smoothing == 10
    assert typed.with_smoothing_step(-1).smoothing == 1
    assert Options().with_smoothing_step(-1).smoothing == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [("2.5", 2.5), ("0", 0), ("1e-3", 0.001), ("0,5", 0.5), ("-1", None), ("nan", None), ("x", None)],
)
def test_only_numbers_of_zero_or_more_smooth(text, number):
    assert parse_smoothing(text) == number


def test_text_is_wrapped_by_cells_and_never_longer():
    assert wrapped("ab: 漢字, xyz", 6) == ["ab:", "漢字,", "xyz"]
    assert wrapped("abcdefgh", 3) == ["abc", "def", "gh"]


# Keys


async def test_the_exact_loss_stands_beside_the_smoothing(names, runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, names)
        assert "NLL 2.454014 nats" in app.text(Controls)
        await pilot.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        await settle(pilot)
        assert "smoothing 1 " in app.text(Controls)
        assert "NLL 2.454577 nats" in app.text(Controls)
        await pilot.press("left_square_bracket", "left_square_bracket", "left_square_bracket", "left_square_bracket")
        await settle(pilot)
        assert "NLL 2.454014 nats" in app.text(Controls)


async def test_the_lecture_s_pair_is_found_by_typing_it(names, runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, names)
        await pilot.press("slash", "n", "d")
        await pilot.pause(0.3)
        await settle(pilot)
        facts = app.text(Inspector)
        for shown in ("n then d", "704", "3.84%", "4.70 bit", "6 of 27", "1.59x", "18,327", "5,496", "3.05 bit"):
            assert shown in facts
        assert "nd: " in app.text(Notes)
        assert "brandon" in app.text(Notes) or "andrea" in app.text(Notes)
        # The line is gone, and letters are commands again.
        await pilot.press("s")
        assert app.pane.options.by_frequency


async def test_characters_that_are_not_in_the_list_are_named_and_taken_back(corpus, runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, corpus)
        await pilot.press("slash", "e", "Z")
        assert app.pane.query_one(Input).value == "e"
        assert app.pane.map.cursor[0] == corpus.vocabulary.encode("e")[0]
        await pilot.press("m")
        assert app.pane.map.cursor == tuple(corpus.vocabulary.encode("em"))
        assert app.focused is app.pane.map.grid


async def test_keys_reach_the_map_from_the_start(corpus, runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.corpus = corpus
        await settle(pilot)
        await pilot.press("p")
        assert app.pane.options.view is View.SHARES


async def test_while_typing_letters_and_numbers_are_no_commands(corpus, runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, corpus)
        before = app.pane.options
        await pilot.press("slash", "v", "escape")
        assert app.pane.options == before
        assert app.focused is app.pane.map.grid


async def test_smoothing_can_be_typed(corpus, runs_home, table):
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, corpus)
        await pilot.press("a", *"2.5", "enter")
        await settle(pilot)
        expected = bigram_nll(table.counts, row_probabilities(table.counts, 2.5)).nll
        assert f"smoothing 2.5   NLL {expected:.6f} nats" in app.text(Controls)
        await pilot.press("a", "x", "enter")
        assert app.pane.query_one(Input).has_focus
        await pilot.press("escape")
        assert app.pane.options.smoothing == 2.5


async def test_each_key_changes_what_it_says(corpus, runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, corpus)
        pane = app.pane
        await pilot.press("p")
        assert pane.options.view is View.SHARES and pane.options.scale is Scale.SQRT
        await pilot.press("l")
        assert pane.options.scale is Scale.LINEAR
        await pilot.press("p", "l")
        assert pane.options.view is View.COUNTS and pane.options.scale is Scale.SQRT
        await pilot.press("c")
        assert pane.map.grid.picture.colors.name == "magma"
        await pilot.press("t")
        assert not pane.map.grid.picture.layout.row_totals
        await pilot.press("t")
        assert pane.map.grid.picture.layout.row_totals
        assert pane.map.grid.picture.layout.size is CellSize.PAIR
        await pilot.press("minus")
        assert pane.map.grid.picture.layout.size is CellSize.NUMBER
        await pilot.press("z")
        assert pane.map.grid.picture.layout.size is CellSize.PAIR
        await pilot.press("s")
        first = pane.map.grid.picture.column_label(0)
        assert first == "a"  # the most frequent of all
        await pilot.press("v", "v", "v", "v")
        assert pane.options.view is View.COUNTS
        await pilot.click(Controls, offset=(10, 0))
        assert pane.options.view is View.SHARES


def test_every_key_has_words_for_the_key_bar_and_the_help():
    bindings = [*BigramsPane.BINDINGS, *HeatmapGrid.BINDINGS, *Prompt.BINDINGS]
    assert all(binding.description for binding in bindings)
    assert len({binding.key for binding in bindings}) == len(bindings)


# The selected run


async def test_without_a_run_the_pane_says_what_to_do(corpus, runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, corpus)
        await pilot.press("m")
        await settle(pilot)
        assert "no neural bigram run of this list yet: start one on 3" in " ".join(app.text(HeatmapGrid).split())
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
        assert "other is of type counts" in app.text(Controls)
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


def test_the_map_is_painted_four_times_a_second_at_most_and_less_often_where_much_changes(monkeypatch):
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    near = Pace()
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    far = Pace()
    assert Pace.SECONDS == 0.25
    assert near.pause(0) == far.pause(0) == pytest.approx(0.225)  # the timer's step makes it 0.25
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
            for _ in range(200):
                if shown in app.text(Controls):
                    break
                await pilot.pause(0.05)
            assert shown in app.text(Controls)
            assert "50.00%" in app.text(Inspector)


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


# Bytes, sizes, pictures


async def test_a_cursor_move_at_120x40_sends_two_kilobytes_at_most(names, runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, names)
        for key in ["down", "right", "down", "left", "down", "right", "p", "up", "right", "down"]:
            app.sent.clear()
            await pilot.press(key)
            await pilot.pause(0.25)
            await settle(pilot)
            assert key == "p" or 0 < sum(app.sent) <= 2048


async def test_a_resize_at_any_moment_leaves_a_whole_picture(names, runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.corpus = names
        for width, height in ((120, 40), (80, 24), (200, 60), (100, 30), (60, 16), (200, 60)):
            await pilot.resize_terminal(width, height)
        await settle(pilot)
        layout = app.pane.map.grid.picture.layout
        assert layout.size is CellSize.PAIR and layout.fits
        assert app.pane.query_one(Inspector).size.width >= 22


def test_nothing_of_this_pane_imports_torch():
    code = "import sys, makemore_tui.panes.bigrams; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_counts(snap, size):
    await snap(BigramsPane, corpus=read_corpus("@elements"), size=size, before=rested)


async def test_the_cursor_begins_on_a_pair_that_is_there(runs_home):
    # "-" comes first of all characters, and starts no item.
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, corpus_from_bytes(b"b-a\nbb\n", name="few", source="-"))
        assert app.pane.map.cursor == (0, 3)
        assert "starts with b" in app.text(Inspector)


@pytest.mark.parametrize(
    ("size", "look", "wanted", "unwanted"),
    [
        ((80, 24), Look(), ["two rows a line, the left label's on top", "black = 0"], "· = 0"),
        ((120, 40), Look(), ["· = 0", "row first, column next"], "two rows"),
        ((100, 40), Look(ascii=True), ["blank = 0"], "two rows"),
    ],
)
async def test_the_legend_explains_the_cells_that_are_shown(names, runs_home, size, look, wanted, unwanted):
    app = Seen(runs_home, look)
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, names)
        text = " ".join(app.text(Notes).split())
        assert [words for words in wanted if words not in text] == []
        assert unwanted not in text


async def test_a_scroll_bar_of_the_map_does_not_touch_the_facts(names, runs_home):
    app = Seen(runs_home, Look(ascii=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, names)
        assert app.pane.map.grid.show_vertical_scrollbar
        assert app.pane.map.grid.region.right < app.pane.query_one(Inspector).region.x
        assert app.pane.query_one(Inspector).size.width == 22
        assert app.pane.map.grid.picture.layout.visible_columns == 27


async def test_picture_of_probabilities_sorted(snap):
    await snap(BigramsPane, corpus=read_corpus("@elements"), size=(120, 40), press=["p", "s"], before=rested)


@pytest.mark.parametrize(
    "look",
    [Look(ColorDepth.COLORS_256), Look(ColorDepth.COLORS_16), Look(ColorDepth.MONOCHROME), Look(ascii=True)],
    ids=["256", "16", "mono", "ascii"],
)
async def test_picture_of_other_terminals(snap, look):
    await snap(BigramsPane, corpus=read_corpus("@elements"), look=look, before=rested)


async def rested(pilot):
    """Wait until the items with the pair have been found."""
    pane = pilot.app.query_one(BigramsPane)
    for _ in range(100):
        await settle(pilot)
        if pane._examples is not None:
            return
        await pilot.pause(0.02)
