"""A line of text that a person keeps with a run. It lives in the store, so it can be written while the run goes on."""

import sqlite3
from contextlib import closing

from makemore_core.errors import RunError, SettingsError
from makemore_core.runs import schema
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.schema import NOTE

LONGEST = 500
"""Characters of a note."""


def write_note(folder: RunFolder, text: str) -> str:
    """Keep this line with the run, in place of the one before; an empty one takes it away. Returns it as it is kept.

    Line breaks become spaces. Raises SettingsError where it is too long, RunError where the store cannot be written.
    """
    line = " ".join(text.split())
    if len(line) > LONGEST:
        raise SettingsError(f"a note has up to {LONGEST} characters, and this one has {len(line):,}")
    try:
        line.encode()
    except UnicodeEncodeError:
        raise SettingsError("the note is not text that can be written in UTF-8") from None
    try:
        with closing(schema.open_writable(folder.database)) as connection:
            if line:
                connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (NOTE, line))
            else:
                connection.execute("DELETE FROM facts WHERE key = ?", (NOTE,))
    except sqlite3.Error as error:
        raise RunError(f"{folder.name}: the note cannot be written to its store: {error}") from error
    return line
