"""An app that behaves in every terminal: it draws what the terminal can show, and leaves it as it was."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.color import Color
from textual.filter import LineFilter, Monochrome

from makemore_tui.look import ColorDepth, Look
from makemore_tui.refresh import OVER_SSH_S, chosen_interval
from makemore_tui.shell import terminal
from makemore_tui.shell.ascii import AsciiFilter, key_in_ascii
from makemore_tui.shell.leaving_app import LeavingApp
from makemore_tui.shell.paced_app import PacedApp

if TYPE_CHECKING:
    from textual.driver import Driver

    from makemore_tui.shell.colourless import Colourless


class TerminalApp(LeavingApp, PacedApp):
    """The part of the shell that knows no pane."""

    def __init__(self, *, ascii_only: bool = False, interval: float | None = None) -> None:
        self.interval = chosen_interval(os.environ) if interval is None else interval
        """Seconds between two pictures of what is live."""
        super().__init__(spares_bytes=self.interval >= OVER_SSH_S)
        self.look = Look.detect(ascii_only=ascii_only)
        self._colours_taken_out: Colourless | None = None
        self.set_class(ascii_only, "-ascii")
        self.set_class(self.spares_bytes, "-spare")

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
