"""Where a text is to go, the clipboard or a file, and how it gets there."""

from dataclasses import dataclass
from pathlib import Path

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from makemore_core.errors import SettingsError
from makemore_tui.panes.sample.dialogs import text_field
from makemore_tui.widgets.choices import Choice, Choices

TEXT, JSON = ".txt", ".json"
WORDS = "the clipboard is the terminal's own (OSC 52): not every terminal lets programs fill it"


@dataclass(frozen=True)
class Destination:
    """Where a text is to go, and in which form."""

    path: Path | None
    """None is the clipboard."""

    as_json: bool


class AskDestination(ModalScreen[Destination | None]):
    """Asks where a text is to go; a file that is there is replaced only when that was confirmed."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    AskDestination {
        Horizontal { height: 1; margin-bottom: 1; }
        Label { color: $text-muted; }
        Choices { width: 1fr; }
        #file { width: 1fr; }
        #words { margin-top: 1; }
    }
    """
    BINDINGS = [
        Binding("ctrl+y", "copy", "copy"),
        Binding("escape", "dismiss(None)", "Close"),
    ]

    def __init__(self, what: str, stem: str) -> None:
        super().__init__()
        self.what, self.stem = what, stem
        self._confirmed: Path | None = None

    def compose(self) -> ComposeResult:
        """The form and the file."""
        with Vertical(classes="dialog -small") as box:
            box.border_title = f"keep {self.what}"
            box.border_subtitle = "enter saves, ^y copies, tab to the form, esc closes"
            with Horizontal():
                yield Label("as    ")
                yield Choices((Choice(TEXT, "text"), Choice(JSON, "JSON")), focusable=True)
            with Horizontal():
                yield Label("file  ")
                yield text_field(self.stem + TEXT, id="file")
            yield Static(WORDS, markup=False, id="words")

    def on_choices_changed(self, event: Choices.Changed) -> None:
        """The file's name says the form, too."""
        field = self.query_one(Input)
        for ending in (TEXT, JSON):
            if field.value.endswith(ending):
                field.value = field.value.removesuffix(ending) + event.name

    def on_input_changed(self, event: Input.Changed) -> None:
        """A name that ends in .json is JSON."""
        self._confirmed = None
        if event.value.endswith((TEXT, JSON)):
            self.query_one(Choices).show(current=JSON if event.value.endswith(JSON) else TEXT)

    @property
    def _as_json(self) -> bool:
        return self.query_one(Choices).current == JSON

    def action_copy(self) -> None:
        """To the clipboard."""
        self.dismiss(Destination(None, self._as_json))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """To the file, if that can be; one that is there already is asked about."""
        path = Path(event.value.strip()).expanduser()
        if fault := file_fault(event.value.strip()):
            self._tell(fault)
        elif path.exists() and self._confirmed != path:
            self._confirmed = path
            self._tell(f"{path.name} is there already: enter once more replaces it")
        else:
            self.dismiss(Destination(path, self._as_json))

    def _tell(self, words: str) -> None:
        self.query_one("#words", Static).update(Content(words))


def file_fault(name: str) -> str | None:
    """What is wrong with the name of a file to write; None where nothing is."""
    path = Path(name).expanduser()
    if not name or path.is_dir():
        return "the name of a file is needed"
    return None if path.parent.is_dir() else f"there is no folder {path.parent}"


def deliver(app: App[object], text: str, destination: Destination, what: str) -> str:
    """Copy or write a text, in a thread, and say so. Raises SettingsError where it cannot be written."""
    if destination.path is None:
        app.call_later(app.copy_to_clipboard, text)
        return f"{what} copied: {len(text):,} characters, if the terminal lets programs fill the clipboard"
    try:
        destination.path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{destination.path} cannot be written: {error.strerror or error}") from None
    return f"{what} saved to {destination.path}"
