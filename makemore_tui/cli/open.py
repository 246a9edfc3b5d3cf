"""`makemore-tui [FILE]`: open the app."""

from typing import Annotated

import typer

from makemore_tui.cli.options import Encoding, Interval, ReadOnly, Runs
from makemore_tui.cli.start import DEFAULT_LIST, start_app
from makemore_tui.completion import complete_list, complete_theme

File = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE",
        help="One item per line. @NAME: a built-in list; -: standard input.",
        show_default=DEFAULT_LIST,
        autocompletion=complete_list,
    ),
]
Ascii = Annotated[bool, typer.Option("--ascii", help="Draw with ASCII characters only.")]
ThemeName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The theme, for this time.", autocompletion=complete_theme),
]


def register(app: typer.Typer) -> None:
    """Add the command to the program; it is the one that is meant where no command is named."""
    app.command("open")(open_app)


def open_app(
    file: File = None,
    encoding: Encoding = "utf-8",
    ascii_only: Ascii = False,
    runs: Runs = None,
    theme: ThemeName = None,
    interval: Interval = None,
    read_only: ReadOnly = False,
) -> int:
    """Open the app on a list."""
    return start_app(
        file,
        encoding=encoding,
        ascii_only=ascii_only,
        runs=runs,
        theme=theme,
        interval=interval,
        read_only=read_only,
    )
