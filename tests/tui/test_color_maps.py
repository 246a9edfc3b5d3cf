"""The colour maps: readable in grey, and unchanged on their way to the terminal."""

import re
from itertools import pairwise

import pytest
from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color as TextualColor
from textual.filter import ANSIToTruecolor, LineFilter
from textual.strip import Strip

from makemore_tui.look import ColorDepth
from makemore_tui.widgets.color_maps import ColorMap, diverging_map, sequential_maps

COLORFUL = [depth for depth in ColorDepth if depth is not ColorDepth.MONOCHROME]
SEQUENTIAL = [(depth, entry) for depth in COLORFUL for entry in sequential_maps(depth)]
DIVERGING = [(depth, diverging_map(depth)) for depth in COLORFUL]
# What xterm shows for its first sixteen colours, in place of Rich's table.
XTERM = (
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)
XTERM_RGB = [tuple(bytes.fromhex(text)) for text in XTERM.split()]


def lightness(rgb: tuple[int, int, int]) -> float:
    """CIE 1976 L* under D65 of an sRGB colour, from the definitions (IEC 61966-2-1, CIE 15)."""
    linear = []
    for value in rgb:
        part = value / 255
        linear.append(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * luminance ** (1 / 3) - 16 if luminance > (6 / 29) ** 3 else luminance * (29 / 3) ** 3


def rgb(color: Color) -> tuple[int, int, int]:
    """Red, green and blue; for indexed colours by xterm's formula of the cube and the greys."""
    if color.number is None:
        assert color.triplet is not None
        return tuple(color.triplet)
    number = color.number
    if number < 16:
        return XTERM_RGB[number]
    if number >= 232:
        return (8 + 10 * (number - 232),) * 3
    cube = [0, 95, 135, 175, 215, 255]
    return cube[(number - 16) // 36], cube[(number - 16) // 6 % 6], cube[(number - 16) % 6]


def named(case: object) -> str:
    return case.name if isinstance(case, ColorMap) else str(case)


@pytest.mark.parametrize(("depth", "colors"), SEQUENTIAL, ids=named)
def test_a_larger_value_is_lighter_and_zero_is_darkest(depth, colors):
    steps = [lightness(rgb(shade)) for shade in colors.shades]
    assert all(low < high for low, high in pairwise(steps))
    assert lightness(rgb(colors.zero)) < steps[0]


@pytest.mark.parametrize(("depth", "colors"), DIVERGING, ids=named)
def test_a_larger_difference_is_lighter_on_both_sides(depth, colors):
    middle = colors.levels // 2
    steps = [lightness(rgb(shade)) for shade in colors.shades]
    assert colors.levels % 2 == 1
    assert all(outer > inner for outer, inner in pairwise(steps[: middle + 1]))
    assert all(outer > inner for inner, outer in pairwise(steps[middle:]))


@pytest.mark.parametrize("colors", [*sequential_maps(ColorDepth.MONOCHROME), diverging_map(ColorDepth.MONOCHROME)])
def test_without_colours_a_map_has_levels_alone(colors):
    styles = [colors.cursor_cell, *(colors.cell(level) for level in range(-1, colors.levels))]
    assert colors.levels > 1
    assert all(style.color is None and style.bgcolor is None for style in styles)
    assert colors.cursor_cell.reverse


def test_viridis_has_its_published_ends_and_middle():
    shades = [rgb(shade) for shade in sequential_maps(ColorDepth.TRUECOLOR)[0].shades]
    assert shades[0] == (68, 1, 84)
    assert shades[-1] == (253, 231, 37)
    published = (33, 145, 140)  # viridis(0.5)
    assert all(abs(a - b) <= 4 for a, b in zip(shades[len(shades) // 2], published, strict=True))


@pytest.mark.parametrize(("depth", "colors"), SEQUENTIAL + DIVERGING, ids=named)
def test_text_on_every_shade_has_a_contrast_of_four_and_a_half(depth, colors):
    def luminance(color: Color) -> float:
        triplet = color.triplet or color.get_truecolor()
        parts = [v / 255 for v in triplet]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for shade, ink in zip(colors.shades, colors.inks, strict=True):
        dark, light = sorted([luminance(shade), luminance(ink)])
        assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize(("depth", "colors"), SEQUENTIAL + DIVERGING, ids=named)
def test_the_cursor_has_a_colour_of_its_own(depth, colors):
    assert rgb(colors.cursor) not in [rgb(shade) for shade in (*colors.shades, colors.zero)]


def sent(color: Color, system: str, *filters: LineFilter) -> str:
    """The parameters that reach the terminal for this background."""
    strip = Strip([Segment(" ", Style(bgcolor=color))])
    for line_filter in filters:
        strip = strip.apply_filter(line_filter, TextualColor(18, 18, 18))
    written = strip.render(Console(color_system=system, force_terminal=True, legacy_windows=False))
    match = re.search(r"\x1b\[([\d;]*)m", written)
    assert match is not None
    return match[1]


def ansi_filter() -> ANSIToTruecolor:
    return ANSIToTruecolor(App().ansi_theme)


def test_256_colour_terminals_get_the_ramp_itself():
    ramp = sequential_maps(ColorDepth.COLORS_256)[0]
    numbers = [17, 54, 90, 125, 168, 204, 209, 216, 222, 229]
    assert [sent(shade, "256", ansi_filter()) for shade in ramp.shades] == [f"48;5;{n}" for n in numbers]


def test_16_colour_terminals_get_the_ramp_itself():
    ramp = sequential_maps(ColorDepth.COLORS_16)[0]
    assert [sent(shade, "standard", ansi_filter()) for shade in ramp.shades] == ["44", "104", "46", "106", "107"]
