"""Two small questions: another learning rate, and whether to stop.

They are boxes on a layer of the pane and no screens of their own: what lies below goes on, and only what it changes
is painted. Below another screen, Textual would paint all of it at every change.
"""

import asyncio
import math
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from makemore_tui.widgets.titles import put_titles

HIGHEST_RATE = 1e6
RATE_WORDS = "it holds at once; the schedule goes on from there"

Answer = TypeVar("Answer")


def rate_fault(text: str) -> str | None:
    """What is wrong with a learning rate as it is typed; None where nothing is."""
    try:
        rate = float(text.replace(",", ""))
    except ValueError:
        return "a number is needed"
    if not math.isfinite(rate) or not 0 < rate <= HIGHEST_RATE:
        return "must be above 0 and at most 1,000,000"
    return None


class Question(Vertical, Generic[Answer], inherit_bindings=False):
    """A box that asks one thing. It is over when it is answered, or when the focus goes elsewhere."""

    DEFAULT_CSS = "Question { layer: question; }"

    needs_life: ClassVar[bool] = True
    """Whether it loses its sense when the run ends."""

    BINDINGS = [
        Binding("escape", "leave", "leave it"),
        Binding("tab,shift+tab", "stay", show=False),
    ]

    def __init__(self, title: str) -> None:
        super().__init__(classes="dialog -small")
        put_titles(self, title)
        self._answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()

    async def answer(self) -> Answer | None:
        """Wait for what the person says; None where they leave the question open."""
        return await self._answer

    def close(self, answer: Answer | None = None) -> None:
        """The question is over."""
        if not self._answer.done():
            self._answer.set_result(answer)

    def take_keys(self) -> None:
        """Give the focus to where the answer is typed."""
        self.focus()

    def action_leave(self) -> None:
        """Close without an answer."""
        self.close()

    def action_stay(self) -> None:
        """The focus stays in the box."""

    def on_blur(self) -> None:
        """See whether the person went on with something else."""
        self.call_later(self._look_around)

    def on_descendant_blur(self) -> None:
        """See whether the person went on with something else."""
        self.call_later(self._look_around)

    def _look_around(self) -> None:
        """Close where the focus went elsewhere. A terminal that lost the focus itself gives it back."""
        focused = self.screen.focused if self.is_attached else None
        if self.app.app_focus and (focused is None or self not in focused.ancestors_with_self):
            self.close()


class AskRate(Question[float]):
    """Asks for a learning rate."""

    def __init__(self, run: str, rate: float | None) -> None:
        super().__init__(f"learning rate of {run}")
        self.border_subtitle = "enter takes it, esc leaves it"
        self.first = "" if rate is None else f"{rate:g}"

    def compose(self) -> ComposeResult:
        """The field, and what is wrong below it."""
        yield Input(self.first, compact=True)
        yield Static(RATE_WORDS, id="words", markup=False)

    def take_keys(self) -> None:
        """Give the focus to the field."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one("#words", Static).update(Content(rate_fault(event.value) or RATE_WORDS))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """What was not changed is no answer: the text may be rounded."""
        event.stop()
        if event.value == self.first:
            self.close()
        elif rate_fault(event.value) is None:
            self.close(float(event.value.replace(",", "")))


class AskStop(Question[bool], can_focus=True):
    """Asks whether to stop a run."""

    BINDINGS = [
        Binding("enter,s,y", "stop", "stop"),
        Binding("escape,n", "leave", "let it go on"),
    ]

    def __init__(self, run: str) -> None:
        super().__init__("stop")
        self.run_name = run

    def compose(self) -> ComposeResult:
        """The words."""
        keys = (("s", "$accent"), " or ", ("enter", "$accent"), " stop   ", ("escape", "$accent"), " let it go on")
        yield Static(
            Content("\n").join(
                [
                    Content.styled(f"Stop {self.run_name}?", "bold"),
                    Content("Everything is saved, and it can be resumed from where it stands."),
                    Content(),
                    Content.assemble(*keys),
                ]
            )
        )

    def action_stop(self) -> None:
        """Yes."""
        self.close(True)
