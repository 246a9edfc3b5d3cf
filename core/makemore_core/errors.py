"""Errors that a person can act on.

Each carries one line that says what is wrong, where, and what to do. The command line prints that line and
exits with 1; the app shows it. Any other exception is a fault of the program.
"""


class MakemoreError(Exception):
    """The common root: catch this where a message is shown to a person."""


class ListError(MakemoreError):
    """A list cannot be read, or holds too little to learn from."""


class SettingsError(MakemoreError):
    """A setting of a model, of a training run or of sampling is out of its range."""


class RunError(MakemoreError):
    """A run folder cannot be created, found, read or continued."""
