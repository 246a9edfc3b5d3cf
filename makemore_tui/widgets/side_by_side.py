"""Several models side by side: a column for each, a row for each character that could come next."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.message import Message

from makemore_tui.widgets.candidates import bar_cells, bar_scale, double_bar, percent
from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import Row, Rows, fit, right, span

FACTS = 3
"""Rows below the names: the text so far, the divergence, the first choice."""

LABEL = 10
"""The cells at the left."""

PERCENT = 7
"""The cells of a probability."""

IMPOSSIBLE = "impossible"
LEGEND = (
    " KL(1||n): nats it costs to expect n where 1 holds; * first choice",
    " KL(1||n): nats it costs to expect n where 1 holds, without controls; * first choice; in the order of the mean",
)


@dataclass(frozen=True)
class SideModel:
    """One model and what there is to say of it, each in a few words."""

    name: str
    text: str
    """How surprising the text so far is."""

    divergence: str
    """How far it is from the first one; empty for the first."""

    top: str
    """What it expects most, and whether the first one does too."""


@dataclass(frozen=True)
class SideCell:
    """What a model expects of a character."""

    before: float
    """Its own probability."""

    after: float
    """The probability after the controls."""

    known: bool = True
    """Whether the model knows the character."""

    top: bool = False
    """Whether it is what the model expects most."""


@dataclass(frozen=True)
class SideRow:
    """One character, with a cell for each model; None where nothing can follow for that model."""

    token: int
    symbol: str
    cells: tuple[SideCell | None, ...]
    picked: bool = False
    """Whether the first model draws it next."""


@dataclass(frozen=True)
class SideRows:
    """The models, and the characters in the order in which they are listed; of a large vocabulary not all are."""

    models: tuple[SideModel, ...] = ()
    listed: tuple[SideRow, ...] = ()
    total: int = 0
    words: tuple[str, ...] = ()
    """What is said where nothing can come next."""


class SideBySide(Rows):
    """Draws SideRows: as many characters as fit, the picked one always among them, the others in one line."""

    class Chosen(Message):
        """A character was clicked."""

        def __init__(self, token: int) -> None:
            self.token = token
            super().__init__()

    data: SideRows = SideRows()

    def show(self, data: SideRows) -> None:
        """Take new models or probabilities."""
        self.data = data
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The heads, the characters, what is left, and what the numbers mean."""
        return side_rows(self.data, width, height, self.inks, self.marks)

    def on_click(self, event: events.Click) -> None:
        """A click on a row chooses its character."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        width, height = self.content_size
        head = head_height(self.data, width)
        shown = visible_rows(self.data, height - head)
        if head <= offset.y < head + len(shown):
            self.post_message(self.Chosen(shown[offset.y - head].token))


def side_rows(data: SideRows, width: int, height: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE) -> list[Row]:
    """All rows for this room."""
    if not data.models:
        return []
    cells = column_width(width, len(data.models))
    rows = _heads(data.models, cells, inks, marks)
    if not data.listed:
        return [*rows, *([span(f"   {line}")] for line in data.words)]
    shown = visible_rows(data, height - len(rows))
    largest = max((max(cell.before, cell.after) for row in shown for cell in row.cells if cell), default=1.0)
    scale = bar_scale(largest)
    rows += [_character(row, cells, scale, inks, marks) for row in shown]
    if len(shown) < data.total:
        rows.append(_others(data, shown, cells, inks))
    rows += [[] for _ in range(height - 1 - len(rows))]
    return [*rows, [span(LEGEND[width >= cell_len(LEGEND[1])], inks.muted)]]


def visible_rows(data: SideRows, height: int) -> list[SideRow]:
    """The characters that get a row below the head: from the top, but the picked one in the last row if it is further
    down. Below them is room for the others and the legend.
    """
    room = max(height - 1, 1)  # the legend
    room = room if data.total <= room else max(room - 1, 1)
    shown = list(data.listed[:room])
    if shown and not any(row.picked for row in shown):
        shown[-1:] = [row for row in data.listed[room:] if row.picked] or shown[-1:]
    return shown


def column_width(width: int, models: int) -> int:
    """The cells of a column, the gap behind it included."""
    return max((width - LABEL) // max(models, 1), PERCENT + 2)


def head_height(data: SideRows, width: int) -> int:
    """Rows above the characters: names that are long have two."""
    cells = column_width(width, len(data.models))
    return FACTS + max((len(_name(place, one, cells)) for place, one in enumerate(data.models, 1)), default=1)


def _name(number: int, model: SideModel, cells: int, ellipsis: str = UNICODE.ellipsis) -> list[str]:
    """The number and name in one row, or in two, broken between words; of a long name the end is kept, as it is by
    their ends, the step or the order, that models of the same kind are told apart.
    """
    name = f"{number} {model.name}"
    if cell_len(name) < cells:
        return [name]
    words = name.split(" ")
    first = words.pop(0)
    while words and cell_len(f"{first} {words[0]}") < cells:
        first += f" {words.pop(0)}"
    if not words:
        return [first]
    rest = "  " + " ".join(words)
    while len(words) > 1 and cell_len(rest) >= cells:
        words.pop(0)
        rest = f" {ellipsis}" + " ".join(words)
    return [first, rest]


def _heads(models: tuple[SideModel, ...], cells: int, inks: Inks, marks: Marks) -> list[Row]:
    """The name of each model and what there is to say of it."""
    names = [_name(number, model, cells, marks.ellipsis) for number, model in enumerate(models, 1)]
    rows: list[Row] = []
    for place in range(max(map(len, names))):
        parts = [_clip(lines[place] if place < len(lines) else "", cells, marks) for lines in names]
        rows.append([span(" " * LABEL), *(span(part, inks.strong) for part in parts)])
    for label, values in (
        ("text", [model.text for model in models]),
        ("KL(1||n)", [model.divergence for model in models]),
        ("top", [model.top for model in models]),
    ):
        row: Row = [span(fit(f" {label}", LABEL), inks.muted)]
        row += [span(_clip(value, cells, marks), inks.plain) for value in values]
        rows.append(row)
    return rows


def _character(row: SideRow, cells: int, scale: float, inks: Inks, marks: Marks) -> Row:
    parts: Row = [
        span(f" {marks.here} " if row.picked else "   ", inks.strong),
        span(fit(row.symbol, 2), inks.picked if row.picked else inks.strong),
        span(" " * (LABEL - 5)),
    ]
    for cell in row.cells:
        parts += _cell(cell, cells, scale, inks, marks)
    return parts


def _cell(cell: SideCell | None, cells: int, scale: float, inks: Inks, marks: Marks) -> Row:
    """A bar of what the model expects, before and after the controls, and the probability before them."""
    if cell is None:
        return [span(fit(marks.dot, cells), inks.muted)]
    if not cell.known:
        return [span(right(IMPOSSIBLE[: cells - 2], cells - 2) + "  ", inks.cut)]
    bar = max(cells - PERCENT - 2, 0)
    cut = cell.after == 0 < cell.before
    ink = inks.cut if cut else inks.strong if cell.top else inks.plain
    return [
        *double_bar(bar_cells(cell.before, scale, bar), bar_cells(cell.after, scale, bar), bar, cut, inks, marks),
        span(right(percent(cell.before), PERCENT), ink),
        span("* " if cell.top else "  ", inks.strong),
    ]


def _others(data: SideRows, shown: list[SideRow], cells: int, inks: Inks) -> Row:
    """How much probability the characters without a row hold together, for each model."""
    row: Row = [span(fit(f" +{data.total - len(shown)}", LABEL), inks.muted)]
    for index in range(len(data.models)):
        column = [one.cells[index] for one in shown]
        if any(cell is None for cell in column):
            row.append(span(" " * cells))
            continue
        rest = _rest(cell.before for cell in column if cell is not None)
        row.append(span(right(percent(rest), cells - 2) + "  ", inks.muted))
    return row


def _rest(probabilities: Iterable[float]) -> float:
    rest = 1 - math.fsum(probabilities)
    return rest if rest > 1e-9 else 0.0


def _clip(text: str, cells: int, marks: Marks) -> str:
    """The text in exactly so many cells, a gap at the end; its cut marked with an ellipsis."""
    if cell_len(text) <= cells - 1:
        return fit(text, cells)
    return fit(text, cells - 2) + marks.ellipsis + " "
