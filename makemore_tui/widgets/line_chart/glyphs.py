"""The characters that a chart is drawn with, for terminals with and without Unicode."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Glyphs:
    """One set of characters. Markers stand in the legend and at the end of each line."""

    markers: str
    vertical: str
    horizontal: str
    corner: str
    y_tick: str
    x_tick: str
    grid: str
    reference: str
    band: str
    above: str
    cursor: str
    cursor_foot: str
    chosen: str
    cut: str
    dots: tuple[int, int]
    """Rows and columns of dots that a cell holds."""


UNICODE = Glyphs(
    markers="●◆▲■✚✖",
    vertical="│",
    horizontal="─",
    corner="└",
    y_tick="┤",
    x_tick="┬",
    grid="┈",
    reference="╌",
    band="▒",
    above="↑",
    cursor="│",
    cursor_foot="┼",
    chosen="▸",
    cut="…",
    dots=(4, 2),
)

ASCII = Glyphs(
    markers="*o+x#@",
    vertical="|",
    horizontal="-",
    corner="+",
    y_tick="+",
    x_tick="+",
    grid=".",
    reference="=",
    band=":",
    above="^",
    cursor="!",
    cursor_foot="^",
    chosen=">",
    cut="~",
    dots=(1, 1),
)
