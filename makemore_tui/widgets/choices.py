"""One row of words of which one is chosen: by a click, by left and right where it has the focus, or from outside."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.message import Message

from makemore_tui.widgets.rows import Row, Rows, span


@dataclass(frozen=True)
class Choice:
    """One word: the name by which the program knows it, and what is shown."""

    name: str
    label: str


class Choices(Rows):
    """Shows choices side by side; the current one stands out."""

    COMPONENT_CLASSES = {"choices--current", "choices--focused"}

    DEFAULT_CSS = """
    Choices {
        height: 1;
        & > .choices--current { text-style: bold underline; }
        & > .choices--focused { text-style: bold reverse; }
    }
    """

    BINDINGS = [
        Binding("left", "step(-1)", "choice before", show=False),
        Binding("right", "step(1)", "next choice", show=False),
    ]

    @dataclass
    class Changed(Message):
        """A person chose another one."""

        choices: "Choices"
        name: str

        @property
        def control(self) -> "Choices":
            """The row of choices."""
            return self.choices

    def __init__(self, choices: tuple[Choice, ...], *, focusable: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.choices = choices
        self.current = choices[0].name
        self.can_focus = focusable

    def show(self, choices: tuple[Choice, ...] | None = None, current: str | None = None) -> None:
        """Take other labels, or make another one current; nobody is told."""
        self.choices = self.choices if choices is None else choices
        self.current = self.current if current is None else current
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The words, parted by blanks."""
        row: Row = []
        chosen = self.get_component_rich_style(f"choices--{'focused' if self.has_focus else 'current'}")
        gap = self._gap(width)
        for choice in self.choices:
            current = choice.name == self.current
            edge = span(" ", chosen if current and self.has_focus else None)
            row += [edge, span(choice.label, chosen if current else self.inks.muted), edge, span(gap)]
        return [row]

    def _gap(self, width: int) -> str:
        """What parts the words, where there is room for it."""
        return " " if sum(cell_len(choice.label) + 3 for choice in self.choices) - 1 <= width else ""

    def action_step(self, step: int) -> None:
        """Choose the neighbour; after the last comes the first."""
        names = [choice.name for choice in self.choices]
        self._choose(names[(names.index(self.current) + step) % len(names)])

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked on."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        end = 0
        for choice in self.choices:
            end += cell_len(choice.label) + 2 + len(self._gap(self.content_size.width))
            if offset.x < end:
                self._choose(choice.name)
                return

    def on_focus(self) -> None:
        """The current one is drawn in another way."""
        self.redraw()

    def on_blur(self) -> None:
        """The current one is drawn in another way."""
        self.redraw()

    def _choose(self, name: str) -> None:
        if name != self.current:
            self.show(current=name)
            self.post_message(self.Changed(self, name))
