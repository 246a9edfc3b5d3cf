"""How many runs of a folder may train at once. It stays as it was chosen, and may be changed while the queue goes."""

import json
from pathlib import Path

from makemore_core.errors import RunError, SettingsError
from makemore_core.runs.paths import write_file

PARALLEL = 1
"""Runs at once where nothing was chosen: one torch thread each, and one run leaves a laptop usable."""

MOST_PARALLEL = 64


def queue_folder(home: Path) -> Path:
    """Where the queue of a folder of runs keeps its own files; no list of runs shows it."""
    return home / ".queue"


def read_parallel(home: Path) -> int:
    """How many runs may train at once; 0 holds the queue. A file that cannot be read counts as none."""
    try:
        value = json.loads((queue_folder(home) / "settings.json").read_text(encoding="utf-8"))["parallel"]
    except (OSError, ValueError, KeyError, TypeError):
        return PARALLEL
    return value if isinstance(value, int) and 0 <= value <= MOST_PARALLEL else PARALLEL


def check_parallel(number: int) -> int:
    """Raise SettingsError for what cannot be a number of runs at once."""
    if not 0 <= number <= MOST_PARALLEL:
        raise SettingsError(f"so many runs cannot train at once: {number}; 1 to {MOST_PARALLEL} can, and 0 starts none")
    return number


def write_parallel(home: Path, number: int) -> None:
    """Let so many runs train at once from now on; 0 lets none be started. Raises SettingsError or RunError."""
    check_parallel(number)
    try:
        queue_folder(home).mkdir(parents=True, exist_ok=True)
        write_file(queue_folder(home) / "settings.json", [json.dumps({"parallel": number}).encode(), b"\n"])
    except OSError as error:
        raise RunError(f"{home}: the queue cannot be changed there: {error.strerror}") from None
