"""Generated items as rows of a table, in any order, and as something to keep."""

import json
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from makemore_tui.display import visible
from makemore_tui.panes.sample.many.wanted import Wanted
from makemore_tui.widgets.sorted_table import Column, Table, TableRow


@dataclass(frozen=True)
class Found:
    """One generated item. Its place in the list of all is what it is known by."""

    text: str
    nll: float
    """Mean NLL in nats per character, the end counted."""

    where: str
    """Where the data holds it: `new`, `train`, `dev`, `test`; `?` where the data is not at hand."""

    distance: int | None
    """How many characters must be put, taken out or exchanged to make it the nearest item of the data."""

    nearest: str
    """That item; the empty text where the data is not at hand."""

    finished: bool = True
    """False where it was cut off at the longest length."""

    @property
    def probability(self) -> float:
        """How often the model itself would write this very text, before the controls."""
        return math.exp(-self.nll * (len(self.text) + self.finished))


COLUMNS = (
    Column("text", "text", is_number=False, most=32),
    Column("nll", "NLL", rank=1),
    Column("novelty", "novelty", rank=2),
    Column("nearest", "nearest", is_number=False, rank=4, most=24),
    Column("length", "length", rank=5),
    Column("where", "data", is_number=False, rank=3, most=6),
    Column("p", "P", rank=6),
)

_ORDER: dict[str, Callable[[Found], Any]] = {
    "text": lambda found: found.text,
    "nll": lambda found: found.nll,
    "novelty": lambda found: -1 if found.distance is None else found.distance,
    "nearest": lambda found: found.nearest,
    "length": lambda found: len(found.text),
    "where": lambda found: found.where,
    "p": lambda found: found.probability,
}


def found_table(
    found: Sequence[Found],
    favourites: Collection[int],
    sorted_by: str = "nll",
    *,
    reverse: bool = False,
    ascii_only: bool = False,
    words: str = "",
) -> Table:
    """The items in the order of a column; a row's key is the place of its item."""
    order = sorted(range(len(found)), key=lambda place: _ORDER[sorted_by](found[place]), reverse=reverse)
    rows = tuple(TableRow(str(place), _cells(found[place], ascii_only)) for place in order)
    star = ("*" if ascii_only else "★", "")
    table = Table(COLUMNS, rows, sorted_by, reverse, {str(place): star for place in favourites}, words)
    _ = table.widths  # here, in whatever thread this is, rather than when the first row is drawn
    return table


def _cells(found: Found, ascii_only: bool) -> tuple[str, ...]:
    infinite = "inf" if ascii_only else "∞"
    return (
        visible(found.text, ascii=ascii_only) + ("" if found.finished else "~" if ascii_only else "…"),
        f"{found.nll:.3f}" if math.isfinite(found.nll) else infinite,
        "?" if found.distance is None else str(found.distance),
        visible(found.nearest, ascii=ascii_only),
        str(len(found.text)),
        found.where,
        f"{found.probability:.2g}",
    )


def found_words(wanted: Wanted, found: int, drawn: int, why: str) -> str:
    """What came of it, in a line; `why` says why there are not more, where that is known."""
    if found == wanted.count and wanted == Wanted(found):
        return f"{found:,} items generated"
    words = f"{found:,} items found among {drawn:,} drawn"
    return f"{words}; {why}" if why else words if found == wanted.count else f"{words}, then stopped"


def beam_words(
    found: int,
    certain: int,
    width: int,
    stopped_at: int | None,
    looked: int | None = None,
    *,
    is_filtered: bool = False,
) -> str:
    """The same of a beam search; `stopped_at` is the length of what it did not go on with, where it was stopped.

    `looked` is of how many the neighbours were found, where that was stopped; `is_filtered` where the others are left
    out for that.
    """
    if stopped_at is not None:
        return f"stopped at {stopped_at:,} characters: {found:,} items by then, surely the first {certain:,}"
    if looked is None:
        return f"the {found:,} most probable items; surely the first {certain:,} of a beam {width:,} wide"
    items = f"{found:,} items by then" if is_filtered else f"the {found:,} most probable items"
    return f"stopped at {looked:,} neighbours: {items}, surely the first {certain:,}"


def chosen(found: Sequence[Found], favourites: Collection[int]) -> list[Found]:
    """The favourites, or all items where there are none."""
    return [found[place] for place in sorted(favourites)] if favourites else list(found)


def written(found: Sequence[Found], *, as_json: bool) -> str:
    """The items one a line as they would stand in a list, or with all that is known of them as JSON."""
    if not as_json:
        return "".join(f"{one.text}\n" for one in found)
    items = [asdict(one) | {"nll": one.nll if math.isfinite(one.nll) else None} for one in found]
    return json.dumps({"items": items}, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
