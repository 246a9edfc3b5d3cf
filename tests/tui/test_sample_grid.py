"""Samples through time: the grid by itself, and in place of the charts of a run."""

from dataclasses import replace

import pytest

from makemore_core.runs.snapshot import RunSample, SampleSet
from makemore_tui.look import ColorDepth, Look
from makemore_tui.panes.train.live import LiveView
from makemore_tui.panes.train.through_time import column_of
from makemore_tui.widgets.sample_grid import GridColumn, GridItem, Place, SampleGrid, columns_in, spread
from tests.tui.conftest import SIZES, PaneApp, settle
from tests.tui.train_app import TrainApp, quick, watch
from tests.tui.train_views import StandInEngine, a_view

__all__ = ["quick"]

WORDS = ("emma", "olivia", "kayah", "shi", "laorethan", "endraeganorielle", "mia", "x", "ava", "mora")
PLACES = (Place.TRAIN, Place.HELD_OUT, Place.NEW)


def columns(count, seeds=10, every=100):
    """Item s of set n is a word and the two numbers, so that each is found on the screen."""
    return [
        GridColumn(every * n, tuple(GridItem(f"w{n}s{seed + 1}", PLACES[(n + seed) % 3]) for seed in range(seeds)))
        for n in range(count)
    ]


class Alone(PaneApp):
    def __init__(self, runs_home, look=None):
        super().__init__(SampleGrid, runs_home, look)

    @property
    def rows(self):
        grid = self.query_one(SampleGrid)
        return ["".join(segment.text for segment in grid._strips[y]).rstrip() for y in range(len(grid._strips))]

    @property
    def steps(self):
        return [int(word.replace(",", "")) for word in self.rows[0].split()[1:]]


def test_few_sets_are_all_shown():
    assert spread(0, 5) == []
    assert spread(4, 5) == [0, 1, 2, 3]
    assert spread(5, 5) == [0, 1, 2, 3, 4]


def test_many_sets_are_spread_ever_further_apart_from_the_first_to_the_last():
    assert spread(31, 6) == [0, 1, 5, 10, 20, 30]
    assert spread(1001, 5) == [0, 1, 10, 100, 1000]
    for count in range(1, 200):
        for most in range(1, 20):
            chosen = spread(count, most)
            assert len(chosen) == min(count, most)
            assert chosen == sorted(set(chosen)) and chosen[-1] == count - 1
            assert most == 1 or chosen[0] == 0


def test_few_columns_move_when_a_set_arrives():
    for count in range(20, 400):
        gone = set(spread(count, 6)) - set(spread(count + 1, 6))
        assert len(gone) <= 2, count  # the newest gives way to a newer one, and now and then one more


async def test_a_row_is_a_seed_and_a_column_a_step(runs_home):
    app = Alone(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        app.subject.show(columns(31))
        await pilot.pause()
        assert app.steps == [0, 100, 500, 1000, 2000, 3000]
        words = app.rows[3].split()
        assert words[0] == "3" and words[2::2] == [f"w{n}s3" for n in (0, 1, 5, 10, 20, 30)]
        assert words[1::2] == ["●○+"[(n + 2) % 3] for n in (0, 1, 5, 10, 20, 30)]
        assert app.rows[-1].startswith("● in train   ○ in dev or test   + new")


@pytest.mark.parametrize("look", [Look(), Look(ascii=True), Look(ColorDepth.MONOCHROME), Look(ColorDepth.COLORS_16)])
async def test_where_an_item_stands_is_told_without_colours(runs_home, look):
    app = Alone(runs_home, look)
    async with app.run_test(size=(80, 24)) as pilot:
        app.subject.show([GridColumn(0, tuple(GridItem(place.name.lower(), place) for place in PLACES))])
        await pilot.pause()
        marks = "*o+" if look.ascii else "●○+"
        assert [row.split() for row in app.rows[1:4]] == [
            ["1", marks[0], "train"],
            ["2", marks[1], "held_out"],
            ["3", marks[2], "new"],
        ]
        assert not look.ascii or all(row.isascii() for row in app.rows)


async def test_keys_scroll_through_all_steps_and_back_to_the_whole_time(runs_home):
    app = Alone(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        grid = app.subject
        grid.focus()
        grid.show(columns(31))
        await pilot.press("left")
        assert app.steps == [100 * n for n in range(24, 30)]
        await pilot.press("right")
        assert app.steps == [100 * n for n in range(25, 31)]
        await pilot.press("home", "left")
        assert app.steps == [0, 100, 200, 300, 400, 500]
        assert "sets 1 to 6 of 31" in str(grid.border_subtitle)
        grid.show(columns(33))  # two more: what is in sight stays
        assert app.steps == [0, 100, 200, 300, 400, 500]
        await pilot.press("end")
        assert app.steps[-1] == 3200
        grid.show(columns(34))  # the end is followed
        assert app.steps[-1] == 3300
        await pilot.press("0")
        assert app.steps == [0, 100, 500, 1000, 2000, 3300]


async def test_more_seeds_than_rows_are_scrolled(runs_home):
    app = Alone(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        app.subject.focus()
        app.subject.show(columns(2, seeds=100))
        await pilot.pause()
        assert "1 to 20 of 100" in str(app.subject.border_title)
        await pilot.press("up", "down", "down")
        assert app.rows[1].split()[0] == "3"
        await pilot.press(*["down"] * 100)
        assert app.rows[-2].split()[0] == "100"


async def test_long_items_are_cut_and_unfinished_ones_are_marked(runs_home):
    app = Alone(runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        items = (
            GridItem("a" * 40, Place.NEW),
            GridItem("emma", Place.NEW, finished=False),
            GridItem("日本" * 20, Place.NEW),
        )
        app.subject.show([GridColumn(0, items), GridColumn(100, items)])
        await pilot.pause()
        assert app.rows[1].split() == ["1", "+", "a" * 8 + "…", "+", "a" * 8 + "…"]  # 9 of 76 cells
        assert app.rows[2].split() == ["2", "+", "emma…", "+", "emma…"]
        starts = {row.index("+", 8) - row.index("+") for row in app.rows[1:3]}
        assert starts == {12}
        assert columns_in(app.subject.columns, 76) == 6
        assert columns_in(app.subject.columns, 196) == 10  # 16 cells a text at the most


async def test_only_what_changed_is_painted(runs_home, monkeypatch):
    app = Alone(runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        grid = app.subject
        grid.show(columns(50))
        await pilot.pause()
        painted = []
        monkeypatch.setattr(grid, "refresh", lambda *regions, **_: painted.extend(region.area for region in regions))
        grid.show(columns(50))
        assert painted == []
        fresh = columns(50)
        fresh[-1] = replace(fresh[-1], items=(GridItem("another", Place.NEW), *fresh[-1].items[1:]))
        grid.show(fresh)
        assert 0 < sum(painted) < 40


def test_the_side_that_was_learnt_from_comes_first():
    def place(**sides):
        given = {"in_train": False, "in_dev": False, "in_test": False, **sides}
        return column_of(SampleSet(5, (RunSample("a\x1b", 1.0, finished=True, **given),))).items[0].place

    assert place(in_train=True, in_dev=True) is Place.TRAIN
    assert place(in_dev=True) is place(in_test=True) is Place.HELD_OUT
    assert place() is Place.NEW
    escaped = column_of(SampleSet(5, (RunSample("a\x1b", 1.0, False, False, False, False),))).items[0]
    assert escaped.text.startswith("a") and "\x1b" not in escaped.text and not escaped.finished


def sets(count):
    """Fixed samples: the words grow from one letter to the whole of it."""
    return tuple(
        SampleSet(
            40 * n,
            tuple(
                RunSample(word[: 1 + n] + "q" * max(0, 6 - n), 2.0, (n + k) % 4 == 0, (n + k) % 7 == 0, False, k != 5)
                for k, word in enumerate(WORDS)
            ),
        )
        for n in range(count)
    )


@pytest.fixture
def engine(tmp_path):
    return StandInEngine(tmp_path, [a_view(samples=sets(31))])


@pytest.mark.usefixtures("quick")
async def test_a_key_shows_the_samples_through_time_and_leads_back(engine):
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        live = await watch(app, pilot)
        live.focus()
        await pilot.press("S")
        await pilot.pause()
        assert live.grid.has_focus and not live.charts.is_on_screen
        assert "samples through time" in app.text() and "○ in dev or test" in app.text()
        await pilot.press("left")
        assert live.grid.behind == 1
        assert live.look_at.cursor is None  # the charts heard nothing of it
        await pilot.press("x")
        assert not live.look_at.log_x
        app.pane.give_keys()  # as when the pane is shown again
        await pilot.pause()
        assert live.grid.has_focus
        for key in ("escape", "S"):
            await pilot.press(key)
            await pilot.pause()
            if key == "escape":
                assert live.has_focus and live.charts.is_on_screen and not live.grid.display
        assert live.grid.has_focus


@pytest.mark.usefixtures("quick")
async def test_new_samples_come_in_while_the_run_goes_on(engine):
    app = TrainApp(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        live = await watch(app, pilot)
        live.focus()
        await pilot.press("S")
        live._log_due = 0.0
        live.show(a_view(step=1280, samples=sets(33)))
        assert live.grid.columns[-1].step == 1280
        live._log_due = 0.0
        live.show(a_view(name="another", samples=sets(2)))
        assert [column.step for column in live.grid.columns] == [0, 40] and live.grid.behind is None


@pytest.mark.parametrize("size", [*SIZES, (200, 60)])
async def test_looks(snap, size):
    async def grid(pilot):
        live = pilot.app.subject
        live.show(a_view(samples=sets(31), state="stopped"))
        live.focus()
        await pilot.press("S")
        await settle(pilot)

    await snap(LiveView, size=size, before=grid)


async def test_looks_in_ascii(snap):
    async def grid(pilot):
        live = pilot.app.subject
        live.show(a_view(samples=sets(31), state="stopped"))
        live.focus()
        await pilot.press("S", "left")
        await settle(pilot)

    await snap(LiveView, size=(80, 24), before=grid, look=Look(ColorDepth.MONOCHROME, ascii=True))
