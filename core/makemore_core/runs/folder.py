"""Run folders: where they live, how one is made, found and listed. `paths` names the files of one."""

import itertools
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from uuid import uuid4

from makemore_core.corpus import Corpus
from makemore_core.errors import RunError, SettingsError
from makemore_core.runs import schema
from makemore_core.runs.paths import RunFolder, sync_folder, write_file
from makemore_core.runs.status import RunState, current_status
from makemore_core.training.config import TrainConfig

__all__ = [
    "RunFolder",
    "RunSummary",
    "check_name",
    "create_run",
    "find_run",
    "list_runs",
    "run_folders",
    "runs_home",
    "summarise",
]

COPIED_BYTES = 16 << 20
"""Lists up to this size are copied into the folder."""

_NAME = re.compile(r"[^\W_](?:[\w.+-]*[\w+-])?")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # Windows keeps these names
_LONGEST_NAME = 64


@dataclass(frozen=True)
class RunSummary:
    """One run. What is not known (yet) is None."""

    name: str
    path: Path
    type: str
    data: str
    """What the list is called."""
    state: RunState
    reason: str
    step: int
    max_steps: int
    seconds: float
    steps_per_second: float
    created: float | None
    """When it was made, in seconds since 1970."""
    parameters: int | None = None
    train_nll: float | None = None
    dev_nll: float | None = None
    test_nll: float | None = None
    best_dev_nll: float | None = None
    best_step: int | None = None


def runs_home(override: Path | None = None) -> Path:
    """The folder of all runs: the one given, else MAKEMORE_RUNS, else below the person's data folder."""
    if override is not None:
        return override.expanduser().absolute()
    if chosen := os.environ.get("MAKEMORE_RUNS"):
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("makemore-tui", appauthor=False) / "runs"


def create_run(config: TrainConfig, corpus: Corpus, home: Path, name: str | None = None) -> RunFolder:
    """Make the folder of a new run, under the given name or the next free one of its type (`bigram-1`).

    It appears complete or not at all, and two processes never get the same name.
    Raises SettingsError for a name that cannot be one, RunError where it is taken or nothing can be written.
    """
    if name is not None:
        check_name(name)
    try:
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f".new-{uuid4().hex}"
        draft.mkdir()
    except OSError as error:
        raise RunError(f"{home}: no run can be made there: {error.strerror}") from None
    try:
        _fill(RunFolder(draft), config, corpus)
        return RunFolder(_settle(draft, home, config.type, name))
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
    candidates = [home / text] if _NAME.fullmatch(text) else []
    for path in (*candidates, Path(text).expanduser()):
        if (path / "config.json").is_file() or (path / "run.db").is_file():
            return RunFolder(path.absolute())
    near = get_close_matches(text, [folder.name for folder in run_folders(home)], n=3, cutoff=0.5)
    hint = f": did you mean {' or '.join(near)}?" if near else "; `makemore-tui runs` lists them"
    raise RunError(f"there is no run {text!r} in {home}{hint}")


def run_folders(home: Path) -> list[RunFolder]:
    """All runs, damaged ones too, the latest made first. A folder that cannot be read holds none."""
    try:
        paths = [path for path in home.iterdir() if not path.name.startswith(".") and path.is_dir()]
    except OSError:
        return []
    return [RunFolder(path) for path in sorted(paths, key=_age_and_name)]


def list_runs(home: Path) -> list[RunSummary]:
    """All runs of a folder, the latest made first. It never raises."""
    return [summarise(folder) for folder in run_folders(home)]


def summarise(folder: RunFolder) -> RunSummary:
    """One run in short, at the cost of a few small queries. It never raises."""
    try:
        config = folder.read_config()
        with closing(schema.open_readable(folder.database)) as connection:
            status = current_status(connection, folder.database)
            facts = dict(connection.execute("SELECT key, value FROM facts"))
            best = _first(connection, "dev_nll", "value IS NOT NULL ORDER BY value, step")
            return RunSummary(
                name=folder.name,
                path=folder.path,
                type=config.type,
                data=config.data.name,
                state=status.state,
                reason=status.reason,
                step=status.step,
                max_steps=config.max_steps,
                seconds=status.seconds,
                steps_per_second=status.steps_per_second,
                created=facts.get("created"),
                parameters=facts.get("parameters"),
                train_nll=_latest(connection, "train_nll"),
                dev_nll=_latest(connection, "dev_nll"),
                test_nll=_latest(connection, "test_nll"),
                best_dev_nll=best[1] if best else None,
                best_step=best[0] if best else None,
            )
    except RunError as error:
        return _unreadable(folder, str(error))
    except (sqlite3.Error, OSError, ValueError) as error:
        return _unreadable(folder, f"{folder.database}: the store cannot be read: {error}")


def _age_and_name(path: Path) -> tuple[float, str]:
    """The settings are written when the run is made."""
    try:
        return -(path / "config.json").stat().st_mtime, path.name
    except OSError:
        return 0.0, path.name


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


def _settle(draft: Path, home: Path, type: str, name: str | None) -> Path:
    """Give a finished folder its name. Renaming fails where the name is taken, so that nobody can come between."""
    for number in itertools.count(1):
        path = home / (name or f"{type}-{number}")
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


def _latest(connection: sqlite3.Connection, name: str) -> float | None:
    row = _first(connection, name, "TRUE ORDER BY step DESC")
    return row[1] if row else None


def _first(connection: sqlite3.Connection, name: str, which: str) -> tuple[int, float] | None:
    row: tuple[int, float] | None = connection.execute(
        f"SELECT step, value FROM metrics WHERE series = (SELECT id FROM series WHERE name = ?) AND {which} LIMIT 1",
        (name,),
    ).fetchone()
    return row


def _unreadable(folder: RunFolder, reason: str) -> RunSummary:
    return RunSummary(folder.name, folder.path, "", "", RunState.UNREADABLE, reason, 0, 0, 0.0, 0.0, None)
