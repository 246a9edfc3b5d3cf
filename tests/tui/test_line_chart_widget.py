"""The chart widget repaints what changed, no more often than it may, and nothing while it is hidden."""

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from makemore_tui.look import ColorDepth, Look
from makemore_tui.widgets import line_chart
from makemore_tui.widgets.line_chart import Chart, LineChart, Series, View
from tests.tui.conftest import charts_drawn, until

STEPS = np.arange(1000)
VALUES = 2 + np.random.default_rng(5).normal(size=1000) * 0.1


def chart(count: int) -> Chart:
    series = Series("train", STEPS[:count], VALUES[:count], noisy=True)
    return Chart((series,), view=View(last_step=1000, y_range=(1, 3)))


class ChartApp(App[None]):
    def __init__(self, look: Look | None = None) -> None:
        super().__init__()
        self.look = look or Look()

    def compose(self) -> ComposeResult:
        yield LineChart()

    @property
    def chart(self) -> LineChart:
        return self.query_one(LineChart)


@pytest.fixture
def draws(monkeypatch) -> list[Chart]:
    """The charts that were drawn, in order."""
    seen: list[Chart] = []

    def counted(chart, *arguments, **options):
        seen.append(chart)
        return line_chart.drawing.draw(chart, *arguments, **options)

    monkeypatch.setattr(line_chart.widget, "draw", counted)
    return seen


@pytest.fixture
def refreshed(monkeypatch) -> list[tuple[Region, ...]]:
    """The regions of each call of `refresh`; an empty tuple is the whole widget."""
    seen: list[tuple[Region, ...]] = []
    original = LineChart.refresh

    def recorded(self, *regions, **options):
        seen.append(regions)
        return original(self, *regions, **options)

    monkeypatch.setattr(LineChart, "refresh", recorded)
    return seen


async def test_only_cells_that_changed_are_refreshed(refreshed, monkeypatch):
    monkeypatch.setattr(LineChart, "INTERVAL", 0.001)
    app = ChartApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.chart.chart = chart(520)
        await charts_drawn(pilot)
        refreshed.clear()
        app.chart.chart = chart(530)
        await charts_drawn(pilot)
        regions = [region for call in refreshed for region in call]
        assert regions and all(call for call in refreshed)
        assert sum(region.area for region in regions) < 60
        refreshed.clear()
        app.chart.chart = chart(530)
        await charts_drawn(pilot)
        assert not refreshed
        assert str(app.chart.render_line(0).text).startswith("● train")


async def test_it_draws_no_more_often_than_its_interval(draws, monkeypatch):
    monkeypatch.setattr(LineChart, "INTERVAL", 3600)
    app = ChartApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        first = len(draws)
        for count in range(10, 20):
            app.chart.chart = chart(count)
            await pilot.pause()
        assert len(draws) == first


async def test_the_last_of_many_charts_is_drawn_in_the_end(draws, monkeypatch):
    monkeypatch.setattr(LineChart, "INTERVAL", 0.01)
    app = ChartApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for count in range(10, 20):
            app.chart.chart = chart(count)
        await until(pilot, lambda: draws and draws[-1] is app.chart.chart)
        assert len(draws) < 6


async def test_a_hidden_chart_does_nothing_and_catches_up(draws, monkeypatch):
    monkeypatch.setattr(LineChart, "INTERVAL", 0.001)
    app = ChartApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.chart.display = False
        await pilot.pause()
        draws.clear()
        app.chart.chart = chart(300)
        await pilot.pause(0.05)
        assert not draws
        app.chart.display = True
        await until(pilot, lambda: draws and draws[-1] is app.chart.chart)


async def test_a_resize_draws_at_the_new_size_at_once(monkeypatch):
    monkeypatch.setattr(LineChart, "INTERVAL", 3600)
    app = ChartApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.chart.chart = chart(300)
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert app.chart.render_line(38).text.strip()
        assert app.chart.render_line(0).cell_length == 120


async def test_ascii_only():
    app = ChartApp(Look(ColorDepth.MONOCHROME, ascii=True))
    async with app.run_test(size=(80, 24)) as pilot:
        app.chart.chart = chart(300)
        await charts_drawn(pilot)
        text = "".join(app.chart.render_line(y).text for y in range(24))
        assert "* train" in text
        assert text.isascii()
