"""What a run is made of and what happened to it: two panels for screens with room."""

import time
from typing import TYPE_CHECKING

from makemore_tui.display import fit, visible
from makemore_tui.panes.train.news import ALARMS, event_words, plain
from makemore_tui.panes.train.words import many, short
from makemore_tui.widgets.rows import Row, span
from makemore_tui.widgets.spans import SpanRows

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunEvent, RunView

_PANEL_CSS = """
    {name} {{
        border: round $foreground 30%;
        border-title-color: $primary;
        padding: 0 1;
    }}
"""


def settings_of(view: "RunView") -> list[tuple[str, str]]:
    """The settings of a run as labels and values."""
    config = view.config
    if config is None:
        return []
    model = ", ".join(f"{name.replace('_', ' ')} {plain(value)}" for name, value in config.model.items())
    note = [("note", visible(view.note))] if view.note else []
    batch = "the whole list" if config.batch_by == "all" else f"{config.batch_size:,} {config.batch_by}"
    return [
        *note,
        ("model", f"{config.type}" + (f": {model}" if model else "")),
        ("parameters", many(view.parameters)),
        ("list", f"{visible(config.data.name)}, {config.data.items:,} items"),
        ("split", f"{config.split.kind}, seed {config.split.seed}"),
        ("batch", batch),
        ("optimizer", f"{config.optimizer}, rate {short(config.learning_rate)}, {config.schedule}"),
        ("seed", str(config.seed)),
        *([] if (fork := config.forked_from) is None else [("forked from", f"{fork.run}, {fork.checkpoint}")]),
    ]


class SettingsPanel(SpanRows):
    """The settings of the run."""

    DEFAULT_CSS = _PANEL_CSS.format(name="SettingsPanel")

    view: "RunView | None" = None

    def on_mount(self) -> None:
        """Name the panel."""
        self.border_title = "settings"

    def show(self, view: "RunView") -> None:
        """Take the settings of a run."""
        self.view = view
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """A label and a value on each row."""
        ascii_only = self.look.ascii
        return [
            [span(label.ljust(12), self.inks.muted), span(fit(value, max(0, width - 12), ascii=ascii_only))]
            for label, value in (settings_of(self.view) if self.view else [])
        ]


class EventsPanel(SpanRows):
    """What happened, the newest last."""

    DEFAULT_CSS = _PANEL_CSS.format(name="EventsPanel")

    events: "tuple[RunEvent, ...]" = ()

    def on_mount(self) -> None:
        """Name the panel."""
        self.border_title = "events"

    def show(self, events: "tuple[RunEvent, ...]") -> None:
        """Take all events of a run, the oldest first."""
        if events is not self.events:
            self.events = events
            self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """As many of the last events as there is room for."""
        ascii_only = self.look.ascii
        rows: list[Row] = []
        for event in self.events[-height:]:
            when = f"{time.strftime('%H:%M:%S', time.localtime(event.wall))}  step {event.step:,}  "
            style = self.inks.strong if event.kind in ALARMS else self.inks.plain
            words = fit(event_words(event), width - len(when), ascii=ascii_only)
            rows.append([span(when, self.inks.muted), span(words, style)])
        return rows
