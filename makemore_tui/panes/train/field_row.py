"""One line of the form: a title, what is typed or chosen, and what it means or what is wrong with it."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Select, Static

from makemore_tui.panes.train.fields import Field


class Choice(Select[str], inherit_bindings=False):
    """A choice of words that leaves the arrow keys to the form until it is opened."""

    BINDINGS = [Binding("enter,space", "show_overlay", "choose")]


class TextField(Input):
    """A line to type in; enter goes on to the next field."""

    BINDINGS = [
        Binding("enter", "submit", "next"),
        Binding("up", "app.focus_previous", "field before", show=False),
        Binding("down", "app.focus_next", "fields", key_display="↑↓"),
    ]


class FieldRow(Horizontal):
    """A field as a row of three parts."""

    DEFAULT_CSS = """
    FieldRow {
        height: 1;
        & > .title { width: 17; color: $text-muted; }
        & > Input { width: 16; }
        & > Choice { width: 16; }
        & > .note { width: 1fr; height: 1; margin-left: 2; color: $text-muted; }
        & > .note { text-wrap: nowrap; text-overflow: ellipsis; }
        &.-unused > .title { color: $text-disabled; }
        &.-wrong > .note { color: $error; }
        &.-wrong > .title { color: $error; }
        &:focus-within > .title { color: $foreground; text-style: bold; }
    }
    """

    def __init__(self, field: Field, value: str | None = None) -> None:
        super().__init__()
        self.field = field
        self.fault: str | None = None
        self._first = field.default if value is None else value

    def compose(self) -> ComposeResult:
        """Title, control, note."""
        yield Static(self.field.title, classes="title", markup=False)
        if self.field.choices:
            yield Choice(
                [(word, word) for word in self.field.choices], value=self._first, allow_blank=False, compact=True
            )
        else:
            yield TextField(self._first, placeholder=self.field.default or "automatic", compact=True)
        yield Static(self.field.hint(self._first), classes="note", markup=False)

    @property
    def control(self) -> Widget:
        """What takes the focus."""
        return self.query_one(Choice if self.field.choices else Input)

    @property
    def value(self) -> str:
        """What is typed or chosen."""
        if not self.is_mounted or not self.children:
            return self._first
        control = self.control
        return str(control.value) if isinstance(control, Choice | Input) else ""

    @value.setter
    def value(self, text: str) -> None:
        control = self.control
        if isinstance(control, Choice | Input):
            control.value = text

    def show_fault(self, fault: str | None, unused: str | None = None) -> None:
        """Say what is wrong, or why the field does not count, or else what it means."""
        self.fault = fault
        self.set_class(fault is not None, "-wrong")
        self.set_class(unused is not None, "-unused")
        self.control.disabled = unused is not None
        note = self.query_one(".note", Static)
        text = Content(fault or unused or self.field.hint(self.value))
        if note.content != text:
            note.update(text, layout=False)
