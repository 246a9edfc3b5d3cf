"""The panels that show the whole list at a glance: facts, lengths, characters, first and last letters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from textual.content import Content

from makemore_core.statistics import RARE_REASON, Statistics
from makemore_tui.display import fit, glyph, visible
from makemore_tui.panes.data.analysis import Analysis, SplitSummary
from makemore_tui.widgets.bar_list import BarEntry, bar_rows, column_count
from makemore_tui.widgets.histogram import Bin, histogram_rows, length_bins, room_for
from makemore_tui.widgets.rows import Row, Rows, span

_NAMES = 14  # cells for the names of facts


@dataclass(frozen=True)
class Fact:
    """A name, and what is known, in words that get shorter: the first that fits is shown."""

    name: str
    values: tuple[str, ...]
    warning: bool = False


class OverviewPanel(Rows):
    """A panel about the whole list; it says so while the list is still being counted."""

    TITLE = ""

    def __init__(self) -> None:
        super().__init__(classes="panel")
        self.border_title = self.TITLE
        self.analysis: Analysis | None = None
        self.split: SplitSummary | None = None

    def show(self, analysis: Analysis | None, split: SplitSummary | None) -> None:
        """Take the facts of the list, and of the split that is chosen; None while they are being counted."""
        self.analysis, self.split = analysis, split
        self.redraw()

    def draw(self, width: int, height: int) -> list[Row]:
        """The rows of the panel."""
        if self.analysis is None:
            return [[span("counting", self.inks.muted)]]
        return self.rows(self.analysis, width, height)

    def rows(self, analysis: Analysis, width: int, height: int) -> list[Row]:
        """The rows, where there is something to show."""
        raise NotImplementedError

    @property
    def ascii(self) -> bool:
        """Whether only ASCII can be shown."""
        return self.look.ascii


class FactsPanel(OverviewPanel):
    """The numbers of the list."""

    TITLE = "list"

    COMPONENT_CLASSES = {"facts--warning"}

    DEFAULT_CSS = """
    FactsPanel { & > .facts--warning { color: $text-warning; text-style: bold; } }
    """

    def show(self, analysis: Analysis | None, split: SplitSummary | None) -> None:
        """Name the list."""
        if analysis is not None:
            self.border_title = Content(visible(analysis.corpus.name, ascii=self.ascii))
        super().show(analysis, split)

    def rows(self, analysis: Analysis, width: int, height: int) -> list[Row]:
        """A name and a value a row; the first items fill what is left."""
        warning = self.get_component_rich_style("facts--warning")
        rows = []
        for fact in facts_of(analysis, self.split, ascii=self.ascii):
            value = next((value for value in fact.values if cell_len(value) <= width - _NAMES), fact.values[-1])
            style = warning if fact.warning else self.inks.plain
            name = span(f"{fact.name:<{_NAMES}}", self.inks.muted)
            rows.append([name, span(fit(value, width - _NAMES, ascii=self.ascii), style)])
        words = words_in_rows(analysis.first_items, width - _NAMES, max(height - len(rows), 0), ascii=self.ascii)
        for number, line in enumerate(words):
            rows.append([span(f"{'' if number else 'first items':<{_NAMES}}", self.inks.muted), span(line)])
        return rows[:height]


class LengthsPanel(OverviewPanel):
    """How many items have which length."""

    TITLE = "lengths"

    COMPONENT_CLASSES = {"lengths--bar"}

    DEFAULT_CSS = """
    LengthsPanel { & > .lengths--bar { color: $success; } }
    """

    def rows(self, analysis: Analysis, width: int, height: int) -> list[Row]:
        """The histogram, and in words what is usual and what is longest."""
        facts = analysis.facts
        bar = self.get_component_rich_style("lengths--bar")
        words = length_words(facts, analysis.longest_item, ascii=self.ascii)
        bins = length_bins(facts.length_counts.tolist(), room_for(width))
        rows = histogram_rows(bins, width, height - len(words), bar=bar, muted=self.inks.muted, ascii=self.ascii)
        return [*rows, *([span(fit(line, width, ascii=self.ascii), self.inks.muted)] for line in words)]


class CharactersPanel(OverviewPanel):
    """How often each character stands in the list."""

    TITLE = "character frequencies"

    COMPONENT_CLASSES = {"characters--bar", "characters--label"}

    DEFAULT_CSS = """
    CharactersPanel {
        & > .characters--bar { color: $success; }
        & > .characters--label { text-style: bold; }
    }
    """

    def rows(self, analysis: Analysis, width: int, height: int) -> list[Row]:
        """A bar and numbers for each where there is room for all, or else one column for each."""
        facts = analysis.facts
        bar, label = (self.get_component_rich_style(f"characters--{name}") for name in ("bar", "label"))
        entries = character_entries(facts, facts.character_counts, facts.characters, ascii=self.ascii)
        if len(entries) <= height * column_count(entries, width, height):
            inks = {"bar": bar, "label": label, "muted": self.inks.muted}
            return bar_rows(entries, width, height, ascii=self.ascii, **inks)
        fitting = entries[: room_for(width)]
        fitting = fitting[: room_for(width, max(cell_len(entry.label) for entry in fitting))]
        bins = [Bin(entry.label, entry.count) for entry in fitting]
        rows = histogram_rows(bins, width, height - 1, bar=bar, muted=label, every_label=True, ascii=self.ascii)
        most, least, rest = fitting[0], fitting[-1], len(entries) - len(fitting)
        words = f"{most.label} {most.share:.1%}, {least.label} {least.share:.1%}"
        words += f", {rest:,} rarer ones" if rest else f", {len(entries)} in all"
        return [*rows, [span(fit(words, width, ascii=self.ascii), self.inks.muted)]]


class EdgesPanel(OverviewPanel):
    """What items start and end with."""

    TITLE = "first and last letters"

    COMPONENT_CLASSES = {"edges--first", "edges--last", "edges--label"}

    DEFAULT_CSS = """
    EdgesPanel {
        & > .edges--first { color: $success; }
        & > .edges--last { color: $primary; }
        & > .edges--label { text-style: bold; }
    }
    """

    def rows(self, analysis: Analysis, width: int, height: int) -> list[Row]:
        """The first letters at the left, the last ones at the right."""
        facts, half = analysis.facts, (width - 2) // 2
        label = self.get_component_rich_style("edges--label")
        columns = []
        for name, counts in (("first", facts.first_counts), ("last", facts.last_counts)):
            entries = character_entries(facts, counts, facts.items, ascii=self.ascii)
            bar = self.get_component_rich_style(f"edges--{name}")
            # One column: the commonest letters matter, and the rest are counted.
            shown = entries[:height]
            rows = bar_rows(shown, half, len(shown) or 1, bar=bar, label=label, muted=self.inks.muted, ascii=self.ascii)
            columns.append([[span(fit(f"{name} letter", half), self.inks.muted)], *rows])
        blank: Row = [span(" " * half)]
        tall = max(map(len, columns))
        left, right = ([*column, *[blank] * (tall - len(column))] for column in columns)
        return [[*one, span("  "), *other] for one, other in zip(left, right, strict=True)][:height]


def facts_of(analysis: Analysis, split: SplitSummary | None, *, ascii: bool = False) -> list[Fact]:
    """The facts, the most wanted first."""
    facts = analysis.facts
    repeats = f"{facts.duplicates:,} repeats" if facts.duplicates != 1 else "1 repeat"
    lengths, mean = f"{facts.shortest} to {facts.longest}", f"mean {facts.mean_length:.2f}"
    odd = " ".join(glyph(entry.character, ascii=ascii) for entry in facts.unusual)
    odd_in_earnest = any(entry.reason != RARE_REASON for entry in facts.unusual)
    distinct = facts.vocab_size - 1
    mark = facts.vocabulary.sentinel
    spread: tuple[str, ...] = (f"{lengths}, {mean}, median {facts.median_length}", f"{lengths}, {mean}", lengths)
    if facts.shortest == facts.longest:
        spread = (f"{facts.longest}, every item", f"{facts.longest}")
    rows = [
        Fact("items", (f"{facts.items:,}",)),
        Fact("unique", (f"{facts.unique:,}, {repeats}", f"{facts.unique:,}"), facts.duplicates > 0),
        Fact("blank lines", (f"{facts.blank_lines:,}",)),
        Fact("length", spread),
        Fact(
            "characters",
            (f"{facts.characters:,}, {distinct:,} distinct", f"{facts.characters:,} of {distinct:,} kinds"),
        ),
        Fact("unusual", (f"{len(facts.unusual)}: {odd}",) if facts.unusual else ("none",), odd_in_earnest),
        Fact(
            "examples",
            (f"{facts.bigrams:,}: each character and each end {mark}", f"{facts.bigrams:,} with the ends"),
        ),
    ]
    if split is not None:
        sizes = "/".join(f"{size:,}" for size in split.items)
        rows.append(Fact("split", (f"{sizes} {split.kind}", sizes)))
    uniform, letters, pairs = facts.uniform_nll, facts.unigram_nll, facts.bigram_nll
    rows.append(
        Fact(
            "uniform guess",
            (f"ln {facts.vocab_size} = {uniform:.3f} nats a character", f"ln {facts.vocab_size} = {uniform:.3f} nats"),
        )
    )
    rows.append(
        Fact("bigram (nats)", (f"{pairs:.3f}, letters alone {letters:.3f}", f"{pairs:.3f}, letters {letters:.3f}"))
    )
    return rows


def length_words(facts: Statistics, longest_item: str, *, ascii: bool = False) -> list[str]:
    """What is usual, and the longest item."""
    usual = int(np.argmax(facts.length_counts))
    share = facts.length_counts[usual] / facts.items
    return [f"most often {usual} ({share:.1%})", f"longest {visible(longest_item, ascii=ascii)}"]


def character_entries(
    facts: Statistics, counts: NDArray[np.int64], total: int, *, ascii: bool = False
) -> list[BarEntry]:
    """The characters that were counted, the commonest first. counts: (V,) in id order."""
    order = np.argsort(-counts[1:], kind="stable") + 1
    return [
        BarEntry(glyph(facts.vocabulary.symbol(token), ascii=ascii), int(counts[token]), counts[token] / total)
        for token in order[counts[order] > 0].tolist()
    ]


def words_in_rows(words: Sequence[str], width: int, rows: int, *, ascii: bool = False) -> list[str]:
    """Words in a few rows, parted by two blanks, as many as there is room for; none is cut but one that fills a row."""
    lines: list[str] = []
    for word in words:
        shown = visible(word, ascii=ascii)
        if lines and cell_len(lines[-1]) + 2 + cell_len(shown) <= width:
            lines[-1] += "  " + shown
        elif len(lines) < rows:
            lines.append(fit(word, width, ascii=ascii).rstrip() if cell_len(shown) > width else shown)
        else:
            break
    return lines
