"""The Bigrams pane at sizes of the terminal: what is arranged how, and what the legend explains."""

import pytest

from makemore_core.corpus import read_corpus
from makemore_tui.app import MakemoreApp
from makemore_tui.look import Look
from makemore_tui.panes.bigrams import BigramsPane
from makemore_tui.panes.bigrams.inspector import Inspector
from makemore_tui.panes.bigrams.notes import Notes
from makemore_tui.widgets.heatmap import CellSize
from tests.tui.bigrams_views import Seen, opened
from tests.tui.conftest import settle


@pytest.fixture(scope="session")
def names(names_file):
    return read_corpus(names_file)


async def test_after_a_resize_what_is_said_is_of_the_cells_that_are_seen(runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, read_corpus("@elements"))
        assert "two rows a line" in app.text(Notes)
        await pilot.resize_terminal(120, 40)
        await settle(pilot)
        assert app.pane.cells.rows_per_line == 1
        assert "two rows a line" not in app.text(Notes)


async def test_items_below_the_map_leave_a_gap_before_the_facts(runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app, pilot, read_corpus("@elements"))
        notes, facts = app.pane.query_one("#map-notes"), app.pane.query_one("#fact-side")
        assert notes.display
        assert notes.region.right < facts.region.x


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


async def test_each_size_is_arranged_before_it_is_laid_out(runs_home, monkeypatch, tmp_path):
    laid_out = []
    resized = BigramsPane.on_resize

    def note(pane, event):
        laid_out.append((event.size.width, pane.query_one("#map-side").region.width))
        resized(pane, event)

    monkeypatch.setattr(BigramsPane, "on_resize", note)
    path = tmp_path / "small.txt"
    path.write_bytes(b"abcdefghijklmnopqrstuvwxyz\nzyx\n")
    app = MakemoreApp(str(path), runs=runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("2")
        await settle(pilot)
        pane = app.query_one(BigramsPane)
        for size in ((120, 40), (80, 24), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert laid_out[-1] == (size[0], pane.query_one("#map-side").region.width)
    assert len({width for _, width in laid_out[1:]}) > 1  # it does depend on the size


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


async def test_the_smallest_screen_explains_short_numbers(names, runs_home):
    app = Seen(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, names)
        await pilot.press("plus")
        await settle(pilot)
        assert app.pane.map.grid.picture.layout.size is CellSize.SHORT
        assert "1h: 100, 1k: 1,000" in " ".join(app.text(Notes).split())
