"""Why a run ended, where its store cannot be written any more: a small file beside it.

On a full disk even that needs room. So the training process holds a little in reserve, and lets go of it first.
"""

import json
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from makemore_core.runs.liveness import ProcessMark
from makemore_core.runs.paths import RunFolder, write_file

RESERVED_BYTES = 1 << 16


class Reserve:
    """Room on the disk, held within a `with` block; a disk that is full already is told by what comes next."""

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder.path / ".reserve.part"  # what a killed process leaves goes with the drafts

    def __enter__(self) -> "Reserve":
        with suppress(OSError):
            self._path.write_bytes(bytes(RESERVED_BYTES))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def leave_word(folder: RunFolder, reason: str) -> None:
    """Say why this process ends. Raises OSError."""
    mark = ProcessMark.own()
    word = {"pid": mark.pid, "process_start": mark.started, "host": mark.host, "reason": reason}
    write_file(_path(folder.path), [json.dumps(word).encode(), b"\n"])


def find_word(folder: Path, mark: ProcessMark) -> str | None:
    """Why the process of this mark ended, where it left word."""
    try:
        word = json.loads(_path(folder).read_bytes())
        left = ProcessMark(word["pid"], word["process_start"], word["host"])
        return str(word["reason"]) if left == mark else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget_word(folder: RunFolder) -> None:
    """What an earlier process left says nothing of the next."""
    with suppress(OSError):
        _path(folder.path).unlink(missing_ok=True)


def _path(folder: Path) -> Path:
    return folder / "ended.json"
