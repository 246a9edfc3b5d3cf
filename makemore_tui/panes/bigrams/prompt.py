"""One line for typing: the character to jump to, or an amount of smoothing."""

from enum import Enum

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


class Purpose(Enum):
    """What is typed."""

    JUMP = "Jump to a row; type two characters for a pair:"
    SMOOTHING = "Add to every count (0 or more), then enter:"


class Prompt(Horizontal):
    """Takes the place of the second line of controls while it is open. Escape closes it."""

    BINDINGS = [Binding("escape", "close", "leave the line")]

    DEFAULT_CSS = """
    Prompt {
        display: none;
        height: 1;
        &.-open { display: block; }
        & Static { width: auto; max-width: 75%; padding: 0 1; }
        & Input { width: 1fr; background: $panel; }
        & .-problem { color: $text-error; }
    }
    """

    class Typed(Message):
        """The text changed, or was confirmed with enter."""

        def __init__(self, purpose: Purpose, text: str, confirmed: bool) -> None:
            super().__init__()
            self.purpose, self.text, self.confirmed = purpose, text, confirmed

    class Closed(Message):
        """The line is gone: the map takes the keys again."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.purpose = Purpose.JUMP

    def compose(self) -> ComposeResult:
        """A question and a field."""
        yield Static(markup=False)
        yield Input(select_on_focus=False, compact=True, disabled=True)

    def open(self, purpose: Purpose) -> None:
        """Ask for this."""
        self.purpose = purpose
        self.set_class(True, "-open")
        self.say(purpose.value)
        self.keep("")
        # While the line is closed its field is disabled, so that the focus never goes there unseen.
        self.query_one(Input).disabled = False
        self.query_one(Input).focus()

    def keep(self, text: str) -> None:
        """Leave this in the field, of what was typed."""
        field = self.query_one(Input)
        field.cursor_blink = False
        with field.prevent(Input.Changed):
            field.value = text
            field.cursor_position = len(text)

    def say(self, text: str, *, problem: bool = False) -> None:
        """Say something else in place of the question: what is wrong with what was typed."""
        question = self.query_one(Static)
        question.set_class(problem, "-problem")
        question.update(text)

    def action_close(self) -> None:
        """Close without a change."""
        if self.has_class("-open"):
            self.set_class(False, "-open")
            self.query_one(Input).disabled = True
            self.post_message(self.Closed())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass on what is typed."""
        event.stop()
        if self.has_class("-open"):
            self.say(self.purpose.value)
            self.post_message(self.Typed(self.purpose, event.value, confirmed=False))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Pass on what was confirmed."""
        event.stop()
        self.post_message(self.Typed(self.purpose, event.value, confirmed=True))
