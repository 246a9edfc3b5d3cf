"""The rows of a comparison as the table that is shown."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from makemore_core.comparison.exports import cell_words
from makemore_core.comparison.rows import REAL, value_of
from makemore_tui.panes.compare.words import against_words, clock
from makemore_tui.widgets.sorted_table import Column, Table, TableRow

if TYPE_CHECKING:
    from makemore_core.comparison.ranking import Ranked
    from makemore_core.comparison.rows import Measure, Row

AGAINST = "against"
"""The key of the column of differences."""
STATE = "state"

RANKS = {
    "name": 0,
    "dev": 1,
    "test": 1,
    STATE: 1,
    "type": 2,
    "parameters": 3,
    "train": 4,
    "seconds": 5,
    AGAINST: 6,
    "tokens": 7,
    "steps": 9,
}
"""Which columns go first where there is no room for all: those with the highest; others go before them."""
_OTHERS = 8


def best_sign(*, ascii: bool) -> str:
    """Stands before what is best in its column; in ASCII, curves have the other signs."""
    return "#" if ascii else "*"


def comparison_table(
    ranked: "Ranked", marks: Mapping[str, tuple[str, str]], *, reverse: bool = False, ascii_only: bool = False
) -> Table:
    """The table, with a sign before each row that has a curve. Columns in which no row has anything are left out."""
    measures = [one for one in ranked.measures if any(value_of(row, one.key) is not None for row in ranked.rows)]
    columns = [_column(measure, ranked) for measure in measures]
    has_states = any(row.state for row in ranked.rows)
    if has_states:
        columns.insert(2, Column(STATE, "state", is_number=False, rank=RANKS[STATE], most=14))
    if ranked.differences:
        columns.append(Column(AGAINST, _against_title(ranked), rank=RANKS[AGAINST], most=34))
    best = best_sign(ascii=ascii_only)
    rows = tuple(_row(row, measures, ranked, best, has_states=has_states) for row in ranked.rows)
    return Table(tuple(columns), rows, ranked.sorted_by, reverse, marks)


def _column(measure: "Measure", ranked: "Ranked") -> Column:
    """The column by which the rows are sorted is always shown."""
    rank = 0 if measure.key == ranked.sorted_by else RANKS.get(measure.key, _OTHERS)
    title = "time" if measure.key == "seconds" else measure.title
    return Column(measure.key, title, measure.form != "text", rank, 18 if measure.key == "name" else 14)


def _row(row: "Row", measures: "list[Measure]", ranked: "Ranked", best: str, *, has_states: bool) -> TableRow:
    cells = [_cell(row, measure, ranked, best) for measure in measures]
    strong = {measure.key for measure in measures if row.key in ranked.best.get(measure.key, ())}
    if has_states:
        cells.insert(2, row.state)
    if ranked.differences:
        found = ranked.differences.get(row.key)
        cells.append("reference" if row.key == ranked.reference else against_words(found) if found else "")
    places = [place + (has_states and place >= 2) for place, one in enumerate(measures) if one.key in strong]
    return TableRow(row.key, tuple(cells), bool(row.trouble), frozenset(places))


def _cell(row: "Row", measure: "Measure", ranked: "Ranked", best: str) -> str:
    value = value_of(row, measure.key)
    if measure.key == "type" and row.type == REAL:
        return "samples"
    words = clock(value) if measure.key == "seconds" else cell_words(measure, value, short=True)
    return best + words if row.key in ranked.best.get(measure.key, ()) else words


def _against_title(ranked: "Ranked") -> str:
    name = next((row.name for row in ranked.rows if row.key == ranked.reference), "")
    return f"{ranked.side} against {name}"[:30]
