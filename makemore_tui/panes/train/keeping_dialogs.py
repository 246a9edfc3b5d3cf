"""Questions about a run as a whole: how many steps, what name, what note, and whether to delete it."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, Static

from makemore_core.errors import SettingsError
from makemore_core.runs.commands import MOST_STEPS
from makemore_core.runs.deleting import Weight
from makemore_core.runs.folder import check_name
from makemore_core.runs.notes import LONGEST
from makemore_tui.panes.train.dialogs import Question
from makemore_tui.sizes import size_words

STEPS_WORDS = "the schedule of the learning rate lies over all of them"
NAME_WORDS = "its folder is called so then"
NOTE_WORDS = "shown with the run; nothing takes the note away"


class AskLine(Question[str]):
    """Asks for a line of text. What was not changed is no answer."""

    needs_life = False

    def __init__(self, title: str, first: str, words: str, fault: Callable[[str], str | None]) -> None:
        super().__init__(title)
        self.border_subtitle = "enter takes it, esc leaves it"
        self.first, self.words, self.fault = first, words, fault

    def compose(self) -> ComposeResult:
        """The field, and below it what it is for or what is wrong with it."""
        yield Input(self.first, compact=True)
        yield Static(self.words, id="words", markup=False)

    def take_keys(self) -> None:
        """Give the focus to the field."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        fault = self.fault(event.value) if event.value != self.first else None
        self.query_one("#words", Static).update(Content(fault or self.words))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value == self.first:
            self.close()
        elif self.fault(event.value) is None:
            self.close(event.value)


def steps_of(text: str) -> int:
    """A number of steps as it is typed. Raises ValueError."""
    return int(text.replace(",", "").replace("_", ""))


def ask_steps(run: str, made: int, now: int) -> AskLine:
    """How many steps a run is to make in all."""

    def fault(text: str) -> str | None:
        try:
            steps = steps_of(text)
        except ValueError:
            return "a whole number is needed"
        if steps <= made:
            return f"it has made {made:,} already"
        return None if steps <= MOST_STEPS else f"must be at most {MOST_STEPS:,}"

    return AskLine(f"steps of {run} in all", str(now), STEPS_WORDS, fault)


def ask_name(run: str, taken: Callable[[str], bool]) -> AskLine:
    """What a run is to be called."""

    def fault(text: str) -> str | None:
        try:
            check_name(text.strip())
        except SettingsError:
            return "letters, digits and . _ + - only, a letter or digit first"
        return "this name is taken" if taken(text.strip()) else None

    return AskLine(f"another name for {run}", run, NAME_WORDS, fault)


def ask_note(run: str, now: str) -> AskLine:
    """What is to be said of a run."""
    return AskLine(
        f"note of {run}", now, NOTE_WORDS, lambda text: f"up to {LONGEST} characters" if len(text) > LONGEST else None
    )


class AskDelete(Question[bool], can_focus=True):
    """Asks whether to delete a run. Enter alone does not: it cannot be undone."""

    needs_life = False
    BINDINGS = [
        Binding("y,D", "delete", "delete it"),
        Binding("escape,n,enter", "leave", "keep it"),
    ]

    def __init__(self, run: str, weight: Weight) -> None:
        super().__init__("delete")
        self.run_name, self.weight = run, weight

    def compose(self) -> ComposeResult:
        """The words."""
        keys = (("y", "$accent"), " delete it   ", ("enter", "$accent"), " or ", ("escape", "$accent"), " keep it")
        yield Static(
            Content("\n").join(
                [
                    Content.styled(f"Delete {self.run_name} for good?", "bold"),
                    Content(f"{self.weight.files:,} files, {size_words(self.weight.bytes)}"),
                    Content(),
                    Content.assemble(*keys),
                ]
            )
        )

    def action_delete(self) -> None:
        """Yes."""
        self.close(True)
