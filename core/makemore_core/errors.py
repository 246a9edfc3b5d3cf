"""Errors that a person can act on.

Each carries one line that says what is wrong, where, and what to do. The command line prints that line and
exits with 1; the app shows it. Any other exception is a fault of the program.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError


class MakemoreError(Exception):
    """The common root: catch this where a message is shown to a person."""


class ListError(MakemoreError):
    """A list cannot be read, or holds too little to learn from."""


class SettingsError(MakemoreError):
    """A setting of a model, of a training run or of sampling is out of its range."""


class RunError(MakemoreError):
    """A run folder cannot be created, found, read or continued."""


class NewerVersionError(SettingsError, RunError):
    """A file was written by a newer version of this program."""


class ExchangeError(MakemoreError):
    """A file of another program cannot be read or written, or does not fit."""


def one_line(error: "ValidationError") -> str:
    """What pydantic found wrong with settings, in one line; each setting is named as the person wrote it."""
    return "; ".join(_fault(dict(fault)) for fault in error.errors())


def _fault(fault: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "value_error":
        message = str(fault["ctx"]["error"])
        return f"{name}: {message}" if name else message
    if fault["type"] == "extra_forbidden":
        return f"there is no setting '{name}'"
    if fault["type"] == "json_invalid":
        return f"this is not JSON: {fault['ctx']['error']}"
    if fault["type"] == "missing":
        return f"{name} is missing"
    message = str(fault["msg"]).removeprefix("Input should be ").removeprefix("Input should ")
    return f"{name} must be {message}, not {fault['input']!r}"
