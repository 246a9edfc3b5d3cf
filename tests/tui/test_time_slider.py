"""The slider over the steps whose weights are kept."""

import pytest
from textual.pilot import Pilot

from makemore_tui.look import Look
from makemore_tui.widgets.inks import ASCII, MONOCHROME
from makemore_tui.widgets.rows import row_text
from makemore_tui.widgets.time_slider import Timeline, TimeSlider, columns_of, extent, slider_row
from tests.tui.conftest import PaneApp

LINE = Timeline((0, 1, 10, 100, 1000), 10_000, keys=", . < >")


def text(data: Timeline, width: int = 80) -> str:
    return row_text(slider_row(data, width, MONOCHROME, ASCII))


def with_step(step: int | None) -> Timeline:
    return Timeline(LINE.steps, LINE.newest, step, keys=LINE.keys)


def test_the_right_end_is_the_newest_and_ticks_lie_on_a_log_scale() -> None:
    columns = columns_of(LINE, 51)
    assert columns[0] == 0 and columns[-1] == 50
    # ln 2, ln 11, ln 101, ln 1001 over ln 10001, of the 48 columns before the end
    assert columns[1:-1] == [4, 12, 24, 36]


def test_stops_that_a_log_scale_would_lay_on_each_other_are_evenly_spaced() -> None:
    data = Timeline((0, 1, 2, 3, 5, 7, 10), 100_000)
    columns = columns_of(data, 20)
    assert len(set(columns)) == 8
    assert columns[0] == 0 and columns[-1] == 19


def test_the_row_says_the_step_and_the_knob_stands_on_its_tick() -> None:
    for step in (*LINE.steps, None):
        drawn = text(with_step(step))
        start, length = extent(with_step(step), 80)
        assert drawn.index("O") - start == columns_of(LINE, length)[with_step(step).place]
        assert f"step {10_000 if step is None else step:>6,} " in drawn
        assert "newest 10,000" in drawn


def test_the_slider_does_not_shift_when_the_step_gets_longer() -> None:
    assert extent(with_step(0), 80) == extent(with_step(1000), 80) == extent(with_step(None), 80)


def test_keys_give_way_before_the_slider_does() -> None:
    assert text(LINE, 80).endswith(LINE.keys)
    narrow = text(LINE, 45)
    assert LINE.keys not in narrow and "newest 10,000" in narrow and narrow.count("+") == 5


def test_a_row_is_never_wider_than_its_room() -> None:
    for width in range(30, 200):
        assert len(text(LINE, width)) <= width


def test_going_on_and_back_stops_at_the_ends() -> None:
    assert with_step(None).moved(-1) == 1000
    assert with_step(1000).moved(1) is None
    assert with_step(None).moved(1) is None
    assert with_step(0).moved(-1) == 0
    assert with_step(50).moved(1) == 100  # 50 was thinned out: it stands at 10
    assert with_step(50).moved(-1) == 1


def test_while_it_plays_the_knob_is_another_one() -> None:
    drawn = text(Timeline(LINE.steps, LINE.newest, 10, playing=True))
    assert ">" in drawn and "O" not in drawn


class Listening(PaneApp):
    chosen: list[int | None]

    def on_time_slider_chosen(self, event: TimeSlider.Chosen) -> None:
        self.chosen.append(event.step)


async def click(pilot: Pilot[None], column: int) -> None:
    await pilot.click(TimeSlider, offset=(1 + column, 0))
    await pilot.pause()


async def test_a_click_chooses_the_nearest_stop(runs_home) -> None:
    app = Listening(TimeSlider, runs_home, Look(ascii=True))
    app.chosen = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(TimeSlider).show(LINE)
        start, length = extent(LINE, 78)
        columns = columns_of(LINE, length)
        await click(pilot, start + columns[2] + 1)
        await click(pilot, start + columns[0])
        await click(pilot, start + length + 3)
        assert app.chosen == [10, 0, None]


async def test_only_the_cells_that_changed_are_painted(runs_home, monkeypatch: pytest.MonkeyPatch) -> None:
    app = PaneApp(TimeSlider, runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        slider = app.query_one(TimeSlider)
        slider.show(with_step(100))
        await pilot.pause()
        painted: list[int] = []
        monkeypatch.setattr(slider, "refresh", lambda *regions: painted.extend(region.width for region in regions))
        slider.show(with_step(100))
        assert painted == []
        slider.show(with_step(1000))
        assert 0 < sum(painted) < 40
