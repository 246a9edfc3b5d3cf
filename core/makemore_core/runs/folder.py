"""Run folders: where they live, how one is made and found. `paths` names the files of one, `listing` lists them."""

import itertools
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from uuid import uuid4

from makemore_core.corpus import Corpus
from makemore_core.errors import RunError, SettingsError
from makemore_core.runs import schema
from makemore_core.runs.listing import RunSummary, is_run, list_runs, run_folders
from makemore_core.runs.paths import RunFolder, sync_folder, write_file
from makemore_core.training.config import TrainConfig

__all__ = ["RunFolder", "RunSummary", "check_name", "create_run", "find_run", "list_runs", "runs_home"]

COPIED_BYTES = 16 << 20
"""Lists up to this size are copied into the folder."""

OLD_SECONDS = 86_400.0
"""A draft of a run that is older than this is nobody's."""

DELETED = ".deleted-"
"""What the name of a folder begins with that could not be removed at once."""

_NAME = re.compile(r"[^\W_](?:[\w.+-]*[\w+-])?")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # Windows keeps these names
_LONGEST_NAME = 64


def runs_home(override: Path | None = None) -> Path:
    """The folder of all runs: the one given, else MAKEMORE_RUNS, else below the person's data folder."""
    if override is not None:
        return override.expanduser().absolute()
    if chosen := os.environ.get("MAKEMORE_RUNS"):
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("makemore-tui", appauthor=False) / "runs"


def create_run(
    config: TrainConfig,
    corpus: Corpus,
    home: Path,
    name: str | None = None,
    *,
    stem: str | None = None,
    fill: Callable[[RunFolder], None] | None = None,
) -> RunFolder:
    """Make the folder of a new run, under the given name or the next free one of its `stem` (`bigram-1`), its type.

    It appears complete or not at all, and two processes never get the same name. `fill` puts into the folder what the
    run has from the beginning, before it appears; what it raises is raised.
    Raises SettingsError for a name that cannot be one, RunError where it is taken or nothing can be written.
    """
    if name is not None or stem is not None:
        check_name(name or f"{stem}-1")
    try:
        home.mkdir(parents=True, exist_ok=True)
        _remove_old_drafts(home)
        draft = home / f".new-{uuid4().hex}"
        draft.mkdir()
    except OSError as error:
        raise RunError(f"{home}: no run can be made there: {error.strerror}") from None
    try:
        _fill(RunFolder(draft), config, corpus)
        if fill is not None:
            fill(RunFolder(draft))
        return RunFolder(_settle(draft, home, stem or config.type, name))
    except OSError as error:
        raise RunError(f"{home}: no run can be made there: {error.strerror}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def check_name(name: str) -> None:
    """Raise SettingsError for what cannot be the name of a run on every system."""
    if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise SettingsError(
            f"{name!r} cannot be the name of a run: use letters, digits and . _ + -, up to {_LONGEST_NAME} of them, "
            "starting with a letter or digit"
        )


def find_run(name: str | Path, home: Path) -> RunFolder:
    """The run of this name in the folder of runs, or the run folder at this path. Raises RunError."""
    text = str(name)
    is_name = Path(text).name == text and not text.startswith(".")  # also one that could not be given today
    candidates = [home / text] if is_name else []
    for path in (*candidates, Path(text).expanduser()):
        if is_run(path):
            return RunFolder(path.absolute())
    if candidates and candidates[0].is_dir():
        raise RunError(f"{candidates[0]} is no run: it has neither config.json nor run.db")
    near = get_close_matches(text, [folder.name for folder in run_folders(home)], n=3, cutoff=0.5)
    hint = f": did you mean {' or '.join(near)}?" if near else "; `makemore-tui runs` lists them"
    raise RunError(f"there is no run {text!r} in {home}{hint}")


def _remove_old_drafts(home: Path) -> None:
    """Remove what a process that was killed while it made or deleted a run has left, once nobody can be at it."""
    for draft in home.glob(".new-*"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime > OLD_SECONDS:
                shutil.rmtree(draft)
    for remains in home.glob(f"{DELETED}*"):
        shutil.rmtree(remains, ignore_errors=True)


def _fill(folder: RunFolder, config: TrainConfig, corpus: Corpus) -> None:
    folder.checkpoints.mkdir()
    folder.write_config(config)
    if corpus.tokens.nbytes <= COPIED_BYTES or corpus.source == "-":
        write_file(folder.items, _as_lines(corpus))
    schema.create(folder.database)


def _as_lines(corpus: Corpus) -> Iterator[bytes]:
    """The items as they were read, one a line: reading these lines gives the same corpus."""
    for first, text in corpus.text_blocks():
        # Reading takes one byte order mark off the file: an item that starts with one, and comes first, needs two.
        mark = "\ufeff" if first == 0 and text.startswith("\ufeff") else ""
        yield f"{mark}{text}\n".encode()


def _settle(draft: Path, home: Path, stem: str, name: str | None) -> Path:
    """Give a finished folder its name. Renaming fails where the name is taken, so that nobody can come between."""
    for number in itertools.count(1):
        path = home / (name or f"{stem}-{number}")
        try:
            if path.exists():
                raise FileExistsError
            draft.rename(path)
            sync_folder(home)
            return path
        except OSError:
            if not path.exists():
                raise
            if name is not None:
                raise RunError(f"there is a run called {name} in {home} already: choose another name") from None
    raise AssertionError("the numbers do not end")
