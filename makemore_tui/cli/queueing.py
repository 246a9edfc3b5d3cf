"""The command that shows and changes the queue, and what puts one run into it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from makemore_tui.cli.options import AsJson, Runs
from makemore_tui.completion import complete_run

if TYPE_CHECKING:
    from makemore_core.queue.waiting import Queue
    from makemore_core.runs.folder import RunFolder

SomeRuns = Annotated[
    list[str] | None,
    typer.Argument(metavar="[RUN]...", help="Runs to put into the queue.", autocompletion=complete_run),
]
Parallel = Annotated[
    int | None, typer.Option(metavar="N", help="Runs at once, from now on; 0 starts none.", show_default="as it was, 1")
]
OfSweep = Annotated[str | None, typer.Option("--sweep", metavar="NAME", help="All runs of this sweep.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(queue)


def queue(
    names: SomeRuns = None,
    sweep: OfSweep = None,
    parallel: Parallel = None,
    first: Annotated[bool, typer.Option("--first", help="Put RUN before all others.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take RUN out of the queue.")] = False,
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Show the runs that wait for their turn, put others there, or change how many train at once.

    Whatever trains in the folder of runs counts, also while it is paused. The queue goes on when the terminal is
    closed; where it was killed, this command lets it go on. A run may be stopped, or resumed at once, while it waits.
    """
    from makemore_core.queue.launch import ensure_queue
    from makemore_core.queue.settings import write_parallel
    from makemore_core.queue.waiting import read_queue
    from makemore_core.runs.folder import runs_home
    from makemore_tui.cli.output import print_json

    if first and remove:
        raise typer.BadParameter("--first and --remove do not go together: leave out one of them")
    if (first or remove) and not names and sweep is None:
        raise typer.BadParameter("name the runs, or their --sweep")
    home = runs_home(runs)
    folders = _folders(names or [], sweep, home, waiting_only=remove)
    if parallel is not None:
        write_parallel(home, parallel)
    told = _change(folders, home, first=first, remove=remove)
    ensure_queue(home)
    if as_json:
        print_json(_queue_json(read_queue(home), home))
        return
    for line in told:
        typer.echo(line)
    if parallel is not None:
        typer.echo(parallel_words(parallel))
    if parallel is None and not told:
        _print_queue(read_queue(home), home)


def queue_run(wanted: Any, runs: Path | None, *, tensorboard: bool, as_json: bool) -> int:
    """Make a run that waits for its turn, and look to it that somebody starts it."""
    from makemore_core.queue.launch import ensure_queue
    from makemore_core.queue.waiting import enqueue_new, read_queue
    from makemore_core.runs.folder import check_name, create_run, runs_home
    from makemore_core.training.tensorboard import add_events, check_installed
    from makemore_tui.cli.output import print_json
    from makemore_tui.cli.reading import read_list_for_run

    if tensorboard:
        check_installed()
    if wanted.name is not None:
        check_name(wanted.name)
    corpus, home = read_list_for_run(wanted.source, wanted.encoding), runs_home(runs)

    def fill(folder: "RunFolder") -> None:
        enqueue_new(folder)
        if tensorboard:
            add_events(folder)

    folder = create_run(wanted.config(corpus), corpus, home, wanted.name, fill=fill)
    turn = next((run.turn for run in read_queue(home).waiting if run.name == folder.name), None)
    ensure_queue(home)
    if as_json:
        print_json({"run": folder.name, "path": str(folder.path), "turn": turn})
    else:
        typer.echo(f"{folder.name} waits for its turn, {turn}; watch it with: makemore-tui watch {folder.name}")
    tell_held(home)
    return 0


def parallel_words(parallel: int) -> str:
    """How many runs train at once, in a line."""
    if not parallel:
        return "no run is started any more; those that train go on"
    return "one run trains at a time" if parallel == 1 else f"{parallel} runs train at once"


def tell_held(home: Path) -> None:
    """Say on standard error where the queue starts nothing."""
    from makemore_core.queue.settings import read_parallel

    if not read_parallel(home):
        typer.echo("the queue is held: makemore-tui queue --parallel 1 lets it go on", err=True)


def _folders(names: list[str], sweep: str | None, home: Path, *, waiting_only: bool) -> "list[RunFolder]":
    from makemore_core.queue.sweeps import require_sweep
    from makemore_core.runs.folder import find_run
    from makemore_core.runs.listing import list_runs
    from makemore_core.runs.paths import RunFolder
    from makemore_core.runs.sorting import sort_runs
    from makemore_core.runs.states import RunState
    from makemore_core.runs.status import read_status

    folders = [find_run(name, home) for name in names]
    outside = [folder.path for folder in folders if folder.path.parent.resolve() != home.resolve()]
    if outside:
        raise typer.BadParameter(f"{outside[0]} lies outside the folder of runs: name its folder with --runs")
    if sweep is not None:
        for run in sort_runs(require_sweep(list_runs(home), sweep), "run"):
            folder = RunFolder(run.path)
            is_waiting = read_status(folder.database).state is RunState.QUEUED
            if is_waiting if waiting_only else not run.state.is_live and run.state is not RunState.FINISHED:
                folders.append(folder)
    return folders


def _change(folders: "list[RunFolder]", home: Path, *, first: bool, remove: bool) -> list[str]:
    """Do what is asked to each run; what was done, a line each. Raises RunError at the first that cannot be."""
    from makemore_core.queue.waiting import dequeue, enqueue, move_to_front, read_queue

    told = []
    for folder in reversed(folders) if first else folders:  # the first one that was named is the first in the queue
        if remove:
            dequeue(folder)
            told.append(f"{folder.name} waits no longer; start it with: makemore-tui resume {folder.name}")
        elif first:
            move_to_front(folder, home)
        else:
            enqueue(folder)
    if not remove:
        turns = {run.name: run.turn for run in read_queue(home).waiting}
        told = [f"{folder.name} waits for its turn, {turns[folder.name]}" for folder in folders if folder.name in turns]
    return told


def _queue_json(found: "Queue", home: Path) -> dict[str, Any]:
    from makemore_core.queue.holding import is_held
    from makemore_core.queue.settings import read_parallel
    from makemore_tui.cli.following import summary_json

    return {
        "parallel": read_parallel(home),
        "at_work": is_held(home),
        "training": [summary_json(run) for run in found.training],
        "waiting": [summary_json(run) for run in found.waiting],
    }


def _print_queue(found: "Queue", home: Path) -> None:
    from makemore_core.queue.settings import read_parallel
    from makemore_tui.cli.following import print_runs

    if found.training or found.waiting:
        print_runs([*found.training, *found.waiting])
    trains, waits = len(found.training), len(found.waiting)
    numbers = f"{trains} train{'s' * (trains == 1)}, {waits} wait{'s' * (waits == 1)}"
    typer.echo(f"{numbers}; {parallel_words(read_parallel(home))}")
    if found.waiting:
        tell_held(home)
