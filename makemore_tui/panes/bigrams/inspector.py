"""The right side of the pane: what is known of the pair under the cursor, and what else may follow."""

from math import isfinite

from rich.cells import cell_len

from makemore_tui.panes.bigrams.facts import PairFacts, Ranked
from makemore_tui.widgets.inks import Inks, Marks
from makemore_tui.widgets.rows import Row, Rows, fit, right, span

_TWO_LISTS = 46
"""Columns from which on two lists stand side by side."""

_SHORT_LIST = 5
_LONG_LIST = 27
_GAP = 2


class Inspector(Rows):
    """Draws a `PairFacts`. Labels are the characters of the list as they can be shown, by id."""

    DEFAULT_CSS = """
    Inspector { width: 1fr; height: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._facts: PairFacts | None = None
        self._labels: tuple[str, ...] = ()
        self._differences = False
        self._side = ""

    def show(
        self, facts: PairFacts | None, labels: tuple[str, ...], *, differences: bool = False, side: str = ""
    ) -> None:
        """Show these facts; `differences` says that what follows is given as differences, `side` what was counted."""
        self._facts, self._labels, self._differences, self._side = facts, labels, differences, side
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """Title, facts, and as much of the lists as there is room for."""
        facts = self._facts
        if facts is None or not self._labels:
            return []
        rows = draw_facts(facts, self._labels, width, self.inks, self._side)
        rows.append([])
        two = width >= _TWO_LISTS
        part = (width - _GAP) // 2 if two else width
        room = min(height - len(rows) - 1, _LONG_LIST)
        if not two:
            # A cursor move sends all of these again: as many as are of use, not as many as fit.
            short = _SHORT_LIST - (facts.model_share is not None)
            room = min(room, short if room > 2 * short + 2 else short + 2)
        after = draw_list(
            f"after {self._labels[facts.first]}" if facts.first else "at the start",
            facts.after, facts.second, self._labels, part, room, self.inks, self.marks, signed=self._differences,
        )  # fmt: skip
        before = draw_list(
            f"before {self._labels[facts.second]}" if facts.second else "at the end",
            facts.before, facts.first, self._labels, part, room, self.inks, self.marks,
        )  # fmt: skip
        if not two:
            rows += after
            return [*rows, [], *before] if len(rows) + 1 + len(before) <= height else rows
        blank = [span(" " * part)]
        for index in range(max(len(after), len(before))):
            left = after[index] if index < len(after) else blank
            rows.append([*left, span(" " * _GAP), *(before[index] if index < len(before) else [])])
        return rows


def draw_facts(facts: PairFacts, labels: tuple[str, ...], width: int, inks: Inks, side: str = "") -> list[Row]:
    """The title and one row a fact: the name at the left, the value at the right."""
    first, second = labels[facts.first], labels[facts.second]
    given = f"P({second}|{first})"
    named: list[tuple[str, str]] = [(f"count in {side}" if side else "count", f"{facts.count:,}")]
    if facts.model_share is None:
        named.append((given, percent(facts.share)))
    else:
        points = 100 * (facts.model_share - facts.count_share)
        named += [
            (f"{given} counts", percent(facts.count_share)),
            (f"{given} model", percent(facts.model_share)),
            ("difference", f"{points:+.2f} pt"),
        ]
    named += [
        ("surprisal", nats(facts.surprisal)),
        ("rank", f"{facts.rank:,} of {facts.size:,}"),
        ("lift", f"{facts.lift:.2f}x"),
        ("row sum", f"{facts.row_sum:,}"),
        ("column sum", f"{facts.column_sum:,}"),
        ("row entropy", nats(facts.row_entropy)),
    ]
    name = f" {first}{second} "
    spoken = "  " + _spoken(facts, first, second)
    title = [span(name, inks.picked), span(fit(spoken, max(0, width - cell_len(name))), inks.plain)]
    return [title, *([span(_spread(name, value, width), inks.plain)] for name, value in named)]


def draw_list(
    title: str,
    ranked: Ranked,
    chosen: int,
    labels: tuple[str, ...],
    width: int,
    room: int,
    inks: Inks,
    marks: Marks,
    *,
    signed: bool = False,
) -> list[Row]:
    """A title and one bar a character, the largest first; the chosen character stands out, wherever it is.

    Each row is exactly `width` wide. What does not fit is said in the last row.
    """
    if room < 2:
        return []
    shown = list(zip(ranked.ids, ranked.values, strict=True))[:room]
    numbers = [f"{100 * value:+.2f}" if signed else percent(value) for _, value in shown]
    number_width = max((len(number) for number in numbers), default=0)
    label_width = max((cell_len(labels[token]) for token, _ in shown), default=1)
    bar_width = max(1, width - number_width - label_width - 2)
    largest = max((abs(value) for _, value in shown), default=1.0)
    rows: list[Row] = [[span(fit(title, width), inks.strong)]]
    for (token, value), number in zip(shown, numbers, strict=True):
        length = round(abs(value) / largest * bar_width)
        bar = (marks.both if value > 0 else "-" if marks.both == "#" else "░") * length
        text = fit(labels[token], label_width) + " " + fit(bar, bar_width) + " " + number.rjust(number_width)
        rows.append([span(text, inks.strong if token == chosen else inks.after)])
    if not shown:
        rows.append([span(fit("nothing", width), inks.muted)])
    return rows


def percent(share: float) -> str:
    """A probability in percent."""
    if share and share < 0.00005:
        return "<0.01%"
    return f"{100 * share:.2f}%"


def nats(number: float) -> str:
    """An amount of information."""
    return f"{number:.3f} nats" if isfinite(number) else "infinite"


def _spoken(facts: PairFacts, first: str, second: str) -> str:
    if not facts.first and not facts.second:
        return "an empty item"
    if not facts.first:
        return f"starts with {second}"
    return f"{first} then {second}" if facts.second else f"ends with {first}"


def _spread(name: str, value: str, width: int) -> str:
    """The name at the left; the value against the right edge, cut where there is too little room."""
    room = min(width, 34)
    return fit(fit(name, max(0, room - cell_len(value) - 1)) + " " + right(value, cell_len(value)), width)
