"""The commands that take models from other programs and give them away: import, export."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from makemore_tui.cli.ranges import at_least
from makemore_tui.cli.training import AsJson, Encoding, Name, Run, Runs, find
from makemore_tui.completion import complete_list, complete_path

if TYPE_CHECKING:
    from makemore_core.exchange.tables import Kind
    from makemore_core.runs.folder import RunFolder
    from makemore_core.runs.snapshot import RunView

TYPES = ("bigram", "mlp", "rnn", "gru", "bow", "transformer")

Weights = Annotated[
    Path, typer.Argument(metavar="MODEL.PT", help="What makemore.py saved.", autocompletion=complete_path)
]
Data = Annotated[
    str,
    typer.Option(
        "--data",
        *("-i", "--input-file"),
        metavar="FILE",
        help="The list that it was trained on.",
        autocompletion=complete_list,
    ),
]
Type = Annotated[
    str | None,
    typer.Option(
        help=f"The model: {', '.join(TYPES)}.",
        show_default="what the weights are",
        autocompletion=lambda incomplete: [name for name in TYPES if name.startswith(incomplete)],
    ),
]
Heads = Annotated[
    int | None, typer.Option(help="transformer: its heads, which the weights do not tell.", show_default="4")
]
Seed = Annotated[int, typer.Option(help="makemore.py's: it decides the split.", callback=at_least(0, 1 << 63))]
Steps = Annotated[int, typer.Option(help="How many it has made, if you know.", callback=at_least(0, 1 << 40))]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="The file; its ending says what is written. .pt: weights for makemore.py; .csv, .parquet: the metrics.",
        autocompletion=complete_path,
    ),
]
Csv = Annotated[
    Path | None,
    typer.Option(metavar="FILE|DIR", help="The metrics; in a folder, the samples too.", autocompletion=complete_path),
]
Parquet = Annotated[
    Path | None,
    typer.Option(metavar="FILE|DIR", help="The same as Parquet; wants pyarrow.", autocompletion=complete_path),
]
Checkpoint = Annotated[str, typer.Option(help="best, last, final, or one of its files.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("import")(import_)
    app.command()(export)


def import_(
    model: Weights,
    data: Data,
    type: Type = None,
    n_head: Heads = None,
    encoding: Encoding = "utf-8",
    seed: Seed = 3407,
    steps: Steps = 0,
    name: Name = None,
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Make a run of a model that makemore.py trained.

    The sizes are read from the weights. The run is finished and measured on makemore.py's split; `resume` with
    --max-steps trains on, with a new optimiser and makemore.py's settings.
    """
    from makemore_core.runs.folder import check_name, runs_home
    from makemore_tui.cli.reading import read_list_for_run

    if name is not None:
        check_name(name)
    corpus = read_list_for_run(data, encoding)
    import torch

    from makemore_core.exchange.import_run import import_run, length_note
    from makemore_core.exchange.makemore_py import read_model

    torch.set_num_threads(1)  # as in training: beside other work, more of them are slower
    found = read_model(model, type=type, heads=n_head)
    folder = import_run(found, corpus, runs_home(runs), name=name, seed=seed, steps=steps)
    if note := length_note(found, corpus):
        typer.echo(note, err=True)
    _report(folder, as_json)


def _report(folder: "RunFolder", as_json: bool) -> None:
    from makemore_core.runs.view import RunReader
    from makemore_tui.cli.following import report
    from makemore_tui.cli.output import print_json

    with closing(RunReader(folder)) as reader:
        view = reader.poll()
    if as_json:
        print_json({**report(view), "path": str(folder.path)})
    else:
        typer.echo(f"{_line(view)}; go on with: makemore-tui sample {view.name}")


def _line(view: "RunView") -> str:
    losses = (("train", view.train_nll), ("test", view.test_nll))
    parts = [f"{view.name} is there: {view.type}, {view.parameters or 0:,} parameters"]
    return ", ".join(parts + [f"{side} {loss:.4f}" for side, loss in losses if loss is not None])


def export(
    run: Run,
    output: Output = None,
    csv: Csv = None,
    parquet: Parquet = None,
    checkpoint: Checkpoint = "best",
    force: Force = False,
    runs: Runs = None,
) -> None:
    """Write a run for other programs: its weights for makemore.py, its metrics and samples as tables.

    The metrics have one row for each value: run, step, name, value.

    makemore.py loads the weights as model.pt in its work-dir, with the run's list, type and sizes. A run that it has
    no model for is refused.
    """
    from makemore_core.errors import ExchangeError

    folder = find(run, runs)
    written = []
    for path, ending in ((output, None), (csv, ".csv"), (parquet, ".parquet")):
        if path is None:
            continue
        if (write := WRITERS.get(ending or path.suffix.lower())) is None:
            raise ExchangeError(f"{path}: the ending says what is written, and it is one of {', '.join(WRITERS)}")
        written += write(folder, path, checkpoint=checkpoint, force=force)
    if not written:
        raise ExchangeError("there is nothing to write: name a file with -o MODEL.PT, --csv FILE or --parquet FILE")
    typer.echo(f"{folder.name} is written to {' and '.join(map(str, written))}")


def _write_weights(folder: "RunFolder", path: Path, **options: Any) -> list[Path]:
    from makemore_core.exchange.export_run import export_run

    if note := export_run(folder, path, **options):
        typer.echo(note, err=True)
    return [path]


def _write_table(kind: "Kind", folder: "RunFolder", path: Path, **options: Any) -> list[Path]:
    from makemore_core.exchange.tables import export_tables

    return export_tables(folder, path, kind, force=options["force"])


WRITERS: dict[str, Callable[..., list[Path]]] = {
    ".pt": _write_weights,
    ".csv": partial(_write_table, "csv"),
    ".parquet": partial(_write_table, "parquet"),
}
"""What a file with this ending gets."""
