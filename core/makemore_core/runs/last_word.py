"""Why a run ended or waits, where its store cannot be written any more: a small file beside it.

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
        self.hold()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def hold(self) -> bool:
        """Take the room; False where the disk does not have it."""
        try:
            self._path.write_bytes(bytes(RESERVED_BYTES))
        except OSError:
            self.release()
            return False
        return True

    def release(self) -> None:
        """Let go of the room."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def leave_word(folder: RunFolder, reason: str) -> None:
    """Say why this process ends. Raises OSError."""
    _write(_ended(folder.path), reason)


def find_word(folder: Path, mark: ProcessMark) -> str | None:
    """Why the process of this mark ended, where it left word."""
    return _read(_ended(folder), mark)


def forget_word(folder: RunFolder) -> None:
    """What an earlier process left says nothing of the next."""
    with suppress(OSError):
        _ended(folder.path).unlink(missing_ok=True)
    forget_wait(folder)


def tell_wait(folder: RunFolder, reason: str) -> None:
    """Say why this process waits. Raises OSError."""
    _write(_waiting(folder.path), reason)


def find_wait(folder: Path, mark: ProcessMark) -> str | None:
    """Why the process of this mark waits, where it does."""
    return _read(_waiting(folder), mark)


def forget_wait(folder: RunFolder) -> None:
    """The process goes on."""
    with suppress(OSError):
        _waiting(folder.path).unlink(missing_ok=True)


def _write(path: Path, reason: str) -> None:
    mark = ProcessMark.own()
    word = {"pid": mark.pid, "process_start": mark.started, "host": mark.host, "reason": reason}
    write_file(path, [json.dumps(word).encode(), b"\n"])


def _read(path: Path, mark: ProcessMark) -> str | None:
    try:
        word = json.loads(path.read_bytes())
        left = ProcessMark(word["pid"], word["process_start"], word["host"])
        return str(word["reason"]) if left == mark else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _ended(folder: Path) -> Path:
    return folder / "ended.json"


def _waiting(folder: Path) -> Path:
    return folder / "waiting.json"
