"""What the run generates while it learns, the newest first, marked where the training list holds it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events

from makemore_tui.display import fit as fit_text
from makemore_tui.display import visible
from makemore_tui.widgets.rows import Row, span
from makemore_tui.widgets.spans import SpanRows

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunSample, SampleSet

_COLUMN = 24
"""Cells of one item where items stand side by side."""
_FLAT = 8
"""Below this height only the last set is shown, and its step stands in the title."""


def milestones(sets: "Sequence[SampleSet]") -> "list[SampleSet]":
    """The last set, and going back those whose places are 8, 4, 2, 1, 0: few, and they stay while sets arrive."""
    last = len(sets) - 1
    places = {last, 0, *(1 << power for power in range(last.bit_length()) if 1 << power < last)}
    return [sets[place] for place in sorted(places, reverse=True)]


class SamplesPanel(SpanRows):
    """Sets of samples, one under the other; items side by side where there is more width than height."""

    DEFAULT_CSS = """
    SamplesPanel {
        border: round $foreground 30%;
        border-title-color: $primary;
        border-subtitle-color: $text-muted;
        padding: 0 1;
    }
    """

    sets: "tuple[SampleSet, ...]" = ()

    def on_mount(self) -> None:
        """Say what the marks mean."""
        self._entitle()
        self.border_subtitle = f"{self.mark} = in the training list"

    @property
    def mark(self) -> str:
        """Stands before an item that the training list holds."""
        return "*" if self.look.ascii else "●"

    def show(self, sets: "tuple[SampleSet, ...]") -> None:
        """Take all sets of a run, the oldest first."""
        if sets is not self.sets:
            self.sets = sets
            self._entitle()
            self.redraw()

    def on_resize(self, event: events.Resize) -> None:
        """What the title says depends on the room."""
        self._entitle()
        super().on_resize(event)

    def _entitle(self) -> None:
        flat = self.sets and self.content_size.height < _FLAT
        title = f"samples at step {self.sets[-1].step:,}" if flat else "samples"
        if title != self.border_title:  # setting a title repaints the whole panel
            self.border_title = title

    def draw(self, width: int, height: int) -> list[Row]:
        """The newest set first, then some earlier ones as far as there is room."""
        if not self.sets:
            return [[span("none yet", self.inks.muted)]]
        columns = max(1, width // _COLUMN)
        if height < _FLAT:
            return self._items(self.sets[-1], columns, width)
        rows: list[Row] = []
        for made in milestones(self.sets):
            rows.append([span(f"step {made.step:,}", self.inks.muted)])
            rows += self._items(made, columns, width)
            if len(rows) >= height:
                break
        return rows

    def _items(self, made: "SampleSet", columns: int, width: int) -> list[Row]:
        return [
            [piece for item in made.items[start : start + columns] for piece in self._item(item, width // columns)]
            for start in range(0, len(made.items), columns)
        ]

    def _item(self, item: "RunSample", width: int) -> Row:
        ascii_only = self.look.ascii
        text = visible(item.text, ascii=ascii_only) or "(empty)"
        if not item.finished:
            text += "~" if ascii_only else "…"
        known = item.in_train
        return [
            span(f"{self.mark} " if known else "  ", self.inks.after),
            span(fit_text(text, width - 3, ascii=ascii_only) + " ", self.inks.plain if known else self.inks.strong),
        ]
