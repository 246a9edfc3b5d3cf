"""The commands for a run as a whole: its name, its note, its end."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from makemore_tui.cli.options import Run, Runs
from makemore_tui.cli.training import find
from makemore_tui.completion import complete_run

if TYPE_CHECKING:
    from makemore_core.runs.folder import RunFolder

NewName = Annotated[str, typer.Argument(metavar="NAME", help="The new name.")]
SomeRuns = Annotated[
    list[str], typer.Argument(metavar="RUN", help="Names or folders of runs.", autocompletion=complete_run)
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(rename)
    app.command()(note)
    app.command()(delete)


def rename(run: Run, name: NewName, runs: Runs = None) -> None:
    """Give a run another name; its folder is called so then. It must not be training."""
    from makemore_core.runs.naming import rename_run

    folder = find(run, runs)
    typer.echo(f"{folder.name} is called {rename_run(folder, name).name} now")


def note(
    run: Run,
    text: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="The line to keep; none shows what is kept.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take the note away.")] = False,
    runs: Runs = None,
) -> None:
    """Keep a line of text with a run, also while it trains."""
    from makemore_core.runs.notes import write_note
    from makemore_tui.cli.output import print_text

    folder = find(run, runs)
    if clear and text:
        raise typer.BadParameter("--clear takes the note away: leave out the text")
    if not clear and not text:
        print_text(_kept(folder))
        return
    kept = write_note(folder, " ".join(text or []))
    typer.echo(f"noted with {folder.name}" if kept else f"{folder.name} has no note any more")


def _kept(folder: "RunFolder") -> str:
    from makemore_core.errors import RunError
    from makemore_core.runs.listing import summarise

    summary = summarise(folder)
    if not summary.type:
        raise RunError(f"{folder.name} {summary.state}: {summary.reason}")
    return summary.note


def delete(
    names: SomeRuns,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    runs: Runs = None,
) -> int:
    """Delete runs for good, after saying how large they are. A run that trains is not deleted: stop it first."""
    from makemore_core.errors import RunError
    from makemore_core.runs.deleting import delete_run, refuse_delete, weigh
    from makemore_tui.sizes import size_words

    folders = {folder.path.resolve(): folder for folder in (find(name, runs) for name in names)}.values()
    for folder in folders:  # before anything is deleted
        refuse_delete(folder)
    for folder in folders:
        weight = weigh(folder)
        words = f"{folder.name}: {weight.files:,} files, {size_words(weight.bytes)}"
        if not yes and not asks():
            raise RunError(f"{words}, would be deleted: to do so without being asked, add --yes")
        if not yes and not typer.confirm(f"{words}. Delete it for good?"):
            typer.echo(f"{folder.name} is kept", err=True)
            continue
        delete_run(folder)
        typer.echo(f"deleted {words}")
    return 0


def asks() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty()
