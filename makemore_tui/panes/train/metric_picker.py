"""A small list to choose what a chart shows."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from makemore_tui.display import visible
from makemore_tui.panes.train.dialogs import Question
from makemore_tui.panes.train.metrics import Metric

TALLEST = 12
"""Lines of the list at most."""


def metric_lines(metrics: Sequence[Metric]) -> list[Content]:
    """The names, and in a column the units of those that have one."""
    width = max((cell_len(visible(metric.title)) for metric in metrics if metric.unit), default=0)
    lines = []
    for metric in metrics:
        title = visible(metric.title)
        gap = " " * (width - cell_len(title) + 2) if metric.unit else ""  # a parameter's name may fill the line
        lines.append(Content.assemble(title, gap, (metric.unit, "$text-muted")))
    return lines


class AskMetric(Question[Metric]):
    """Asks for a metric: keys go through the list, and a letter to the next name that begins with it."""

    DEFAULT_CSS = """
    AskMetric {
        & > OptionList { height: auto; border: none; padding: 0; background: transparent; }
        & > OptionList:focus { border: none; }
    }
    """

    def __init__(self, metrics: Sequence[Metric], now: Metric) -> None:
        super().__init__("what the chart shows")
        self.border_subtitle = "enter takes it, esc leaves it"
        self.metrics = tuple(metrics)
        self._now = now

    def compose(self) -> ComposeResult:
        """The metrics by name."""
        lines = metric_lines(self.metrics)
        options = OptionList(
            *(Option(line, id=metric.name) for line, metric in zip(lines, self.metrics, strict=True)),
            compact=True,
            markup=False,
        )
        options.styles.max_height = TALLEST
        names = [metric.name for metric in self.metrics]
        options.highlighted = names.index(self._now.name) if self._now.name in names else 0
        yield options

    def take_keys(self) -> None:
        """Give the focus to the list."""
        self.query_one(OptionList).focus()

    def on_key(self, event: events.Key) -> None:
        """A letter goes to the next name that begins with it."""
        if not event.is_printable or event.character is None or not event.character.isalnum():
            return
        event.stop()
        options = self.query_one(OptionList)
        start = (options.highlighted or 0) + 1
        places = [(start + offset) % len(self.metrics) for offset in range(len(self.metrics))]
        letter = event.character.lower()
        found = next((place for place in places if self.metrics[place].title.lower().startswith(letter)), None)
        if found is not None:
            options.highlighted = found

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.close(self.metrics[event.option_index])
