"""From choices and tables to what the map is given: pure functions without a screen."""

from dataclasses import dataclass

from textual.geometry import Size

from makemore_tui.look import Look
from makemore_tui.panes.bigrams.options import Options, View
from makemore_tui.panes.bigrams.run_weights import RunMap
from makemore_tui.panes.bigrams.tables import CountTable, Difference, ModelShares, Shares
from makemore_tui.widgets.color_maps import ColorMap, diverging_map, sequential_maps
from makemore_tui.widgets.heatmap import HeatmapData, Notation
from makemore_tui.widgets.heatmap.layout import Layout

Source = CountTable | Shares | ModelShares | Difference

INSPECTOR_WIDTH = 22
"""The least: a narrower one cuts its numbers."""

NOTES_HEIGHT = 7
"""The most lines below the map."""


def source_of(
    options: Options, table: CountTable | None, run: RunMap | None, difference: Difference | None
) -> Source | None:
    """What the map shows; None where it cannot be shown, or not yet."""
    if table is None or options.view is View.COUNTS:
        return table
    if options.view is View.SHARES:
        return Shares(table, options.smoothing)
    if run is None or run.model is None:
        return None
    return run.model if options.view is View.MODEL else difference


def notation_of(view: View) -> Notation:
    """How its values are written."""
    if view is View.COUNTS:
        return Notation.COUNT
    return Notation.DIFFERENCE if view is View.DIFFERENCE else Notation.SHARE


def colors_of(options: Options, look: Look) -> ColorMap:
    """The chosen map; differences have one of their own."""
    if options.view is View.DIFFERENCE:
        return diverging_map(look.depth)
    maps = sequential_maps(look.depth)
    return maps[options.colors % len(maps)]


def data_of(source: Source, table: CountTable, labels: tuple[str, ...], options: Options) -> HeatmapData:
    """The heatmap's data. Totals are those of the counts, whatever is shown."""
    order = table.by_frequency() if options.by_frequency else None
    return HeatmapData(
        source,
        labels,
        labels,
        source.bounds,
        notation_of(options.view),
        row_totals=table.row_sums,
        column_totals=table.column_sums,
        row_order=order,
        column_order=order,
    )


def parse_jump(text: str, symbols: tuple[str, ...]) -> tuple[int, ...] | str:
    """The ids of the one or two characters that were typed, or the one that is not in the list."""
    ids = []
    for character in text[:2]:
        if character not in symbols:
            return character
        ids.append(symbols.index(character))
    return tuple(ids)


@dataclass(frozen=True)
class Arrangement:
    """How the room is shared. Notes stand below the map where it leaves lines, else below the facts."""

    map_width: int
    map_height: int | None
    """None: all there is."""
    map_notes: int
    """Lines; 0: the notes are not there."""
    fact_notes: int


def map_room(room: Size) -> Size:
    """What the map may take."""
    return Size(max(1, room.width - INSPECTOR_WIDTH - 1), room.height)


def arrange(room: Size, layout: Layout) -> Arrangement:
    """Share the room: the map takes what it needs, the facts are what is left."""
    bar = layout.needed_height > room.height
    width = min(layout.needed_width + bar, layout.width) + 1
    below = room.height - layout.needed_height if layout.needed_width <= layout.width else 0
    if below >= 4:
        return Arrangement(width, layout.needed_height, min(below, NOTES_HEIGHT), 0)
    return Arrangement(width, None, 0, 4 if room.height < 30 else 9)
