"""Taking a run away for good, after saying how much that is."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from makemore_core.errors import RunError
from makemore_core.runs.folder import DELETED
from makemore_core.runs.holding import held
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.status import read_status


@dataclass(frozen=True)
class Weight:
    """What a folder holds."""

    files: int
    bytes: int


def weigh(folder: RunFolder) -> Weight:
    """How many files a run has, and their bytes. What cannot be looked at counts nothing."""
    files = size = 0
    for place, _, names in os.walk(folder.path):
        for name in names:
            files += 1
            try:
                size += os.lstat(Path(place, name)).st_size
            except OSError:
                continue
    return Weight(files, size)


def refuse_delete(folder: RunFolder) -> None:
    """Raise RunError where a folder cannot be deleted: the run goes on, or it may be another thing than a run."""
    if folder.path.is_symlink():
        raise RunError(f"{folder.path} is a link to the run: delete the run where it is, or remove the link")
    if not _is_surely_a_run(folder):
        raise RunError(f"{folder.path} may not be a run, as it has no settings of one: look, and remove it yourself")
    if (state := read_status(folder.database).state).is_live:
        raise RunError(f"{folder.name} is {state}, so it cannot be deleted: stop it first")


def delete_run(folder: RunFolder) -> Weight:
    """Delete a run that no process is at; returns what was there.

    It is gone at once or not at all: the folder first gets a name that no list shows. What cannot be removed then is
    tried again when a later run is made. Raises what `refuse_delete` raises, and RunError where it cannot be deleted.
    """
    weight = weigh(folder)  # before SQLite puts its files for readers beside the store
    refuse_delete(folder)
    gone = folder.path.with_name(f"{DELETED}{uuid4().hex}")
    with held(folder, "deleted"):
        try:
            folder.path.rename(gone)
        except OSError as error:
            raise RunError(f"{folder.name} cannot be deleted: {error.strerror}") from None
    shutil.rmtree(gone, ignore_errors=True)
    return weight


def _is_surely_a_run(folder: RunFolder) -> bool:
    """A `config.json` alone may be anybody's."""
    if folder.database.is_file() and folder.checkpoints.is_dir():
        return True
    try:
        folder.read_config()
    except RunError:
        return False
    return True
