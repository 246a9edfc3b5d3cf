"""How to read the map, and items that contain the pair: below the map, or below the facts."""

from dataclasses import dataclass

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style

from makemore_tui.widgets.color_maps import ColorMap
from makemore_tui.widgets.heatmap import Bounds, CellSize, Notation, Scale
from makemore_tui.widgets.heatmap.drawing import DENSITY
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
            words = (f"{zero_mark(self._legend.size, self.look.ascii)} = 0", *words)
        lines = sentences(words, width, max(1, min(4, height // 2)))
        rows += [[span(line, self.inks.muted)] for line in lines]
        lines = wrapped(self._examples, width)[: min(height - len(rows), self._lines)]
        return rows + [[span(fit(line, width), self.inks.plain)] for line in lines]


def draw_scale(legend: Legend, width: int, ascii_only: bool) -> Row:
    """The colours from the smallest value to the largest, with these two as numbers."""
    low, high = ends(legend)
    room = min(_BAR, legend.colors.levels, width - cell_len(low) - cell_len(high) - 2)
    if room < 3:
        return []
    levels = [round(place * (legend.colors.levels - 1) / (room - 1)) for place in range(room)]
    row = [span(f"{low} ")]
    for level in levels:
        text = " "
        if ascii_only and legend.notation is not Notation.DIFFERENCE:
            text = DENSITY[1 + round(level / max(1, legend.colors.levels - 1) * (len(DENSITY) - 2))]
        row.append(Segment(text, legend.colors.cell(level)))
    row.append(span(f" {high}"))
    zero = draw_zero(legend, ascii_only)
    return [*row, *zero] if row_width([*row, *zero]) <= width else row


def draw_zero(legend: Legend, ascii_only: bool) -> Row:
    """What a cell that is exactly zero looks like."""
    mark = zero_mark(legend.size, ascii_only)
    return [span("  "), Segment(mark, Style() + legend.colors.cell(-1)), span(" = 0")]


def zero_mark(size: CellSize, ascii_only: bool) -> str:
    """How a cell that is exactly zero looks: small ones hold no mark."""
    if size is CellSize.SMALL:
        return "blank" if ascii_only else "black"
    return "." if ascii_only else "·"


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
