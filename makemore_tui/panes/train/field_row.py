"""One line of the form: a title, what is typed or chosen, and what it means or what is wrong with it."""

from dataclasses import replace

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Select, Static
from textual.widgets._select import SelectCurrent, SelectOverlay

from makemore_tui.look import look_of
from makemore_tui.panes.train.fields import NAME, Field

TITLE_CELLS = 16
"""Of a title; the cell behind it marks what is not the default."""


class Words(SelectOverlay):
    """The words of a choice that is open."""

    BINDINGS = [Binding("enter", "select", "take it"), Binding("escape", "dismiss", "leave it")]


class Choice(Select[str], inherit_bindings=False):
    """A choice of words that leaves the arrow keys to the form until it is opened."""

    BINDINGS = [Binding("enter,space", "show_overlay", "choose")]

    def compose(self) -> ComposeResult:
        """As Textual's own, but for the words of the keys."""
        yield SelectCurrent(self.prompt)
        yield Words(type_to_search=self._type_to_search).data_bind(compact=Select.compact)


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
        &.-changed > .title { color: $foreground; }
        &.-unused > .title { color: $text-disabled; }
        &.-wrong > .note { color: $error; }
        &.-wrong > .title { color: $error; }
        &:focus-within > .title { color: $foreground; text-style: bold; }
    }
    """

    def __init__(self, field: Field, value: str | None = None, *, typed: bool = False) -> None:
        super().__init__()
        self.field = field
        self.fault: str | None = None
        is_known = value is not None and (not field.choices or value in field.choices)
        self._first = value if value is not None and is_known else field.default
        self._typed = typed
        """Whether a person wrote what it holds at first, before the form was made anew."""

    def compose(self) -> ComposeResult:
        """Title, control, note."""
        yield Static(self.field.title, classes="title", markup=False)
        if self.field.choices:
            yield Choice(
                [(word, word) for word in self.field.choices], value=self._first, allow_blank=False, compact=True
            )
        else:
            yield Input(self._first, placeholder=self.field.default or "automatic", compact=True)
        yield Static(self.field.hint(self._first), classes="note", markup=False)

    @property
    def takes_numbers(self) -> bool:
        """Whether a setting is typed into it."""
        return not self.field.choices and self.field.key != NAME

    @property
    def is_touched(self) -> bool:
        """Whether a person wrote in it."""
        return self._typed or self.value != self._first

    @property
    def is_changed(self) -> bool:
        """Whether it holds something else than the default."""
        return self.value.strip() != self.field.default

    def rebase(self, default: str) -> None:
        """Take another default, and where it held the default, hold the new one."""
        follows = not self.is_changed
        self.field = replace(self.field, default=default)
        if follows:
            self.value = default

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
        if isinstance(control, Input) and control.has_focus:
            control.select_all()  # what is typed next takes its place, as in a field that one comes to

    @property
    def _ascii(self) -> bool:
        return look_of(self.app).ascii

    def show_fault(self, fault: str | None, unused: str | None = None, says: str | None = None) -> None:
        """Say what is wrong, or why the field does not count, or what it `says`, or else what it means."""
        self.fault = fault
        self.set_class(fault is not None, "-wrong")
        self.set_class(unused is not None, "-unused")
        self.control.disabled = unused is not None
        marked = self.is_changed and self.field.key != NAME
        self.set_class(marked, "-changed")
        mark = ("*" if self._ascii else "●") if marked else " "
        title = self.query_one(".title", Static)
        if title.content != (words := f"{self.field.title:<{TITLE_CELLS}}{mark}"):
            title.update(words, layout=False)
        note = self.query_one(".note", Static)
        text = Content(fault or unused or says or self.field.hint(self.value))
        if note.content != text:
            note.update(text, layout=False)
