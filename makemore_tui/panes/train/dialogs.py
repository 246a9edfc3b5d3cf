"""Two small questions: another learning rate, and whether to stop."""

import math

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

HIGHEST_RATE = 1e6


def rate_fault(text: str) -> str | None:
    """What is wrong with a learning rate as it is typed; None where nothing is."""
    try:
        rate = float(text.replace(",", ""))
    except ValueError:
        return "a number is needed"
    if not math.isfinite(rate) or not 0 < rate <= HIGHEST_RATE:
        return "must be above 0 and at most 1,000,000"
    return None


class AskRate(ModalScreen[float | None]):
    """Asks for a learning rate; the result is the rate, or None."""

    AUTO_FOCUS = "Input"
    BINDINGS = [Binding("escape", "dismiss(None)", "Leave it")]

    def __init__(self, run: str, rate: float | None) -> None:
        super().__init__()
        self.run_name = run
        self.rate = rate

    def compose(self) -> ComposeResult:
        """One box with the field, and what is wrong below it."""
        with Vertical(classes="dialog -small") as box:
            box.border_title = f"learning rate of {self.run_name}"
            box.border_subtitle = "enter takes it, esc leaves it"
            yield Input("" if self.rate is None else f"{self.rate:g}", compact=True)
            yield Static("it holds at once; the schedule goes on from there", id="words", markup=False)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        words = rate_fault(event.value) or "it holds at once; the schedule goes on from there"
        self.query_one("#words", Static).update(Content(words))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if rate_fault(event.value) is None:
            self.dismiss(float(event.value.replace(",", "")))


class AskStop(ModalScreen[bool]):
    """Asks whether to stop a run; the result is the answer."""

    BINDINGS = [
        Binding("enter,s,y", "dismiss(True)", "Stop"),
        Binding("escape,n", "dismiss(False)", "Let it go on"),
    ]

    def __init__(self, run: str, step: int) -> None:
        super().__init__()
        self.run_name = run
        self.step = step

    def compose(self) -> ComposeResult:
        """One box with the words."""
        with Vertical(classes="dialog -small") as box:
            box.border_title = "stop"
            yield Static(
                Content("\n").join(
                    [
                        Content.styled(f"Stop {self.run_name} at step {self.step:,}?", "bold"),
                        Content("Everything is saved, and it can be resumed from there."),
                        Content(),
                        Content.assemble(
                            ("s", "$accent"),
                            " or ",
                            ("enter", "$accent"),
                            " stop   ",
                            ("escape", "$accent"),
                            " let it go on",
                        ),
                    ]
                )
            )
