"""An app that writes only what has changed on its terminal, and over a slow line no more than that carries."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual._compositor import CompositorUpdate
from textual.app import App
from textual.events import CursorPosition, Resize
from textual.message import Message
from textual.messages import ExitApp

from makemore_tui.shell import lean_updates
from makemore_tui.shell.flow import Flow
from makemore_tui.shell.paced_screen import PacedScreen

if TYPE_CHECKING:
    from textual.screen import Screen

SOON_S = 0.05
"""How long to wait where several changes are being made into one update."""
LAST_PATIENCE_S = 0.8
"""How long to wait for an answer of the terminal before it is left; less than a signal to end waits for us."""


class PacedApp(App[None]):
    """The part of the shell that writes.

    Args:
        spares_bytes: Whether the line may be slow.
    """

    def __init__(self, *, spares_bytes: bool) -> None:
        super().__init__()
        self.spares_bytes = spares_bytes
        """Whether the line may be slow, so that what only looks better is left out."""
        memory = lean_updates.memory_of_terminal()
        memory.spares_bytes = spares_bytes
        self._paced = PacedScreen(memory, Flow()) if spares_bytes else None
        self._written = self._paced or memory
        self._held: list[Callable[[], object]] = []
        self._next_part_at: asyncio.TimerHandle | None = None
        lean_updates.install(self._written)

    @property
    def is_line_full(self) -> bool:
        """Whether a slow line has still to carry what was drawn."""
        return self._paced is not None and self._paced.is_behind

    def on_load(self) -> None:
        """Hear of the end of a suspension."""
        self.app_resume_signal.subscribe(self, self._resumed)

    def on_mount(self) -> None:
        """Ask before anything is drawn: the first answer tells how long the way there and back is."""
        if self._paced is not None and self._driver is not None and not self.is_headless:
            self._driver.write(self._paced.flow.ask())
            self._look_again(self._paced.flow.patience)

    def _resumed(self, _: App[None]) -> None:
        """After a suspension the alternate screen is empty, whatever is believed to stand on it."""
        self._written.forget()
        self.set_timer(0.1, self.action_paint_again)

    def on_resize(self, event: Resize) -> None:
        """What a terminal makes of its cells when its size changes is its own affair."""
        self._written.forget()

    def action_paint_again(self) -> None:
        """Write all of the screen anew, as where another program has written over it."""
        self._written.forget()
        self.screen.refresh(layout=True)

    # Writing

    def _display(self, screen: "Screen[Any]", renderable: Any) -> None:
        if self._exit and self._paced is not None:
            return
        if isinstance(renderable, CompositorUpdate) and self._is_written():
            self._write(screen, renderable.render_segments(self.console))
        else:
            super()._display(screen, renderable)

    def _write(self, screen: "Screen[Any]", text: str) -> None:
        # Textual puts the cursor in its place after each update, also after one that has changed nothing.
        if text or self.screen.outer_size.clamp_offset(self.cursor_position) != self._previous_cursor_position:
            written: Any = lean_updates.Written(text)
            super()._display(screen, written)
        if self._paced is not None and self._paced.flow.waits:
            self._look_again(self._paced.flow.patience)

    def _write_more(self) -> None:
        """Write the next part of what waits for the line."""
        if self._paced is None or self._exit:
            return
        if self._is_written():
            self._write(self.screen, self._paced.next_part(self.console))
        elif self._batch_count:
            self._look_again(SOON_S)

    def _is_written(self) -> bool:
        """Whether Textual writes updates now: what is not written must not be taken to stand on the terminal."""
        return self._running and not (self._closed or self._batch_count or self.is_headless or self._driver is None)

    def _begin_update(self) -> None:
        # A terminal that waits for the end of an update shows nothing until a slow line has carried all of it.
        if not self.spares_bytes:
            super()._begin_update()

    def _end_update(self) -> None:
        if not self.spares_bytes:
            super()._end_update()

    def _look_again(self, seconds: float) -> None:
        if self._next_part_at is not None:
            self._next_part_at.cancel()
        self._next_part_at = asyncio.get_running_loop().call_later(seconds, self._in_context, self._write_more)

    def _in_context(self, action: Callable[[], object]) -> None:
        """Do something as this app, when the event loop itself asks for it."""
        if self._running:
            with self._context():
                action()

    # What the terminal says, and leaving it

    def post_message(self, message: Message) -> bool:
        """Textual's, but for answers of the terminal, which do not queue behind other work, and for the end."""
        if isinstance(message, CursorPosition) and self._paced is not None:
            self._in_context(partial(self._hear, message))
            return True
        if isinstance(message, ExitApp):
            self._once_answered(partial(super().post_message, message))
            return True
        return super().post_message(message)

    def action_suspend_process(self) -> None:
        """Textual's, at the right moment."""
        self._once_answered(super().action_suspend_process)

    def _hear(self, answer: CursorPosition) -> None:
        """The terminal has got what it was asked behind of."""
        if self._paced is None or not self._paced.flow.answered(answer.x, answer.y, answer.time):
            return
        if not self._paced.flow.waits:
            self._go_on()
            self._write_more()

    def _once_answered(self, action: Callable[[], object]) -> None:
        """Do what leaves the terminal when it owes no answer, which the shell would take to be typed."""
        if self._paced is None or not self._paced.flow.waits:
            action()
            return
        if not self._held:
            asyncio.get_running_loop().call_later(LAST_PATIENCE_S, self._in_context, self._go_on)
        self._held.append(action)
        self._paced.is_held = True

    def _go_on(self) -> None:
        held, self._held = self._held, []
        if self._paced is not None:
            self._paced.is_held = False
        for action in held:
            action()
