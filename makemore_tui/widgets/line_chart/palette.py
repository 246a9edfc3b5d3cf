"""Colours of a chart for each kind of terminal, after Okabe and Ito: apart for all kinds of colour vision."""

from collections.abc import Sequence

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color

from makemore_tui.look import ColorDepth
from makemore_tui.widgets.line_chart.frame import SLOTS, Ink, band_ink, line_ink

_BAND_STRENGTH = 0.4
_LINES: dict[tuple[ColorDepth, bool], Sequence[str]] = {
    (ColorDepth.TRUECOLOR, True): ("#56b4e9", "#e69f00", "#1fc192", "#e38bc0", "#f0e442", "#ee7733"),
    (ColorDepth.TRUECOLOR, False): ("#0072b2", "#b35c00", "#00745a", "#a8478a", "#7a6f00", "#a63c00"),
    (ColorDepth.COLORS_256, True): ("#5fafff", "#ffaf00", "#00d787", "#ff87d7", "#ffff5f", "#ff5f00"),
    (ColorDepth.COLORS_256, False): ("#005faf", "#af5f00", "#00875f", "#af5f87", "#878700", "#af0000"),
    # The values are those of the sixteen colours themselves, so that each finds its own.
    (ColorDepth.COLORS_16, True): ("#55ffff", "#ffff55", "#55ff55", "#ff55ff", "#ffffff", "#ff5555"),
    (ColorDepth.COLORS_16, False): ("#0000aa", "#aa5500", "#00aa00", "#aa00aa", "#000000", "#aa0000"),
}
_BANDS: dict[tuple[ColorDepth, bool], Sequence[str]] = {
    (ColorDepth.COLORS_256, True): ("#005f87", "#875f00", "#00875f", "#875f87", "#878700", "#875f5f"),
    (ColorDepth.COLORS_256, False): ("#87afd7", "#d7af87", "#87d7af", "#d7afd7", "#d7d787", "#d78787"),
    (ColorDepth.COLORS_16, True): ("#00aaaa", "#aa5500", "#00aa00", "#aa00aa", "#aaaaaa", "#aa0000"),
    (ColorDepth.COLORS_16, False): ("#00aaaa", "#aaaaaa", "#55ff55", "#ff55ff", "#555555", "#ff5555"),
}


def ink_styles(depth: ColorDepth, background: Color, foreground: Color) -> dict[int, Style]:
    """The style of each ink on a background; grey steps between the two where there are no colours."""
    dark = background.brightness < 0.5

    def grey(strength: float) -> str:
        return background.blend(foreground, strength).hex6

    if depth is ColorDepth.COLORS_16:
        quiet = "#aaaaaa" if dark else "#555555"
        greys = {Ink.AXIS: quiet, Ink.LABEL: quiet, Ink.GRID: "#555555", Ink.REFERENCE: quiet}
    else:
        greys = {Ink.AXIS: grey(0.5), Ink.LABEL: grey(0.65), Ink.GRID: grey(0.3), Ink.REFERENCE: grey(0.75)}
    styles = {int(ink): _style(color) for ink, color in greys.items()}
    styles[Ink.BLANK] = Style()
    styles[Ink.TITLE] = styles[Ink.CURSOR] = _style(foreground.hex6)
    for slot in range(SLOTS):
        if depth is ColorDepth.MONOCHROME:
            line, band = foreground.hex6, grey(0.4)
        else:
            line = _LINES[depth, dark][slot]
            bands = _BANDS.get((depth, dark))
            band = bands[slot] if bands else background.blend(Color.parse(line), _BAND_STRENGTH).hex6
        styles[line_ink(slot)] = _style(line)
        styles[band_ink(slot)] = _style(band)
        if depth is ColorDepth.MONOCHROME:  # where greys are left out too, these tell the two apart
            styles[line_ink(slot)] += Style(bold=True)
            styles[band_ink(slot)] += Style(dim=True)
    return styles


def _style(color: str) -> Style:
    return Style.from_color(RichColor.parse(color))


def line_color(slot: int, depth: ColorDepth, background: Color, foreground: Color) -> str:
    """The colour of the line in a slot, for words beside a chart that name it."""
    color = ink_styles(depth, background, foreground)[line_ink(slot)].color
    return foreground.hex6 if color is None else color.name
