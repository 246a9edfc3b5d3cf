"""Rows are repainted, and written, by the stretches that changed."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip

from makemore_tui.widgets.rows import Row, span
from makemore_tui.widgets.spans import GAP, SpanRows, cells_of, stretches


@given(st.sets(st.integers(0, 200)))
def test_stretches_hold_every_changed_column_and_keep_apart(changed):
    found = stretches(sorted(changed))
    inside = {column for start, end in found for column in range(start, end)}
    assert changed <= inside
    for start, end in found:
        assert {start, end - 1} <= changed
    assert all(later[0] - earlier[1] > GAP for earlier, later in pairwise(found))


def test_cells_of_wide_and_combining_characters():
    bold = Style(bold=True)
    strip = Strip([Segment("a山", bold), Segment("e\u0301.")])
    assert cells_of(strip) == [("a", bold), ("山", bold), ("after 山", bold), ("e\u0301", None), (".", None)]


class Counter(SpanRows):
    number = 0

    def draw(self, width: int, height: int) -> list[Row]:
        return [[span("steady")], [span(f"step {self.number:6} of many "), span("and more")]]


class CounterApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Counter()


async def test_only_the_digits_that_changed_are_refreshed(monkeypatch):
    regions: list[Region] = []
    original = Counter.refresh

    def recorded(self, *parts, **options):
        regions.extend(parts)
        return original(self, *parts, **options)

    app = CounterApp()
    async with app.run_test(size=(60, 4)) as pilot:
        counter = app.query_one(Counter)
        counter.redraw()
        await pilot.pause()
        monkeypatch.setattr(Counter, "refresh", recorded)
        counter.number = 12
        counter.redraw()
        assert regions == [Region(9, 1, 2, 1)]
        assert counter.render_line(1).text.startswith("step     12 of many and more")
        counter.redraw()
        assert len(regions) == 1


def test_a_wide_character_is_repainted_whole():
    before, after = (cells_of(Strip([Segment(f"a{character}b")])) for character in "山川")
    changed = [column for column, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    assert changed == [1, 2]
