"""The first line: the program's name, the tabs, and at the right what is selected."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from makemore_tui.messages import ShowPane
from makemore_tui.shell.panes import PANES

NAME = " makemore "
LABELS = {entry.name: f" {number} {entry.name} " for number, entry in enumerate(PANES, 1)}
DIGITS = frozenset(str(number) for number in range(1, len(PANES) + 1))

WANTED = 28
"""Cells for what is selected; where the program's name would leave less, it gives way."""
GAP = 2
"""Cells between two parts of it."""


@dataclass(frozen=True)
class Part:
    """Something at the right, in forms that get shorter."""

    forms: tuple[Content, ...]
    least: int = 1 << 16
    """Cells that are left of the last form at the least where it is cut; more than it has: it is not cut."""


@dataclass(frozen=True)
class Note:
    """What stands at the right; where there is too little room, the parts get shorter from the right to the left."""

    parts: tuple[Part, ...] = ()

    def __str__(self) -> str:
        return _join([part.forms[0] for part in self.parts]).plain

    def fitted(self, room: int) -> Content:
        """The longest forms that have room beside each other, and where not even the shortest have, cut."""
        chosen = [part.forms[0] for part in self.parts]
        places = range(len(self.parts) - 1, -1, -1)
        for form in range(1, max((len(part.forms) for part in self.parts), default=0)):
            for place in places:
                if form < len(self.parts[place].forms) and _join(chosen).cell_length > room:
                    chosen[place] = self.parts[place].forms[form]
        for place in places:
            over = _join(chosen).cell_length - room
            if over > 0 and (left := max(chosen[place].cell_length - over, self.parts[place].least)) > 0:
                chosen[place] = chosen[place].truncate(left, ellipsis=True)
        return _join(chosen).truncate(room, ellipsis=True)


def _join(parts: Sequence[Content]) -> Content:
    return Content(" " * GAP).join(parts)


class TopBar(Widget):
    """One line; a click on a tab shows its pane."""

    COMPONENT_CLASSES = {"top-bar--name", "top-bar--tab", "top-bar--current"}
    ALLOW_SELECT = False

    current: reactive[str] = reactive(PANES[0].name)
    """The pane at the front."""

    note: reactive[Note] = reactive(Note())
    """What stands at the right: the list, and the selected run with its state."""

    typing: reactive[bool] = reactive(False)
    """Whether digits are text where the focus is: then the tabs are called by their function keys, just as wide."""

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        self.typing = not screen.active_bindings.keys() >= DIGITS

    def render(self) -> Content:
        """Draw the line; what is at the right gives way to the tabs."""
        tabs = Content.assemble(self._part(self._program, "name"), *(self._tab(entry.name) for entry in PANES))
        room = self.size.width - tabs.cell_length - 2
        if room < 4:
            return tabs
        is_read_only = getattr(self.app, "read_only", False)
        first = (Part((Content.styled("read-only", "$warning"),)),) if is_read_only else ()
        note = Note((*first, *self.note.parts)).fitted(room)
        return Content.assemble(tabs, " " * (room - note.cell_length + 1), note)

    @property
    def _program(self) -> str:
        """The program's name, where there is room for it."""
        taken = len(NAME) + sum(map(len, LABELS.values())) + 2
        return NAME if self.size.width - taken >= WANTED else ""

    def on_click(self, event: Click) -> None:
        """Show the pane whose tab was hit."""
        end = len(self._program)
        for entry in PANES:
            start, end = end, end + len(LABELS[entry.name])
            if start <= event.x < end:
                self.post_message(ShowPane(entry.name))

    def _tab(self, name: str) -> Content:
        label = f"F{LABELS[name][1:]}" if self.typing else LABELS[name]
        return self._part(label, "current" if name == self.current else "tab")

    def _part(self, text: str, part: str) -> Content:
        return Content.styled(text, self.get_visual_style(f"top-bar--{part}"))
