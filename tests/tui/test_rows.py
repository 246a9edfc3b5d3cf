"""What is painted: only the rows that changed."""

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.geometry import Region

from makemore_tui.look import ColorDepth, Look
from makemore_tui.widgets.inks import MONOCHROME, SIXTEEN
from makemore_tui.widgets.rows import Row, Rows, fit, right, span, strip_of


class Lines(Rows):
    lines: tuple[str, ...] = ()

    def draw(self, width: int, height: int) -> list[Row]:
        return [[span(line, self.inks.strong)] for line in self.lines]


class RowsApp(App[None]):
    def __init__(self, look: Look | None = None) -> None:
        super().__init__()
        self.look = look or Look()

    def compose(self) -> ComposeResult:
        yield Lines()


async def test_only_changed_rows_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    app = RowsApp()
    async with app.run_test(size=(20, 5)) as pilot:
        widget = app.query_one(Lines)
        widget.lines = ("one", "two", "three")
        widget.redraw()
        await pilot.pause()
        painted: list[Region] = []
        monkeypatch.setattr(widget, "refresh", lambda *regions, **options: painted.extend(regions))
        widget.redraw()
        assert painted == []
        widget.lines = ("one", "2", "three", "four")
        widget.redraw()
        assert painted == [Region(0, 1, 20, 1), Region(0, 3, 20, 1)]


async def test_rows_follow_the_size_and_the_theme() -> None:
    app = RowsApp()
    async with app.run_test(size=(20, 5)) as pilot:
        widget = app.query_one(Lines)
        widget.lines = ("a", "b", "c", "d", "e", "f")
        widget.redraw()
        await pilot.resize_terminal(10, 3)
        await pilot.pause()
        assert [widget.render_line(y).text for y in range(4)] == ["a" + " " * 9, "b" + " " * 9, "c" + " " * 9, " " * 10]
        app.theme = "textual-light"
        await pilot.pause()
        (segment, *_) = widget.render_line(0)
        assert segment.style is not None and widget.inks.strong.color is not None
        assert segment.style.color == widget.inks.strong.color
        assert segment.style.color.name == app.theme_variables["foreground"].lower()


async def test_inks_are_mixed_on_the_ground_and_in_the_colours_of_the_theme() -> None:
    app = RowsApp()
    async with app.run_test():
        widget, muted = app.query_one(Lines), []
        for ground in ("black", "white", "black"):
            widget.styles.background = ground
            assert widget.inks.muted.bgcolor == Color.parse(ground).rich_color
            # Sixty percent of white on black, of black on white.
            muted.append(Color.from_rich_color(widget.inks.muted.color).rgb)
        assert muted == [(153,) * 3, (102,) * 3, (153,) * 3]
        for theme in ("textual-light", "textual-dark"):
            app.theme = theme
            assert widget.inks.after.color == Color.parse(app.theme_variables["success"]).rich_color


@pytest.mark.parametrize(("depth", "inks"), [(ColorDepth.MONOCHROME, MONOCHROME), (ColorDepth.COLORS_16, SIXTEEN)])
async def test_few_colors_have_inks_of_their_own(depth: ColorDepth, inks: object) -> None:
    app = RowsApp(Look(depth))
    async with app.run_test():
        assert app.query_one(Lines).inks is inks


def test_rows_have_exactly_the_width() -> None:
    assert strip_of([span("abc")], 5).text == "abc  "
    assert strip_of([span("a字字")], 4).cell_length == 4
    assert (fit("a字字", 4), right("字", 4), right("abcdef", 4)) == ("a字 ", "  字", "abcd")
