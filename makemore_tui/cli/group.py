"""The program's commands. A module of commands is imported when one of its commands is used."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = {
    "open": "open",
    "stats": "data",
    "bigram": "data",
    "train": "training",
    "resume": "training",
    "runs": "training",
    "watch": "training",
    "pause": "training",
    "stop": "training",
    "steer": "training",
    "sample": "generation",
    "step": "generation",
    "eval": "generation",
    "lists": "lists",
    "download": "lists",
}
"""Each command and the module beside this one that registers it."""

DEFAULT = "open"
GROUP_OPTIONS = {"--help", "--version", "--install-completion", "--show-completion"}


def with_default(arguments: list[str]) -> list[str]:
    """Put `open` in front where neither a command nor an option of the program itself comes first."""
    if arguments and (arguments[0] in COMMANDS or arguments[0].partition("=")[0] in GROUP_OPTIONS):
        return arguments
    return [DEFAULT, *arguments]


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
