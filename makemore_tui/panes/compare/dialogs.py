"""What the Compare pane asks: whether to train every family, which checkpoint is meant, where to write the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from makemore_core.comparison.exports import FORMATS, Format
from makemore_core.comparison.ladder import Ladder, effort_words, far_words
from makemore_core.runs.checkpoints import CheckpointInfo, snapshot_step, snapshots_among
from makemore_tui.display import visible
from makemore_tui.widgets.choices import Choice, Choices
from makemore_tui.widgets.titles import put_titles

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
        ladder = self.ladder
        all = len(ladder.configs)
        number = f"the {ladder.missing} of {all} that are missing" if ladder.missing < all else f"all {all}"
        keys = (("enter", "$accent"), " train them   ", ("escape", "$accent"), " not now")
        return [
            Content.styled(f"Train every family on {visible(self.data)}?", "bold"),
            Content(f"At its defaults, {number}: {effort_words(ladder)}."),
            Content("Those that count are in the table already."),
            Content(),
            Content("They wait in the queue, and go on when the app is closed."),
            Content("f shows how far they are, and can stop them: all is kept."),
            Content(),
            Content.assemble(*keys),
        ]


class AskStop(ModalScreen[Literal["stop", "train"] | None]):
    """Shows how far every family is, and asks whether they are to be stopped, or the missing ones trained too."""

    BINDINGS = [
        Binding("s", "dismiss('stop')", "stop them"),
        Binding("enter", "go_on", "train what is missing, or let them go on"),
        Binding("escape,f", "dismiss(None)", "let them go on"),
    ]

    def __init__(self, ladder: Ladder) -> None:
        super().__init__()
        self.ladder = ladder

    def compose(self) -> ComposeResult:
        """A line for each run, and what the keys do."""
        runs, missing = self.ladder.runs, self.ladder.missing
        train = (("enter", "$accent"), f" train the {missing} missing   ") if missing else ()
        keys = (*train, ("s", "$accent"), " stop them all   ", ("escape", "$accent"), " let them go on")
        lines = [
            *(Content(f"{visible(run.type):<12} {far_words(run)}") for run in runs),
            Content(),
            Content("What was trained is kept: f goes on where it stopped."),
            Content(),
            Content.assemble(*keys),
        ]
        with Vertical(classes="dialog -small") as box:
            put_titles(box, f"all families: {visible(self.ladder.name)}")
            yield Static(Content("\n").join(lines), markup=False)

    def action_go_on(self) -> None:
        """Train those that nobody is at; where there are none, only close."""
        self.dismiss("train" if self.ladder.missing else None)


class AskCheckpoint(ModalScreen[str | None]):
    """Asks at which checkpoint a run is to be evaluated; the result is its name."""

    AUTO_FOCUS = "OptionList"
    DEFAULT_CSS = """
    AskCheckpoint OptionList { max-height: 14; border: none; padding: 0; &:focus { border: none; } }
    """
    BINDINGS = [Binding("escape,c", "dismiss(None)", "close")]

    def __init__(self, name: str, checkpoints: Sequence[CheckpointInfo], current: str) -> None:
        super().__init__()
        self.what, self.current = name, current
        named = [info for info in checkpoints if snapshot_step(info.name) is None]
        self.checkpoints = [*sorted(named, key=lambda info: info.name), *reversed(snapshots_among(checkpoints))]

    def compose(self) -> ComposeResult:
        """Those with a name, then the steps that are kept, the latest first."""
        with Vertical(classes="dialog -small") as box:
            put_titles(box, f"evaluate {visible(self.what)} at")
            box.border_subtitle = "enter chooses, esc closes"
            yield OptionList(*(Content(f"{visible(info.name):<14} step {info.step:>9,}") for info in self.checkpoints))

    def on_mount(self) -> None:
        """The cursor stands on the one at hand."""
        names = [info.name for info in self.checkpoints]
        self.query_one(OptionList).highlighted = names.index(self.current) if self.current in names else 0

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self.checkpoints[event.option_index].name)


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
