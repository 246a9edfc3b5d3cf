"""Bars that lie: one a line, with a label before and numbers after, in as many columns as the room wants."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from rich.cells import cell_len
from rich.style import Style

from makemore_tui.widgets.rows import Row, fit, right, span

GAP = 2
_LEAST_BAR = 4
_PARTS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True)
class BarEntry:
    """One line: the label in the cells that it takes, the number, and its share of the whole (0 to 1)."""

    label: str
    count: int
    share: float


def bar_rows(
    entries: Sequence[BarEntry],
    width: int,
    height: int,
    *,
    bar: Style | None = None,
    label: Style | None = None,
    muted: Style | None = None,
    ascii: bool = False,
) -> list[Row]:
    """The rows of a list of bars, column after column; what does not fit is counted in the last place."""
    if not entries or width < 1 or height < 1:
        return []
    columns = column_count(entries, width, height)
    whole = len(entries) <= columns * height
    shown = entries if whole else entries[: columns * height - 1]
    used = ceil(len(entries) / columns) if whole else height
    room = (width - GAP * (columns - 1)) // columns
    rows: list[Row] = [[] for _ in range(used)]
    most = max((entry.share for entry in shown), default=1.0)
    label_width = max((cell_len(entry.label) for entry in shown), default=1)
    number_width = max((len(f"{entry.count:,}") for entry in shown), default=1)
    with_counts = room >= label_width + _LEAST_BAR + 8 + number_width + 2
    for place in range(columns * used):
        row = rows[place % used]
        if place // used:
            row.append(span(" " * GAP))
        if place < len(shown):
            entry = shown[place]
            tail = right(f"{entry.share:.1%}", 7) + (right(f"{entry.count:,}", number_width + 2) if with_counts else "")
            long = room - label_width - 1 - len(tail)
            row.append(span(fit(entry.label, label_width + 1), label))
            row.append(span(fit(lying_bar(entry.share / most if most else 0.0, long, ascii=ascii), long), bar))
            row.append(span(tail, muted))
        elif place == len(shown) and not whole:
            row.append(span(fit(f"+ {len(entries) - len(shown):,} more", room), muted))
        else:
            row.append(span(" " * room))
    return rows


def column_count(entries: Sequence[BarEntry], width: int, height: int) -> int:
    """How many columns the entries take: no more than they need, and no more than have room for a bar."""
    label_width = max(cell_len(entry.label) for entry in entries)
    least = label_width + 1 + _LEAST_BAR + 7
    return max(min(ceil(len(entries) / height), (width + GAP) // (least + GAP)), 1)


def lying_bar(share: float, width: int, *, ascii: bool = False) -> str:
    """A bar of this share of `width`, to an eighth of a cell; what is not zero shows."""
    if width < 1 or share <= 0:
        return ""
    if ascii:
        return "#" * max(round(share * width), 1)
    full, part = divmod(max(round(min(share, 1.0) * width * 8), 1), 8)
    return "█" * full + _PARTS[part].strip()
