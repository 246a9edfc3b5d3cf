"""The form with all controls of sampling, which says at each key what is wrong."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from makemore_core.vocabulary import Vocabulary
from makemore_tui.panes.sample.control_fields import (
    FIELDS,
    NO,
    YES,
    CheckedControls,
    ControlField,
    check,
    texts_of,
)
from makemore_tui.panes.sample.dialogs import text_field
from makemore_tui.widgets.choices import Choice, Choices

if TYPE_CHECKING:
    from makemore_core.sampling import Controls


class ControlRow(Horizontal):
    """One control: its name, what is typed or chosen, and what it means or what is wrong with it."""

    DEFAULT_CSS = """
    ControlRow {
        height: 1;
        & > .title { width: 16; color: $text-muted; }
        & > Input { width: 14; }
        & > Choices { width: 14; }
        & > .note { width: 1fr; height: 1; margin-left: 2; color: $text-muted; }
        & > .note { text-wrap: nowrap; text-overflow: ellipsis; }
        &.-here > .title { color: $foreground; text-style: bold; }
        &.-wrong > .title, &.-wrong > .note { color: $error; }
    }
    """

    def __init__(self, field: ControlField, text: str) -> None:
        super().__init__()
        self.field, self._first = field, text

    def compose(self) -> ComposeResult:
        """The three parts."""
        yield Static(self.field.title, classes="title", markup=False)
        if self.field.kind == "choice":
            choices = Choices((Choice(NO, "no"), Choice(YES, "yes")), focusable=True)
            choices.current = self._first
            yield choices
        else:
            yield text_field(self._first, placeholder=self.field.off)
        yield Static(Content(self.field.hint), classes="note")

    def on_descendant_focus(self) -> None:
        """The title says where one is."""
        self.add_class("-here")

    def on_descendant_blur(self) -> None:
        """One is elsewhere."""
        self.remove_class("-here")

    @property
    def text(self) -> str:
        """What is typed or chosen."""
        if not self.children:
            return self._first
        if self.field.kind == "choice":
            return self.query_one(Choices).current
        return self.query_one(Input).value

    def put(self, text: str) -> None:
        """Show another text."""
        if self.field.kind == "choice":
            self.query_one(Choices).show(current=text)
        else:
            self.query_one(Input).value = text

    def tell(self, fault: str | None) -> None:
        """Say what is wrong, or what the control means."""
        self.set_class(fault is not None, "-wrong")
        note, words = self.query_one(".note", Static), Content(fault or self.field.hint)
        if note.content != words:
            note.update(words, layout=False)


class ControlForm(ModalScreen[CheckedControls | None]):
    """Asks for all controls; the result is what they are to be, or None."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = "ControlForm #words { margin-top: 1; height: 2; }"
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("enter", "take", "take them"),
        Binding("up", "app.focus_previous", "control before", show=False),
        Binding("down", "app.focus_next", "next control", show=False),
        Binding("ctrl+r", "rest", "all at rest"),
    ]

    def __init__(self, controls: "Controls", prompt: str, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.controls, self.prompt, self.vocabulary = controls, prompt, vocabulary
        self.checked = CheckedControls(controls, prompt, {})

    def compose(self) -> ComposeResult:
        """A row for each control."""
        texts = texts_of(self.controls, self.prompt)
        with Vertical(classes="dialog") as box:
            box.border_title = "all controls of sampling"
            box.border_subtitle = "enter takes them, ^r all at rest, esc closes"
            for field in FIELDS:
                yield ControlRow(field, texts[field.name])
            yield Static("", id="words", markup=False)

    def on_mount(self) -> None:
        """Nothing is wrong yet."""
        self._check()

    def on_input_changed(self) -> None:
        """Another key was typed."""
        self._check()

    def on_choices_changed(self) -> None:
        """Another word was chosen."""
        self._check()

    def on_input_submitted(self) -> None:
        """Enter in a field takes all of them."""
        self.action_take()

    def action_take(self) -> None:
        """Take the controls, unless something is wrong."""
        self._check()
        if self.checked.controls is not None:
            self.dismiss(self.checked)

    def action_rest(self) -> None:
        """Put all controls at rest."""
        for row in self.query(ControlRow):
            row.put(NO if row.field.kind == "choice" else "")
        self._check()

    def _check(self) -> None:
        rows = list(self.query(ControlRow))
        if not all(row.children for row in rows):
            return
        texts = {row.field.name: row.text for row in rows}
        self.checked = checked = check(texts, self.controls, self.vocabulary)
        for row in rows:
            row.tell(checked.faults.get(row.field.name))
        words = checked.faults.get("") or ("" if checked.controls is not None else "something above is wrong")
        self.query_one("#words", Static).update(Content(words), layout=False)
