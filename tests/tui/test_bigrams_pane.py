"""The Bigrams pane: its numbers, its keys, the selected run, and what a cursor move sends."""

import math
import subprocess
import sys

import numpy as np
import pytest
from textual.widgets import Input

from makemore_core.bigrams import bigram_nll, count_bigrams, row_probabilities
from makemore_core.corpus import corpus_from_bytes, read_corpus
from makemore_tui.look import ColorDepth, Look
from makemore_tui.panes.bigrams import BigramsPane
from makemore_tui.panes.bigrams.controls import Controls
from makemore_tui.panes.bigrams.examples import items_with_pair
from makemore_tui.panes.bigrams.facts import pair_facts
from makemore_tui.panes.bigrams.inspector import Inspector, nats
from makemore_tui.panes.bigrams.notes import Notes, wrapped
from makemore_tui.panes.bigrams.options import Options, View, parse_smoothing
from makemore_tui.panes.bigrams.prompt import Prompt
from makemore_tui.panes.bigrams.tables import CountTable, Difference, ModelShares, Shares, one_row
from makemore_tui.panes.bigrams.words import loss, short_numbers
from makemore_tui.widgets.heatmap import Bounds, CellSize, HeatmapGrid, Scale
from tests.tui.bigrams_views import SMALL, Seen, examples_found, opened
from tests.tui.conftest import SIZES, settle


@pytest.fixture(scope="session")
def names(names_file):
    return read_corpus(names_file)


@pytest.fixture
def corpus():
    return corpus_from_bytes(SMALL, name="small.txt", source="-")


@pytest.fixture
def table(corpus):
    return CountTable(count_bigrams(corpus))


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


def test_what_is_certain_costs_zero_without_a_sign():
    table = CountTable(np.array([[0, 2, 0], [0, 0, 2], [2, 0, 0]]))
    shares = Shares(table, 0.0)
    assert loss(table.loss(0.0).nll) == "NLL 0.000000 nats   0.0000 bits   perplexity 1.000"
    assert nats(pair_facts(0, 1, table, shares, shares).surprisal) == "0.000 nats"


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
    # After id 1: 8, 4, 2, 2 of 16, so P = 1/2, 1/4, 1/8, 1/8 and H = 1.75 bits, in nats 1.75 ln 2.
    counts = np.array([[0, 16, 0, 0], [8, 4, 2, 2], [4, 0, 0, 0], [4, 0, 0, 0]])
    table = CountTable(counts)
    shares = Shares(table, 0.0)
    facts = pair_facts(1, 2, table, shares, shares)
    assert (facts.count, facts.share, facts.rank) == (2, 0.125, 3)
    assert facts.surprisal == pytest.approx(math.log(8))
    assert (facts.row_sum, facts.column_sum) == (16, 2)
    assert facts.row_entropy == pytest.approx(1.75 * math.log(2))
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
        await examples_found(pilot)
        facts = app.text(Inspector)
        for shown in ("n then d", "704", "3.84%", "3.259 nats", "6 of 27", "1.59x", "18,327", "5,496", "2.11"):
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


# Bytes, sizes, pictures


async def test_a_cursor_move_at_120x40_sends_two_kilobytes_at_most(names, runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, names)
        for key in ["down", "right", "down", "left", "down", "right", "p", "up", "right", "down"]:
            app.sent.clear()
            await pilot.press(key)
            await examples_found(pilot)
            assert key == "p" or 0 < sum(app.sent) <= 2048


def test_nothing_of_this_pane_imports_torch():
    code = "import sys, makemore_tui.panes.bigrams; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_counts(snap, size):
    await snap(BigramsPane, corpus=read_corpus("@elements"), size=size, before=examples_found)


async def test_the_cursor_begins_on_a_pair_that_is_there(runs_home):
    # "-" comes first of all characters, and starts no item.
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, corpus_from_bytes(b"b-a\nbb\n", name="few", source="-"))
        assert app.pane.map.cursor == (0, 3)
        assert "starts with b" in app.text(Inspector)


@pytest.mark.parametrize(
    ("view", "largest", "told"),
    [
        (View.COUNTS, 99, ""),
        (View.COUNTS, 417, "1h: 100"),
        (View.COUNTS, 6763, "1h: 100, 1k: 1,000"),
        (View.COUNTS, 20_000, "1h: 100, 1k: 1,000, <M: below a million"),
        (View.SHARES, 1.0, "percent; 1h: 100"),
        (View.DIFFERENCE, 0.2, "points; ++ and --: 10 or more"),
    ],
)
def test_short_numbers_are_explained_as_far_as_they_occur(view, largest, told):
    assert short_numbers(view, largest) == told


async def test_picture_of_probabilities_sorted(snap):
    await snap(BigramsPane, corpus=read_corpus("@elements"), size=(120, 40), press=["p", "s"], before=examples_found)


@pytest.mark.parametrize(
    "look",
    [Look(ColorDepth.COLORS_256), Look(ColorDepth.COLORS_16), Look(ColorDepth.MONOCHROME), Look(ascii=True)],
    ids=["256", "16", "mono", "ascii"],
)
async def test_picture_of_other_terminals(snap, look):
    await snap(BigramsPane, corpus=read_corpus("@elements"), look=look, before=examples_found)
