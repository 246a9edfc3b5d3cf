"""The heatmap in an app: what a key repaints, and what a large matrix costs."""

import numpy as np
import pytest
from textual.app import App
from textual.geometry import Region

from makemore_tui.look import Look
from makemore_tui.widgets.color_maps import sequential_maps
from makemore_tui.widgets.heatmap import Bounds, CellSize, Heatmap, HeatmapData, HeatmapGrid, Notation, Scale

LETTERS = tuple(".abcdefghijklmnopqrstuvwxyz")


class HeatmapApp(App[None]):
    """A heatmap alone; notes its moves and what is asked to be painted again."""

    def __init__(self, data, look=None, **options):
        super().__init__()
        self.data, self.options = data, options
        self.look = look or Look()
        self.moves = []
        self.sent = []

    def compose(self):
        yield Heatmap()

    def on_mount(self):
        self.heatmap = self.query_one(Heatmap)
        self.grid = self.query_one(HeatmapGrid)
        self.heatmap.show(self.data, scale=Scale.LOG, **self.options)
        self.grid.focus()

    def on_heatmap_cursor_moved(self, event):
        self.moves.append((event.row, event.column))

    def _display(self, screen, renderable):
        if hasattr(renderable, "render_segments"):
            self.sent.append(len(renderable.render_segments(self.console).encode()))
        super()._display(screen, renderable)

    def line(self, y):
        return self.grid.render_line(y).text


class CountingValues:
    """A matrix of V x V that counts the cells asked of it."""

    def __init__(self, size):
        self.shape = size, size
        self.asked = 0

    def block(self, rows, columns):
        self.asked += len(rows) * len(columns)
        return (rows[:, None] * 7 + columns[None, :] * 3) % 11 + 0.0


def letters(**options):
    values = np.arange(27 * 27).reshape(27, 27) % 1000
    return HeatmapApp(HeatmapData.of(values, LETTERS, LETTERS), **options)


def large(size=5000, **options):
    labels = tuple(chr(0x4E00 + place) for place in range(size))
    values = CountingValues(size)
    return HeatmapApp(HeatmapData(values, labels, labels, Bounds(1, 10)), **options), values


async def test_a_cursor_move_repaints_two_cells_and_their_labels(monkeypatch):
    app = letters()
    async with app.run_test(size=(92, 40)) as pilot:
        await pilot.pause()
        painted = []
        original = HeatmapGrid.refresh
        monkeypatch.setattr(
            HeatmapGrid,
            "refresh",
            lambda self, *regions, **k: (painted.append(regions), original(self, *regions, **k))[1],
        )
        await pilot.press("down")
        # Three columns a cell after three of labels; the header is line 0.
        assert [set(regions) for regions in painted] == [
            {Region(3, 0, 3, 1), Region(0, 1, 3, 1), Region(3, 1, 3, 1), Region(0, 2, 3, 1), Region(3, 2, 3, 1)}
        ]


async def test_a_cursor_move_sends_few_bytes():
    app = letters()
    async with app.run_test(size=(92, 40)) as pilot:
        for key in ["down", "right"] * 10:
            await pilot.pause()
            app.sent.clear()
            await pilot.press(key)
            await pilot.pause()
            assert 0 < sum(app.sent) < 800


async def test_new_values_repaint_the_cells_that_changed_alone(monkeypatch):
    app = letters()
    async with app.run_test(size=(92, 40)) as pilot:
        await pilot.pause()
        values = np.arange(27 * 27).reshape(27, 27) % 1000
        data = HeatmapData.of(values, LETTERS, LETTERS, Notation.COUNT)
        shares = HeatmapData(data.values, LETTERS, LETTERS, data.bounds)
        app.heatmap.show(shares, scale=Scale.LOG)
        await pilot.pause()
        changed = values.copy()
        changed[4, 6] += 600
        painted = []
        monkeypatch.setattr(HeatmapGrid, "refresh", lambda self, *regions, **k: painted.append(regions))
        same = HeatmapData(HeatmapData.of(changed, LETTERS, LETTERS).values, LETTERS, LETTERS, data.bounds)
        app.heatmap.show(same, scale=Scale.LOG)
        assert painted[-1] == (Region(3 + 6 * 3, 1 + 4, 3, 1),)


async def test_keys_move_the_cursor_and_stop_at_the_edges():
    app = letters()
    async with app.run_test(size=(92, 40)) as pilot:
        await pilot.press("up", "left", "right", "down", "down", "end", "ctrl+end", "home", "ctrl+home")
        assert app.moves == [(0, 1), (1, 1), (2, 1), (2, 26), (26, 26), (26, 0), (0, 0)]


async def test_a_click_moves_the_cursor_and_labels_move_one_way():
    app = letters()
    async with app.run_test(size=(92, 40)) as pilot:
        await pilot.click(HeatmapGrid, offset=(3 + 5 * 3 + 1, 1 + 7))
        await pilot.click(HeatmapGrid, offset=(3 + 2 * 3, 0))
        await pilot.click(HeatmapGrid, offset=(1, 1 + 9))
        assert app.moves == [(7, 5), (7, 2), (9, 2)]


async def test_half_block_cells_can_be_clicked_in_both_halves():
    app = letters()
    async with app.run_test(size=(60, 24)) as pilot:
        await pilot.click(HeatmapGrid, offset=(3 + 2 * 4, 3))
        await pilot.click(HeatmapGrid, offset=(3 + 2 * 4, 3))
        await pilot.click(HeatmapGrid, offset=(0, 5))
        await pilot.click(HeatmapGrid, offset=(1, 5))
        assert app.moves == [(4, 4), (5, 4), (8, 4), (9, 4)]


async def test_a_resize_chooses_other_cells_and_keeps_the_cursor():
    app = letters()
    async with app.run_test(size=(60, 24)) as pilot:
        await pilot.press("down", "down", "right")
        sizes = []
        for width, height in ((92, 40), (146, 58), (60, 24), (20, 8)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            sizes.append(app.grid.picture.layout.size)
            assert app.heatmap.cursor == (2, 1)
        assert sizes == [CellSize.SHORT, CellSize.PAIR, CellSize.SMALL, CellSize.SMALL]


async def test_sorting_keeps_the_cursor_on_its_pair():
    app = letters()
    async with app.run_test(size=(92, 40)) as pilot:
        app.heatmap.move_to(4, 9)
        order = np.arange(27)[::-1].copy()
        data = HeatmapData.of(np.ones((27, 27), int), LETTERS, LETTERS)
        turned = HeatmapData(data.values, LETTERS, LETTERS, data.bounds, row_order=order, column_order=order)
        app.heatmap.show(turned, scale=Scale.LOG)
        await pilot.pause()
        assert (app.grid.place.y, app.grid.place.x) == (22, 17)
        await pilot.press("down")
        assert app.moves[-1] == (3, 9)


@pytest.mark.parametrize("zoom", CellSize)
async def test_5000_characters_are_drawn_without_looking_at_all_pairs(zoom):
    app, values = large(zoom=zoom)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert 0 < values.asked < 20_000
        values.asked = 0
        await pilot.press("pagedown")
        await pilot.pause()
        assert values.asked < 20_000
        values.asked = 0
        await pilot.press("ctrl+end", "end")
        await pilot.pause()
        assert app.moves[-1] == (4999, 4999)
        assert values.asked < 20_000


async def test_headers_stay_in_view_while_cells_scroll():
    app, _ = large(zoom=CellSize.SHORT)
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        app.heatmap.move_to(2000, 3000)
        await pilot.pause()
        grid = app.grid
        first_row, first_column = grid.first_step, grid.first_column
        assert first_row <= 2000 < first_row + 10
        assert first_column <= 3000 < first_column + 11
        assert app.line(0).split()[0] == chr(0x4E00 + first_column)
        assert app.line(1).split()[0] == chr(0x4E00 + first_row)
        expected = (first_row * 7 + first_column * 3) % 11
        assert app.line(1).split()[1] == (str(expected) if expected else "·")


async def test_wide_labels_are_whole_wherever_rulers_cut_the_line():
    app, _ = large(size=200, zoom=CellSize.SMALL)
    async with app.run_test(size=(90, 20)) as pilot:
        await pilot.pause()
        shown = app.screen._compositor.render_strips()[0].text
        assert shown.split()[0] == "".join(chr(0x4E00 + place) for place in range(len(shown.split()[0])))
        assert len(shown.split()[0]) > 20


async def test_moving_inside_the_view_does_not_draw_the_cells_again():
    app, values = large()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        values.asked = 0
        await pilot.press("right", "right", "down", "left")
        await pilot.pause()
        assert values.asked == 0


async def test_scrolling_by_the_wheel_shows_other_rows_and_leaves_the_cursor():
    app, _ = large()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.grid.scroll_to(y=100, animate=False)
        await pilot.pause()
        assert app.grid.first_step == 100
        assert app.moves == []
        # A new picture of the same matrix, as after a key: the cursor comes into view again.
        await pilot.press("down")
        await pilot.pause()
        assert app.grid.first_step <= 1


async def test_nothing_but_ascii_is_drawn_where_nothing_else_is_shown():
    app = letters(look=Look(ascii=True), totals=True)
    for size in CellSize:
        app = letters(look=Look(ascii=True), totals=True, zoom=size)
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.pause()
            assert all(app.line(y).isascii() for y in range(30))


async def test_a_cleared_map_keeps_the_focus_and_takes_keys_without_harm():
    app = letters(colors=sequential_maps(Look().depth)[1])
    async with app.run_test(size=(92, 40)) as pilot:
        app.heatmap.clear()
        await pilot.press("down", "pagedown", "end")
        assert app.focused is app.grid
        assert app.moves == []
        assert app.line(3).strip() == ""
