"""The command palette: only what can be done now."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

from makemore_tui.completion import complete_list
from makemore_tui.shell.panes import PANES

if TYPE_CHECKING:
    from makemore_tui.app import MakemoreApp

Command = tuple[str, str, IgnoreReturnCallbackType]
"""What is typed and matched, a line of help, and what is done."""


class ShellCommands(Provider):
    """The actions of the pane at hand, the other panes, the selected run, other lists, themes, help, quit."""

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for name, help_text, callback in self._commands():
            yield DiscoveryHit(name, callback, help=help_text)

    async def search(self, query: str) -> Hits:
        """What matches the query."""
        matcher = self.matcher(query)
        for name, help_text, callback in self._commands():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), callback, help=help_text)

    def _commands(self) -> Iterator[Command]:
        app = cast("MakemoreApp", self.app)
        yield from self._pane_actions(app)
        is_covered = self.screen is not app.screen_stack[0]  # by a view: what is beneath it is not to change unseen
        yield from () if is_covered else self._of_panes(app)
        yield "Theme…", "Choose the colours; the choice is remembered", self._action("app.change_theme")
        if not is_covered:  # a view has its own help, among its keys
            yield "Help", "What this pane shows, and its keys", self._action("app.help")
        yield "Draw the screen anew", "Where another program has written over it", self._action("app.paint_again")
        yield "Quit", "Training goes on", self._action("app.quit")

    def _of_panes(self, app: "MakemoreApp") -> Iterator[Command]:
        """The other panes, the selected run, other lists."""
        for entry in PANES:
            if entry.name != app.current:
                yield f"Go to {entry.name}", "", self._action(f"app.show_pane('{entry.name}')")
        if app.run_name is not None:
            yield "Evaluate the selected run", "Losses, mistakes, calibration, samples", self._evaluate(app.run_name)
        yield "Open a list…", "A file with one item per line", self._action("app.open_list")
        for name in complete_list("@"):
            if app.source != name:
                yield f"Open {name}", "", self._action(f"app.open_list('{name}')")

    def _pane_actions(self, app: "MakemoreApp") -> Iterator[Command]:
        seen: set[str] = set()
        for node, binding, enabled, tooltip in self.screen.active_bindings.values():
            if node in (app, self.screen) or not (enabled and binding.description) or binding.description in seen:
                continue
            seen.add(binding.description)

            async def act(action: str = binding.action, node: object = node) -> None:
                await app.run_action(action, node)  # type: ignore[arg-type]

            name = binding.description[:1].upper() + binding.description[1:]
            yield f"{name} ({app.get_key_display(binding)})", tooltip, act

    def _evaluate(self, run: str) -> IgnoreReturnCallbackType:
        async def act() -> None:
            from makemore_tui.panes.compare.evaluate import EvaluateScreen

            app = cast("MakemoreApp", self.app)
            await app.push_screen(EvaluateScreen(run, app.runs_home, app.corpus))

        return act

    def _action(self, action: str) -> IgnoreReturnCallbackType:
        async def act() -> None:
            await self.app.run_action(action)

        return act
