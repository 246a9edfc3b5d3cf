"""From what was found to what the widgets draw: pure functions, without torch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from makemore_core.vocabulary import SENTINEL
from makemore_tui.display import character_label, glyph, visible
from makemore_tui.panes.inside.blocks import Beside, Block, arrange
from makemore_tui.panes.inside.views import Choices, meaning
from makemore_tui.widgets.effect_line import Effect, Effects
from makemore_tui.widgets.heatmap import ArrayValues, Bounds, HeatmapData, Notation, Scale
from makemore_tui.widgets.histogram_strip import Bars
from makemore_tui.widgets.scatter import Point, Scatter

if TYPE_CHECKING:
    from makemore_core.inspection.activity import Activity, Units
    from makemore_core.inspection.attention import Attention
    from makemore_core.inspection.embeddings import CharacterMap
    from makemore_core.inspection.occlusion import Occlusion
    from makemore_core.inspection.parameters import ParameterValues
    from makemore_tui.panes.inside.looking import Parameters, Seen

Cell = Callable[[int, int], str]
"""What there is to say of a cell, by its row and column in the data."""


@dataclass(frozen=True, eq=False)
class Picture:
    """What is to be drawn of one view: one of these, and a line about it."""

    about: str
    heat: HeatmapData | None = None
    scale: Scale = Scale.LINEAR
    cell: Cell | None = None
    cursor: tuple[int, int] | None = None
    """The row and the column where the cursor of a heatmap begins."""
    beside: Beside | None = None
    """How it is made up of parts."""
    scatter: Scatter | None = None
    effects: Effects | None = None
    bars: Bars | None = None
    names: tuple[tuple[str, str], ...] = ()
    """Each parameter's name and its sizes, to choose from."""
    chosen: int = 0
    """Which of the names."""


class Labels:
    """How characters are written: short on axes, in words elsewhere."""

    def __init__(self, symbols: Sequence[str], *, ascii_only: bool) -> None:
        self.symbols, self.ascii_only = symbols, ascii_only

    def short(self, token: int) -> str:
        """One or two cells."""
        return glyph(self.symbols[token], ascii=self.ascii_only)

    def word(self, token: int) -> str:
        """In a sentence."""
        if token == SENTINEL:
            return f"{self.short(token)} (start)"
        return character_label(self.symbols[token], ascii=self.ascii_only)

    def next_word(self, token: int) -> str:
        """The same of a character to come."""
        return "the end" if token == SENTINEL else self.word(token)

    def all(self, ids: Sequence[int]) -> tuple[str, ...]:
        """Those of a text, short."""
        return tuple(self.short(token) for token in ids)


def draw_map(
    found: "CharacterMap", text: Sequence[int], labels: Labels, counts: NDArray[np.int64] | None = None
) -> Picture:
    """The characters in the plane; those of the text stand out, and the most frequent have the right of way."""
    here, places = set(text), found.points.tolist()
    often = np.zeros(len(places), np.int64) if counts is None else counts
    order = sorted(range(len(places)), key=lambda token: (token not in here, -int(often[token])))
    points = [Point(labels.short(token), places[token][0], places[token][1], token in here) for token in order]
    across, up = (f"{share:.0%}" for share in found.explained)
    name = "the first two" if found.projection == "first two" else "PCA"
    about = f"{name} of {found.size:,} numbers: across {across}, up {up} of their variance; marked: the text"
    return Picture(about, scatter=Scatter(tuple(points)))


def draw_attention(found: "Attention", choices: Choices, labels: Labels, room: int) -> Picture:
    """The heads of a layer as squares, or one of them: who looks, down; at whom, across."""
    layers, heads = found.weights.shape[:2]
    layer, head = choices.layer % layers, choices.head % heads
    blocks = [Block(f"{number}", found.weights[layer, number - 1]) for number in range(1, heads + 1)]
    short = labels.all(found.ids)
    beside = arrange(blocks, head, short, room if choices.heads_together else 0, header=_header(short))

    def cell(row: int, column: int) -> str:
        number, time = beside.place(column)
        who, share = labels.word(found.ids[row]), found.weights[layer, number, row, max(time, 0)]
        if time < 0:
            return f"head {number + 1}"
        if time > row:
            return f"{who} does not see what comes later"
        return f"{who} takes {share:.1%} from {labels.word(found.ids[time])}" + (
            f" in head {number + 1}" if beside.shown > 1 else ""
        )

    heat = HeatmapData(ArrayValues(beside.values), short, beside.labels, Bounds(0.0, 1.0), Notation.SHARE)
    last = len(short) - 1
    cursor = (last, beside.offset + int(found.weights[layer, head, last].argmax()))
    about = f"layer {layer + 1} of {layers}, head {head + 1} of {heads}"
    return Picture(about, heat, Scale.SQRT, cell, cursor, beside=beside)


def draw_activity(found: "Activity", choices: Choices, labels: Labels, room: int) -> Picture:
    """Layers, states and gates side by side, or one of them: units down, characters across."""
    owners = [(units, node) for units in found.parts for node in range(units.nodes)]
    chosen = choices.part % len(owners)
    deep = any(not units.name.endswith("1") for units in found.parts)
    blocks = [Block(_short_name(units, node, deep=deep), _node(units, node)) for units, node in owners]
    rows = tuple(str(number) for number in range(1, len(blocks[chosen].values) + 1))
    short = labels.all(found.ids)
    beside = arrange(blocks, chosen, short, room if choices.parts_together else 0, header=_header(rows))
    order = np.argsort(-blocks[chosen].values.std(1), kind="stable") if choices.by_activity else None

    def cell(row: int, column: int) -> str:
        number, time = beside.place(column)
        if time < 0:
            return _long_name(*owners[number])
        name, value = owners[number][0].name, blocks[number].values[row, time]
        return f"{name} unit {row + 1:,} at {labels.word(found.ids[time])}: {value:+.3f}"

    bounded = all(units.what in ("tanh", "gate", "carried") for units, _ in owners)
    bounds = Bounds(0.0, 1.0 if bounded else float(np.abs(beside.values).max()))
    heat = HeatmapData(ArrayValues(beside.values), rows, beside.labels, bounds, Notation.NUMBER, row_order=order)
    about = f"{_long_name(*owners[chosen])}, {len(rows):,} units ({chosen + 1} of {len(owners)})"
    return Picture(about, heat, cell=cell, cursor=(0, beside.offset), beside=beside)


def _node(units: "Units", node: int) -> NDArray[np.float32]:
    """The units of one node: (H, T)."""
    each = units.values.shape[1] // units.nodes
    return units.values[:, node * each : (node + 1) * each].T


def _long_name(units: "Units", node: int) -> str:
    """What the units are; in a tree, with the node that they are of."""
    of = f", node {node + 1} of {units.nodes}" if units.nodes > 1 else ""
    return f"{units.name}: {meaning(units.name, units.what)}{of}"


def _short_name(units: "Units", node: int, *, deep: bool) -> str:
    """One or two cells: `h`, or in a deep network `h1`, and in a tree the numbers of its further nodes."""
    if node:
        return str(node + 1)[:2]
    if not deep:
        return units.name[:1]
    number = units.name[len(units.name.rstrip("0123456789")) :]
    return f"{units.name[:1]}{number}" if len(number) < 2 else number[-2:]


def _header(rows: tuple[str, ...]) -> int:
    """Columns that row labels take beside small cells, and a scroll bar."""
    return 2 * max(cell_len(label) for label in rows) + 2


def draw_occlusion(found: "Occlusion", text: Sequence[int], labels: Labels) -> Picture:
    """What each character did for the prediction."""
    target = labels.next_word(found.target)
    marks = tuple(
        Effect(labels.short(token), float(effect), "" if np.isnan(chance) else f"{target} {chance:.1%} if unknown")
        for token, effect, chance in zip(found.ids, found.effects, found.without, strict=True)
    )
    result = f"{labels.short(found.target)} {found.probability:.1%}"
    length = len(found.ids) - 1
    followed = "which follows" if length < len(text) and text[length] == found.target else ""
    rank = int((found.chances > found.probability).sum()) + 1
    ranked = "the likeliest" if rank == 1 else f"number {rank:,}"
    where = f"after {length} of {len(text)} characters" if length else "at the start"
    about = ", ".join(part for part in (f"{where}: {target}", followed, ranked) if part)
    return Picture(f"{about}; + made it likelier, in nats", effects=Effects(marks, result))


def draw_parameters(found: "Parameters", choices: Choices, labels: Labels) -> Picture:
    """The chosen parameter as a heatmap or a histogram, and all their names."""
    chosen, values = found.chosen, found.values[found.chosen]
    of = "gradient" if found.of == "gradients" else "weights"
    std = "" if values.std is None else f", std {values.std:.3g}"
    loss = f"; loss {found.loss:.3f} on {found.items} items" if found.loss is not None else ""
    about = f"{of} {_sizes(values)}: mean {values.mean:+.3g}{std}{loss}"
    names = tuple((visible(one.name), _sizes(one)) for one in found.values)
    about = f"{found.note}; {about}" if found.note else about
    if choices.as_histogram:
        histogram = values.histogram
        bars = Bars(histogram.counts, histogram.low, histogram.high)
        return Picture(about, bars=bars, names=names, chosen=chosen)
    matrix = values.matrix
    heat = HeatmapData(
        ArrayValues(matrix),
        _axis(matrix.shape[0], labels, numbers=True),
        _axis(matrix.shape[1], labels, numbers=False),
        Bounds(0.0, values.reach),
        Notation.NUMBER,
    )

    def cell(row: int, column: int) -> str:
        return f"row {_place(row, matrix.shape[0], labels)}, column {_place(column, matrix.shape[1], labels)}: " + (
            f"{matrix[row, column]:+.4g}"
        )

    return Picture(about, heat, cell=cell, names=names, chosen=chosen)


def _sizes(values: "ParameterValues") -> str:
    return " x ".join(f"{size}" for size in values.shape) or "1"


def _axis(size: int, labels: Labels, *, numbers: bool) -> tuple[str, ...]:
    """Labels of rows or columns: characters where there is one for each, else numbers, short ones across."""
    if size == len(labels.symbols):
        return tuple(labels.short(token) for token in range(size))
    if numbers:
        return tuple(str(number) for number in range(1, size + 1))
    return tuple(str(number % 100 if number % 10 == 0 else number % 10) for number in range(1, size + 1))


def _place(place: int, size: int, labels: Labels) -> str:
    return labels.short(place) if size == len(labels.symbols) else f"{place + 1:,}"


def draw(seen: "Seen", choices: Choices, labels: Labels, room: int) -> Picture:
    """The picture of what was seen; `room` columns are there for parts side by side."""
    from makemore_core.inspection.activity import Activity
    from makemore_core.inspection.attention import Attention
    from makemore_core.inspection.embeddings import CharacterMap
    from makemore_core.inspection.occlusion import Occlusion

    found = seen.found
    if found is None:
        return Picture(seen.missing.get(seen.ask.view, ""))
    if isinstance(found, CharacterMap):
        return draw_map(found, seen.text, labels, seen.counts)
    if isinstance(found, Attention):
        return draw_attention(found, choices, labels, room)
    if isinstance(found, Activity):
        return draw_activity(found, choices, labels, room)
    if isinstance(found, Occlusion):
        return draw_occlusion(found, seen.text, labels)
    return draw_parameters(found, choices, labels)


def candidates(found: "Occlusion") -> NDArray[np.int64]:
    """The ids that can be asked for, the likeliest first."""
    return np.argsort(-found.chances, kind="stable")
