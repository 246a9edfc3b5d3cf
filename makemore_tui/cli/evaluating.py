"""The command that says how good a model is: eval."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from makemore_tui.cli.options import AsJson, Runs
from makemore_tui.cli.ranges import at_least
from makemore_tui.cli.sources import (
    Checkpoint,
    Device,
    FileEncoding,
    Order,
    Seed,
    Smoothing,
    SourceSpec,
    home_of,
    how_counted,
    open_named,
)

if TYPE_CHECKING:
    from makemore_core.metrics.progress import Progress

MOST_SAMPLES = 1_000_000
WORDS = 30
"""Cells for what is done at the moment."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("eval")(evaluate)


def evaluate(
    run: SourceSpec,
    samples: Annotated[
        int,
        typer.Option(
            metavar="N", help="Draw N items and measure them too; 0 for none.", callback=at_least(0, MOST_SAMPLES + 1)
        ),
    ] = 10_000,
    on: Annotated[
        str | None, typer.Option(metavar="SIDE", help="Details of train, dev or test.", show_default="test")
    ] = None,
    seed: Seed = 42,
    checkpoint: Checkpoint = "best",
    device: Device = "cpu",
    order: Order = None,
    smoothing: Smoothing = None,
    encoding: FileEncoding = "utf-8",
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Report how good a model is: its exact losses, and what it generates.

    Losses are in nats per character; perplexity and bits per character are those of test, or of train where nothing is
    held out. Details of one side: NLL by position and by length, the hardest items, which first choices are
    confused, and the expected calibration error (ECE; Guo et al. 2017).

    Samples are measured beside real held-out items: share unique and novel (not in train), shares that stand in the
    data, edits to the nearest item of train (Levenshtein), diversity (mean edits between two, over the longer), and how
    far lengths (Wasserstein) and n-grams (Jensen-Shannon) lie from held-out items. The Evaluate view of the app
    explains each (?).
    """
    from makemore_core.errors import SettingsError

    home = home_of(run, runs)
    if on not in (None, "train", "dev", "test"):
        raise SettingsError(f"there is no side '{on}': --on takes train, dev or test")
    source = open_named(run, home, order, smoothing, encoding, checkpoint, device)
    if on is not None and source.sides is not None and not len(getattr(source.sides, on)):
        raise SettingsError(f"{source.name} has no items in {on}: leave --on out")
    import torch

    from makemore_core.metrics.report import evaluate_source

    torch.set_num_threads(1)  # beside other work, more of them are slower; alone they gain little
    with telling() as progress:
        report = evaluate_source(source, samples=samples, seed=seed, progress=progress)
    if as_json:
        from makemore_tui.cli.output import print_json

        print_json(report.to_json(on))
        return
    from makemore_tui.cli.evaluation_tables import print_report

    print_report(report, on or report.final_side, how_counted(run, order, smoothing))


@contextmanager
def telling() -> "Iterator[Progress]":
    """Says on a terminal how far it is, in one line of standard error that is written over, and gone at the end."""
    from makemore_core.metrics.progress import quiet

    if not sys.stderr.isatty():
        yield quiet
        return

    def tell(part: str, share: float) -> None:
        sys.stderr.write(f"\r{share:4.0%} {part:<{WORDS}}")
        sys.stderr.flush()

    try:
        yield tell
    finally:
        sys.stderr.write("\r" + " " * (WORDS + 5) + "\r")
        sys.stderr.flush()
