"""What the Compare pane asks: whether to train every family, and where to write the comparison."""

from dataclasses import dataclass
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from makemore_core.comparison.exports import FORMATS, Format
from makemore_core.comparison.ladder import Ladder, duration_words
from makemore_tui.display import visible
from makemore_tui.widgets.choices import Choice, Choices

FIRST_NAME = "comparison"
TITLES: dict[Format, str] = {"markdown": "Markdown", "csv": "CSV", "json": "JSON"}


class AskFamilies(ModalScreen[bool]):
    """Asks whether every family is to be trained on a list."""

    BINDINGS = [
        Binding("enter,y", "dismiss(True)", "train them"),
        Binding("escape,n", "dismiss(False)", "not now"),
    ]

    def __init__(self, ladder: Ladder, data: str) -> None:
        super().__init__()
        self.ladder, self.data = ladder, data

    def compose(self) -> ComposeResult:
        """The words."""
        with Vertical(classes="dialog -small") as box:
            box.border_title = "all families"
            yield Static(Content("\n").join(self._lines()), markup=False)

    def _lines(self) -> list[Content]:
        all = len(self.ladder.configs)
        left = all - self.ladder.finished - self.ladder.going
        number = f"the {left} of {all} that are missing" if left < all else f"all {all}"
        keys = (("enter", "$accent"), " train them   ", ("escape", "$accent"), " not now")
        return [
            Content.styled(f"Train every family on {visible(self.data)}?", "bold"),
            Content(f"At its defaults, {number}: {duration_words(self.ladder.seconds)}."),
            Content("Those that count are in the table already."),
            Content(),
            Content("They wait in the queue, and go on when the app is closed."),
            Content(f"Rows fill as they end; on Train, w shows {self.ladder.name}."),
            Content(),
            Content.assemble(*keys),
        ]


@dataclass(frozen=True)
class ExportWanted:
    """How a comparison is to be written, and where."""

    format: Format
    path: Path | None
    """None: to the clipboard."""


class AskExport(ModalScreen[ExportWanted | None]):
    """Asks for a format and a file."""

    AUTO_FOCUS = "Input"
    BINDINGS = [
        Binding("escape", "dismiss(None)", "close"),
        Binding("ctrl+y", "copy", "copy", priority=True),
        Binding("down,up", "turn(1)", "another format", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._told: Path | None = None
        """A file that is there already, as the person was told."""

    def compose(self) -> ComposeResult:
        """The formats, the name of the file, and what the keys do."""
        with Vertical(classes="dialog -small") as box:
            box.border_title = "export this table"
            box.border_subtitle = "enter writes it, ctrl+y copies it, esc closes"
            yield Choices(tuple(Choice(name, TITLES[name]) for name in FORMATS), focusable=True)
            yield Input(f"{FIRST_NAME}.{FORMATS['markdown']}", compact=True)
            yield Static(self._words, id="words", markup=False)

    _words = "up and down: the format, as the name ends"

    @property
    def format(self) -> Format:
        """The one that is chosen."""
        current = self.query_one(Choices).current
        return next(name for name in FORMATS if name == current)

    def action_turn(self, by: int) -> None:
        """Choose the next format."""
        names = list(FORMATS)
        self._choose(names[(names.index(self.format) + by) % len(names)])

    @on(Choices.Changed)
    def _changed(self, event: Choices.Changed) -> None:
        event.stop()
        self._choose(next(name for name in FORMATS if name == event.name))

    def _choose(self, format: Format) -> None:
        self.query_one(Choices).show(current=format)
        field = self.query_one(Input)
        path = Path(field.value)
        if path.name:
            field.value = str(path.with_suffix(f".{FORMATS[format]}"))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """The end of the name says which format is meant."""
        event.stop()
        ending = event.value.rpartition(".")[2].lower()
        if (format := next((name for name, end in FORMATS.items() if end == ending), None)) is not None:
            self.query_one(Choices).show(current=format)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not event.value.strip():
            self._say("a name is needed")
            return
        path = Path(event.value.strip()).expanduser().absolute()
        if path.is_dir():
            self._say("this is a folder: write the name of a file")
        elif path.exists() and path != self._told:
            self._told = path
            self._say("it is there already: enter again writes over it")
        else:
            self.dismiss(ExportWanted(self.format, path))

    def action_copy(self) -> None:
        """To the clipboard of the terminal."""
        self.dismiss(ExportWanted(self.format, None))

    def _say(self, words: str) -> None:
        self.query_one("#words", Static).update(Content(words))
