"""Opening a run to sample from it: at a checkpoint of it, or as it was at a step."""

from dataclasses import dataclass, replace
from pathlib import Path

from makemore_core.runs.checkpoints import CheckpointInfo
from makemore_core.runs.folder import find_run
from makemore_core.runs.looking_back import kept_weights, read_kept
from makemore_core.sources import Source, at_checkpoint, run_source
from makemore_tui.panes.sample.choice import SourceChoice

Version = tuple[str, int]
"""Which file of a run is meant, and when it was written."""


@dataclass(frozen=True)
class Journey:
    """Where one can go in a run, and where one is."""

    run: str
    """The name of its folder."""
    steps: tuple[int, ...]
    """Those that one can go back to, ascending."""
    newest: int
    """The step of the checkpoint that the way back to the present leads to."""
    end: str
    """What that one is called: `best`, `last`."""
    at: int | None
    """The step that one is at; None is the end."""
    asked: int | None = None
    """The step that was asked for, where one is elsewhere: it is no longer kept, or cannot be read."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A model that was opened."""

    source: Source
    choice: SourceChoice
    """What it is, with the step that was found."""
    version: Version | None = None
    """None for a model that never changes."""
    journey: Journey | None = None
    """None for what is no run."""
    words: str = ""
    """What there is to say of it."""


def open_run(choice: SourceChoice, home: Path, last: Opened | None = None) -> Opened:
    """A run at a checkpoint, or at a step; the name says what it is, what it learnt from, and how far it was.

    Raises RunError.
    """
    folder = find_run(choice.run, home)
    config = folder.read_config()

    def read(info: CheckpointInfo) -> Source:
        if last is not None and last.choice.kind == "run" and last.choice.run == choice.run:
            return at_checkpoint(last.source, folder, info.name)
        return run_source(choice.run, home, info.name)

    kept, found, source = read_kept(folder, choice.step, read, end=choice.checkpoint)
    at = found.step if choice.step is not None and kept.snapshots else None
    where = f"back at step {found.step:,}" if at is not None else f"{found.name} at step {found.step:,}"
    gone = choice.step if choice.step != at else None
    instead = f"step {at:,} is the nearest that is" if at is not None else f"this is the {found.name}"
    return Opened(
        source=replace(source, name=f"{folder.name}: {config.type} on {config.data.name}, {where}"),
        choice=replace(choice, step=at),
        version=(str(found.path), found.modified),
        journey=Journey(folder.name, kept.steps, kept.newest.step, kept.newest.name, at, gone),
        words=f"step {gone:,} is no longer kept: {instead}" if gone is not None else "",
    )


def version_of(choice: SourceChoice, home: Path) -> Version:
    """Which file of a run a choice stands for at this moment. Raises RunError."""
    found = kept_weights(find_run(choice.run, home), choice.checkpoint).at(choice.step)
    return str(found.path), found.modified


def kept_mark(opened: Opened | None) -> int | None:
    """What changes when a run keeps another step; None where that cannot be told.

    It reads no file and looks for no run: it is for the app's loop.
    """
    if opened is None or opened.version is None:
        return None
    try:
        return Path(opened.version[0]).parent.stat().st_mtime_ns  # the folder of its checkpoints
    except OSError:
        return None


def looked_again(opened: Opened, home: Path) -> Opened:
    """The same model, with the steps that one can go to by now. Raises RunError."""
    if opened.journey is None:
        return opened
    kept = kept_weights(find_run(opened.choice.run, home), opened.choice.checkpoint)
    return replace(opened, journey=replace(opened.journey, steps=kept.steps))
