"""The runs of a sweep as a table: what varies, where each run stands, how good it is."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from makemore_core.queue.sweeps import setting_words, varied_keys
from makemore_core.runs.queued import setting_title
from makemore_core.runs.sorting import sort_runs
from makemore_tui.panes.train.status import state_mark
from makemore_tui.panes.train.words import clock, loss
from makemore_tui.widgets.sorted_table import Column, Table, TableRow

if TYPE_CHECKING:
    from makemore_core.runs.listing import RunSummary

BEST = "best dev"
"""The column by which a sweep is sorted at first."""

_BEFORE = (Column("run", "run", is_number=False, rank=4, most=24),)
_BEHIND = (
    Column("state", "state", is_number=False, rank=1, most=14),
    Column("steps", "steps", rank=3),
    Column("train", "train", rank=5),
    Column("dev", "dev", rank=6),
    Column(BEST, "best dev", rank=0),
    Column("seconds", "time", rank=7),
)


def sweep_table(
    runs: "Sequence[RunSummary]",
    sorted_by: str = BEST,
    *,
    reverse: bool = False,
    marks: Mapping[str, tuple[str, str]] | None = None,
    ascii_only: bool = False,
) -> Table:
    """The table of these runs. Losses in nats per character, NaN and what is not known yet as words and dashes."""
    keys = varied_keys(runs)
    settings = tuple(Column(key, setting_title(key), rank=2, most=16) for key in keys)
    rows = tuple(_row(run, keys, ascii_only=ascii_only) for run in sort_runs(runs, sorted_by, reverse=reverse))
    return Table((*_BEFORE, *settings, *_BEHIND), rows, sorted_by, reverse, marks or {})


def _row(run: "RunSummary", keys: Sequence[str], *, ascii_only: bool) -> TableRow:
    settings = run.sweep.settings if run.sweep is not None else {}
    turn = f" {run.turn}" if run.turn is not None else ""
    cells = (
        run.name,
        *(setting_words(settings.get(key)) for key in keys),
        f"{state_mark(run.state, ascii_only=ascii_only)} {run.state}{turn}",
        f"{run.step:,}" if run.step else "-",
        *(loss(value) for value in (run.train_nll, run.dev_nll, run.best_dev_nll)),
        clock(run.seconds) if run.seconds else "-",
    )
    return TableRow(run.name, cells, run.state in ("failed", "died") or not run.state.is_readable)


def progress_words(runs: "Sequence[RunSummary]") -> str:
    """How far a sweep has come: 6 runs, 2 finished, 1 trains, 3 wait."""
    ended = sum(run.state == "finished" for run in runs)
    trains = sum(run.state.is_live for run in runs)
    waits = sum(run.turn is not None for run in runs)
    others = len(runs) - ended - trains - waits
    parts = [f"{len(runs)} runs" if len(runs) != 1 else "1 run"]
    parts += [f"{ended} finished"] if ended else []
    parts += [f"{trains} train{'s' if trains == 1 else ''}"] if trains else []
    parts += [f"{waits} wait{'s' if waits == 1 else ''}"] if waits else []
    parts += [f"{others} did not finish"] if others else []
    return ", ".join(parts)
