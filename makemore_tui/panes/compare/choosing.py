"""What a person chose on the Compare pane: the order, the reference, the side, the curves."""

from typing import TYPE_CHECKING

from makemore_core.comparison.ranking import sort_rows
from makemore_core.comparison.rows import REAL, SideName
from makemore_tui.widgets.line_chart.frame import SLOTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from makemore_core.comparison.ranking import Ranked
    from makemore_core.comparison.rows import Row

FIRST = 4
"""Curves that are shown before somebody chooses any: more would be hard to follow."""


class Chosen:
    """What decides how rows are shown. None is the default, which depends on the rows."""

    def __init__(self) -> None:
        self.sort: str | None = None
        self.is_reversed = False
        self.reference: str | None = None
        """The key of the row that the others are measured against; None: the best."""
        self.side: SideName | None = None
        self._slots: dict[str, int] | None = None
        """The rows with a curve, and its colour; None: the best rows."""
        self._given: dict[str, int] = {}
        """The colours that the best rows have."""

    def forget(self) -> None:
        """Other rows are shown: what was chosen among the last ones has lost its sense."""
        self.reference, self._slots, self._given = None, None, {}

    def keep(self, keys: set[str]) -> None:
        """Forget rows that are no more."""
        if self.reference not in keys:
            self.reference = None
        if self._slots is not None:
            self._slots = {key: slot for key, slot in self._slots.items() if key in keys}

    def sort_by(self, key: str, before: str | None) -> None:
        """Another column, or the same one the other way round."""
        self.is_reversed = not self.is_reversed if key == before else False
        self.sort = key

    # Curves

    def slots(self, ranked: "Ranked | None") -> dict[str, int]:
        """The slot of each row that has a curve. It stays the same in whatever order the rows stand."""
        if self._slots is not None:
            return dict(self._slots)
        best = sort_rows(drawable(ranked), ranked.ground.chosen_by) if ranked is not None else []
        self._given = _steady(self._given, best[:FIRST])
        return dict(self._given)

    def toggle(self, key: str, ranked: "Ranked | None") -> bool:
        """Lay a row over the others, or take it away. False where there is no room for one more."""
        slots = self.slots(ranked)
        if key in slots:
            del slots[key]
        elif key not in {row.key for row in drawable(ranked)}:
            return True
        elif len(slots) >= SLOTS:
            return False
        else:
            slots[key] = min(set(range(SLOTS)) - set(slots.values()))
        self._slots = slots
        return True

    def lay_first(self, ranked: "Ranked | None") -> None:
        """Lay the first rows over each other."""
        self._slots = _steady(self.slots(ranked), drawable(ranked)[:SLOTS])


def _steady(before: "Mapping[str, int]", rows: "Sequence[Row]") -> dict[str, int]:
    """A slot for each row: the one that it had before, else one that is free."""
    kept = {row.key: before[row.key] for row in rows if row.key in before}
    free = iter(sorted(set(range(SLOTS)) - set(kept.values())))
    return {row.key: kept[row.key] if row.key in kept else next(free) for row in rows}


def drawable(ranked: "Ranked | None") -> "list[Row]":
    """The rows that have a curve to show."""
    if ranked is None:
        return []
    return [
        row
        for row in ranked.rows
        if row.type != REAL and row.measured is not None and row.measured.positions.get(ranked.side)
    ]
