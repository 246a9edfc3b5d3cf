"""Starting the app. What can be told to be wrong beforehand is told before the screen changes.

This stands apart from the command `open`, and imports no Typer, so that `makemore-tui FILE` starts without waiting for
what only a longer command line needs.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from makemore_tui.cli.errors import TerminalError

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus

DEFAULT_LIST = "@names"

PEEKED_CHARACTERS = 1 << 16
"""How much of a file is looked at before the app starts."""


def start_app(
    file: str | None = None,
    *,
    encoding: str = "utf-8",
    ascii_only: bool = False,
    runs: Path | None = None,
    theme: str | None = None,
    watch: str | None = None,
    interval: float | None = None,
    read_only: bool = False,
) -> int:
    """Open the app and return its exit status; the arguments are the options of the command line.

    Raises MakemoreError where the app cannot be shown or the list cannot be read.
    """
    source = DEFAULT_LIST if file is None else file
    check_word(source)
    check_terminal(source, named=file is not None)
    check_list(source, encoding)
    corpus = read_standard_input(encoding) if source == "-" else None
    from makemore_tui.shell.terminal import leave_colours_out, prefers_ascii

    leave_colours_out(os.environ)
    from makemore_tui.app import run_app

    return run_app(
        source,
        encoding=encoding,
        runs=runs,
        ascii_only=ascii_only or prefers_ascii(os.environ),
        theme=theme,
        watch=watch,
        corpus=corpus,
        interval=interval,
        read_only=read_only,
    )


def check_word(source: str) -> None:
    """Raise ListError for one word that is no file: it may have been meant as a command."""
    if source.isidentifier() and not Path(source).exists():
        from difflib import get_close_matches

        from makemore_core.errors import ListError
        from makemore_data import available_lists
        from makemore_tui.cli.commands import COMMANDS, DEFAULT

        known = [*(entry.name for entry in available_lists()), *(name for name in COMMANDS if name != DEFAULT)]
        near = get_close_matches(source, known, n=1)
        kind = "command " if near and near[0] in COMMANDS else "list @"
        meant = f"did you mean the {kind}{near[0]}?" if near else "see: makemore-tui --help"
        raise ListError(f"There is no file and no command called {source}: {meant}")


def check_terminal(source: str, *, named: bool) -> None:
    """Raise TerminalError where the app cannot be shown, or no key can reach it."""
    if not sys.stdout.isatty():
        raise TerminalError(
            "Standard output is not a terminal, so the app cannot be shown. For output in a file or a pipe use a "
            "command, e.g. makemore-tui stats FILE"
        )
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise TerminalError(
            "The terminal cannot move its cursor (TERM is 'dumb' or not set), so the app cannot be shown. The commands "
            "work here: makemore-tui --help"
        )
    if source == "-" and sys.stdin.isatty():
        raise TerminalError("Standard input is the terminal: pipe a list into it, or name a file")
    if not sys.stdin.isatty():
        if not named:
            raise TerminalError("Standard input is not a terminal. To read the list from it: makemore-tui -")
        if source != "-":
            take_keys_from_terminal()


def check_list(source: str, encoding: str) -> None:
    """Raise ListError for what a look at the file or at its beginning shows to be wrong.

    The reading itself happens in the app, after the first frame; it finds every fault, and this only those that
    can be told so quickly that the screen need not change for them. What is wrong is left to the reading to say.
    """
    if source != "-" and not looks_fine(source, encoding):
        from makemore_core.corpus import read_corpus

        read_corpus(source, encoding=encoding)


def looks_fine(source: str, encoding: str) -> bool:
    """Whether the list can be opened and its beginning read as two items or more."""
    if source.startswith("@"):
        from makemore_data import ListNotFound, find_list

        try:
            return find_list(source).path.is_file()
        except ListNotFound:
            return False
    path = Path(source)
    try:
        if not path.is_file():
            return path.exists() and not path.is_dir()  # a named pipe must not be opened twice
        with path.open(encoding=encoding, newline="") as file:
            text = file.read(PEEKED_CHARACTERS)
    except (OSError, ValueError, LookupError):
        return False
    items = [line.strip() for line in text.split("\n") if line.strip()]
    return len(items) > 1 and "\0" not in text and len(set("".join(items))) > 1


def read_standard_input(encoding: str) -> "Corpus":
    """Read the list from standard input to its end; then the keys come from the terminal."""
    from makemore_core.corpus import read_corpus

    corpus = read_corpus("-", encoding=encoding, stdin=sys.stdin.buffer)
    take_keys_from_terminal()
    return corpus


def take_keys_from_terminal() -> None:
    """Raise TerminalError where there is no terminal to take keys from."""
    from makemore_tui.shell.terminal import read_keys_from_terminal

    if not read_keys_from_terminal():
        raise TerminalError("There is no terminal to take keys from")
