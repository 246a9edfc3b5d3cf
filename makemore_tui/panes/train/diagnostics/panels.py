"""What a look means, in words: its findings, and the one layer or parameter that is chosen."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from makemore_core.diagnostics.findings import Finding, explain
from makemore_core.diagnostics.looks import Kind, Layer, Parameter
from makemore_tui.display import fit, visible
from makemore_tui.panes.train.diagnostics.tables import gradient_bars, layer_bars
from makemore_tui.widgets.histogram_list import alarm_ink
from makemore_tui.widgets.histogram_strip import BarInks, standing
from makemore_tui.widgets.inks import Inks
from makemore_tui.widgets.rows import Row, span
from makemore_tui.widgets.spans import SpanRows

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView

_FLAT_WORDS: dict[Kind, str] = {
    "tanh": "|tanh| > 0.97, where next to no gradient passes",
    "gate": "fully shut or open, below 0.03 or above 0.97",
    "relu": "switched off, where no gradient passes",
    "gelu": "switched off, at 0 or below",
}
_LOWEST = 4
"""Rows of a histogram that stands, at the least."""


def why_none(view: "RunView", *, counts: bool) -> str:
    """Why a run has no look to show, and what to do about it."""
    if not view.state.is_readable or view.config is None:
        return "Nothing can be read of this run: r shows the others."
    if counts:
        return (
            "This model counts: it has no layers, no gradients and no updates to look at. "
            "Train a network to see inside one: n opens the form, and mlp or batchnorm are those of the lectures."
        )
    if view.config.diagnostics_interval == 0:
        return (
            "Diagnostics are switched off for this run (diagnostics interval 0), for good. Runs that the form starts "
            "(n) record them every 200 steps or more often; on the command line, it is told by: "
            "makemore-tui train --diagnostics-interval 200"
        )
    if view.state.is_live:
        every = f"{view.config.diagnostics_interval:,}"
        return f"No look inside has been recorded yet: the first comes with the first step, then one every {every}."
    return (
        "No look inside was recorded of this run: it was imported, made by an earlier version, or ended before its "
        "first step. Runs that are started now record them by themselves."
    )


class FindingsPanel(SpanRows):
    """What the look at hand means, a line each, the most important first. A click on a line chooses what it is about.

    Where there is no look, it says why in `words`.
    """

    class Chosen(Message):
        """A finding about a layer or parameter was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    DEFAULT_CSS = "FindingsPanel { height: 3; padding: 0 1; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.findings: Sequence[Finding] = ()
        self.calm: Sequence[str] = ()
        self.words = ""

    def show(self, findings: Sequence[Finding], calm: Sequence[str] = (), words: str = "") -> None:
        """Take what was found, then what is well; or words in the place of both."""
        if (findings, calm, words) != (self.findings, self.calm, self.words):
            self.findings, self.calm, self.words = findings, calm, words
            self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The lines; where there is no room for all, the last one says how many more there are."""
        ascii_only, inks = self.look.ascii, self.inks
        if self.words:
            return [
                [span(line, inks.plain)]
                for line in textwrap.wrap(self.words, max(min(width, 90), 20), break_on_hyphens=False)
            ]
        rows: list[Row] = []
        for finding in self.findings:
            is_fault = finding.weight >= 1
            mark, ink = ("! ", inks.strong) if is_fault else (f"{self.marks.dot} ", inks.plain)
            text = fit(finding.text, width - 2, ascii=ascii_only)
            rows.append([span(mark, alarm_ink(inks) if is_fault else ink), span(text, ink)])
        rows += [[span("  "), span(fit(text, width - 2, ascii=ascii_only), inks.muted)] for text in self.calm]
        if len(self.findings) > height > 0:
            rest = self.findings[height - 1 :]
            about = ", ".join(dict.fromkeys(visible(finding.name) or "the whole" for finding in rest))
            words = fit(f"and {len(rest):,} more, about {about}", width - 2, ascii=ascii_only)
            rows[height - 1] = [span("  "), span(words, inks.muted)]
        return rows

    def on_click(self, event: events.Click) -> None:
        """Choose what the line is about."""
        if not self.words and event.y < len(self.findings) and (name := self.findings[event.y].name):
            event.stop()
            self.post_message(self.Chosen(name))


class DetailPanel(SpanRows):
    """The layer or parameter that is chosen: a line about it, and its histogram in large."""

    DEFAULT_CSS = """
    DetailPanel {
        border: round $foreground 30%;
        border-title-color: $primary;
        padding: 0 1;
        height: 1fr;
    }
    """

    part: Layer | Parameter | None = None
    initial: Layer | None = None

    def show(self, part: Layer | Parameter | None, initial: Layer | None = None) -> None:
        """Take what is chosen; `initial` is the same layer before the first update."""
        if (part, initial) == (self.part, self.initial):
            return
        self.part, self.initial = part, initial
        title = "" if part is None else visible(_title(part), ascii=self.look.ascii)
        if title != self.border_title:  # setting a title repaints the whole panel
            self.border_title = title
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The line, the histogram, and what its colours mean."""
        part = self.part
        if part is None:
            return []
        inks = self.inks
        told = textwrap.wrap(explain(part, self.initial), max(width, 20), break_on_hyphens=False)
        bars = layer_bars(part) if isinstance(part, Layer) else gradient_bars(part.histogram)
        room = height - len(told) - 1
        rows: list[Row] = [[span(line, inks.strong)] for line in told]
        if room >= _LOWEST:
            bar_inks = BarInks(inks.after, inks.cut, inks.muted)
            rows += standing(bars, width, room, bar_inks, ascii=self.look.ascii)
        return [*rows, self._note(part, width, inks)]

    def _note(self, part: Layer | Parameter, width: int, inks: Inks) -> Row:
        """What the colours of the histogram mean, or its numbers."""
        if isinstance(part, Layer):
            block = self.marks.both
            words = fit(_FLAT_WORDS[part.kind], width - 2, ascii=self.look.ascii)
            return [span(f"{block} ", inks.cut), span(words, inks.muted)]
        return [span(fit(_numbers(part), width, ascii=self.look.ascii), inks.muted)]


def _title(part: Layer | Parameter) -> str:
    if isinstance(part, Layer):
        return f"{part.name}: what {part.units:,} {part.kind} units give out"
    return f"{part.name}: its gradient ({' x '.join(map(str, part.shape))})"


def _numbers(one: Parameter) -> str:
    if one.std is None or one.grad_std is None:
        return "a single number"
    return f"deviation: gradient {one.grad_std:.2g}, numbers {one.std:.2g}; their ratio is grad:data"
