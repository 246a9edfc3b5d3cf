"""Another name for a run: its folder gets it.

A run has one name, that of its folder: so it is the same in every command and on every screen, it cannot be taken
twice, and a copy is never mistaken for the first. A name beside that of the folder could be changed while the run goes
on, but then two runs could have one name, and one run two. What is to be said of a run at any time is its note.
"""

from pathlib import Path

from makemore_core.errors import RunError
from makemore_core.runs.folder import check_name
from makemore_core.runs.holding import held
from makemore_core.runs.paths import RunFolder, sync_folder


def rename_run(folder: RunFolder, name: str) -> RunFolder:
    """Give a run that no process is at another name; returns its folder as it is called then.

    Raises SettingsError for what cannot be a name, RunError where it is taken, the run goes on, or the folder cannot
    be renamed: nothing is changed then.
    """
    check_name(name)
    target = folder.path.with_name(name)
    if name == folder.name:
        return folder
    with held(folder, "renamed"):
        if _is_taken(folder.path, target):
            raise RunError(f"there is a run called {name} in {target.parent} already: choose another name")
        try:
            folder.path.rename(target)
            sync_folder(target.parent)
        except OSError as error:
            raise RunError(f"{folder.name} cannot be renamed to {name}: {error.strerror}") from None
    return RunFolder(target)


def _is_taken(path: Path, target: Path) -> bool:
    """Whether something else has the name; where upper and lower case are the same, a run may change between them."""
    try:
        return not target.samefile(path)
    except OSError:
        return target.is_symlink()
