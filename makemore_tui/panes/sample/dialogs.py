"""The questions that the Sample pane asks: a number, a branch, a model."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from makemore_tui.display import fit
from makemore_tui.panes.sample.choice import SourceChoice

if TYPE_CHECKING:
    from makemore_core.runs.listing import RunSummary
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
            box.border_subtitle = "enter goes there, esc closes"
            yield OptionList(*(Option(branch_label(branch), id=str(branch.node)) for branch in self.branches))

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


class ChooseSource(ModalScreen[SourceChoice | None]):
    """Lists the models that can be sampled from; the result is the choice, or None."""

    AUTO_FOCUS = "OptionList"
    DEFAULT_CSS = """
    ChooseSource {
        #head, #runs { color: $text-muted; }
        OptionList { max-height: 12; border: none; padding: 0; &:focus { border: none; } }
        #settings { height: 1; margin: 1 0 0 0; }
        #settings Input { width: 12; }
    }
    """
    BINDINGS = [Binding("escape,ctrl+s", "dismiss(None)", "Close")]

    def __init__(self, list_name: str | None, home: Path | None, run_name: str | None, last: SourceChoice) -> None:
        super().__init__()
        self.list_name, self.home, self.run_name, self.last = list_name, home, run_name, last
        self.choices: list[SourceChoice] = []

    def compose(self) -> ComposeResult:
        """The models, and the two settings of the counts."""
        with Vertical(classes="dialog") as box:
            box.border_title = "sample from"
            box.border_subtitle = "enter chooses, tab to the settings, esc closes"
            yield Static(model_row("model", "at", "type", "learnt from", "state", "dev NLL"), id="head", markup=False)
            yield OptionList()
            yield Static("", id="runs", markup=False)
            with Horizontal(id="settings"):
                yield Label("  counts: order ")
                yield number_field(str(self.last.order), "integer", id="order")
                yield Label("  smoothing ")
                yield number_field(f"{self.last.smoothing:g}", "number", id="smoothing")
            yield Static("  order 2 is the bigram; smoothing is added to every count", id="words", markup=False)

    def on_mount(self) -> None:
        """The list's own models at once; the runs when the folder has been read."""
        if self.list_name is not None:
            self._offer(SourceChoice("counts"), model_row("n-gram counts", "", "counts", self.list_name, "", ""))
            self._offer(SourceChoice("uniform"), model_row("uniform guess", "", "none", self.list_name, "", ""))
        self._read_runs()

    @work
    async def _read_runs(self) -> None:
        import asyncio

        runs = await asyncio.to_thread(runs_in, self.home, self.run_name) if self.home is not None else []
        for summary in runs:
            self._offer_run(summary)
        self.query_one("#runs", Static).update("" if runs else "no run yet: the Train pane makes one")
        self.query_one("#runs").display = not runs

    def _offer_run(self, run: "RunSummary") -> None:
        """Its best checkpoint and its last one, with their steps; the loss is that of the best."""
        loss = "" if run.best_dev_nll is None else f"{run.best_dev_nll:.4f}"
        best = "best" if run.best_step is None else f"best {run.best_step:,}"
        for checkpoint, at, nll in (("best", best, loss), ("last", f"last {run.step:,}", "")):
            row = model_row(run.name, at, run.type, run.data, run.state, nll)
            self._offer(SourceChoice("run", run=run.name, checkpoint=checkpoint), row)

    def _offer(self, choice: SourceChoice, row: str) -> None:
        self.choices.append(choice)
        options = self.query_one(OptionList)
        options.add_option(Option(Content(row)))
        same = (choice.kind, choice.run, choice.checkpoint)
        if same == (self.last.kind, self.last.run, self.last.checkpoint) or options.highlighted is None:
            options.highlighted = len(self.choices) - 1

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the model."""
        self._take(self.choices[event.option_index])

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        """Enter in a setting takes the counts."""
        self._take(self.choices[0])

    def _take(self, choice: SourceChoice) -> None:
        if choice.kind == "counts":
            try:
                order = int(self.query_one("#order", Input).value)
                smoothing = float(self.query_one("#smoothing", Input).value)
            except ValueError:
                order, smoothing = 0, 0.0
            if not (1 <= order <= 64 and 0 <= smoothing <= 1e9):
                self.query_one("#words", Static).update("  order: 1 to 64; smoothing: 0 or more")
                return
            choice = SourceChoice("counts", order, smoothing)
        self.dismiss(choice)

    def on_key(self, event: events.Key) -> None:
        """Down from a setting leads back to the models."""
        if event.key == "up" and isinstance(self.focused, Input):
            self.query_one(OptionList).focus()


def model_row(name: str, at: str, kind: str, data: str, state: str, nll: str) -> str:
    """A row of the table of models, 70 cells wide: the name, the step of the checkpoint, and what is known of it."""
    cells = (fit(name, 14), fit(at, 12), fit(kind, 11), fit(data, 13), fit(state, 8), f"{nll:>7}")
    return " ".join(cells)


def runs_in(home: Path, first: str | None) -> "list[RunSummary]":
    """The runs with a checkpoint to open, the selected one first, then the latest made."""
    from makemore_core.runs.listing import list_runs

    runs = [run for run in list_runs(home) if run.state.is_readable]
    return sorted(runs, key=lambda run: run.name != first)


def number_field(value: str, kind: str, id: str | None = None) -> Input:
    """A field for a number, whose cursor does not blink: an idle screen writes nothing."""
    field = Input(value, id=id, type="integer" if kind == "integer" else "number", compact=id is not None)
    field.cursor_blink = False
    return field
