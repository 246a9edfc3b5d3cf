"""The last line: the keys of the pane at hand and of the shell, as many as there is room for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.binding import ActiveBinding
from textual.content import Content
from textual.events import Click
from textual.screen import Screen
from textual.widget import Widget

GAP = 2


@dataclass(frozen=True)
class Key:
    """One entry of the line."""

    key: str
    display: str
    description: str
    enabled: bool = True

    @property
    def width(self) -> int:
        """The cells that it takes, without the gap."""
        return Content(self.display).cell_length + 1 + Content(self.description).cell_length


def fit(pane_keys: Sequence[Key], shell_keys: Sequence[Key], width: int) -> tuple[list[Key], list[Key]]:
    """The entries for which there is room: the shell's keys first, as help leads to the rest; then the pane's."""
    room = width - 2 + GAP  # a cell at each end; each entry is followed by a gap
    chosen: dict[bool, list[Key]] = {True: [], False: []}
    for of_shell, keys in ((True, shell_keys), (False, pane_keys)):
        for key in keys:
            room -= key.width + GAP
            if room < 0:
                break
            chosen[of_shell].append(key)
    return chosen[False], chosen[True]


class KeyBar(Widget):
    """One line at the bottom; a click on an entry presses its key."""

    COMPONENT_CLASSES = {"key-bar--key", "key-bar--description", "key-bar--disabled"}
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[list[Key], list[Key]] = ([], [])

    def on_mount(self) -> None:
        """Follow the focus: each widget brings its keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        bindings = screen.active_bindings.values()
        keys = (
            self._entries(active for active in bindings if active.node is not self.app),
            sorted(self._entries(active for active in bindings if active.node is self.app), key=_help_first),
        )
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def _entries(self, bindings: Iterable[ActiveBinding]) -> list[Key]:
        """One entry an action: of several keys for the same, the first is shown."""
        entries: dict[tuple[str, str], Key] = {}
        for _, binding, enabled, _ in bindings:
            if binding.show and binding.description:
                display = self.app.get_key_display(binding)
                entry = Key(binding.key, display, binding.description, enabled)
                entries.setdefault((binding.action, binding.description), entry)
        return list(entries.values())

    def render(self) -> Content:
        """Draw the line: the pane's keys at the left, the shell's at the right."""
        left, right = fit(*self._keys, self.size.width)
        gap = self.size.width - 2 - _width(left) - _width(right)
        return Content.assemble(" ", self._line(left), " " * gap, self._line(right))

    def on_click(self, event: Click) -> None:
        """Press the key whose entry was hit."""
        left, right = fit(*self._keys, self.size.width)
        for keys, start in ((left, 1), (right, self.size.width - 1 - _width(right))):
            for key in keys:
                if start <= event.x < start + key.width and key.enabled:
                    self.app.simulate_key(key.key)
                start += key.width + GAP

    def _line(self, keys: Sequence[Key]) -> Content:
        return Content(" " * GAP).join([self._entry(key) for key in keys])

    def _entry(self, key: Key) -> Content:
        names = ("key", "description") if key.enabled else ("disabled", "disabled")
        first, second = (self.get_visual_style(f"key-bar--{name}") for name in names)
        return Content.assemble((key.display, first), (f" {key.description}", second))


def _width(keys: Sequence[Key]) -> int:
    return sum(key.width for key in keys) + GAP * max(len(keys) - 1, 0)


def _help_first(key: Key) -> bool:
    return key.description != "help"
