"""Training every family on a list, for `compare --all-families`."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from makemore_core.comparison.ladder import Ladder
    from makemore_core.comparison.subjects import Subject
    from makemore_core.runs.listing import RunSummary
    from makemore_tui.cli.following import Interrupts

POLL_SECONDS = 0.5


def climb(source: str, encoding: str, max_steps: int | None, home: Path, interrupts: "Interrupts") -> "list[Subject]":
    """Train what is missing, and return what there is to compare: the runs that came to an end, and all that counts.

    ctrl-c stops the runs, with everything saved; those that are done are compared. Raises ListError, RunError or
    SettingsError.
    """
    from makemore_core.comparison.ladder import ladder_runs, plan_ladder, start_ladder
    from makemore_core.comparison.subjects import count_subjects, finished, identity_of, run_subjects
    from makemore_tui.cli.reading import read_list_for_run

    corpus = read_list_for_run(source, encoding)
    ladder = plan_ladder(corpus, home, max_steps)
    start_ladder(ladder, corpus, home)
    _follow(ladder, home, interrupts)
    runs = ladder_runs(ladder.name, home)
    for run in runs:
        if run.state in ("failed", "died"):
            typer.echo(f"{run.name}, {run.type}, {run.state}: {run.reason}", err=True)
    done = {subject.key: subject for subject in finished(run_subjects(home))}
    trained = [done[str(run.path)] for run in runs if str(run.path) in done]
    return [*count_subjects(corpus, identity_of(corpus)), *trained]


def _follow(ladder: "Ladder", home: Path, interrupts: "Interrupts") -> None:
    """Show the table until every run has come to its end; ctrl-c stops them."""
    from makemore_core.comparison.ladder import halt, ladder_runs, progress_words
    from makemore_core.queue.launch import ensure_queue
    from makemore_tui.cli.queueing import tell_held
    from makemore_tui.cli.sweeping import LiveTable

    runs = ladder_runs(ladder.name, home)
    if not _going(runs):
        return
    typer.echo(_begin_words(ladder), err=True)
    tell_held(home)
    told: set[str] = set()
    with LiveTable() as table:
        while _going(runs := ladder_runs(ladder.name, home)):
            table.show(runs, progress_words(runs))
            if interrupts.count > 1:
                break
            if interrupts.count:
                halt(runs, told)
            else:
                process = ensure_queue(home)
                del process
            time.sleep(POLL_SECONDS)
        table.show(runs)
    if interrupts.count:
        typer.echo(_stop_words(runs), err=True)


def _going(runs: "list[RunSummary]") -> bool:
    return any(run.state.goes_on for run in runs)


def _stop_words(runs: "list[RunSummary]") -> str:
    left = sum(run.state not in ("finished", "failed") for run in runs)
    return f"stopped with {left} of {len(runs)} not at their end: the same command goes on with them"


def _begin_words(ladder: "Ladder") -> str:
    from makemore_core.comparison.ladder import effort_words

    left = ladder.missing + ladder.going  # not those that failed: they are not begun again
    return (
        f"{ladder.name}: {left} of {len(ladder.configs)} families to train, {effort_words(ladder)}; "
        "ctrl-c stops with what is done, and the same command goes on"
    )
