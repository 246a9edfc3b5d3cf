"""The first line: the program's name, the tabs, and at the right what is selected."""

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


class TopBar(Widget):
    """One line; a click on a tab shows its pane."""

    COMPONENT_CLASSES = {"top-bar--name", "top-bar--tab", "top-bar--current"}
    ALLOW_SELECT = False

    current: reactive[str] = reactive(PANES[0].name)
    """The pane at the front."""

    note: reactive[Content] = reactive(Content())
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
        tabs = Content.assemble(self._part(NAME, "name"), *(self._tab(entry.name) for entry in PANES))
        room = self.size.width - tabs.cell_length - 2
        if room < 4:
            return tabs
        is_read_only = getattr(self.app, "read_only", False)
        note = Content.assemble(("read-only", "$warning"), "  ", self.note) if is_read_only else self.note
        note = note.truncate(room, ellipsis=True)
        return Content.assemble(tabs, " " * (room - note.cell_length + 1), note)

    def on_click(self, event: Click) -> None:
        """Show the pane whose tab was hit."""
        end = len(NAME)
        for entry in PANES:
            start, end = end, end + len(LABELS[entry.name])
            if start <= event.x < end:
                self.post_message(ShowPane(entry.name))

    def _tab(self, name: str) -> Content:
        label = f"F{LABELS[name][1:]}" if self.typing else LABELS[name]
        return self._part(label, "current" if name == self.current else "tab")

    def _part(self, text: str, part: str) -> Content:
        return Content.styled(text, self.get_visual_style(f"top-bar--{part}"))
