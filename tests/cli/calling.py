"""Commands called in this process: what a person types after `makemore-tui`, and what comes back.

    commands = Commands(training, steering)
    made = commands.json("train", names, "--max-steps", 30)

Only the modules that are named are there, so that a test does not import the others.
"""

import json
from typing import Any, Protocol

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

NAMES = ["emma", "olivia", "ava", "isabella", "sophia", "mia", "amelia", "evelyn", "abigail", "harper", "luna"]
"""What the fixture `names` holds, one to a line."""


class CommandModule(Protocol):
    """A module of `makemore_tui.cli`."""

    def register(self, app: typer.Typer) -> None:
        """Add its commands."""


class Commands:
    """The commands of some modules."""

    def __init__(self, *modules: CommandModule) -> None:
        self.modules = modules

    def invoke(self, *arguments: object, answer: str | bytes | None = None) -> Result:
        """Call a command, with `answer` on standard input. What it raises is raised, but for an exit status."""
        app = typer.Typer()
        for module in self.modules:
            module.register(app)
        words = [str(argument) for argument in arguments]
        result = CliRunner().invoke(app, words, input=answer, env={"COLUMNS": "100"})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def run(self, *arguments: object, answer: str | bytes | None = None) -> str:
        """What a command that succeeds prints on standard output."""
        result = self.invoke(*arguments, answer=answer)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: object, answer: str | bytes | None = None) -> Any:
        """What it reports with --json; NaN and infinities, which JSON does not have, fail the test."""
        return json.loads(self.run(*arguments, "--json", answer=answer), parse_constant=pytest.fail)
