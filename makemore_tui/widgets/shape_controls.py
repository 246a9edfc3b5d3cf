"""Temperature, top-k and top-p as sliders, and what they do to the distribution in numbers."""

import math
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.message import Message

from makemore_tui.widgets.inks import MONOCHROME, UNICODE, Inks, Marks
from makemore_tui.widgets.rows import Row, Rows, fit, right, span

SLIDER_AT = 13
"""The column where the sliders of the panel start."""


@dataclass(frozen=True)
class Slider:
    """One control: what it is called, its value in words, and where its knob stands."""

    name: str
    value: str
    fraction: float
    """0 at the left end, 1 at the right end."""

    keys: str


@dataclass(frozen=True)
class Shape:
    """The controls and their effect."""

    sliders: tuple[Slider, ...] = ()
    entropy: tuple[float, float] | None = None
    """In nats, before and after; None where nothing is left to draw, and then the rest is not shown either."""

    kept: int = 0
    """How many characters can still be drawn."""

    kept_mass: float = 1.0
    """The model's probability of these together."""

    size: int = 0
    """How many characters there are."""

    others: tuple[str, ...] = ()
    """The controls without a slider that are not at rest, each in a word or two."""


class ShapeControls(Rows):
    """Draws a Shape: as one line, or as a panel with sliders where there are more rows."""

    class Moved(Message):
        """A slider was clicked."""

        def __init__(self, index: int, fraction: float) -> None:
            self.index = index
            self.fraction = fraction
            super().__init__()

    data: Shape = Shape()

    def show(self, data: Shape) -> None:
        """Take new values."""
        self.data = data
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """One line or the panel, by the room."""
        if not self.data.sliders:
            return []
        if height == 1:
            return [control_line(self.data, self.inks, self.marks)]
        return control_panel(self.data, width, self.inks, self.marks)

    def on_click(self, event: events.Click) -> None:
        """A click on a slider of the panel moves its knob there."""
        offset = event.get_content_offset(self)
        if offset is None or self.content_size.height == 1 or offset.y >= len(self.data.sliders):
            return
        length = slider_length(self.data, self.content_size.width)
        fraction = (offset.x - SLIDER_AT) / max(length - 1, 1)
        if 0 <= fraction <= 1:
            self.post_message(self.Moved(offset.y, fraction))


def control_line(shape: Shape, inks: Inks = MONOCHROME, marks: Marks = UNICODE) -> Row:
    """Everything in one row of at most 80 cells; controls without a slider take the place of the keys."""
    row: Row = []
    for slider in shape.sliders:
        row += [span(f"{slider.name} ", inks.muted), span(slider.value, inks.strong)]
        row.append(span("  " if shape.others else f" {slider.keys}  ", inks.muted))
    if shape.others:
        row.append(span(", ".join(shape.others) + "  ", inks.strong))
    if shape.entropy is None:
        return row
    before, after = shape.entropy
    row += [span("H ", inks.muted), span(f"{before:.2f}{marks.arrow}"), span(f"{after:.2f}", inks.strong)]
    row.append(span(" nats  ppl ", inks.muted))
    row += [span(f"{choices(before)}{marks.arrow}"), span(choices(after), inks.strong)]
    return row


def control_panel(shape: Shape, width: int, inks: Inks = MONOCHROME, marks: Marks = UNICODE) -> list[Row]:
    """A row for each slider, then what they do."""
    length = slider_length(shape, width)
    rows = [_slider_row(slider, length, inks, marks) for slider in shape.sliders]
    others = ", ".join(shape.others)
    if shape.entropy is None:
        return [*rows, [span(others, inks.strong)]] if others else rows
    before, after = shape.entropy
    rows.append([span(others if cell_len(others) <= width else fit(others, width - 1) + marks.ellipsis, inks.strong)])
    rows.append(_effect("entropy", f"{before:.2f}", f"{after:.2f}", "nats", inks, marks))
    rows.append(_effect("perplexity", choices(before), choices(after), f"of {shape.size}", inks, marks))
    cut = shape.size - shape.kept
    kept = f"{shape.kept_mass:.1%} in {shape.kept}, {cut} cut"
    rows.append([span(fit("kept", 11), inks.muted), span(kept, inks.strong if cut else inks.plain)])
    return rows


def slider_length(shape: Shape, width: int) -> int:
    """The cells of a slider beside its name, value and keys."""
    return max(width - SLIDER_AT - 1 - max((len(slider.keys) for slider in shape.sliders), default=0), 2)


def choices(nats: float) -> str:
    """A perplexity: the number of equally likely characters with this entropy."""
    perplexity = math.exp(nats)
    return f"{perplexity:.1f}" if perplexity < 999.95 else f"{perplexity:.0f}"


def _slider_row(slider: Slider, length: int, inks: Inks, marks: Marks) -> Row:
    knob = round(slider.fraction * (length - 1))
    return [
        span(fit(slider.name, 6), inks.muted),
        span(right(slider.value, 5), inks.strong),
        span("  "),
        span(marks.rule * knob, inks.after),
        span(marks.knob, inks.strong),
        span(marks.rule * (length - 1 - knob), inks.muted),
        span(f" {slider.keys}", inks.muted),
    ]


def _effect(name: str, before: str, after: str, unit: str, inks: Inks, marks: Marks) -> Row:
    return [
        span(fit(name, 11), inks.muted),
        span(f"{before} {marks.arrow} "),
        span(after, inks.strong),
        span(f" {unit}", inks.muted),
    ]
