"""What the commands share that take a model by name: a run, or counts of a list made on the spot."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from makemore_tui.cli.ranges import at_least
from makemore_tui.completion import complete_source

if TYPE_CHECKING:
    from makemore_core.sources import Source

PANEL = "The model"
"""The heading of these options, in commands that have headings."""

SourceSpec = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run's name or folder, counts:FILE, or uniform:FILE (FILE may be @names).",
        autocompletion=complete_source,
    ),
]
Order = Annotated[
    int | None,
    typer.Option(
        help="counts:FILE only: characters in an n-gram.", show_default="2", callback=at_least(1), rich_help_panel=PANEL
    ),
]
Smoothing = Annotated[
    float | None,
    typer.Option(
        help="counts:FILE only: added to every count.", show_default="1", callback=at_least(0), rich_help_panel=PANEL
    ),
]
FileEncoding = Annotated[
    str,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="counts:FILE and uniform:FILE only: the encoding of the file.",
        rich_help_panel=PANEL,
    ),
]
Checkpoint = Annotated[
    str, typer.Option(help="A run's checkpoint: best, last, final, or step-N.", rich_help_panel=PANEL)
]
Device = Annotated[str, typer.Option(help="Where to compute: auto, cpu, cuda, cuda:N or mps.", rich_help_panel=PANEL)]
Seed = Annotated[int, typer.Option(help="The seed of the random numbers.", callback=at_least(0, 1 << 63))]


def home_of(run: str, runs: Path | None) -> Path:
    """The folder of runs. Raises RunError or ListError for what names no source, before torch is imported: a second."""
    from makemore_core.errors import ListError
    from makemore_core.runs.folder import find_run, runs_home

    home = runs_home(runs)
    kind, colon, file = run.partition(":")
    if not colon or kind not in ("counts", "uniform"):
        find_run(run, home)
    elif not file:
        raise ListError(f"{run} names no list: write a file or a built-in list after the colon, as in {run}@names")
    return home


def open_named(
    run: str, home: Path, order: int | None, smoothing: float | None, encoding: str, checkpoint: str, device: str
) -> "Source":
    """Open a run, or make a model of a list. Raises SettingsError for a setting of counts where there are none."""
    from makemore_core.devices import move
    from makemore_core.errors import SettingsError
    from makemore_core.sources import open_source

    given = [name for name, value in (("--order", order), ("--smoothing", smoothing)) if value is not None]
    if given and not run.startswith("counts:"):
        raise SettingsError(f"{' and '.join(given)} can be chosen for counts:FILE alone, not for {run}: leave it out")
    source = open_source(
        run,
        home,
        order=2 if order is None else order,
        smoothing=1.0 if smoothing is None else smoothing,
        encoding=encoding,
        checkpoint=checkpoint,
    )
    move(source.model, device)
    return source


def how_counted(run: str, order: int | None, smoothing: float | None) -> str:
    """The settings of counts that are made on the spot; empty for other models."""
    if not run.startswith("counts:"):
        return ""
    order, smoothing = 2 if order is None else order, 1.0 if smoothing is None else smoothing
    return f" (order {order}, smoothing {smoothing:g}: see --order and --smoothing)"
