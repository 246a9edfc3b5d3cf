"""The first line: the program's name, the tabs, and at the right what is selected."""

from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from makemore_tui.shell.panes import PANES


class TopBar(Widget):
    """One line; a click on a tab shows its pane."""

    COMPONENT_CLASSES = {"top-bar--name", "top-bar--tab", "top-bar--current"}
    ALLOW_SELECT = False

    current: reactive[str] = reactive(PANES[0].name)
    """The pane at the front."""

    note: reactive[Content] = reactive(Content())
    """What stands at the right: the list, and the selected run with its state."""

    def render(self) -> Content:
        """Draw the line; what is at the right gives way to the tabs."""
        tabs = Content.assemble((" makemore ", self._style("name")), *(self._tab(i) for i in range(len(PANES))))
        room = self.size.width - tabs.cell_length - 2
        if room < 4:
            return tabs
        note = self.note.truncate(room, ellipsis=True)
        return Content.assemble(tabs, " " * (room - note.cell_length + 1), note)

    def _tab(self, index: int) -> Content:
        name = PANES[index].name
        style = self._style("current" if name == self.current else "tab")
        go_there = Style.from_meta({"@click": f"app.show_pane('{name}')"})
        return Content.assemble((f" {index + 1} {name} ", style)).stylize(go_there)

    def _style(self, part: str) -> Style:
        return self.get_visual_style(f"top-bar--{part}")
