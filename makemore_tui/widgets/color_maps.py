"""Colour maps for heatmaps, one for each kind of terminal.

Every map rises steadily in lightness (a diverging one does so from its middle to both ends), so that it can be read by
colour-blind people, on a projector and in a grey copy. What is not there (a count of zero) is drawn in a colour of its
own, darker than the map.

Colours pass two filters on their way to the terminal: Textual turns colours that name no red, green and blue into
those of its own palette, and Rich turns red, green and blue into the nearest colour that the terminal has, which bends
a ramp. A colour that carries both its number and its triplet passes both unchanged; `indexed` makes such colours.

Where there are to be no colours, a map has levels alone: cells are told apart by the signs that are drawn in them.
"""

from dataclasses import dataclass
from functools import cache

from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.style import Style

from makemore_tui.look import ColorDepth

Rgb = tuple[int, int, int]

LEVELS = 32
"""Steps of a truecolor map: the eye sees no bands, and runs of equal cells stay cheap to send."""

# Published values at even distances: viridis and magma (van der Walt and Smith, 2015, CC0) and cividis (Nuñez,
# Anderton and Renslow, 2018), as Matplotlib has them. Magma starts a fifth of the way up: its darkest colours cannot
# be told from an empty cell.
_VIRIDIS = "440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 bddf26 fde725"
_MAGMA = "3b0f70 641a80 8c2981 b73779 de4968 f7705c fe9f6d fecf92 fcfdbf"
_CIVIDIS = "00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838"
# From sky blue to orange, the pair that Okabe and Ito (2008) recommend, dark in the middle.
_BLUE_ORANGE = "a8dcff 56b4e9 0072b2 0a4268 1c1c1c 5c3300 a86400 e69f00 ffdc8c"

_EMBER_256 = (17, 54, 90, 125, 168, 204, 209, 216, 222, 229)
_SEA_256 = (17, 18, 24, 30, 36, 42, 84, 157, 194)
_BLUE_ORANGE_256 = (117, 39, 31, 24, 234, 94, 172, 214, 222)
_BLUE_16 = (4, 12, 6, 14, 15)
_BLUE_YELLOW_16 = (12, 4, 0, 3, 11)


@dataclass(frozen=True)
class ColorMap:
    """The colours of a heatmap on one kind of terminal, from the smallest value to the largest.

    A diverging map has an odd number of shades: negative values, the middle, positive values.
    """

    name: str
    shades: tuple[Color, ...]
    inks: tuple[Color, ...]
    """For each shade the text colour, black or white, that stands out best."""
    zero: Color
    zero_ink: Color
    cursor: Color
    """For the cell under the cursor: in none of the shades."""
    cursor_ink: Color
    colorless: bool = False
    """Whether there are levels alone, and nothing in this map is a colour."""

    @property
    def levels(self) -> int:
        """The number of shades."""
        return len(self.shades)

    def cell(self, level: int) -> Style:
        """How text is drawn in a cell of this level; level -1 is an empty cell."""
        if self.colorless:
            return Style(dim=level < 0)
        if level < 0:
            return Style(color=self.zero_ink, bgcolor=self.zero)
        return Style(color=self.inks[level], bgcolor=self.shades[level])

    def shade(self, level: int) -> Color:
        """The colour of a level; level -1 is an empty cell."""
        return self.zero if level < 0 else self.shades[level]

    @property
    def cursor_cell(self) -> Style:
        """How text is drawn under the cursor."""
        if self.colorless:
            return Style(reverse=True, bold=True)
        return Style(color=self.cursor_ink, bgcolor=self.cursor, bold=True)


@cache
def sequential_maps(depth: ColorDepth) -> tuple[ColorMap, ...]:
    """The maps for counts and probabilities that a person can choose from; the first is the default."""
    if depth is ColorDepth.TRUECOLOR:
        return (
            _truecolor("viridis", _VIRIDIS, (255, 255, 255)),
            _truecolor("magma", _MAGMA, (0, 255, 255)),
            _truecolor("cividis", _CIVIDIS, (255, 60, 60)),
        )
    if depth is ColorDepth.COLORS_256:
        return (_indexed_map("ember", _EMBER_256, 51), _indexed_map("sea", _SEA_256, 196))
    if depth is ColorDepth.COLORS_16:
        return (_indexed_map("blue", _BLUE_16, 9), _indexed_map("grey", (8, 7, 15), 9))
    return (_colorless(8),)


@cache
def diverging_map(depth: ColorDepth) -> ColorMap:
    """The map for differences."""
    if depth is ColorDepth.TRUECOLOR:
        return _truecolor("blue-orange", _BLUE_ORANGE, (255, 255, 255), LEVELS + 1)
    if depth is ColorDepth.COLORS_256:
        return _indexed_map("blue-orange", _BLUE_ORANGE_256, 231)
    if depth is ColorDepth.COLORS_16:
        return _indexed_map("blue-yellow", _BLUE_YELLOW_16, 15)
    return _colorless(17)


def indexed(number: int) -> Color:
    """A colour of the terminal's own palette (0 to 255), kept as that number by Textual and by Rich."""
    kind = ColorType.STANDARD if number < 16 else ColorType.EIGHT_BIT
    return Color(f"color({number})", kind, number=number, triplet=Color.from_ansi(number).get_truecolor())


def rgb_of(color: Color) -> Rgb:
    """Red, green and blue, 0 to 255; for the first sixteen colours those of Rich's default theme."""
    return tuple(color.triplet or color.get_truecolor())  # type: ignore[return-value]


def _truecolor(name: str, anchors: str, cursor: Rgb, levels: int = LEVELS) -> ColorMap:
    stops = [_hex(anchor) for anchor in anchors.split()]
    shades = [_between(stops, level / (levels - 1)) for level in range(levels)]
    zero, muted = (16, 16, 16), (110, 110, 110)
    return _map(name, [_rgb(*shade) for shade in shades], _rgb(*zero), _rgb(*muted), _rgb(*cursor))


def _indexed_map(name: str, numbers: tuple[int, ...], cursor: int) -> ColorMap:
    sixteen = max(numbers) < 16
    zero, muted = (0, 8) if sixteen else (233, 242)
    return _map(name, [indexed(number) for number in numbers], indexed(zero), indexed(muted), indexed(cursor))


def _colorless(levels: int) -> ColorMap:
    none = Color.default()
    return ColorMap("none", (none,) * levels, (none,) * levels, none, none, none, none, colorless=True)


def _map(name: str, shades: list[Color], zero: Color, zero_ink: Color, cursor: Color) -> ColorMap:
    inks = tuple(readable_ink(shade) for shade in shades)
    return ColorMap(name, tuple(shades), inks, zero, zero_ink, cursor, readable_ink(cursor))


def readable_ink(background: Color) -> Color:
    """Black or white, whichever has the higher contrast (WCAG 2.2) on this background, in colours as cheap to send."""
    luminance = relative_luminance(rgb_of(background))
    dark = (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05)
    if background.type is ColorType.STANDARD:
        return indexed(0 if dark else 15)
    if background.type is ColorType.EIGHT_BIT:
        return indexed(16 if dark else 231)
    return _rgb(0, 0, 0) if dark else _rgb(255, 255, 255)


def relative_luminance(rgb: Rgb) -> float:
    """The luminance of an sRGB colour, 0 to 1 (WCAG 2.2)."""
    linear = [(c / 12.92) if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _between(stops: list[Rgb], position: float) -> Rgb:
    """The colour at a position from 0 to 1 along stops at even distances."""
    place = position * (len(stops) - 1)
    left = min(int(place), len(stops) - 2)
    part = place - left
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(stops[left], stops[left + 1], strict=True))
    return red, green, blue


def _hex(text: str) -> Rgb:
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)


def _rgb(red: int, green: int, blue: int) -> Color:
    return Color.from_triplet(ColorTriplet(red, green, blue))
