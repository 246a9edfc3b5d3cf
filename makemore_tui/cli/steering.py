"""The commands for a run that goes on: pause, stop, steer, extend."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from makemore_tui.cli.options import Run, Runs
from makemore_tui.cli.training import NewRate, find

if TYPE_CHECKING:
    from makemore_core.runs.commands import CommandName
    from makemore_core.runs.folder import RunFolder
    from makemore_core.runs.snapshot import RunView


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(pause)
    app.command()(stop)
    app.command()(steer)
    app.command()(extend)


def pause(run: Run, runs: Runs = None) -> None:
    """Let a run rest; `resume` lets it go on."""
    folder = find(run, runs)
    view = _ask(folder, "pause", lambda view: not view.state.is_live or view.state == "paused", {"paused"})
    typer.echo(f"{view.name} is {view.state} at step {view.step:,}")


def stop(run: Run, runs: Runs = None) -> None:
    """Stop a run with everything saved, or take it out of the queue; `resume` goes on."""
    from makemore_core.queue.waiting import dequeue
    from makemore_core.runs.states import RunState
    from makemore_core.runs.status import read_status

    folder = find(run, runs)
    if read_status(folder.database).state is RunState.QUEUED:
        dequeue(folder)
        typer.echo(f"{folder.name} waits no longer")
        return
    view = _ask(folder, "stop", lambda view: not view.state.is_live, {"stopped", "finished"})
    typer.echo(f"{view.name} is {view.state} at step {view.step:,}")


def steer(
    run: Run,
    learning_rate: NewRate = None,
    save: Annotated[bool, typer.Option("--save", help="Save a checkpoint now.")] = False,
    runs: Runs = None,
) -> None:
    """Change the learning rate of a running run, or have it saved."""
    folder = find(run, runs)
    if learning_rate is None and not save:
        raise typer.BadParameter("say what to do: --learning-rate or --save")
    if learning_rate is not None:
        step = _ask_for_event(folder, "learning_rate", "learning_rate", learning_rate)
        typer.echo(f"{folder.name} learns with the rate {learning_rate:g} from step {step:,}")
    if save:
        step = _ask_for_event(folder, "save", "saved")
        typer.echo(f"{folder.name} is saved at step {step:,}")


def extend(
    run: Run,
    max_steps: Annotated[int, typer.Option(help="Steps in all, those that are made included.")],
    runs: Runs = None,
) -> None:
    """Give a run another number of steps in all, while it trains or afterwards; one that has ended goes on.

    The learning rate follows its schedule over the new number from the next step on: a constant one stays as it is, one
    that falls rises to where it would stand in the longer run.
    """
    from makemore_core.runs.extending import extend_run

    folder = find(run, runs)
    if extend_run(folder, max_steps) is None:
        typer.echo(f"{folder.name} ends at step {max_steps:,} now")
    else:
        words = f"watch it with: makemore-tui watch {folder.name}"
        typer.echo(f"{folder.name} goes on to step {max_steps:,}; {words}")


def _ask_for_event(folder: "RunFolder", command: "CommandName", kind: str, value: float | None = None) -> int:
    """Send a command and return the step at which the run says that it is done. Raises RunError where it never does."""
    from contextlib import closing

    from makemore_core.runs.view import RunReader

    with closing(RunReader(folder)) as reader:
        known = max((event.id for event in reader.poll().events), default=0)

    def answers(view: "RunView") -> list[int]:
        events = (event for event in view.events if event.id > known and event.kind == kind)
        return [event.step for event in events if value is None or event.detail.get("value") == value]

    view = _ask(folder, command, lambda view: not view.state.is_live or bool(answers(view)), value=value)
    if not (steps := answers(view)):
        raise _ended(view)
    return steps[0]


def _ask(
    folder: "RunFolder",
    command: "CommandName",
    is_done: Any,
    wanted: set[str] | None = None,
    value: float | None = None,
) -> "RunView":
    """Send a command and wait until it is done.

    Raises RunError where no process hears it, or where the run ends in another state than is `wanted`.
    """
    from makemore_core.runs.commands import send
    from makemore_tui.cli.following import wait_until

    send(folder, command, value)
    view = wait_until(folder, is_done)
    if wanted is not None and view.state not in wanted:
        raise _ended(view)
    return view


def _ended(view: "RunView") -> Exception:
    """The error that a run ended before it did what it was asked."""
    from makemore_core.errors import RunError

    reason = f": {view.reason}" if view.reason else ""
    return RunError(f"{view.name} ended before it could do that: {view.state} at step {view.step:,}{reason}")
