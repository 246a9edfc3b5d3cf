"""The numbers above the chart: where the run stands, what it costs, how good it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style

from makemore_tui.panes.train.words import clock, loss, many, short, speed
from makemore_tui.widgets.rows import Row, fit, row_width, span
from makemore_tui.widgets.spans import SpanRows

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView

STATE_MARKS = {
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
}
"""A mark and a tone for each state; the word always stands beside them."""

ASCII_MARKS = {
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
}

WIDE = 100
"""From this width on, the numbers stand on two lines instead of three."""

_UNSTEADY = ("gradient", "steps/s")

Pair = tuple[str, str]
"""A label and its value."""


def state_mark(state: str, *, ascii_only: bool) -> str:
    """The mark of a state."""
    return ASCII_MARKS.get(state, "?") if ascii_only else STATE_MARKS.get(state, ("?", ""))[0]


def state_tone(state: str) -> str:
    """The tone of a state: good, warning, bad or muted."""
    return STATE_MARKS.get(state, ("?", "muted"))[1]


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

    def show(self, view: "RunView") -> None:
        """Take the numbers of a run."""
        self.view = view
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The progress, then how good the run is and how it moves, on as many lines as they need."""
        view = self.view
        if view is None:
            return []
        lines = [self._progress(view, width)]
        if height == line_count(WIDE):
            return [*lines, self._pairs([*quality(view), *pace(view)])]
        facts = [("parameters", many(view.parameters))] if view.parameters is not None else []
        return [*lines, self._pairs(quality(view)), self._pairs([*pace(view), *facts])]

    def tone(self, name: str) -> Style:
        """The style of a tone."""
        return self.inks.muted if name == "muted" else self.get_component_rich_style(f"status--{name}")

    def _pairs(self, pairs: Sequence[Pair]) -> Row:
        row: Row = []
        for label, value in pairs:
            # What changes its length keeps a place of steady width, so that what follows stays where it is.
            value = value.ljust(6) if label in _UNSTEADY else value
            row += [span(label + " ", self.inks.muted), span(value + "  ", self.inks.strong)]
        return row

    def _progress(self, view: "RunView", width: int) -> Row:
        mark = state_mark(view.state, ascii_only=self.look.ascii)
        done = view.step / view.max_steps if view.max_steps else 0.0
        head: Row = [
            span(fit(f"{mark} {view.state}", 11), self.tone(state_tone(view.state))),
            span("step ", self.inks.muted),
            span(f"{view.step:,}", self.inks.strong),
            span(f" / {view.max_steps:,}  ", self.inks.plain),
        ]
        tail: Row = [
            span(f" {done:6.1%}", self.inks.strong),
            span("  elapsed ", self.inks.muted),
            span(clock(view.seconds), self.inks.strong),
        ]
        if view.state.is_live and view.eta_seconds is not None:
            tail += [span("  left ", self.inks.muted), span(clock(view.eta_seconds).ljust(5), self.inks.strong)]
        room = width - row_width(head) - row_width(tail)
        return head + self._bar(done, room) + tail if room >= 4 else head + tail

    def _bar(self, done: float, width: int) -> Row:
        whole, rest = ("=", "-") if self.look.ascii else ("━", "─")
        filled = min(width, int(done * width))
        return [span(whole * filled, self.tone("good")), span(rest * (width - filled), self.inks.muted)]
