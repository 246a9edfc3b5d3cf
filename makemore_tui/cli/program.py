"""The program as Typer sees it. A module of commands is imported when one of its commands is used."""

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from makemore_tui import __version__
from makemore_tui.cli.commands import COMMANDS, DEFAULT, with_default
from makemore_tui.cli.errors import PROGRAM


class ProgramGroup(TyperGroup):
    """Finds commands by name, imports them late, and takes any other first word for a FILE to open."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands in the order of the help page; `open` goes without saying."""
        return [name for name in COMMANDS if name != DEFAULT]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the module of a command and build the command."""
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            part = typer.Typer(rich_markup_mode=None, add_completion=False)
            part.callback()(_nothing)
            import_module(f"makemore_tui.cli.{COMMANDS[cmd_name]}").register(part)
            group: Any = typer.main.get_command(part)
            self.commands.update(group.commands)
        return self.commands.get(cmd_name)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take `makemore-tui names.txt --ascii` for `makemore-tui open names.txt --ascii`."""
        if args or not ctx.resilient_parsing:
            args = with_default(args)
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Complete the first word: commands, what can be opened, and the options of both."""
        opening = self.get_command(ctx, DEFAULT)
        inner = opening.make_context(DEFAULT, [], parent=ctx, resilient_parsing=True)
        found = [*super().shell_complete(ctx, incomplete), *opening.shell_complete(inner, incomplete)]
        for parameter in opening.params:
            if parameter.param_type_name == "argument":
                found += parameter.shell_complete(inner, incomplete)
        return list({item.value: item for item in found}.values())

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """In the help, list what `open` takes before the program's own options and the commands."""
        opening = self.get_command(ctx, DEFAULT)
        inner = opening.make_context(DEFAULT, [], parent=ctx, resilient_parsing=True)
        records = [parameter.get_help_record(inner) for parameter in opening.params if parameter.name != "help"]
        with formatter.section("Opening the app"):
            formatter.write_dl([record for record in records if record])
        super().format_options(ctx, formatter)


def _nothing() -> None:
    """A group of commands without options of its own."""


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


def run_program() -> object:
    """Run the command that the command line names, and return what it returns; errors are raised."""
    return typer.main.get_command(app).main(prog_name=PROGRAM, standalone_mode=False)
