"""The runs of the folder, each with its state."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from makemore_tui.display import fit, visible
from makemore_tui.look import Look
from makemore_tui.panes.train.status import state_mark, state_tone
from makemore_tui.panes.train.words import loss

if TYPE_CHECKING:
    from makemore_core.runs.listing import RunSummary

_TONES = {"good": "$success", "warning": "$warning", "bad": "$error", "muted": "$text-muted"}


def summary_line(run: "RunSummary", width: int, *, ascii_only: bool) -> Content:
    """A run as one line: state, name, how far it is, how good, and from which list."""
    state = f"{state_mark(run.state, ascii_only=ascii_only)} {run.state}"
    step = f"{run.step:,} / {run.max_steps:,}"
    parts = [
        Content.styled(state.ljust(13), _TONES[state_tone(run.state)]),
        Content(fit(run.name, 18, ascii=ascii_only) + " "),
    ]
    if width >= 60:
        parts.append(Content.styled((step if run.max_steps else "").rjust(19) + "  ", "$text-muted"))
    parts.append(Content((f"dev {loss(run.dev_nll)}" if run.dev_nll is not None else "").ljust(12)))
    room = width - sum(part.cell_length for part in parts)
    if room >= 10:
        parts.append(Content.styled(fit(run.data, room, ascii=ascii_only), "$text-muted"))
    return Content.assemble(*parts)


class Runs(OptionList):
    """The list itself, with its key on the last line."""

    BINDINGS = [Binding("enter", "select", "watch")]


class RunList(Vertical):
    """A list to choose a run from, and below it the reason where the run at hand has one."""

    DEFAULT_CSS = """
    RunList {
        border: round $foreground 30%;
        border-title-color: $primary;
        padding: 0 1;
        &:focus-within { border: round $border; }
        & > OptionList { height: 1fr; border: none; padding: 0; background: transparent; scrollbar-size-vertical: 1; }
        & > OptionList:focus { border: none; }
        & > OptionList > .option-list--option { padding: 0; }
        & > OptionList > .option-list--option-highlighted { background: $foreground 12%; color: $foreground; }
        & > OptionList:focus > .option-list--option-highlighted { background: $primary 35%; color: $foreground; }
        & > #reason { height: auto; max-height: 4; color: $text-muted; }
    }
    """

    class Chosen(Message):
        """A person chose this run."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "runs"
        self.runs: tuple[RunSummary, ...] = ()

    def compose(self) -> ComposeResult:
        """The list and the reason."""
        yield Runs(compact=True, markup=False)
        yield Static("", id="reason", markup=False)

    def show(self, runs: "list[RunSummary]") -> None:
        """Take the runs; only lines that changed are painted anew."""
        fresh = tuple(runs)
        if fresh == self.runs:
            return
        same = [run.name for run in fresh] == [run.name for run in self.runs]
        stale, self.runs = self.runs, fresh
        options = self.query_one(OptionList)
        if same:
            for index, (old, new) in enumerate(zip(stale, fresh, strict=True)):
                if old != new:
                    options.replace_option_prompt_at_index(index, self._line(new))
        else:
            self._fill()
        self._explain()

    def on_resize(self) -> None:
        """The lines depend on the room."""
        if self.runs:
            self._fill()

    def _fill(self) -> None:
        options = self.query_one(OptionList)
        chosen = options.highlighted_option
        options.set_options([Option(self._line(run), id=run.name) for run in self.runs])
        names = [run.name for run in self.runs]
        if names:
            options.highlighted = names.index(chosen.id) if chosen is not None and chosen.id in names else 0

    def _line(self, run: "RunSummary") -> Content:
        look = getattr(self.app, "look", None)
        ascii_only = isinstance(look, Look) and look.ascii
        return summary_line(run, max(20, self.size.width - 2), ascii_only=ascii_only)

    @on(OptionList.OptionHighlighted)
    def _explain(self) -> None:
        index = self.query_one(OptionList).highlighted
        run = self.runs[index] if index is not None and index < len(self.runs) else None
        words = visible(run.reason) if run is not None else "no runs yet: n starts one"
        self.query_one("#reason", Static).update(Content(words))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.post_message(self.Chosen(event.option_id))

    def focus_list(self) -> None:
        """Give the focus to the list."""
        self.query_one(OptionList).focus()
