"""The small questions that the Sample pane asks: a number, a branch."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from makemore_tui.display import fit

if TYPE_CHECKING:
    from makemore_tui.panes.sample.branches import Branch


class AskNumber(ModalScreen[int | None]):
    """Asks for a whole number; the result is the number, or None."""

    AUTO_FOCUS = "Input"
    BINDINGS = [Binding("escape", "dismiss(None)", "Close")]

    def __init__(self, title: str, words: str, value: int, low: int, high: int) -> None:
        super().__init__()
        self.question, self.words, self.value, self.low, self.high = title, words, value, low, high

    def compose(self) -> ComposeResult:
        """One field, and what it is for."""
        with Vertical(classes="dialog -small") as box:
            box.border_title = self.question
            box.border_subtitle = "enter takes it, esc closes"
            yield number_field(str(self.value), "integer")
            yield Static(self.words, markup=False, id="words")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes the number, if it is one in the range."""
        try:
            number = int(event.value)
        except ValueError:
            number = self.low - 1
        if self.low <= number <= self.high:
            self.dismiss(number)
            return
        self.query_one("#words", Static).update(f"a whole number from {self.low} to {self.high:,}")


class ChooseBranch(ModalScreen[int | None]):
    """Lists what was tried; the result is the node to go to, or None."""

    AUTO_FOCUS = "OptionList"
    DEFAULT_CSS = "ChooseBranch OptionList { max-height: 16; }"
    BINDINGS = [Binding("escape,ctrl+b", "dismiss(None)", "Close")]

    def __init__(self, branches: "Sequence[Branch]") -> None:
        super().__init__()
        self.branches = branches

    def compose(self) -> ComposeResult:
        """A line for each branch, the newest first."""
        with Vertical(classes="dialog") as box:
            box.border_title = "branches: go back to"
            box.border_subtitle = "enter goes there, 1 to 9 at once, esc closes"
            yield OptionList(*(self._option(place, branch) for place, branch in enumerate(self.branches, 1)))

    def _option(self, place: int, branch: "Branch") -> Option:
        number = f"{place} " if place <= 9 else "  "
        return Option(Content(number) + branch_label(branch), id=str(branch.node))

    def on_key(self, event: events.Key) -> None:
        """A digit goes to one of the first nine."""
        if event.key.isdecimal() and 1 <= int(event.key) <= min(len(self.branches), 9):
            event.stop()
            self.dismiss(self.branches[int(event.key) - 1].node)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go there."""
        self.dismiss(int(event.option_id or 0))


def branch_label(branch: "Branch") -> Content:
    """The text, its surprisal, and how it came about."""
    notes = [f"{branch.surprisal:.1f} nats"]
    notes += [f"{branch.forced} forced"] if branch.forced else []
    notes += [] if branch.ended else ["unfinished"]
    notes += ["here"] if branch.here else []
    return Content(f"{fit(branch.symbols or '(start)', 28)}  {', '.join(notes)}")


def number_field(value: str, kind: str, id: str | None = None) -> Input:
    """A field for a number, whose cursor does not blink: an idle screen writes nothing."""
    field = Input(value, id=id, type="integer" if kind == "integer" else "number", compact=id is not None)
    field.cursor_blink = False
    return field


def text_field(value: str, id: str | None = None, placeholder: str = "") -> Input:
    """A field for words, whose cursor does not blink either."""
    field = Input(value, id=id, placeholder=placeholder, compact=True)
    field.cursor_blink = False
    return field
