"""What the app asks of its terminal, and how it leaves when the terminal goes away or the process is told to end."""

import asyncio
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App
    from textual.driver import Driver

RESTORE = (
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2048l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h"
)
"""Mouse, focus and paste reports off, lines wrap, the keyboard as it was, the main screen, the cursor."""

PATIENCE_S = 1.0
"""How long an orderly end may take after SIGTERM before the terminal is restored by force."""


FEW_GLYPHS = ("linux", "vt")
"""What TERM begins with where the font has letters and little else: the console of Linux, the terminals of DEC."""

COLOURLESS = ("vt1", "vt2")
"""What TERM begins with where there are no colours."""


def prefers_ascii(environment: Mapping[str, str]) -> bool:
    """Whether the terminal or the locale says that it does not show more than ASCII.

    Python itself sets LC_CTYPE to C.UTF-8 where it starts in the C locale, so that value says nothing if LANG is C.
    """
    if environment.get("TERM", "").startswith(FEW_GLYPHS):
        return True
    values = [environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")]
    if not values[0] and values[1] == "C.UTF-8" and values[2] in ("C", "POSIX"):
        return True
    locale = next((value for value in values if value), "")
    return bool(locale) and "utf8" not in locale.lower().replace("-", "")


def leave_colours_out(environment: MutableMapping[str, str]) -> None:
    """Set NO_COLOR where the terminal has no colours; to be called before Textual is imported.

    Where it is empty, it is taken away: that is as if it were not set (https://no-color.org), but not to Textual.
    """
    if not environment.get("NO_COLOR"):
        environment.pop("NO_COLOR", None)
    if environment.get("TERM", "").startswith(COLOURLESS):
        environment.setdefault("NO_COLOR", "1")


def read_keys_from_terminal() -> bool:
    """Put the controlling terminal in the place of standard input, from which the keys are read; False if none."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return False
    os.dup2(terminal, 0)
    os.close(terminal)
    sys.stdin = sys.__stdin__ = os.fdopen(0, encoding="utf-8", closefd=False)  # type: ignore[misc]
    return True


def stdout_driver() -> "type[Driver]":
    """Textual's driver, but drawing on standard output: standard error stays free to be sent to a file."""
    from textual.drivers.linux_driver import LinuxDriver

    class StdoutDriver(LinuxDriver):
        def __init__(self, app: "App[Any]", **options: object) -> None:
            super().__init__(app, **options)  # type: ignore[arg-type]
            if sys.__stdout__ is not None:
                self._file = sys.__stdout__

    return StdoutDriver


class ImpatientLoop(asyncio.SelectorEventLoop):
    """An event loop that does not wait at its end for threads that are still at work on a large list."""

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Leave the threads to end with the process."""


async def run_until_told(app: "App[Any]") -> None:
    """Run an app; end it in order on SIGTERM and SIGINT, and at once when the terminal is gone.

    Textual would leave the mouse reports and the alternate screen on after SIGTERM. On a terminal that is gone it
    would spin where SIGHUP is ignored, and nothing that it still writes arrives.

    The signals do not go through the event loop: on a line that takes nothing it may be waiting to write, for ever.
    Their handlers only write to a pipe, and a thread that waits for nothing else does the rest.
    """
    told, tell = os.pipe()

    def handle(number: int, _frame: object) -> None:
        os.write(tell, bytes([128 + number]))

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
    loop = asyncio.get_running_loop()

    def end_in_order(status: int) -> None:
        with suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(partial(app.exit, return_code=status))

    threading.Thread(target=_watch, args=(told, end_in_order), daemon=True, name="leaving").start()
    await app.run_async()


def _watch(told: int, end_in_order: Callable[[int], None]) -> None:
    """Sleep until the terminal hangs up, which is reported without being asked for, or until a signal has come."""
    poll = select.poll()
    poll.register(0, 0)
    poll.register(told, select.POLLIN)
    while True:
        for file, event in poll.poll():
            if file == 0 and event & (select.POLLHUP | select.POLLERR):
                os._exit(128 + signal.SIGHUP)
            if file == told:
                status = os.read(told, 1)[0]
                end_in_order(status)
                time.sleep(PATIENCE_S)
                _end_by_force(status)


def _end_by_force(status: int) -> None:
    os.set_blocking(1, False)
    try:
        os.write(1, RESTORE.encode())
    finally:
        os._exit(status)
