"""An evaluation as tables for people."""

from typing import TYPE_CHECKING

import typer

from makemore_tui.cli.output import print_table
from makemore_tui.display import visible
from makemore_tui.metric_words import sample_rows

if TYPE_CHECKING:
    from makemore_core.metrics.details import Details
    from makemore_core.metrics.report import Report, SampleReport

FEW = 10
"""Rows of the lists that could be long."""
POSITIONS = 20
LONGEST = 40
"""Characters of an item that are shown."""


def print_report(report: "Report", side: str, note: str) -> None:
    """Print losses, the details of one side, and the samples beside real items."""
    _print_losses(report, note)
    typer.echo()
    _print_details(report.details[side])
    if report.samples is not None:
        typer.echo()
        _print_samples(report.samples)


def _print_losses(report: "Report", note: str) -> None:
    losses = report.losses
    sides = (("train", losses.train), ("dev", losses.dev), ("test", losses.test))
    print_table(
        ("split", "characters", "NLL", "bits/char", "perplexity"),
        [
            (
                name,
                f"{loss.characters:,}",
                f"{loss.nll:.6f}",
                f"{loss.bits_per_character:.4f}",
                f"{loss.perplexity:.3f}",
            )
            for name, loss in sides
            if loss.characters
        ],
        caption=f"{visible(report.name)}{note}: NLL in nats per character, the end of each item counted",
    )


def _print_details(details: "Details") -> None:
    found, leak = details.calibration, details.leak
    part = "" if details.is_whole else f" (a subsample: {details.items:,} of {details.of_items:,} items)"
    typer.echo(
        f"{details.side}{part}: the first choice is right {found.accuracy:.1%} of the time and held "
        f"{found.confidence:.1%} probable on average; ECE {found.ece:.4f}"
    )
    if leak is not None and leak.items_in_train:
        typer.echo(
            f"{leak.items_in_train:,} items also stand in train: NLL {leak.nll_in_train:.4f}; "
            f"{leak.items_new:,} do not: NLL {leak.nll_new:.4f}"
        )
    typer.echo()
    shown = details.by_position[:POSITIONS]
    more = len(details.by_position) - len(shown)
    print_table(
        ("position", "characters", "NLL"),
        [(str(row.position), f"{row.characters:,}", f"{row.nll:.4f}") for row in shown],
        caption=f"and {more:,} positions more: see --json" if more else "",
    )
    typer.echo()
    print_table(
        ("hardest item", "NLL", "total", "times"),
        [
            (_short(item.text), f"{item.nll:.3f}", f"{item.total:.1f}", f"{item.times:,}")
            for item in details.hardest[:FEW]
        ],
    )
    typer.echo()
    print_table(
        ("came", "first choice", "times", "share"),
        [
            (_shown(pair.actual), _shown(pair.choice), f"{pair.times:,}", f"{pair.share:.1%}")
            for pair in details.confusion.top(FEW)
        ],
        caption=f"{details.confusion.symbols[0]} is the end of an item",
    )


def _short(text: str) -> str:
    """The beginning of a text that would fill the screen."""
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _shown(character: str) -> str:
    from makemore_tui.display import character_label

    return character_label(character)


def _print_samples(found: "SampleReport") -> None:
    sets = [found.samples, *([found.as_many] if found.as_many else []), found.yardstick]
    heads = [f"{found.samples.items:,} samples"]
    heads += [f"first {found.as_many.items:,}"] if found.as_many else []
    columns = [sample_rows(one) for one in sets]
    print_table(
        ("", *heads, f"{found.yardstick.items:,} of {found.yardstick_side}"),
        [(name, *(column[name] for column in columns)) for name in columns[0]],
        caption=_about(found),
    )


def _about(found: "SampleReport") -> str:
    """What the columns are."""
    words = (
        f"seed {found.seed}; the last column is of real items; lengths and n-grams are compared with "
        f"{found.reference_items:,} items of {found.reference_side}"
    )
    nearest = found.samples.nearest
    if nearest is not None and nearest.items < nearest.of_items:
        words += f"; edits to train are those of {nearest.items:,} of {nearest.of_items:,} distinct samples"
    if nearest is not None and nearest.train_items < nearest.of_train_items:
        words += f"; edits are counted to {nearest.train_items:,} of {nearest.of_train_items:,} distinct items of train"
    if found.samples.ngram_train_items < found.samples.of_train_items:
        words += (
            f"; n-grams are sought in {found.samples.ngram_train_items:,} of {found.samples.of_train_items:,} "
            "distinct items of train"
        )
    if found.yardstick_side != "train" and found.yardstick.standing.in_train == 0:
        words += "; none of the real items stands in train, so that shares in train say nothing beside them"
    if found.samples.items < found.of_samples:
        words += f"; of {found.of_samples:,} samples, as they are long, {found.samples.items:,} were drawn"
    if found.unfinished:
        words += f"; {found.unfinished:,} samples were cut off at the longest length"
    return words
