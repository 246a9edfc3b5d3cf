"""The command line: thin commands that parse, call the core and print."""

import io
import os
import sys
import threading
from pathlib import Path
from typing import NoReturn

from makemore_tui.cli.commands import plain_file
from makemore_tui.cli.errors import run_and_report

COMPLETION_VARIABLE = "_MAKEMORE_TUI_COMPLETE"
"""Set by the shell where it asks for completions."""


def main() -> NoReturn:
    """The program `makemore-tui`."""
    _make_streams_usable()
    status = run_and_report(_command)
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        os._exit(status)  # threads that are still at work on a large list must not hold up the end
    sys.exit(status)


def _make_streams_usable() -> None:
    """Have all three standard streams, and let no character that the terminal's encoding lacks end a command.

    A stream that was closed is opened on nothing, so that no file that is opened later takes its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - open as long as the program
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _command() -> object:
    """Run what the command line says; Typer, which takes long to import, is spared where one FILE is all it says."""
    opened = plain_file(sys.argv[1:])
    if opened is not None and COMPLETION_VARIABLE not in os.environ:
        from makemore_tui.cli.start import start_app

        return start_app(*opened)
    from makemore_tui.cli.program import run_program

    return run_program()
