"""The steps taken so far: which character came, by which `u`, and how likely it was."""

from dataclasses import dataclass

from rich.cells import cell_len

from makemore_tui.widgets.candidates import percent
from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import Row, Rows, right, row_width, span
from makemore_tui.widgets.surprisal_line import nats_text


@dataclass(frozen=True)
class TakenStep:
    """One character of the text so far."""

    number: int
    symbol: str
    u: float | None
    """What it was drawn with; None for a character that was forced."""

    probability: float
    """What the model gave it, before the controls."""

    surprisal: float
    """-ln of it, in nats."""

    entropy: float
    """Of the model's distribution that it came from, in nats."""


class StepTable(Rows):
    """Draws the last steps: as a table, or in one line where there is only one row."""

    data: tuple[TakenStep, ...] = ()

    def show(self, data: tuple[TakenStep, ...]) -> None:
        """Take new steps."""
        self.data = data
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The table or the line, by the room."""
        if height == 1:
            return [step_line(self.data, width, self.inks, self.marks)]
        return step_rows(self.data, height, self.inks, self.marks)


def step_rows(steps: tuple[TakenStep, ...], height: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE) -> list[Row]:
    """A header and the last steps that fit."""
    rows: list[Row] = [[span(f"{'#':>3} ch  {'u':>7}  {'P':>6} {'nats':>5} {'H':>5}", inks.muted)]]
    for step in steps[max(len(steps) - height + 1, 0) :]:
        how = f"{step.u:.4f}" if step.u is not None else "forced"
        rows.append(
            [
                span(f"{step.number:>3} ", inks.muted),
                span(step.symbol, inks.forced if step.u is None else inks.strong),
                span(right(how, 11 - cell_len(step.symbol))),
                span(f" {percent(step.probability):>7} {nats_text(step.surprisal, marks):>5} {step.entropy:>5.2f}"),
            ]
        )
    return rows


def step_line(steps: tuple[TakenStep, ...], width: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE) -> Row:
    """The last steps that fit into one row, the latest at the right."""
    head: Row = [span("last ", inks.muted)]
    taken: list[Row] = []
    room = width - row_width(head)
    for step in reversed(steps):
        how = "forced" if step.u is None else f"u={step.u:.3f}"
        piece = [
            span(step.symbol, inks.forced if step.u is None else inks.strong),
            span(f" {how} {percent(step.probability)}"),
            span(f" {marks.dot} ", inks.muted),
        ]
        room -= row_width(piece)
        if room < 0:
            break
        taken.insert(0, piece)
    if not taken:
        head.append(span("none yet", inks.muted))
    return head + [part for piece in taken for part in piece][: -1 if taken else None]
