"""The `?` panel: what the pane at hand shows, and every key that works there, in one table."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from makemore_tui.panes.base import Pane
from makemore_tui.shell.help_text import HelpText


@dataclass(frozen=True)
class KeyRow:
    """A line of the table: the keys, parted by spaces, and what they do."""

    keys: str
    description: str


def key_rows(bindings: Iterable[BindingType], display: Callable[[Binding], str], taken: set[str]) -> list[KeyRow]:
    """One row an action, its keys together; a key in `taken` works elsewhere already and is left out.

    The keys of the rows are added to `taken`.
    """
    actions: dict[tuple[str, str], list[str]] = {}
    described = [binding for binding in Binding.make_bindings(bindings) if binding.description]
    for binding in described:
        if binding.key in taken:
            continue
        taken.add(binding.key)
        shown = display(binding)
        words = f"{binding.description}: {binding.tooltip}" if binding.tooltip else binding.description
        keys = actions.setdefault((binding.action, words), [])
        if shown not in keys:
            keys.append(shown)
    return [KeyRow(" ".join(keys), description) for (_, description), keys in actions.items() if keys]


def own_bindings(widget: Widget) -> list[BindingType]:
    """The bindings that the app's own classes give the widget, not those of Textual's widgets.

    Those of actions that the pane `refuses`, as where the app only looks at runs, are left out.
    """
    classes = [cls for cls in type(widget).__mro__ if not cls.__module__.startswith("textual.")]
    bindings = Binding.make_bindings(binding for cls in classes for binding in cls.__dict__.get("BINDINGS", []))
    refuses = getattr(widget, "refuses", None)
    return [one for one in bindings if refuses is None or not refuses(one.action.partition("(")[0])]


class HelpScreen(ModalScreen[None]):
    """Says what the pane shows and lists its keys."""

    AUTO_FOCUS = "VerticalScroll"
    # The room of the scroll bar is kept: otherwise the text is wrapped, and painted, a second time.
    DEFAULT_CSS = "HelpScreen > VerticalScroll { scrollbar-size-vertical: 1; scrollbar-gutter: stable; }"
    BINDINGS = [Binding("escape,question_mark,q,f1,f10", "dismiss", "Close help")]

    def __init__(self, pane: Pane | None, shell_bindings: Sequence[BindingType]) -> None:
        super().__init__()
        self.pane = pane
        self.shell_bindings = shell_bindings

    def compose(self) -> ComposeResult:
        """The text above the keys, both in one scroll."""
        with VerticalScroll(classes="dialog") as scroll:
            scroll.border_title = f"help: {self.pane.TITLE}" if self.pane else "help"
            scroll.border_subtitle = "up and down scroll, esc closes"
            if self.pane is not None:
                yield HelpText(self.pane.HELP)
            yield Static(self._table(), id="keys")

    def _table(self) -> Content:
        taken: set[str] = set()
        pane_rows: list[KeyRow] = []
        if self.pane is not None:
            for widget in (self.pane, *self.pane.query("*")):
                pane_rows += key_rows(own_bindings(widget), self.app.get_key_display, taken)
        parts = [("On this pane", pane_rows)] if pane_rows else []
        parts.append(("Everywhere", key_rows(self.shell_bindings, self.app.get_key_display, taken)))
        width = max(Content(row.keys).cell_length for _, rows in parts for row in rows) + 2
        lines: list[Content] = []
        for title, rows in parts:
            lines.append(Content.styled(title, "bold"))
            for row in rows:
                keys = Content.styled(row.keys, "$accent")
                lines.append(Content.assemble("  ", keys, " " * (width - keys.cell_length), row.description))
            lines.append(Content())
        return Content("\n").join(lines)
