"""The questions which model to sample from, and which to put beside it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from makemore_tui.display import fit
from makemore_tui.panes.sample.choice import SourceChoice, TakenAway
from makemore_tui.panes.sample.dialogs import number_field

if TYPE_CHECKING:
    from makemore_core.runs.listing import RunSummary


class ChooseSource(ModalScreen[SourceChoice | TakenAway | None]):
    """Lists the models that can be sampled from; the result is the choice, or None."""

    AUTO_FOCUS = "OptionList"
    DEFAULT_CSS = """
    ChooseSource {
        #head, #runs { color: $text-muted; }
        OptionList { max-height: 12; border: none; padding: 0; &:focus { border: none; } }
        #settings { height: 1; margin: 1 0 0 0; }
        #settings Input { width: 9; }
    }
    """
    TITLE_WORDS: ClassVar[str] = "sample from"
    WORDS: ClassVar[str] = "  order 2 is the bigram; smoothing is added to every count"
    BINDINGS = [Binding("escape,ctrl+s", "dismiss(None)", "Close")]

    def __init__(self, list_name: str | None, home: Path | None, run_name: str | None, last: SourceChoice) -> None:
        super().__init__()
        self.list_name, self.home, self.run_name, self.last = list_name, home, run_name, last
        self.choices: list[SourceChoice | TakenAway] = []

    def compose(self) -> ComposeResult:
        """The models, and the two settings of the counts."""
        with Vertical(classes="dialog") as box:
            box.border_title = self.TITLE_WORDS
            box.border_subtitle = "enter chooses, tab to the settings, esc closes"
            yield Static(model_row("model", "at", "type", "learnt from", "state", "dev NLL"), id="head", markup=False)
            yield OptionList()
            yield Static("", id="runs", markup=False)
            with Horizontal(id="settings"):
                yield Label("  counts: order ")
                yield number_field(str(self.last.order), "integer", id="order")
                yield Label("  smoothing ")
                yield number_field(f"{self.last.smoothing:g}", "number", id="smoothing")
                yield from self.more_settings()
            yield Static(self.WORDS, id="words", markup=False)

    def more_settings(self) -> ComposeResult:
        """Further fields behind those of the counts."""
        yield from ()

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

    def _offer(self, choice: SourceChoice | TakenAway, row: str) -> None:
        self.choices.append(choice)
        options = self.query_one(OptionList)
        options.add_option(Option(Content(row)))
        if self.is_likely(choice) or options.highlighted is None:
            options.highlighted = len(self.choices) - 1

    def is_likely(self, choice: SourceChoice | TakenAway) -> bool:
        """Whether the cursor is to stand on this one."""
        last = (self.last.kind, self.last.run, self.last.checkpoint)
        return isinstance(choice, SourceChoice) and (choice.kind, choice.run, choice.checkpoint) == last

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the model."""
        self._take(self.choices[event.option_index])

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        """Enter in a setting takes the counts."""
        if (counts := SourceChoice("counts")) in self.choices:
            self._take(counts)

    def _take(self, choice: SourceChoice | TakenAway) -> None:
        if isinstance(choice, SourceChoice) and choice.kind == "counts":
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


class ChooseBeside(ChooseSource):
    """Lists the models that can stand beside the first one, above them those that do and can be taken away."""

    TITLE_WORDS = "a model beside the first"
    WORDS = "  step: of a run, the nearest that is kept; empty is the checkpoint of the row"
    BINDINGS = [Binding("escape,ctrl+a", "dismiss(None)", "Close")]

    def __init__(
        self,
        list_name: str | None,
        home: Path | None,
        run_name: str | None,
        last: SourceChoice,
        open_now: Sequence[str],
    ) -> None:
        super().__init__(list_name, home, run_name, last)
        self.open_now = open_now
        """The names of the models that stand beside the first one."""

    def more_settings(self) -> ComposeResult:
        """The step of a run."""
        yield Label("  run: step ")
        yield number_field("", "integer", id="step")

    def on_mount(self) -> None:
        """What can be taken away comes first."""
        for place, name in enumerate(self.open_now):
            self._offer(TakenAway(place), f"take away {place + 2}: {fit(name, 56)}")

    def is_likely(self, choice: SourceChoice | TakenAway) -> bool:
        """The first model that could be added."""
        return len(self.choices) == len(self.open_now) + 1

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the step takes the run under the cursor, in another setting the counts."""
        if event.input.id != "step":
            return
        event.prevent_default()
        options = self.query_one(OptionList)
        chosen = self.choices[options.highlighted or 0] if self.choices else None
        if isinstance(chosen, SourceChoice) and chosen.kind == "run":
            self._take(chosen)
        else:
            self.query_one("#words", Static).update("  the step is of a run: choose one above")

    def _take(self, choice: SourceChoice | TakenAway) -> None:
        text = self.query_one("#step", Input).value.strip()
        if isinstance(choice, SourceChoice) and choice.kind == "run" and text:
            if not text.isdecimal():
                self.query_one("#words", Static).update("  step: a whole number from 0 on")
                return
            choice = replace(choice, step=int(text))
        super()._take(choice)


def model_row(name: str, at: str, kind: str, data: str, state: str, nll: str) -> str:
    """A row of the table of models, 70 cells wide: the name, the step of the checkpoint, and what is known of it."""
    cells = (fit(name, 14), fit(at, 12), fit(kind, 11), fit(data, 13), fit(state, 8), f"{nll:>7}")
    return " ".join(cells)


def runs_in(home: Path, first: str | None) -> "list[RunSummary]":
    """The runs with a checkpoint to open, the selected one first, then the latest made."""
    from makemore_core.runs.listing import list_runs

    runs = [run for run in list_runs(home) if run.state.is_readable]
    return sorted(runs, key=lambda run: run.name != first)
