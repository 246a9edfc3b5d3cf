"""What happened to a run last, and what can be done now: in plain words, on one line."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.style import Style

from makemore_tui.display import fit, visible
from makemore_tui.panes.train.status import WIDE
from makemore_tui.panes.train.words import short
from makemore_tui.widgets.rows import Row, row_width, span
from makemore_tui.widgets.spans import SpanRows

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunEvent, RunView

ALARMS = ("overfitting", "exploding", "diverged", "failed")
"""Kinds of events that a person should not miss."""
AS_ASKED = "as asked"
"""The reason of a run that a person stopped: nothing to explain."""
_TELLS = {"overfitting": "overfitting", "exploding": "diverging"}
"""The alarms that an event tells of: beside it they need not be named."""
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


def next_words(view: "RunView", *, read_only: bool = False) -> str:
    """What a person can do with a run that does not go on; nothing while it does. `read_only`: who can only look."""
    if read_only:
        return _seen_words(view)
    samples = "4 samples from it, n starts another"
    match view.state:
        case "queued":
            return "it waits for its turn: w shows its sweep, space starts it now, s takes it out of the queue"
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
        case "gone":
            return "gone: this is the last that was seen of it, r shows the other runs"
    return ""


def _seen_words(view: "RunView") -> str:
    match view.state:
        case "queued":
            return "it waits for its turn: r shows the other runs"
        case "starting":
            return "its process is coming up"
        case "finished" | "stopped":
            sees = "2 sees its map, " if view.type in MAPPED else ""
            return f"{view.state}: {sees}4 samples from it, r shows the other runs"
        case "unreadable" | "damaged" | "incomplete" | "newer":
            return f"{view.state}: it cannot be opened, r shows the other runs"
        case "gone":
            return "gone: this is the last that was seen of it, r shows the other runs"
        case "paused" | "died" | "failed":
            return f"{view.state}: r shows the other runs"
    return ""


class NewsLine(SpanRows):
    """One line: what holds and should not be missed, and then what can be done with a run that rests, or else what
    happened to it last.
    """

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
        view = self.view
        if view is None:
            return []
        words = next_words(view, read_only=bool(getattr(self.app, "read_only", False)))
        event = view.events[-1] if view.events and not words else None
        loud = self.get_component_rich_style("news--alarm")
        mark = "!" if self.look.ascii else "▲"
        told = _TELLS.get(event.kind) if event is not None else None
        alarms = [alarm for alarm in view.alarms if alarm.name != told]
        row: Row = [span(f"{mark} {alarm.name}  ", loud) for alarm in alarms]
        if alarms and event is not None and width >= WIDE:
            text = fit(f"{mark} {alarms[0].text}  ", width, ascii=self.look.ascii).rstrip()
            return [[span(f"{text}  ", loud), *row[1:]]]
        room = width - row_width(row)
        if event is None:
            return [[*row, self._words(words, room)]]
        when = f"step {event.step:,}: "
        ink = loud if event.kind in ALARMS else self.inks.plain
        return [[*row, span(when, self.inks.muted), self._words(event_words(event), room - len(when), ink)]]

    def _words(self, words: str, room: int, ink: Style | None = None) -> Segment:
        return span(fit(words, max(0, room), ascii=self.look.ascii), ink or self.inks.plain)
