"""An app that behaves in every terminal: it draws what the terminal can show, and leaves it as it was."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual._compositor import CompositorUpdate
from textual.app import App
from textual.binding import Binding
from textual.color import Color
from textual.css.query import NoMatches
from textual.events import CursorPosition, Resize
from textual.filter import LineFilter, Monochrome
from textual.message import Message
from textual.messages import ExitApp
from textual.widget import MountError
from textual.worker import WorkerFailed

from makemore_tui.look import ColorDepth, Look
from makemore_tui.refresh import OVER_SSH_S, chosen_interval
from makemore_tui.shell import lean_updates, terminal
from makemore_tui.shell.ascii import AsciiFilter, key_in_ascii
from makemore_tui.shell.flow import ASK, Flow
from makemore_tui.shell.paced_screen import PacedScreen

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.screen import Screen

    from makemore_tui.shell.colourless import Colourless


SOON_S = 0.05
"""How long to wait where several changes are being made into one update."""
LAST_PATIENCE_S = 0.5
"""How long to wait for an answer of the terminal before it is left."""


class TerminalApp(App[None]):
    """The part of the shell that knows no pane."""

    def __init__(self, *, ascii_only: bool = False, interval: float | None = None) -> None:
        super().__init__()
        self.interval = chosen_interval(os.environ) if interval is None else interval
        """Seconds between two pictures of what is live."""
        self.spares_bytes = self.interval >= OVER_SSH_S
        """Whether the line may be slow, so that what only looks better is left out."""
        memory = lean_updates.memory_of_terminal()
        memory.spares_bytes = self.spares_bytes
        self._paced = PacedScreen(memory, Flow()) if self.spares_bytes else None
        self._written = self._paced or memory
        self._held: list[Callable[[], object]] = []
        lean_updates.install(self._written)
        self.look = Look.detect(ascii_only=ascii_only)
        self._colours_taken_out: Colourless | None = None
        self.set_class(ascii_only, "-ascii")
        self.set_class(self.spares_bytes, "-spare")

    def on_load(self) -> None:
        """Hear of the end of a suspension."""
        self.app_resume_signal.subscribe(self, self._resumed)

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

    @property
    def is_line_full(self) -> bool:
        """Whether a slow line has still to carry what was drawn."""
        return self._paced is not None and self._paced.is_behind

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
        if text.endswith(ASK) and self._paced is not None:
            self.set_timer(self._paced.flow.patience, self._write_more)

    def _on_cursor_position(self, _: CursorPosition) -> None:
        """The terminal has got what it was asked behind of."""
        if self._paced is not None:
            self._paced.flow.answered()
            self._write_more()
            self._go_on()

    def _write_more(self) -> None:
        """Write the next part of what waits for the line."""
        if self._paced is None or self._exit:
            return
        if self._is_written():
            self._write(self.screen, self._paced.next_part(self.console))
        elif self._batch_count:
            self.set_timer(SOON_S, self._write_more)

    def _go_on(self) -> None:
        held, self._held = self._held, []
        for action in held:
            action()

    def _once_answered(self, action: Callable[[], object]) -> None:
        """Do what leaves the terminal when it owes no answer, which the shell would take to be typed."""
        if self._paced is None or not self._paced.flow.waits:
            action()
        else:
            self._held.append(action)
            self.set_timer(LAST_PATIENCE_S, self._go_on)

    def post_message(self, message: Message) -> bool:
        """Textual's, but for the end of the app: see `_once_answered`."""
        if not isinstance(message, ExitApp):
            return super().post_message(message)
        self._once_answered(partial(super().post_message, message))
        return True

    def action_suspend_process(self) -> None:
        """Textual's, at the right moment."""
        self._once_answered(super().action_suspend_process)

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

    def get_driver_class(self) -> "type[Driver]":
        """Draw on standard output, so that standard error can be sent to a file."""
        return terminal.stdout_driver() if os.name == "posix" else super().get_driver_class()

    def get_key_display(self, binding: Binding) -> str:
        """How a key is written, in ASCII where nothing else is shown."""
        display = super().get_key_display(binding)
        return key_in_ascii(display) if self.look.ascii else display

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, and those of ours that this terminal needs."""
        filters = super().get_line_filters()
        if self.look.depth is ColorDepth.MONOCHROME:
            filters = [*(one for one in filters if not isinstance(one, Monochrome)), self._colourless]
        return [*filters, AsciiFilter()] if self.look.ascii else filters

    @property
    def _colourless(self) -> "LineFilter":
        from makemore_tui.shell.colourless import Colourless

        ground = Color.parse(self.theme_variables["background"])
        if self._colours_taken_out is None or self._colours_taken_out.ground != ground:
            self._colours_taken_out = Colourless(ground)
        return self._colours_taken_out

    def _handle_exception(self, error: Exception) -> None:
        # Once the app is to end, Textual mounts nothing more; what then misses its children is no fault of ours.
        cause = error.error if isinstance(error, WorkerFailed) else error
        if not (self._exit and isinstance(cause, NoMatches | MountError)):
            super()._handle_exception(error)
