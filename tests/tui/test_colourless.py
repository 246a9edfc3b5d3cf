"""What NO_COLOR makes of the styles of the app."""

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from makemore_tui.shell.colourless import Colourless, colourless

BLACK, WHITE = Color(0, 0, 0), Color(255, 255, 255)


@pytest.mark.parametrize(
    ("style", "ground", "reverse"),
    [
        ("white on #121212", BLACK, False),
        ("black on #e69f00", BLACK, True),
        ("black on #e69f00", WHITE, True),  # 2.2 to 1
        ("white on #242f38", Color.parse("#121212"), False),  # a bar, 1.4 to 1
        ("white on #2d4a5a", Color.parse("#121212"), True),  # a chosen line without the focus, 2.0 to 1
        ("white on #005f9e", WHITE, True),
        ("white on black reverse", BLACK, True),
        ("black on white reverse", BLACK, False),
        ("red", BLACK, False),
        ("reverse", BLACK, True),
    ],
)
def test_a_ground_that_stands_out_is_shown_in_reverse(style: str, ground: Color, reverse: bool) -> None:
    plain = colourless(Style.parse(style), ground)
    assert (plain.color, plain.bgcolor) == (None, None)
    assert bool(plain.reverse) is reverse


def test_all_but_the_colours_stays() -> None:
    style = Style.parse("bold underline red on blue") + Style(meta={"@click": "app.bell"})
    (first, second) = Colourless(BLACK).apply([Segment("text", style), Segment("more")], BLACK)
    assert (first.text, second) == ("text", Segment("more"))
    assert first.style is not None
    assert first.style.bold
    assert first.style.underline
    assert first.style.meta == {"@click": "app.bell"}
