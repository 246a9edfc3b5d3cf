"""What the app remembers from one start to the next, in `settings.json` in the person's configuration folder."""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from platformdirs import user_config_path


@dataclass(frozen=True)
class Settings:
    """The remembered choices; None where nothing was chosen."""

    theme: str | None = None


def settings_file() -> Path:
    """Where the settings are kept; the file need not exist."""
    return user_config_path("makemore-tui") / "settings.json"


def load_settings() -> tuple[Settings, str | None]:
    """Read the settings, and a note for the person where the file cannot be used; then the defaults hold."""
    path = settings_file()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings(), None
    except (OSError, ValueError) as error:
        return Settings(), f"The settings in {path} are left aside: {error}"
    theme = content.get("theme") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(theme, str | None):
        return Settings(), f"The settings in {path} are left aside: they do not have the expected form"
    return Settings(theme=theme), None


def save_settings(settings: Settings) -> None:
    """Write the settings: whole or, where something fails, not at all.

    Raises:
        OSError: the file cannot be written.
    """
    path = settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(json.dumps(asdict(settings), indent=2) + "\n", encoding="utf-8")
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def remember_theme(theme: str) -> None:
    """Keep the theme for the next start.

    Raises:
        OSError: the settings cannot be written.
    """
    settings, _ = load_settings()
    save_settings(replace(settings, theme=theme))
