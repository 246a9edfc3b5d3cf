"""What the app remembers from one start to the next, in `settings.json` in the person's configuration folder."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

FORMAT = 1
"""The version of the file's form. One with a higher number is a newer program's: it is left as it is."""


@dataclass(frozen=True)
class Settings:
    """The remembered choices; None where nothing was chosen."""

    theme: str | None = None
    last_type: str | None = None
    """The family of the run that was started last."""
    used: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What the form of a new run was filled with last, by family; see `panes/train/filling.py`."""


def settings_file() -> Path:
    """Where the settings are kept; the file need not exist."""
    return user_config_path("makemore-tui") / "settings.json"


def load_settings() -> tuple[Settings, str | None]:
    """Read the settings, and a note for the person where the file cannot be used; then the defaults hold."""
    path = settings_file()
    aside = f"The settings in {path} are left aside"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings(), None
    except (OSError, ValueError, RecursionError) as error:
        return Settings(), f"{aside}: {error}"
    version = content.get("format", FORMAT) if isinstance(content, dict) else None
    if isinstance(version, int) and version > FORMAT:
        return Settings(), f"{aside}: they were written by a newer version"
    theme, last = (content.get("theme"), content.get("last_type")) if isinstance(content, dict) else (None, None)
    used = content.get("used", {}) if isinstance(content, dict) else None
    if not isinstance(version, int) or not all(isinstance(one, str | None) for one in (theme, last)):
        return Settings(), f"{aside}: they do not have the expected form"
    if not isinstance(used, dict) or not all(isinstance(one, dict) for one in used.values()):
        return Settings(theme), f"The settings of runs in {path} are left aside: they do not have the expected form"
    return Settings(theme, last, used), None


def save_settings(settings: Settings) -> None:
    """Write the settings: whole or, where something fails, not at all.

    Raises:
        OSError: the file cannot be written.
    """
    path = settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(json.dumps({"format": FORMAT, **asdict(settings)}, indent=2) + "\n", encoding="utf-8")
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def remember_theme(theme: str) -> None:
    """Keep the theme for the next start; a file of a newer version is left as it is.

    Raises:
        OSError: the settings cannot be written.
    """
    settings, _ = load_settings()
    if not _is_newer():
        save_settings(replace(settings, theme=theme))


def remember_run(type: str, filling: Mapping[str, Any]) -> None:
    """Keep what the form of a new run was filled with; a file that cannot be used is left as it is.

    Raises:
        OSError: the settings cannot be written.
    """
    settings, note = load_settings()
    if note is None:
        save_settings(replace(settings, last_type=type, used={**settings.used, type: filling}))


def _is_newer() -> bool:
    try:
        return bool(json.loads(settings_file().read_text(encoding="utf-8"))["format"] > FORMAT)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False
