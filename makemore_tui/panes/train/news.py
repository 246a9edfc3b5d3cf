"""What happened to a run last, and what can be done now: in plain words, on one line."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from makemore_tui.display import fit, visible
from makemore_tui.panes.train.words import short
from makemore_tui.widgets.rows import Row, span
from makemore_tui.widgets.spans import SpanRows

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunEvent, RunView

ALARMS = ("overfitting", "exploding", "diverged", "failed")
"""Kinds of events that a person should not miss."""
AS_ASKED = "as asked"
"""The reason of a run that a person stopped: nothing to explain."""
MAPPED = ("bigram",)
"""Families whose weights the map of pairs can show."""

_WORDS = {
    "started": "started",
    "resumed": "went on from its last checkpoint",
    "paused": "paused",
    "continued": "went on",
    "saved": "a checkpoint was saved",
    "finished": "finished",
}


def event_words(event: "RunEvent") -> str:
    """What happened, in a few words; kinds that are not known here are told with all that they bring."""
    detail: Mapping[str, Any] = event.detail
    if event.kind == "learning_rate":
        return f"learning rate set to {short(detail.get('value'))}"
    if event.warning:
        return visible(event.warning)
    name = _WORDS.get(event.kind, event.kind.replace("_", " "))
    if "reason" in detail:
        return f"{name}: {visible(str(detail['reason']))}"
    extra = ", ".join(f"{key.replace('_', ' ')} {plain(value)}" for key, value in detail.items())
    return name + (f": {extra}" if extra else "")


def plain(value: Any) -> str:
    """A value of a setting or an event as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return short(value) if isinstance(value, float) else visible(str(value))


def next_words(view: "RunView") -> str:
    """What a person can do with a run that does not go on; nothing while it does."""
    samples = "4 samples from it, n starts another"
    match view.state:
        case "starting":
            return "its process is coming up"
        case "paused":
            return "paused: space goes on, < and > change the learning rate, s stops"
        case "finished":
            sees = "2 sees its map, " if view.type in MAPPED else ""
            return f"finished: {sees}{samples}"
        case "stopped":
            return f"stopped: space goes on from there, {samples}"
        case "died" | "failed":
            return f"{view.state}: space tries again from its last checkpoint, n starts another"
        case "unreadable" | "damaged" | "incomplete" | "newer":
            return f"{view.state}: it cannot be opened, r shows the other runs"
    return ""


class NewsLine(SpanRows):
    """One line: what can be done with a run that rests, or else what happened to it last."""

    COMPONENT_CLASSES = {"news--alarm"}
    DEFAULT_CSS = """
    NewsLine {
        height: 1;
        padding: 0 1;
        & > .news--alarm { color: $warning; text-style: bold; }
    }
    """

    view: "RunView | None" = None

    def show(self, view: "RunView") -> None:
        """Take a run."""
        self.view = view
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The line."""
        if self.view is None:
            return []
        ascii_only = self.look.ascii
        words = next_words(self.view)
        if words or not self.view.events:
            return [[span(fit(words, width, ascii=ascii_only), self.inks.plain)]]
        event = self.view.events[-1]
        when = f"step {event.step:,}: "
        style = self.get_component_rich_style("news--alarm") if event.kind in ALARMS else self.inks.plain
        return [
            [span(when, self.inks.muted), span(fit(event_words(event), width - len(when), ascii=ascii_only), style)]
        ]
