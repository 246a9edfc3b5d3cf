"""What the tests of the shell share: fake panes, a list, and ways to wait."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.pilot import Pilot
from textual.reactive import reactive

from makemore_tui.panes.base import Pane
from makemore_tui.shell import panes as shell_panes
from tests.tui.conftest import settle, until


class FakePane(Pane, can_focus=True):
    """A pane that keeps count of what it is told."""

    TITLE = "fake"
    HELP = "# A pane\n\nWith [some] help, and a [bold]list[/bold] that is no markup."
    BINDINGS = [
        Binding("a", "act", "act"),
        Binding("b,c", "other", "do another thing"),
        Binding("1", "steal", "is not the shell's here", show=False),
        Binding("d", "off", "what is off now"),
    ]
    mounted: reactive[int] = reactive(0)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.told: list[object] = []
        self.shown = 0
        self.acted = 0

    def watch_corpus(self, corpus: object) -> None:
        self.told.append(corpus)

    def on_pane_shown(self) -> None:
        self.shown += 1
        self.focus()

    def action_act(self) -> None:
        self.acted += 1

    def action_other(self) -> None:
        pass

    def action_steal(self) -> None:
        pass

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "off"


@pytest.fixture
def fake_panes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fake panes in the place of the real ones; the names of those that were loaded."""
    loaded: list[str] = []

    def load(entry: shell_panes.PaneEntry) -> type[Pane]:
        loaded.append(entry.name)
        return FakePane

    monkeypatch.setattr(shell_panes.PaneEntry, "load", load)
    return loaded


@pytest.fixture
def items_file(tmp_path: Path) -> Path:
    path = tmp_path / "items.txt"
    path.write_text("emma\nolivia\nava\n", encoding="utf-8")
    return path


async def ready(pilot: Pilot[Any]) -> None:
    """Wait until the list is read and the first pane shown."""
    await pilot.pause()
    await until(pilot, lambda: pilot.app.corpus is not None and pilot.app._panes)
    await settle(pilot)


async def settle_on(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    await until(pilot, holds)
