"""The dialog that asks which list to open."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Static

from makemore_tui.completion import complete_list


class SourceSuggester(Suggester):
    """Completes a path or the name of a built-in list; the right arrow takes the suggestion."""

    async def get_suggestion(self, value: str) -> str | None:
        """The first name, in alphabetical order, that goes on from what was typed."""
        return next((name for name in complete_list(value) if name != value), None)


class OpenListScreen(ModalScreen[str | None]):
    """Asks for a path or a `@list`; the result is what was typed, or None."""

    AUTO_FOCUS = "Input"
    BINDINGS = [Binding("escape", "dismiss(None)", "Close")]

    def compose(self) -> ComposeResult:
        """One field, and what can be typed."""
        with Vertical(classes="dialog -small") as box:
            box.border_title = "open a list"
            box.border_subtitle = "right completes, enter opens, esc closes"
            field = Input(placeholder="names.txt or @names", suggester=SourceSuggester(use_cache=False))
            field.cursor_blink = False
            yield field
            yield Static("A file with one item per line, or " + " ".join(complete_list("@")))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter opens."""
        self.dismiss(event.value.strip() or None)
