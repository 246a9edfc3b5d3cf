"""The sentences of the Bigrams pane."""

from math import e, isfinite, log

from makemore_tui.display import character_name, glyph, is_shown_as_itself, visible
from makemore_tui.panes.bigrams.options import Options, View
from makemore_tui.panes.bigrams.run_weights import RunMap
from makemore_tui.panes.bigrams.tables import RELIABLE_ROW, Difference
from makemore_tui.widgets.heatmap.layout import CellSize, Layout

MOST_EXAMPLES = 30

HELP = """\
Each cell is a pair of adjacent characters: the row is the first, the column the one that follows. The sentinel
(`.` where the list has no such character) stands before the first and after the last character of an item.

**Counts** are the whole model of the lecture's first part. **P** divides each row by its sum, after `smoothing` was
added to every count; the NLL of that model on the same list stands beside it, in nats a character. One bit is ln 2 =
0.693 nats; perplexity is e to the NLL: among so many equally likely characters it would be as hard to choose.

**Model** is softmax(W) of a neural bigram run, while it trains and after: of the run that is selected on 3, or else of
the newest one of this list. **Difference** is the network minus the counts of the items that it learns from, its side
of the split. The NLL of both stands beside them, on these items and on dev; counts without smoothing lose
infinitely much where dev holds a pair that train lacks. The first line names the step of the weights.

**Back in time**: the weights of a run are kept at steps ever further apart. `,` and `.` go through them, `<` and `>` go
to the first and the newest, `space` plays them, a click on the slider chooses: watch softmax(W) grow from uniform to
the counts, in colours that mean the same at all steps. The Sample pane goes along.

Cells that are exactly zero are darker than the colour map and marked with a dot where there is room. Where cells are
small, a line holds two rows: the upper half is the left label's. Numbers in two columns are rounded: 4h is some 400,
7k some 7,000, <M below a million, 1M a million; of probabilities 1h is 100%, <1 below 1%; of differences ++ and -- are
10 points or more. The facts beside the map are exact. **Lift** is P(second | first) / P(second);
**surprisal** is -ln P, in nats: 2.08 nats, or 3 bits, is one chance in 8. **Row entropy** is the mean surprisal
after `first`.

To **jump**, press `/` and type a character for the row, then one for the column; enter or escape leaves the line.
Arrows, home, end, page up and page down move the cursor; so does a click.
"""


def loss(nll: float) -> str:
    """The average loss in its three units."""
    if not isfinite(nll):
        return "NLL not known: there are no pairs"
    return f"NLL {nll:.6f} nats   {nll / log(2):.4f} bits   perplexity {e**nll:.3f}"


def pairs(characters: int, total: int) -> str:
    """The size of the table."""
    return f"{characters:,} characters, {total:,} pairs"


def largest(run: RunMap, difference: Difference, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Where the network is farthest from the counts, and by how much among rows that can be relied on."""
    pair = labels[difference.row] + labels[difference.column]
    words = [f"{run.run} at step {run.step:,}: largest {100 * difference.largest:+.2f} pt at {pair}"]
    if difference.shares.table.row_sums[difference.row] < RELIABLE_ROW:
        words.append(f"{100 * difference.largest_reliable:.2f} in rows of {RELIABLE_ROW:,}+")
    return tuple(words)


def named(symbols: tuple[str, ...], ascii_only: bool) -> str:
    """What characters are called that do not look like what they are."""
    odd = [symbol for symbol in dict.fromkeys(symbols) if not is_shown_as_itself(symbol) and symbol != " "]
    return "".join(f"{glyph(symbol, ascii=ascii_only)} is {character_name(symbol)}. " for symbol in odd)


def examples(pair: str, items: tuple[str, ...], ascii_only: bool) -> str:
    """Items that contain the pair. Long ones are cut."""
    if not items:
        return f"{pair}: in no item"
    shown = [visible(item if len(item) <= 40 else item[:39] + "~", ascii=ascii_only) for item in items]
    return f"{pair}: " + ", ".join(shown)


def short_numbers(view: View, largest: float) -> str:
    """What the numbers in two columns mean, as far as they occur up to the largest value."""
    if view is View.DIFFERENCE:
        return "points; ++ and --: 10 or more"
    if view is not View.COUNTS:
        return "percent; 1h: 100"
    units = ((100, "1h: 100"), (950, "1k: 1,000"), (9_500, "<M: below a million"), (950_000, "1M: a million"))
    return ", ".join(words for least, words in units if largest >= least)


def reading(
    options: Options, layout: Layout | None, run: RunMap | None, colors: str, largest: float
) -> tuple[str, ...]:
    """How the map is to be read, most important first.

    `colors` is the name of the colour map, empty where there are none; `largest` the largest value.
    """
    sentences = []
    if layout is not None and layout.rows_per_line == 2:
        sentences.append("two rows a line, the left label's on top")
    if layout is not None and layout.size is CellSize.SHORT and (short := short_numbers(options.view, largest)):
        sentences.append(short)
    if colors:
        sentences.append(f"{options.scale.value} scale, {colors}")
    elif layout is not None and layout.size is CellSize.SMALL:
        sentences.append(f"{options.scale.value} scale")
    if options.view is View.DIFFERENCE and run is not None:
        counts = "all counts of this list" if run.learnt is None else "the counts of its train items"
        sentences.append(f"network minus {counts}")
    elif options.view is View.MODEL:
        sentences.append("softmax(W)")
    if layout is not None and layout.size > CellSize.SHORT and options.view is not View.COUNTS:
        sentences.append("points" if options.view is View.DIFFERENCE else "percent")
    sentences.append("by frequency" if options.by_frequency else "by character")
    sentences.append("row first, column next")
    return tuple(sentences)
