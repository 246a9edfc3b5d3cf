"""The candidates for the next character, most probable first, each with two bars: before and after the controls."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rich.style import Style
from textual import events
from textual.message import Message

from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import Row, Rows, fit, right, row_width, span

SCALES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""What a bar of full width can stand for: few steps, so that most bars stay as they are between two draws."""

BARLESS = 36
"""The cells of a row that its bars do not take."""

SURPRISAL = 7
"""The cells of the column of surprisals, which is there from ROOMY cells on."""

ROOMY = 84


@dataclass(frozen=True)
class Candidate:
    """One character that could come next."""

    token: int
    """Its id in the vocabulary."""

    symbol: str
    before: float
    """The model's probability."""

    after: float
    """The probability after temperature, top-k and top-p."""

    low: float
    high: float
    """Its interval [low, high) on the cumulative distribution in vocabulary order."""

    picked: bool = False
    """Whether `u` falls into the interval."""

    @property
    def cut(self) -> bool:
        """Whether the controls took it away."""
        return self.after == 0 < self.before


@dataclass(frozen=True)
class CandidateList:
    """The most probable characters, in order; of a large vocabulary not all are listed."""

    listed: tuple[Candidate, ...] = ()
    total: int = 0
    """How many characters there are, listed or not."""

    words: tuple[str, ...] = ()
    """What is said where nothing can come next."""


class Candidates(Rows):
    """Draws a CandidateList: as many rows as fit, the picked one always among them, the others in one line."""

    class Chosen(Message):
        """A candidate was clicked."""

        def __init__(self, token: int) -> None:
            self.token = token
            super().__init__()

    data: CandidateList = CandidateList()

    def show(self, data: CandidateList) -> None:
        """Take new candidates."""
        self.data = data
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The header, the rows and the line of the others."""
        return candidate_rows(self.data, width, height, self.inks, self.marks)

    def on_click(self, event: events.Click) -> None:
        """A click on a row chooses its character."""
        offset = event.get_content_offset(self)
        shown = visible_candidates(self.data, self.content_size.height)
        if offset is not None and 1 <= offset.y <= len(shown):
            self.post_message(self.Chosen(shown[offset.y - 1].token))


def candidate_rows(
    data: CandidateList, width: int, height: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE
) -> list[Row]:
    """All rows for this room, the header first."""
    if not data.listed or height < 3:
        return [[span(f"   {line}")] for line in data.words]
    nats = SURPRISAL if width >= ROOMY else 0
    bar = max(width - BARLESS - nats, 0)
    shown = visible_candidates(data, height)
    scale = bar_scale(max(max(one.before, one.after) for one in shown))
    rows = [_header(bar, nats, scale, inks, marks)]
    rows += [_candidate(one, bar, nats, scale, inks, marks) for one in shown]
    if len(shown) < data.total:
        rows.append(_others(data, shown, width, nats, inks, marks))
    return rows


def visible_candidates(data: CandidateList, height: int) -> list[Candidate]:
    """The candidates that get a row: from the top, but the picked one in the last row if it is further down."""
    room = height - 1 if data.total <= height - 1 else height - 2
    shown = list(data.listed[:room])
    if shown and not any(one.picked for one in shown):
        shown[-1:] = [one for one in data.listed[room:] if one.picked] or shown[-1:]
    return shown


def bar_scale(largest: float) -> float:
    """The probability that a bar of full width stands for."""
    return next((scale for scale in SCALES if largest <= scale), 1.0)


def bar_cells(probability: float, scale: float, width: int) -> int:
    """The length of a bar in whole cells; what is above 0 but too short for a cell gets one where it is visible."""
    exact = probability / scale * width
    return min(max(round(exact), 1 if exact >= 0.1 else 0), width)


def _header(bar: int, nats: int, scale: float, inks: Inks, marks: Marks) -> Row:
    legend = [
        span("before "),
        span(marks.upper, inks.before),
        span(" after "),
        span(marks.lower, inks.after),
        span(f"  full bar {scale:.0%}"),
    ]
    if row_width(legend) > bar:
        legend = []
    legend.append(span(" " * (bar - row_width(legend))))
    title = "nats" if nats else ""
    row = [span("   ch "), *legend, span(right("before", 8) + right(title, nats) + right("after", 7) + "  interval")]
    return [span(piece.text, piece.style or inks.muted) for piece in row]


def _candidate(one: Candidate, bar: int, nats: int, scale: float, inks: Inks, marks: Marks) -> Row:
    name = inks.picked if one.picked else inks.cut if one.cut else inks.strong
    number = inks.strong if one.picked else inks.plain
    after = right("cut" if one.cut else percent(one.after), 7)
    interval = f"[{one.low:.3f},{one.high:.3f})" if one.after else fit(marks.dot * 3, 13)
    return [
        span(f" {marks.here} " if one.picked else "   ", inks.strong),
        span(fit(one.symbol, 2), name),
        span(" "),
        *double_bar(bar_cells(one.before, scale, bar), bar_cells(one.after, scale, bar), bar, one.cut, inks, marks),
        span(right(percent(one.before), 8), inks.muted if one.cut else number),
        span(right(surprisal(one.before, marks), nats), inks.muted),
        span(after, inks.cut if one.cut else number),
        span(f"  {interval}", number if one.after else inks.muted),
    ]


def double_bar(before: int, after: int, width: int, cut: bool, inks: Inks, marks: Marks) -> Row:
    """Two bars in one row of cells: `before` cells in the upper halves, `after` cells in the lower ones."""
    upper = inks.cut if cut else inks.before
    both = span(marks.both * min(before, after), inks.after)
    if inks.colored and marks.upper == UNICODE.upper:
        two = Style(color=upper.color, bgcolor=inks.after.color)
        both = span(marks.upper * min(before, after), two)
    return [
        both,
        span(marks.upper * (before - after), upper),
        span(marks.lower * (after - before), inks.after),
        span(" " * (width - max(before, after))),
    ]


def _others(data: CandidateList, shown: list[Candidate], width: int, nats: int, inks: Inks, marks: Marks) -> Row:
    """How many characters have no row, which they are, and how much probability they hold together."""
    names = {one.symbol for one in shown}
    before = _rest(one.before for one in shown)
    after = _rest(one.after for one in shown)
    head = f"   +{data.total - len(shown)} others: "
    room = width - (BARLESS - 6) - nats - len(head)
    hidden = "".join(one.symbol for one in data.listed if one.symbol not in names)
    clipped = len(hidden) > room or len(data.listed) < data.total
    hidden = hidden[: max(room - 1, 0)] + marks.ellipsis if clipped else hidden
    return [
        span(fit(head + hidden, len(head) + room) + f"{percent(before):>8}{'':{nats}}{percent(after):>7}", inks.muted)
    ]


def _rest(probabilities: Iterable[float]) -> float:
    """What these leave of 1; what rounding leaves is nothing."""
    rest = 1 - math.fsum(probabilities)
    return rest if rest > 1e-9 else 0.0


def surprisal(probability: float, marks: Marks = UNICODE) -> str:
    """-ln of a probability in nats, to two decimals."""
    return f"{-math.log(probability):.2f}" if probability else marks.infinite


def percent(probability: float) -> str:
    """A probability in at most six cells; what is not 0 never reads as 0."""
    if 0 < probability < 0.0005:
        return "<0.1%"
    return f"{probability:.1%}"
