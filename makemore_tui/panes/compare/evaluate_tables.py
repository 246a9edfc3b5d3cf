"""A report as the tables and the chart of the Evaluate view."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from makemore_tui.display import character_label
from makemore_tui.metric_words import number, sample_rows, share
from makemore_tui.widgets.line_chart import Chart, Series, View
from makemore_tui.widgets.meter_table import MeterRow, MeterTable

if TYPE_CHECKING:
    from makemore_core.evaluation import Loss
    from makemore_core.metrics.calibration import Calibration
    from makemore_core.metrics.details import Details
    from makemore_core.metrics.report import Report, SampleReport

MOST_EDITS = 10
"""Texts that lie so far from train, or further, are counted together."""


def loss_table(report: "Report") -> MeterTable:
    """The loss on each side that has items."""
    return MeterTable(
        ("side", "items", "characters", "NLL", "bits/char", "perplexity"),
        tuple(_loss_row(side, details.of_items, report.losses.of(side)) for side, details in report.details.items()),
    )


def _loss_row(side: str, items: int, loss: "Loss") -> MeterRow:
    cells = (
        side,
        f"{items:,}",
        f"{loss.characters:,}",
        f"{loss.nll:.4f}",
        f"{loss.bits_per_character:.4f}",
        f"{loss.perplexity:.3f}",
    )
    return MeterRow(cells)


def fact_table(details: "Details", vocab_size: int) -> MeterTable:
    """What else can be said of one side, a line each."""
    found, leak = details.calibration, details.leak
    rows = [
        ("a uniform guess would cost", f"{math.log(vocab_size):.4f}", "ln of the vocabulary's size"),
        ("first choice right", share(found.accuracy), "the most probable one came"),
        ("first choice held probable", share(found.confidence), "more than were right: too sure"),
        ("calibration error (ECE)", number(found.ece, 4), "0: as sure as it may be"),
    ]
    if leak is not None and not leak.items_in_train:
        rows.append(("items also in train", "0", "so nothing is known by heart"))
    elif leak is not None:
        rows += [
            (
                f"NLL of {leak.items_in_train:,} items also in train",
                number(leak.nll_in_train, 4),
                "may be known by heart",
            ),
            (f"NLL of {leak.items_new:,} others", number(leak.nll_new, 4), "new to the model"),
        ]
    return MeterTable(("", "", ""), tuple(MeterRow(row) for row in rows), texts=(0, 2))


def position_table(details: "Details") -> MeterTable:
    """NLL by the place in the item."""
    rows = (
        MeterRow((str(row.position), f"{row.characters:,}", f"{row.nll:.3f}"), row.nll) for row in details.by_position
    )
    return MeterTable(("position", "characters", "NLL"), tuple(rows), texts=())


def length_table(details: "Details") -> MeterTable:
    """NLL by the length of the item."""
    rows = (MeterRow((str(row.length), f"{row.items:,}", f"{row.nll:.3f}"), row.nll) for row in details.by_length)
    return MeterTable(("length", "items", "NLL"), tuple(rows), texts=())


def hardest_table(details: "Details") -> MeterTable:
    """The hardest items; how often an item stands on the side is left out where all stand there once."""
    repeats = any(item.times > 1 for item in details.hardest)
    rows = (
        MeterRow((item.text, f"{item.nll:.3f}", f"{item.total:.1f}", *((f"{item.times:,}",) if repeats else ())))
        for item in details.hardest
    )
    return MeterTable(("item", "NLL", "total", *(("times",) if repeats else ())), tuple(rows))


def confusion_table(details: "Details", *, ascii: bool) -> MeterTable:
    """Which characters are taken for which; the bar is the share of the times the character came."""
    rows = (
        MeterRow(
            (
                character_label(pair.actual, ascii=ascii),
                character_label(pair.choice, ascii=ascii),
                f"{pair.times:,}",
                f"{pair.share:.1%}",
            ),
            pair.share,
        )
        for pair in details.confusion.top()
    )
    return MeterTable(
        ("came", "taken for", "times", "share"), tuple(rows), texts=(0, 1), full=1.0, words="no first choice was wrong"
    )


def bin_table(found: "Calibration") -> MeterTable:
    """The bins of the reliability diagram that hold something."""
    rows = (
        MeterRow(
            (
                f"{one.low:.2f}-{one.high:.2f}",
                f"{one.characters:,}",
                f"{one.confidence:.3f}",
                f"{one.accuracy:.3f}",
                f"{one.accuracy - one.confidence:+.3f}",
            )
        )
        for one in found.bins
        if one.characters
    )
    return MeterTable(("held", "chars", "mean", "came", "gap"), tuple(rows))


def reliability_chart(found: "Calibration") -> Chart:
    """How often the first choice came over how probable it was held, and the diagonal."""
    import numpy as np

    ideal = np.arange(0, 101, 10)
    held = [one for one in found.bins if one.characters]
    sure, came = (100 * np.array([getattr(one, name) for one in held]) for name in ("confidence", "accuracy"))
    series = (
        Series("ideal", ideal, ideal, slot=1, in_legend=False),
        Series("model", sure, came, slot=0, in_legend=False),
    )
    view = View(x_range=(0.0, 100.0), y_range=(0.0, 100.0))
    return Chart(series, title="came, %", note="beside what is ideal", x_title="held probable, %", view=view)


def sample_table(found: "SampleReport") -> MeterTable:
    """Every metric of the samples, beside that of real items."""
    sets = [found.samples, *([found.as_many] if found.as_many else []), found.yardstick]
    heads = [f"{found.samples.items:,} samples"]
    heads += [f"first {found.as_many.items:,}"] if found.as_many else []
    columns = [sample_rows(one) for one in sets]
    rows = [MeterRow((name, *(column[name] for column in columns))) for name in columns[0]]
    if found.unfinished:
        cut = share(found.unfinished / found.samples.items)
        rows.append(MeterRow(("cut off, too long", cut, *[""] * (len(columns) - 1))))
    if found.samples.items < found.of_samples:
        words = f"(of {found.of_samples:,} asked for, as they are long)"
        rows.append(MeterRow((words, *[""] * len(columns))))
    if found.samples.ngram_train_items < found.samples.of_train_items:
        words = f"(n-grams sought in {found.samples.ngram_train_items:,} of {found.samples.of_train_items:,} items)"
        rows.append(MeterRow((words, *[""] * len(columns))))
    return MeterTable(("", *heads, f"{found.yardstick.items:,} real of {found.yardstick_side}"), tuple(rows))


def nearest_table(found: "SampleReport") -> MeterTable:
    """How many edits the distinct samples lie from train, beside real items; the bar is that of the samples."""
    ours, real = found.samples.nearest, found.yardstick.nearest
    if ours is None or real is None:
        return MeterTable(words="not measured")
    shares = [_edit_shares(one.counts, one.items) for one in (ours, real)]
    rows = [
        MeterRow((f"{edits}{'+' * (edits == MOST_EDITS)}", *(f"{one[edits]:.1%}" for one in shares)), shares[0][edits])
        for edits in range(MOST_EDITS + 1)
        if any(one[edits] for one in shares) or edits < 4
    ]
    return MeterTable(("edits", "samples", "real"), tuple(rows), texts=())


def _edit_shares(counts: Sequence[int], items: int) -> list[float]:
    """The share of texts that lie 0, 1, 2 ... away, the last place for all that lie further."""
    places = [*counts[:MOST_EDITS], *[0] * (MOST_EDITS - len(counts)), sum(counts[MOST_EDITS:])]
    return [place / items if items else 0.0 for place in places]


def nearest_note(found: "SampleReport") -> str:
    """Where a subsample was compared, how many."""
    nearest = found.samples.nearest
    if nearest is None or (nearest.items == nearest.of_items and nearest.train_items == nearest.of_train_items):
        return ""
    words = f"of {nearest.items:,} of {nearest.of_items:,} distinct samples"
    if nearest.train_items < nearest.of_train_items:
        words += f", to {nearest.train_items:,} of {nearest.of_train_items:,} items"
    return words
