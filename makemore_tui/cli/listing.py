"""The command that lists the runs."""

from typing import Annotated

import typer

from makemore_tui.cli.options import AsJson, Runs

OfSweep = Annotated[str | None, typer.Option("--sweep", metavar="NAME", help="Those of this sweep alone.")]
Sort = Annotated[str | None, typer.Option(metavar="COLUMN", help="By any column, the lowest first.")]
Reverse = Annotated[bool, typer.Option("--reverse", help="The highest first.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(runs)


def runs(
    sweep: OfSweep = None,
    sort: Sort = None,
    reverse: Reverse = False,
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """List the runs, the latest first, or by any column."""
    from makemore_core.queue.sweeps import require_sweep, varied_keys
    from makemore_core.runs.folder import RunFolder, list_runs, runs_home
    from makemore_core.runs.sorting import find_column, sort_runs
    from makemore_tui.cli.following import now_json, print_runs, summary_json
    from makemore_tui.cli.output import print_json
    from makemore_tui.cli.run_tables import print_sweep

    home = runs_home(runs)
    summaries = list_runs(home)
    if sweep is not None:
        summaries = sort_runs(require_sweep(summaries, sweep), "run")
    if sort is not None:
        summaries = sort_runs(
            summaries, find_column(sort, varied_keys(summaries)), reverse=reverse, of_best=sweep is None
        )
    elif reverse:
        summaries = summaries[::-1]
    if as_json:
        print_json([{**summary_json(summary), **now_json(RunFolder(summary.path))} for summary in summaries])
    elif sweep is not None:
        print_sweep(summaries)
    elif summaries:
        print_runs(summaries)
    else:
        typer.echo(f"there are no runs in {home}", err=True)
