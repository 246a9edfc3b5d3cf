"""How names go on: files, built-in lists, runs, themes. Each function takes what was typed so far."""

from pathlib import Path


def complete_list(incomplete: str) -> list[str]:
    """Built-in lists after an `@`, else paths."""
    if incomplete.startswith("@"):
        from makemore_data import available_lists

        return [f"@{entry.name}" for entry in available_lists() if f"@{entry.name}".startswith(incomplete)]
    return complete_path(incomplete)


def complete_path(incomplete: str) -> list[str]:
    """The paths that go on from what was typed, in alphabetical order; a folder ends with a slash."""
    folder, slash, beginning = incomplete.rpartition("/")
    prefix = folder + slash
    try:
        entries = sorted(Path(prefix or ".").expanduser().iterdir())
    except (OSError, RuntimeError):
        return []
    shown = [entry for entry in entries if entry.name.startswith(beginning)]
    if not beginning.startswith("."):
        shown = [entry for entry in shown if not entry.name.startswith(".")]
    return [f"{prefix}{entry.name}{'/' if entry.is_dir() else ''}" for entry in shown]


def complete_run(incomplete: str) -> list[str]:
    """The names of the runs in the default folder."""
    from makemore_core.runs.folder import runs_home

    try:
        names = sorted(folder.name for folder in runs_home().iterdir() if (folder / "config.json").is_file())
    except OSError:
        return []
    return [name for name in names if name.startswith(incomplete)]


def complete_source(incomplete: str) -> list[str]:
    """What `sample`, `step` and `eval` take: a run, or a kind of model and a list after a colon."""
    for kind in ("counts:", "uniform:"):
        if incomplete.startswith(kind):
            return [kind + name for name in complete_list(incomplete.removeprefix(kind))]
    return complete_run(incomplete) + [kind for kind in ("counts:", "uniform:") if kind.startswith(incomplete)]


def complete_compared(incomplete: str) -> list[str]:
    """What `compare` takes: a run, or a family that counts, or the uniform guess, and a list after a colon."""
    from makemore_core.comparison.subjects import ON_THE_SPOT

    kinds = [f"{kind}:" for kind in ON_THE_SPOT]
    for kind in kinds:
        if incomplete.startswith(kind):
            return [kind + name for name in complete_list(incomplete.removeprefix(kind))]
    return complete_run(incomplete) + [kind for kind in kinds if kind.startswith(incomplete)]


def complete_theme(incomplete: str) -> list[str]:
    """The app's own themes and Textual's."""
    from textual.theme import BUILTIN_THEMES

    from makemore_tui.shell.themes import THEMES

    names = [theme.name for theme in THEMES] + sorted(BUILTIN_THEMES)
    return [name for name in names if name.startswith(incomplete)]
