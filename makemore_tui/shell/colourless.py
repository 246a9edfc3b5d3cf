"""What is asked for by NO_COLOR (https://no-color.org): no colour at all goes over the line.

Textual turns colours into greys, which are colours as well. Bold, underline and reverse stay; what a widget marks by a
ground that stands out (the cursor, the tab at the front, a selection) is shown in reverse.
"""

from functools import lru_cache

from rich.color import Color as TerminalColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from makemore_tui.widgets.color_maps import relative_luminance, rgb_of

STANDS_OUT = 1.6
"""The contrast (WCAG 2.2) with the ground of the app from which on a ground is shown in reverse."""


class Colourless(LineFilter):
    """Takes the colours out of lines. `ground` is that of the app's theme."""

    def __init__(self, ground: Color) -> None:
        super().__init__()
        self.ground = ground

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same text without colours."""
        return [
            Segment(text, None if style is None else colourless(style, self.ground), control)
            for text, style, control in segments
        ]


@lru_cache(4096)
def colourless(style: Style, ground: Color) -> Style:
    """The style without colours, in reverse where the cell's ground stands out from that of the app."""
    plain = style.without_color + Style(meta=style.meta or None)
    behind = style.color if style.reverse else style.bgcolor
    if behind is None or behind.is_default:
        return plain
    return plain + Style(reverse=_contrast(behind, ground) >= STANDS_OUT)


def _contrast(one: TerminalColor, other: Color) -> float:
    lower, higher = sorted((relative_luminance(rgb_of(one)), relative_luminance(other.rgb)))
    return (higher + 0.05) / (lower + 0.05)
