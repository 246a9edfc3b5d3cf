"""The numbers above the chart: where the run stands, what it costs, how good it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.style import Style

from makemore_tui.display import fit as shorten
from makemore_tui.display import visible
from makemore_tui.panes.train.words import clock, loss, many, memory, short, shortened, speed
from makemore_tui.widgets.rows import Row, fit, row_width, span
from makemore_tui.widgets.spans import SpanRows

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView

STATE_MARKS = {
    "queued": ("◦", "muted"),
    "starting": ("◌", "muted"),
    "running": ("●", "good"),
    "paused": ("‖", "warning"),
    "finished": ("✓", "good"),
    "stopped": ("■", "muted"),
    "failed": ("✗", "bad"),
    "died": ("✗", "bad"),
    "unreadable": ("?", "bad"),
    "damaged": ("?", "bad"),
    "incomplete": ("?", "warning"),
    "newer": ("?", "warning"),
    "gone": ("?", "bad"),
}
"""A mark and a tone for each state; the word always stands beside them."""

ASCII_MARKS = {
    "queued": ".",
    "starting": "o",
    "running": "*",
    "paused": "=",
    "finished": "+",
    "stopped": "#",
    "failed": "x",
    "died": "x",
    "unreadable": "?",
    "damaged": "?",
    "incomplete": "?",
    "newer": "?",
    "gone": "?",
}

UNSTEPPED = "imported; how many steps it has made is not known"
"""What stands in the place of its progress."""

WIDE = 100
"""From this width on, the numbers stand on two lines instead of three."""

_UNSTEADY = ("gradient", "steps/s", "tokens/s", "memory")
_QUALITY = ("best dev", "dev", "gap", "test", "train")
_PACE = ("rate", "tokens/s", "memory", "steps/s", "gradient", "parameters")
_PROGRESS = ("", "left", "memory", "tokens/s", "elapsed")
"""What comes first where there is no room for all."""

_GAP = 2
"""Cells between two pairs."""

Pair = tuple[str, str]
"""A label and its value."""


def state_mark(state: str, *, ascii_only: bool) -> str:
    """The mark of a state."""
    return ASCII_MARKS.get(state, "?") if ascii_only else STATE_MARKS.get(state, ("?", ""))[0]


def state_tone(state: str) -> str:
    """The tone of a state: good, warning, bad or muted."""
    return STATE_MARKS.get(state, ("?", "muted"))[1]


def is_unstepped(view: "RunView") -> bool:
    """Whether the weights came from elsewhere, and nothing is known of the steps that they took."""
    unknown = not (view.step or view.max_steps) and view.state.is_readable
    return unknown and any(event.kind == "imported" for event in view.events)


def line_count(width: int) -> int:
    """How many lines the numbers take at this width."""
    return 2 if width >= WIDE else 3


def rate_now(view: "RunView") -> float | None:
    """The learning rate of the next step: what a person set last, until a step has been made with it."""
    recorded = view.series.get("learning_rate")
    last_step = int(recorded.steps[-1]) if recorded is not None and len(recorded.steps) else -1
    for event in reversed(view.events):
        if event.kind == "learning_rate" and event.step > last_step:
            return float(event.detail["value"])
        if event.step <= last_step:
            break
    return view.learning_rate


def quality(view: "RunView") -> list[Pair]:
    """How good the run is, in nats per character: train and dev as they were last; test is that of the best on dev,
    where there is one.
    """
    best, gap = view.best_dev_nll, None
    if view.dev_nll is not None and view.train_nll is not None:
        gap = view.dev_nll - view.train_nll
    pairs = [("train", loss(view.train_nll)), ("dev", loss(view.dev_nll))]
    pairs.append(("best dev", loss(best) + ("" if best is None else f" @ {view.best_step:,}")))
    pairs.append(("gap", loss(gap)))
    test = view.test_nll if view.best_test_nll is None else view.best_test_nll
    if test is not None:
        pairs.append(("test", loss(test)))
    return pairs


def pace(view: "RunView") -> list[Pair]:
    """How the run moves."""
    return [
        ("rate", short(rate_now(view))),
        ("gradient", short(view.gradient_norm)),
        ("steps/s", speed(view.steps_per_second) if view.state == "running" else "-"),
    ]


def load(view: "RunView") -> list[Pair]:
    """What a live run does with the machine, as far as it tells."""
    tokens = [] if view.tokens_per_second is None else [("tokens/s", shortened(view.tokens_per_second))]
    held = [("memory", memory(view.memory))] if view.memory is not None and view.state.is_live else []
    return [*tokens, *held]


def fitting(pairs: Sequence[Pair], first: Sequence[str], room: int) -> list[Pair]:
    """The pairs for which there is room, in their order; `first` are the labels by their weight."""
    kept: set[str] = set()
    for label in first:
        wide = sum(_cells(pair) for pair in pairs if pair[0] in kept or pair[0] == label)
        if wide - _GAP <= room:
            kept.add(label)
    return [pair for pair in pairs if pair[0] in kept]


def _steady(pair: Pair) -> str:
    """A value; what changes its length keeps a place of steady width, so that what follows stays where it is."""
    label, value = pair
    return value.ljust(6) if label in _UNSTEADY else value


def _cells(pair: Pair) -> int:
    return len(pair[0]) + bool(pair[0]) + len(_steady(pair)) + _GAP


class StatusLines(SpanRows):
    """Two or three rows of numbers about one run; only rows that changed are painted."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"status--good", "status--warning", "status--bad"}
    DEFAULT_CSS = """
    StatusLines {
        height: 3;
        padding: 0 1;
        & > .status--good { color: $success; }
        & > .status--warning { color: $warning; }
        & > .status--bad { color: $error; }
    }
    """

    view: "RunView | None" = None
    named: bool = False
    """Whether the first line begins with the name of the run."""
    _awaited: str | None = None

    def show(self, view: "RunView") -> None:
        """Take the numbers of a run."""
        self.view, self._awaited = view, None
        self.redraw()

    def put_name(self, named: bool) -> None:
        """Begin with the name of the run, or not: where other runs are listed beside it, it must be told from them."""
        if named is not self.named:
            self.named = named
            self.redraw()

    def wait_for(self, name: str) -> None:
        """Say that a run is being read."""
        self.view, self._awaited = None, name
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The progress, then how good the run is and how it moves, on as many lines as they need."""
        view = self.view
        if view is None:
            waits = "" if self._awaited is None else f"reading {visible(self._awaited)}"
            return [[span(fit(waits, width), self.inks.muted)]] if waits else []
        lines = [self._progress(view, width)]
        if height == line_count(WIDE):
            return [*lines, self._pairs(fitting([*quality(view), *pace(view)], (*_QUALITY, *_PACE), width))]
        facts = [("parameters", many(view.parameters))] if view.parameters is not None else []
        more = fitting([*pace(view), *load(view), *facts], _PACE, width)
        return [*lines, self._pairs(fitting(quality(view), _QUALITY, width)), self._pairs(more)]

    def tone(self, name: str) -> Style:
        """The style of a tone."""
        return self.inks.muted if name == "muted" else self.get_component_rich_style(f"status--{name}")

    def _pairs(self, pairs: Sequence[Pair]) -> Row:
        row: Row = []
        for pair in pairs:
            label = f"{pair[0]} " if pair[0] else ""
            row += [span(label, self.inks.muted), span(_steady(pair) + " " * _GAP, self.inks.strong)]
        return row

    def _progress(self, view: "RunView", width: int) -> Row:
        """The state and the step, a bar, and beside it how long it takes and, with room, what it takes."""
        words = f"{state_mark(view.state, ascii_only=self.look.ascii)} {view.state}"
        told = span(fit(words, max(11, len(words) + 1)), self.tone(state_tone(view.state)))
        state = [*self._run_name(view, width), told]
        if is_unstepped(view):
            return [*state, span(fit(UNSTEPPED, max(0, width - row_width(state))), self.inks.muted)]
        done = view.step / view.max_steps if view.max_steps else 0.0
        head: Row = [
            *state,
            span("step ", self.inks.muted),
            span(f"{view.step:,}", self.inks.strong),
            span(f" / {view.max_steps:,}  ", self.inks.plain),
        ]
        pairs: list[Pair] = [("", f"{done:6.1%}"), ("elapsed", clock(view.seconds))]
        if view.state.is_live and view.eta_seconds is not None:
            pairs.append(("left", clock(view.eta_seconds).ljust(5)))
        if width >= WIDE:
            pairs += load(view)
        tail = self._pairs(fitting(pairs, _PROGRESS, width - row_width(head) - 1))
        room = width - row_width(head) - row_width(tail) - 1 + _GAP
        bar = [*self._bar(done, room), span(" ")] if room >= 4 else []
        return [*head, *bar, *tail]

    def _run_name(self, view: "RunView", width: int) -> Row:
        if not self.named:
            return []
        name = visible(view.name)
        room = min(cell_len(name), width // 4)
        return [span(shorten(name, room, ascii=self.look.ascii) + "  ", self.inks.strong)]

    def _bar(self, done: float, width: int) -> Row:
        whole, rest = ("=", "-") if self.look.ascii else ("━", "─")
        filled = min(width, int(done * width))
        return [span(whole * filled, self.tone("good")), span(rest * (width - filled), self.inks.muted)]
