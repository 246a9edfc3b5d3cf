"""A run of the list as one line, and what more there is to say of the one at hand."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from makemore_tui.display import fit, visible
from makemore_tui.panes.train.news import AS_ASKED
from makemore_tui.panes.train.status import state_mark, state_tone
from makemore_tui.panes.train.words import clock, loss, many
from makemore_tui.widgets.line_chart.glyphs import ASCII, UNICODE

if TYPE_CHECKING:
    from makemore_core.runs.listing import RunSummary

TONES = {"good": "$success", "warning": "$warning", "bad": "$error", "muted": "$text-muted"}
SHORT_NAME = 18
"""Cells of a name where there is little room."""
LIST_NAME = 10
"""Cells that the name of the list is given at least."""


@dataclass(frozen=True)
class Columns:
    """The cells of each column; 0 leaves it out."""

    name: int
    step: int
    data: int

    @classmethod
    def for_room(cls, width: int, longest: int) -> "Columns":
        """Share the room; `longest` are the cells of the longest name."""
        room = width - _STATE - _DEV
        step = _STEP if room - _STEP >= SHORT_NAME + 1 else 0
        rest = room - step
        data = rest - SHORT_NAME - 1
        if data < LIST_NAME:
            return cls(max(1, rest - 1), step, 0)
        name = min(max(longest, SHORT_NAME), SHORT_NAME + (data - LIST_NAME) * 2 // 3)
        return cls(name, step, rest - name - 1)


_STATE, _STEP, _DEV = 13, 21, 12


def other_mark(*, ascii_only: bool) -> str:
    """Stands before the name of a list that is not the one at hand."""
    return "!" if ascii_only else "≠"


def is_other(run: "RunSummary", content: str) -> bool:
    """Whether a run learnt from another list than the one with this content; no where one of them is not known."""
    return bool(content and run.content and content != run.content)


def curve_mark(slot: int, color: str, *, ascii_only: bool) -> Content:
    """Stands before the name of a run that is on the charts beside others, as it does there."""
    return Content.styled((ASCII if ascii_only else UNICODE).markers[slot], color) + " "


def summary_line(
    run: "RunSummary", columns: Columns, *, other: bool = False, ascii_only: bool = False, mark: Content | None = None
) -> Content:
    """A run as one line: state, name, how far it is, how good, and from which list. `mark` stands before the name.

    How good is the checkpoint `best`, which sampling and evaluating use; where nothing is held out, the last weights.
    """
    mark = mark or Content()
    turn = f" {run.turn}" if run.turn is not None else ""
    state = f"{state_mark(run.state, ascii_only=ascii_only)} {run.state}{turn}"
    parts = [
        Content.styled(state.ljust(_STATE), TONES[state_tone(run.state)]),
        mark,
        Content(fit(run.name, columns.name - mark.cell_length, ascii=ascii_only) + " "),
    ]
    if columns.step:
        step = f"{run.step:,} / {run.max_steps:,}" if run.max_steps else ""
        parts.append(
            Content.styled(fit(step, _STEP - 2, ascii=ascii_only).strip().rjust(_STEP - 2) + "  ", "$text-muted")
        )
    dev = run.dev_nll if run.best_dev_nll is None else run.best_dev_nll
    parts.append(Content((f"dev {loss(dev)}" if dev is not None else "").ljust(_DEV)))
    if columns.data:
        name = f"{other_mark(ascii_only=ascii_only)} {run.data}" if other else run.data
        parts.append(Content.styled(fit(name, columns.data, ascii=ascii_only), "$warning" if other else "$text-muted"))
    return Content.assemble(*parts)


def details(run: "RunSummary", *, other: bool = False) -> Content:
    """The run in full: its whole name, its model and list, its best, and why it is as it is."""
    facts = [Content.styled(run.name, "bold")]
    if run.type:
        facts.append(Content(f": {run.type}"))
        facts.append(Content("" if run.parameters is None else f", {many(run.parameters)} parameters"))
        facts.append(Content(f", learnt from {visible(run.data)}"))
        if run.forked_from is not None:
            facts.append(Content(f", forked from {run.forked_from.run} at step {run.forked_from.step:,}"))
        facts.append(Content.styled(", another list than the one that is open", "$warning") if other else Content())
    lines = [Content.assemble(*facts)]
    numbers = []
    if run.best_dev_nll is not None and run.best_step is not None:
        numbers.append(f"best dev {loss(run.best_dev_nll)} at step {run.best_step:,}")
        if run.best_test_nll is not None:
            numbers[-1] += f" (train {loss(run.best_train_nll)}, test {loss(run.best_test_nll)})"
        elif run.test_nll is not None and run.best_step == run.step:  # measured at the end, which was the best
            numbers[-1] += f" (train {loss(run.train_nll)}, test {loss(run.test_nll)})"
    elif run.test_nll is not None:
        numbers.append(f"test {loss(run.test_nll)}")
    if run.created is not None:
        if run.seconds:
            numbers.append(f"trained for {clock(run.seconds)}")
        numbers.append(f"made {time.strftime('%Y-%m-%d %H:%M', time.localtime(run.created))}")
    if numbers:
        lines.append(Content.styled(", ".join(numbers), "$text-muted"))
    if run.note:
        lines.append(Content(visible(run.note)))
    if run.reason and run.reason != AS_ASKED:
        lines.append(Content.styled(visible(run.reason), TONES[state_tone(run.state)]))
    if run.damage:
        lines.append(Content.styled(f"damaged: {visible(run.damage)}", TONES["bad"]))
    if run.is_read_only:
        lines.append(Content.styled("on a read-only disk: to be looked at alone", TONES["warning"]))
    return Content("\n").join(lines)
