"""The command that asks models what they think of words: score."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from makemore_tui.cli.options import AsJson, Runs
from makemore_tui.cli.ranges import at_least
from makemore_tui.cli.sources import (
    Checkpoint,
    Device,
    FileEncoding,
    Order,
    Smoothing,
    SourceSpec,
    home_of,
    open_named,
)
from makemore_tui.completion import complete_source

if TYPE_CHECKING:
    from makemore_core.neighbours import Neighbour
    from makemore_core.scoring import Score
    from makemore_core.sources import Source


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(score)


def score(
    run: SourceSpec,
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="What to score; quote what holds spaces.")],
    beside: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="RUN",
            help="Another model to ask as well; may be given several times.",
            autocompletion=complete_source,
        ),
    ] = None,
    nearest: Annotated[
        int, typer.Option(help="How many of the nearest items of the data to show.", callback=at_least(0))
    ] = 5,
    checkpoint: Checkpoint = "best",
    device: Device = "cpu",
    order: Order = None,
    smoothing: Smoothing = None,
    encoding: FileEncoding = "utf-8",
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Show the NLL of any word, character by character, and its nearest items in the data.

    NLL is in nats, and lower is more probable. A character that a model has never seen is impossible, and nothing can
    be said of those after it. Nearest is by Levenshtein distance: characters to insert, delete or replace.
    """
    names = [run, *(beside or [])]
    homes = [home_of(name, runs) for name in names]
    settings = (order, smoothing)
    sources = [
        open_named(
            name, home, *(settings if _takes_settings(name, names) else (None, None)), encoding, checkpoint, device
        )
        for name, home in zip(names, homes, strict=True)
    ]
    from makemore_core.scoring import score_text

    near = _Nearest(nearest)
    scores = [[score_text(source, word) for source in sources] for word in words]
    found = [[near.of(source, word) for source in sources] for word in words]
    if as_json:
        from makemore_tui.cli.output import print_json

        print_json({"words": [_word_json(*both) for both in zip(words, scores, found, strict=True)]})
        return
    for number, word in enumerate(words):
        if number:
            print()
        _print_word(word, scores[number], found[number], sources)


def _takes_settings(name: str, names: Sequence[str]) -> bool:
    """Whether --order and --smoothing go to this model: to counts, and to any where there are no counts to refuse."""
    return name.startswith("counts:") or not any(other.startswith("counts:") for other in names)


class _Nearest:
    """Finds the nearest items of the data of several models, each list read once."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._lists: dict[str, Any] = {}

    def of(self, source: "Source", word: str) -> "list[Neighbour]":
        """The nearest, the nearest first; none where the data is not at hand."""
        from makemore_core.neighbours import Neighbours

        if source.corpus is None or not self.count:
            return []
        known = self._lists.setdefault(source.corpus.sha256, Neighbours(source.corpus))
        found: list[Neighbour] = known.nearest(word, self.count)
        return found


def _word_json(word: str, scores: "Sequence[Score]", found: "Sequence[list[Neighbour]]") -> dict[str, Any]:
    return {"text": word, "models": [_score_json(*both) for both in zip(scores, found, strict=True)]}


def _score_json(score: "Score", near: "list[Neighbour]") -> dict[str, Any]:
    """The score of one word by one model; what is infinite is null, and `impossible` says so."""
    from dataclasses import asdict

    where = score.membership
    return {
        "model": score.source,
        "nll": score.nll,
        "total": score.total,
        "probability": score.probability,
        "impossible": bool(score.reasons()),
        "reasons": [reason.in_words(f"'{reason.character}'") for reason in score.reasons()],
        **(asdict(where) if where else {"in_train": None, "in_dev": None, "in_test": None}),
        "characters": [
            {
                "character": each.character,
                "nll": each.nll,
                "probability": each.probability,
                "known": each.known,
                "impossible": each.is_impossible,
            }
            for each in score.characters
        ],
        "nearest": [asdict(neighbour) for neighbour in near],
    }


def _print_word(
    word: str, scores: "Sequence[Score]", found: "Sequence[list[Neighbour]]", sources: "Sequence[Source]"
) -> None:
    """A row for each character and a column for each model, then the sums, and what there is to say in words."""
    from makemore_tui.cli.output import print_table
    from makemore_tui.display import character_label, visible

    labels = [*map(character_label, word), "(end)"]
    columns = [[_nll(each.nll) for each in score.characters] for score in scores]
    rows = [(label, *cells) for label, *cells in zip(labels, *columns, strict=True)]
    rows.append(("total", *(_nll(score.total) for score in scores)))
    rows.append(("per character", *(_nll(score.nll) for score in scores)))
    heads = [f"NLL of {visible(word)}", *(visible(score.source) for score in scores)]
    print_table(heads, rows)
    told: set[str] = set()
    for score, near, source in zip(scores, found, sources, strict=True):
        name = visible(score.source)
        for reason in score.reasons():
            print(f" {name}: {reason.in_words(character_label(reason.character) if reason.character else '')}")
        if where := _where(score):
            print(f" {name}: {where}")
        if near and source.corpus is not None and source.corpus.sha256 not in told:
            told.add(source.corpus.sha256)
            items = ", ".join(f"{visible(neighbour.text)} ({neighbour.distance})" for neighbour in near)
            print(f" nearest in {visible(source.corpus.name)}: {items}")


def _nll(value: float | None) -> str:
    if value is None:
        return "-"
    return "impossible" if value == float("inf") else f"{value:.4f}"


def _where(score: "Score") -> str:
    """Where the word stands in the data of a model; empty where that is not at hand."""
    where = score.membership
    if where is None:
        return ""
    sides = [name for name in ("train", "dev", "test") if getattr(where, f"in_{name}")]
    return f"stands in {' and '.join(sides)}" if sides else "new: the data does not hold it"
