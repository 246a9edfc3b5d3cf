"""How a command ends: its exit status, and one line on standard error where something is wrong.

0: done; 1: it cannot be done, the line says why; 2: the command line is wrong; 130: interrupted with ctrl-c.
"""

import contextlib
import os
import sys
from collections.abc import Callable
from typing import Any

from makemore_core.errors import MakemoreError

PROGRAM = "makemore-tui"
USAGE = 2
INTERRUPTED = 130
PLAIN_WORDS = {
    "Input should be a valid integer, unable to parse string as an integer": "it must be a whole number",
    "Input should be a valid number, unable to parse string as a number": "it must be a number",
    "Value error, ": "",
}
"""What Typer says of a value, and how a person would say it."""


class TerminalError(MakemoreError):
    """The terminal cannot show the app."""


def print_error(message: str) -> None:
    """One line on standard error; line breaks and control characters in the message are made harmless.

    On a terminal that is too narrow for it, the line is broken between words.
    """
    from makemore_tui.cli.wrapping import fitted

    line = " ".join(message.split())
    safe = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in line)
    with contextlib.suppress(OSError):
        print(fitted(f"{PROGRAM}: {safe}", sys.stderr), file=sys.stderr, flush=True)


def run_and_report(command: Callable[[], Any]) -> int:
    """Run a command and return its exit status; what is expected to go wrong is printed without a traceback."""
    try:
        result = command()
        sys.stdout.flush()
    except MakemoreError as error:
        print_error(str(error))
        return 1
    except KeyboardInterrupt:
        print_error("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return 1
    except OSError as error:
        print_error(f"{error.filename}: {error.strerror}" if error.filename else f"{error.strerror or error}")
        return 1
    except Exception as error:
        return _typer_status(error)
    return result if isinstance(result, int) else 0


def _typer_status(error: Exception) -> int:
    """What Typer means by an exception; any other exception is a fault of the program and is raised again."""
    import typer

    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, typer.Abort):
        print_error("interrupted")
        return INTERRUPTED
    if not hasattr(error, "format_message"):
        raise error
    print_error(usage_message(error))
    return USAGE


def usage_message(error: Any) -> str:
    """What is wrong with the command line, and where help is found; `error` is Typer's usage error."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else PROGRAM
    message = str(error.format_message()).rstrip(".")
    if context is not None and path.endswith(" open") and message.startswith("Got unexpected extra argument"):
        message = _not_a_command(context.params.get("file")) or message
    for theirs, ours in PLAIN_WORDS.items():
        message = message.replace(theirs, ours)
    return f"{message}{'' if message.endswith('?') else '.'} See: {path.removesuffix(' open')} --help"


def _not_a_command(word: str | None) -> str:
    """What is wrong where more words follow the FILE to open: it was meant as a command. Empty where it is a file."""
    from pathlib import Path

    from makemore_tui.cli.commands import COMMANDS, DEFAULT

    if word is None or not word.isidentifier() or Path(word).exists():
        return ""
    from difflib import get_close_matches

    near = get_close_matches(word, [name for name in COMMANDS if name != DEFAULT], n=1)
    return f"There is no command {word}" + (f": did you mean {near[0]}?" if near else "")


def _drop_output() -> None:
    """Who read our output has gone: let nothing more be written, not at the end of the process either."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
