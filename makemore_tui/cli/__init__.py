"""The command line: thin commands that parse, call the core and print."""

import sys
from typing import Annotated, NoReturn

import typer

from makemore_tui import __version__
from makemore_tui.cli.errors import PROGRAM, run_and_report
from makemore_tui.cli.group import ProgramGroup

app = typer.Typer(
    cls=ProgramGroup,
    name=PROGRAM,
    subcommand_metavar="[FILE] | COMMAND [ARGS]...",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help"], "max_content_width": 100},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """A terminal playground for character-level language models.

    makemore-tui FILE opens the app on a list with one item per line; without FILE, on a built-in list of names.
    A file that is called like a command is opened as ./stats.
    """


def main() -> NoReturn:
    """The program `makemore-tui`."""
    command = typer.main.get_command(app)
    sys.exit(run_and_report(lambda: command.main(prog_name=PROGRAM, standalone_mode=False)))
