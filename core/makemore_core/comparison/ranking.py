"""Rows that can be compared, in the order of a column, and the best of each column."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from makemore_core.comparison.differences import Difference, difference
from makemore_core.comparison.rows import REAL, Ground, Measure, Row, SideName, value_of
from makemore_core.errors import SettingsError

Differ = Callable[[Row, Row, SideName], Difference | None]
"""Finds the difference of a row to another on a side."""


@dataclass(frozen=True)
class Ranked:
    """Rows that can be compared, in an order, with what is best and how far they lie apart."""

    ground: Ground
    rows: tuple[Row, ...]
    measures: tuple[Measure, ...]
    """The columns."""
    sorted_by: str
    side: SideName
    """Where differences, and losses by position, are measured."""
    best: Mapping[str, frozenset[str]]
    """For each column, the keys of the rows that are best in it."""
    reference: str | None = None
    """The key of the row that the others are measured against."""
    differences: Mapping[str, Difference] = field(default_factory=dict)
    """By the keys of the rows."""

    @property
    def note(self) -> str:
        """What there is to say of sides that have no items; empty where all have some, or nothing was measured."""
        there = {side for row in self.rows if row.measured is not None for side in row.measured.items}
        if not there or self.ground.split == "none":
            return ""
        empty = [side for side in ("dev", "test") if side not in there]
        has = " and ".join(empty) + (" has" if len(empty) == 1 else " have")
        short = f"{has} no items: the list is too short for the {self.ground.split} split"
        return short + (", so that nothing tells which model is better" if len(empty) == 2 else "") if empty else ""


def rank(
    rows: Sequence[Row],
    measures: Sequence[Measure],
    sort: str | None = None,
    *,
    reverse: bool = False,
    side: SideName | None = None,
    reference: str | None = None,
    differ: Differ = difference,
) -> Ranked:
    """Rows of one ground by a column, with their differences to the row with the key `reference`, or to the best.

    Where no column is named they stand by the loss that models are chosen by, the lowest first. A side that is not held
    out gives way to train; where none is asked for, one that is too short to have items gives way to the other.
    `differ` finds differences, each of which may take a second where the sides are long.
    """
    ground = rows[0].ground
    sort = ground.chosen_by if sort is None else sort
    side = ground.judged_by if ground.split == "none" else side or _side_of(rows, ground.judged_by)
    chosen = next((row for row in rows if row.key == reference), None) or best_row(rows)
    found = {row.key: differ(row, chosen, side) for row in rows} if chosen is not None else {}
    return Ranked(
        ground,
        tuple(sort_rows(rows, sort, reverse=reverse)),
        tuple(measures),
        sort,
        side,
        best_marks(rows, measures),
        chosen.key if chosen is not None else None,
        {key: one for key, one in found.items() if one is not None},
    )


def _side_of(rows: Sequence[Row], wanted: SideName) -> SideName:
    """The side that is wanted, or another where no row has items there."""
    there = {side for row in rows if row.measured is not None for side in row.measured.items}
    others: tuple[SideName, ...] = (wanted, "dev", "test", "train")
    return next((side for side in others if side in there), wanted)


def grouped(rows: Iterable[Row]) -> dict[Ground, list[Row]]:
    """The rows of each list and split apart: those with the most rows first, then as they come."""
    groups: dict[Ground, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.ground, []).append(row)
    return dict(sorted(groups.items(), key=lambda pair: -len(pair[1])))


def sort_rows(rows: Sequence[Row], key: str, *, reverse: bool = False) -> list[Row]:
    """The rows by a column, the lowest first or, if `reverse`, last. Those that have nothing there are at the end.

    Rows with equal values stay in the order that they had; numbers in names count as numbers: run-9 is before run-10.
    """
    there = [(row, value) for row in rows if (value := _known(row, key)) is not None]
    there.sort(key=lambda pair: _rank(pair[1]), reverse=reverse)
    return [row for row, _ in there] + [row for row in rows if _known(row, key) is None]


def best_marks(rows: Sequence[Row], measures: Sequence[Measure]) -> dict[str, frozenset[str]]:
    """For each column that has a better end: the keys of the rows that are best in it, several where they are equal.

    `rows` are of one ground. Where fewer than two have a value there is nothing to be best among.
    """
    marks = {}
    for measure in measures:
        models = [row for row in rows if row.type != REAL]
        values = {row.key: value for row in models if isinstance(value := _known(row, measure.key), int | float)}
        if not measure.better or len(values) < 2:
            continue
        best = (min if measure.better == "low" else max)(values.values())
        if math.isfinite(best):
            marks[measure.key] = frozenset(key for key, value in values.items() if value == best)
    return marks


def best_row(rows: Sequence[Row]) -> Row | None:
    """The row that a person would choose: the lowest on dev, or where everything is train on train."""
    best, lowest = None, math.inf
    for row in rows:
        loss = row.loss(row.ground.chosen_by)
        if loss is not None and loss < lowest:
            best, lowest = row, loss
    return best


def find_measure(name: str, measures: Sequence[Measure]) -> str:
    """The key of the column that a person named; case, dashes and underscores do not matter. Raises SettingsError."""
    titles: Mapping[str, str] = {_plain(word): one.key for one in measures for word in (one.key, one.title)}
    if (key := titles.get(_plain(name))) is None:
        known = ", ".join(measure.key for measure in measures)
        raise SettingsError(f"there is no column {name!r} to sort by: it is one of {known}")
    return key


def _known(row: Row, key: str) -> str | float | None:
    value = value_of(row, key)
    return None if isinstance(value, float) and math.isnan(value) else value


def _rank(value: str | float) -> tuple[object, ...]:
    if isinstance(value, int | float):
        return (0, value)
    return (1, *((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", value)))


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.strip().casefold())
