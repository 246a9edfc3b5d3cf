"""What a person can choose on the Bigrams pane, as one value."""

from dataclasses import dataclass, replace
from enum import Enum

from makemore_tui.widgets.heatmap import CellSize, Scale

SMOOTHING_STEPS = (0.0, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)


class View(Enum):
    """What the map shows."""

    COUNTS = "counts"
    SHARES = "P"
    MODEL = "model"
    DIFFERENCE = "difference"

    @property
    def needs_run(self) -> bool:
        """Whether it shows a network."""
        return self in (View.MODEL, View.DIFFERENCE)


_SCALES = (Scale.LOG, Scale.SQRT, Scale.SQRT, Scale.SQRT)


@dataclass(frozen=True)
class Options:
    """The choices; each view keeps a scale of its own."""

    view: View = View.COUNTS
    scales: tuple[Scale, ...] = _SCALES
    """In the order of the views."""
    smoothing: float = 0.0
    by_frequency: bool = False
    zoom: CellSize | None = None
    totals: bool | None = None
    colors: int = 0

    @property
    def scale(self) -> Scale:
        """The scale of the view at hand."""
        return self.scales[list(View).index(self.view)]

    def with_next_scale(self) -> "Options":
        """The view at hand on its next scale."""
        pairs = zip(View, self.scales, strict=True)
        return replace(self, scales=tuple(s.next if view is self.view else s for view, s in pairs))

    def with_next_view(self) -> "Options":
        """The next view."""
        views = list(View)
        return replace(self, view=views[(views.index(self.view) + 1) % len(views)])

    def with_smoothing_step(self, direction: int) -> "Options":
        """The next larger (1) or smaller (-1) of the usual amounts."""
        if direction > 0:
            larger = [step for step in SMOOTHING_STEPS if step > self.smoothing]
            return replace(self, smoothing=larger[0] if larger else self.smoothing)
        smaller = [step for step in SMOOTHING_STEPS if step < self.smoothing]
        return replace(self, smoothing=smaller[-1] if smaller else 0.0)


def parse_smoothing(text: str) -> float | None:
    """A number of 0 or more, or None where the text is not one."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if 0 <= number <= 1e12 else None
