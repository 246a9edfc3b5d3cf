"""How to read the map, and items that contain the pair: below the map, or below the facts."""

from dataclasses import dataclass

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style

from makemore_tui.widgets.color_maps import ColorMap
from makemore_tui.widgets.heatmap import Bounds, CellSize, Notation, Scale
from makemore_tui.widgets.heatmap.drawing import DENSITY, dots
from makemore_tui.widgets.rows import Row, Rows, fit, row_text, row_width, span

_BAR = 24


@dataclass(frozen=True)
class Legend:
    """What the colours and the numbers of the map mean."""

    bounds: Bounds
    notation: Notation
    scale: Scale
    colors: ColorMap
    size: CellSize
    words: tuple[str, ...]
    """Sentences on order, cells and so on, most important first."""


class Notes(Rows):
    """The legend, then a paragraph on the pair."""

    DEFAULT_CSS = """
    Notes { height: auto; max-width: 72; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._legend: Legend | None = None
        self._examples = ""
        self._lines = 0

    def show(self, legend: Legend | None, examples: str, lines: int) -> None:
        """Show these; examples on so many lines at most, as all of them are sent again when the cursor moves."""
        self._legend, self._examples, self._lines = legend, examples, lines
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """As many rows as there is room for; the pair gets what the legend leaves."""
        if self._legend is None:
            return []
        rows = [draw_scale(self._legend, width, self.look.ascii)]
        words = self._legend.words
        if not row_text(rows[0]).endswith("= 0"):  # there was no room for it
            words = (row_text(draw_zero(self._legend, self.look.ascii)).strip(), *words)
        lines = sentences(words, width, max(1, min(4, height // 2)))
        rows += [[span(line, self.inks.muted)] for line in lines]
        lines = wrapped(self._examples, width)[: min(height - len(rows), self._lines)]
        return rows + [[span(fit(line, width), self.inks.plain)] for line in lines]


def draw_scale(legend: Legend, width: int, ascii_only: bool) -> Row:
    """The colours from the smallest value to the largest, with these two as numbers."""
    low, high = ends(legend)
    wide = cell_len(_sign(legend, 0, ascii_only))
    room = min(_BAR, legend.colors.levels, (width - cell_len(low) - cell_len(high) - 2) // wide)
    if room < 3:
        return []
    levels = [round(place * (legend.colors.levels - 1) / (room - 1)) for place in range(room)]
    row = [span(f"{low} ")]
    if legend.colors.colorless and legend.size is not CellSize.SMALL:
        row.append(span("to"))  # the numbers in the cells are all there is
    else:
        row += [Segment(_sign(legend, level, ascii_only), legend.colors.cell(level)) for level in levels]
    row.append(span(f" {high}"))
    zero = draw_zero(legend, ascii_only)
    return [*row, *zero] if row_width([*row, *zero]) <= width else row


def _sign(legend: Legend, level: int, ascii_only: bool) -> str:
    """What small cells of this level hold, in short; a blank where it is a colour."""
    top, differs = legend.colors.levels - 1, legend.notation is Notation.DIFFERENCE
    if not legend.colors.colorless and (differs or not ascii_only):
        return " "
    if not ascii_only and not differs:
        return dots(1 + level * 7 // top)
    part = abs(2 * level - top) / top if differs else level / top
    return DENSITY[1 + round(part * (len(DENSITY) - 2))]


def draw_zero(legend: Legend, ascii_only: bool) -> Row:
    """What a cell that is exactly zero looks like."""
    small = "blank" if ascii_only or legend.colors.colorless else "black"
    mark = small if legend.size is CellSize.SMALL else "." if ascii_only else "·"  # small cells hold no mark
    return [span("  "), Segment(mark, Style() + legend.colors.cell(-1)), span(" = 0")]


def ends(legend: Legend) -> tuple[str, str]:
    """The numbers at the ends of the scale."""
    low, high = legend.bounds.smallest, legend.bounds.largest
    if legend.notation is Notation.COUNT:
        return f"{low:,.0f}", f"{high:,.0f}"
    if legend.notation is Notation.DIFFERENCE:
        return f"-{100 * high:.2f}", f"+{100 * high:.2f} pt"
    return (f"{100 * low:.2g}%" if legend.scale is Scale.LOG else "0%"), f"{100 * high:.3g}%"


def sentences(words: tuple[str, ...], width: int, most: int) -> list[str]:
    """As many of the first sentences as `most` lines hold whole."""
    for count in range(len(words), 0, -1):
        lines = wrapped("; ".join(words[:count]), width)
        if len(lines) <= most:
            return lines
    return []


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken at spaces, and within words that are longer than a line."""
    if width < 1:
        return []
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        pieces = chop_cells(word, width) if cell_len(word) > width else [word]
        for piece in pieces:
            joined = f"{line} {piece}" if line else piece
            if cell_len(joined) <= width:
                line = joined
            else:
                lines.append(line)
                line = piece
    return [*lines, line] if line else lines
