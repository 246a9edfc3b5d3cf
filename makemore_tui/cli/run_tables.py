"""The table of a sweep: its runs, what varies in it, and how good they are."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from makemore_core.runs.listing import RunSummary

NUMBERS = ("steps", "train", "dev", "best dev", "seconds")


def sweep_table(runs: "Sequence[RunSummary]") -> "Table":
    """The runs of a sweep as a table, in the order in which they are given. Losses in nats per character."""
    from rich.text import Text

    from makemore_core.queue.sweeps import setting_words, varied_keys
    from makemore_core.runs.queued import setting_title

    keys = varied_keys(runs)
    table = _table(["run"], [setting_title(key) for key in keys], ["state"], NUMBERS)
    for run in runs:
        settings = run.sweep.settings if run.sweep is not None else {}
        table.add_row(
            Text(run.name),
            *(setting_words(settings.get(key)) for key in keys),
            state_words(run),
            f"{run.step:,}",
            *(_loss(value) for value in (run.train_nll, run.dev_nll, run.best_dev_nll)),
            f"{run.seconds:,.1f}" if run.seconds else "",
        )
    return table


def print_sweep(runs: "Sequence[RunSummary]") -> None:
    """Write the table, and below it why some runs did not come to their end."""
    from makemore_tui.cli.following import table_console
    from makemore_tui.cli.wrapping import print_words
    from makemore_tui.display import visible

    console = table_console()
    console.print(sweep_table(runs))
    console.print("losses in nats per character")
    for run in runs:
        if run.reason and (run.state in ("failed", "died") or not run.state.is_readable):
            print_words(console, f"{run.name} {run.state.said}: {visible(run.reason)}")


def print_combinations(combinations: Sequence[Mapping[str, Any]]) -> None:
    """Write what would be trained."""
    from makemore_core.queue.sweeps import setting_words
    from makemore_core.runs.queued import setting_title
    from makemore_tui.cli.following import table_console

    table = _table(["run"], [setting_title(key) for key in combinations[0]], [], ())
    for number, settings in enumerate(combinations, start=1):
        table.add_row(str(number), *(setting_words(value) for value in settings.values()))
    table_console().print(table)


def state_words(run: "RunSummary") -> str:
    """The state of a run, and its turn where it waits for it."""
    return f"{run.state} {run.turn}" if run.turn is not None else str(run.state)


def _table(names: Sequence[str], settings: Sequence[str], states: Sequence[str], numbers: Sequence[str]) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    for head in names:
        table.add_column(head, overflow="fold")
    for head in settings:
        table.add_column(head, justify="right")
    for head in states:
        table.add_column(head, no_wrap=True)
    for head in numbers:
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _loss(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
