"""The commands that look at a list: stats, bigram."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from makemore_tui.cli.options import AsJson, Encoding, ListFile
from makemore_tui.cli.ranges import at_least
from makemore_tui.cli.reading import read_list

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from rich.table import Table

    from makemore_core.statistics import Statistics

_BAR = 24
_NAMED = 10  # repeats and unusual characters that are named before "..."


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(stats)
    app.command()(bigram)


def stats(file: ListFile, encoding: Encoding = "utf-8", as_json: AsJson = False) -> None:
    """Report the facts of a list: items, repeats, lengths, characters."""
    from makemore_core.statistics import statistics
    from makemore_tui.cli.output import print_json

    corpus = read_list(file, encoding)
    facts = statistics(corpus)
    if as_json:
        print_json(facts.to_json())
        return
    repeated = [(corpus.item(repeat.first), repeat.times) for repeat in facts.repeats[:_NAMED]]
    _print(_fact_rows(corpus.name, facts, repeated), _length_table(facts), _character_table(facts))


def bigram(
    file: ListFile,
    smoothing: Annotated[float, typer.Option(help="Added to every count.", callback=at_least(0))] = 0.0,
    show: Annotated[int, typer.Option(help="How many of the commonest pairs to show.", callback=at_least(0))] = 20,
    encoding: Encoding = "utf-8",
    as_json: AsJson = False,
) -> None:
    """Count pairs of characters, and how well they predict the list.

    With --json, `counts[i][j]` is how often character j of the vocabulary follows character i; 0 is the sentinel, which
    starts and ends each item.
    """
    from makemore_core.bigrams import bigram_nll, count_bigrams, row_probabilities
    from makemore_tui.cli.output import print_json

    corpus = read_list(file, encoding)
    counts = count_bigrams(corpus)
    probabilities = row_probabilities(counts, smoothing)
    loss = bigram_nll(counts, probabilities)
    pairs = int(counts.sum())
    if as_json:
        report = {"vocabulary": list(corpus.vocabulary.symbols), "counts": counts.tolist(), "bigrams": pairs}
        print_json({**report, "smoothing": smoothing, "nll": loss.nll, "log_likelihood": loss.log_likelihood})
        return
    rows = [
        ("list", corpus.name),
        ("bigrams", f"{pairs:,} in {corpus.vocabulary.size} x {corpus.vocabulary.size} cells"),
        ("smoothing", f"{smoothing:g}"),
        ("NLL", f"{loss.nll:.6f} nats per character"),
        ("log likelihood", f"{loss.log_likelihood:,.2f}"),
    ]
    _print(_facts(rows), _pair_table(corpus.vocabulary.symbols, counts, probabilities, show))


def _duplicates(count: int) -> str:
    return "1 duplicate" if count == 1 else f"{count:,} duplicates"


def _fact_rows(name: str, facts: "Statistics", repeated: list[tuple[str, int]]) -> "Table":
    from makemore_tui.display import character_name, visible

    mark = facts.vocabulary.sentinel
    rows = [
        ("list", name),
        ("items", f"{facts.items:,}: {facts.unique:,} unique, {_duplicates(facts.duplicates)}"),
        ("blank lines", f"{facts.blank_lines:,}"),
        ("length", f"{facts.shortest} to {facts.longest}, mean {facts.mean_length:.2f}, median {facts.median_length}"),
        ("characters", f"{facts.characters:,}, {facts.vocab_size - 1} distinct (V = {facts.vocab_size} with {mark})"),
        ("bigrams", f"{facts.bigrams:,}"),
        ("NLL of a guess", f"uniform {facts.uniform_nll:.4f}, by frequency {facts.unigram_nll:.4f}"),
        ("NLL of bigrams", f"{facts.bigram_nll:.4f} nats per character"),
    ]
    if repeated:
        named = ", ".join(f"{visible(text)} x{times}" for text, times in repeated)
        rows.append(("repeated", named + (", ..." if len(facts.repeats) > len(repeated) else "")))
    odd = [f"{character_name(entry.character)} x{entry.times}, {entry.reason}" for entry in facts.unusual[:_NAMED]]
    if len(facts.unusual) > _NAMED:
        odd.append(f"and {len(facts.unusual) - _NAMED:,} more")
    rows.append(("unusual", "\n".join(odd) if odd else "none"))
    return _facts(rows)


def _length_table(facts: "Statistics") -> "Table":
    import numpy as np

    table = _table("length", "items", "share", "")
    most = int(facts.length_counts.max())
    for length in np.flatnonzero(facts.length_counts):
        count = int(facts.length_counts[length])
        table.add_row(str(length), f"{count:,}", f"{count / facts.items:.1%}", _bar(count / most))
    return table


def _character_table(facts: "Statistics") -> "Table":
    import numpy as np
    from rich.text import Text

    from makemore_tui.display import character_label

    table = _table("character", "count", "share", "", "starts", "ends")
    counts = facts.character_counts[1:]
    most = int(counts.max())
    for place in np.argsort(-counts, kind="stable"):
        token, count = int(place) + 1, int(counts[place])
        table.add_row(
            Text(character_label(facts.vocabulary.symbol(token))),
            f"{count:,}",
            f"{count / facts.characters:.1%}",
            _bar(count / most),
            f"{facts.first_counts[token]:,}",
            f"{facts.last_counts[token]:,}",
        )
    return table


def _pair_table(
    symbols: tuple[str, ...], counts: "NDArray[np.int64]", probabilities: "NDArray[np.float64]", show: int
) -> "Table":
    import numpy as np
    from rich.text import Text

    from makemore_tui.display import character_label

    table = _table("pair", "count", "P(second | first)", "", "surprisal")
    most = int(counts.max())
    for cell in np.argsort(-counts, axis=None, kind="stable")[:show]:
        first, second = divmod(int(cell), len(symbols))
        if not (count := int(counts[first, second])):
            break
        chance = float(probabilities[first, second])
        pair = f"{character_label(symbols[first])} {character_label(symbols[second])}"
        table.add_row(Text(pair), f"{count:,}", f"{chance:.2%}", _bar(count / most), f"{abs(np.log(chance)):.3f}")
    return table


def _facts(rows: list[tuple[str, str]]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    from makemore_tui.display import visible

    table = Table.grid(padding=(0, 2))
    for name, value in rows:
        # Each line by itself: a line feed between them is ours, and no list or file name can bring one along.
        table.add_row(Text(name, style="bold"), Text("\n".join(visible(line) for line in value.split("\n"))))
    return table


def _table(*head: str) -> "Table":
    from rich.box import ASCII2, SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD if _unicode() else ASCII2, show_edge=not _unicode())
    for name in head:
        table.add_column(name, justify="left" if name in ("", "character", "pair") else "right")
    return table


def _bar(share: float) -> str:
    cells = round(share * _BAR)
    return ("\u2588" if _unicode() else "#") * max(cells, 1 if share > 0 else 0)


def _unicode() -> bool:
    return (sys.stdout.encoding or "").lower().startswith("utf")


def _print(*tables: "Table") -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    for table in tables:
        console.print(table)
