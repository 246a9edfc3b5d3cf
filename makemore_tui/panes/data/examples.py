"""One word, many examples: what an item turns into before a model learns from it."""

from functools import cached_property
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, chop_cells
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content

from makemore_core.corpus import Corpus
from makemore_core.vocabulary import SENTINEL, Vocabulary
from makemore_tui.display import fit, glyph, visible
from makemore_tui.panes.data.analysis import SIDES, SplitSummary
from makemore_tui.panes.data.panel import SnugRows
from makemore_tui.widgets.inks import Inks
from makemore_tui.widgets.pick_list import Nothing, PickList
from makemore_tui.widgets.rows import Row, span

Indices = NDArray[np.integer[Any]]

LONGEST_CONTEXT = 16
_PLACES = 4  # of a repeated text that are named
_LINES = 4  # of a long text that are shown
_GLUE = "\xa0"  # a blank at which words are not folded


class Examples:
    """The examples of an item as rows. Only the rows that are asked for are made: an item may be a whole book."""

    def __init__(self, ids: Indices, context: int, vocabulary: Vocabulary) -> None:
        edge = np.array([SENTINEL], ids.dtype)
        self._stream = np.concatenate([edge.repeat(context), ids, edge])
        self._context, self.vocabulary = context, vocabulary

    def __len__(self) -> int:
        return len(self._stream) - self._context

    @cached_property
    def _widest(self) -> int:
        """Cells of the widest context."""
        tokens, places = np.unique(self._stream, return_inverse=True)
        cells = np.array([cell_len(glyph(self.vocabulary.symbol(token))) for token in tokens.tolist()])[places]
        ends = np.concatenate([[0], np.cumsum(cells)])
        return int((ends[self._context : -1] - ends[: -self._context - 1]).max())

    def row(self, place: int, width: int, inks: Inks, ascii: bool) -> Row:
        """The context, what follows it, and where there is room the ids of both."""
        *before, target = self._stream[place : place + self._context + 1].tolist()
        glyphs = {token: glyph(self.vocabulary.symbol(token), ascii=ascii) for token in {*before, target}}
        # All contexts are as wide as the widest can be, so that the arrows stand below each other.
        widest = self._widest
        row: Row = [span(" " * (widest - sum(cell_len(glyphs[token]) for token in before) + 1))]
        row += [span(glyphs[token], inks.muted if token == SENTINEL else inks.plain) for token in before]
        arrow = " -> " if ascii else " → "
        row += [span(arrow, inks.muted), span(glyphs[target], inks.muted if target == SENTINEL else inks.strong)]
        numbers = " ".join(f"{token:>{len(str(self.vocabulary.size))}}" for token in before) + f"{arrow}{target}"
        left = width - widest - 1 - len(arrow) - 2
        if len(numbers) + 4 <= left:
            row.append(span(" " * (2 - cell_len(glyphs[target])) + "    " + numbers, inks.muted))
        return row


class WordRows(SnugRows):
    """The item that is taken apart: its text, and where it stands in the list and in the split."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[str, ...] = ()

    def show(self, lines: tuple[str, ...]) -> None:
        """Take other lines: the first is the text."""
        self.lines = lines
        self.say()

    def draw(self, width: int, height: int) -> list[Row]:
        """The text stands out; a long one, and the words under it, are folded."""
        first, *rest = self.lines or ("",)
        rows: list[Row] = [[span(part, self.inks.strong)] for part in folded(first, width, ascii=self.look.ascii)]
        for line in rest:
            rows += [
                [span(part.replace(_GLUE, " "), self.inks.muted)]
                for part in wrap(line.replace(" (", f"{_GLUE}("), max(width, 1))
            ]
        return [*rows, []]


def folded(text: str, width: int, *, ascii: bool) -> list[str]:
    """The visible text in lines of this width; what goes beyond a few lines is cut."""
    width = max(width, 2)
    # Far more than is shown, also where marks stand on letters; the rest of a book is not looked at.
    lines = chop_cells(visible(text[: 8 * width * _LINES], ascii=ascii), width) or [""]
    if len(lines) <= _LINES:
        return lines
    return [*lines[: _LINES - 1], fit(lines[_LINES - 1] + lines[_LINES], width, ascii=ascii)]


class ExamplesPanel(Container):
    """Shows the item under the cursor of the list as examples."""

    DEFAULT_CSS = """
    ExamplesPanel { & > PickList { height: 1fr; } }
    """

    def __init__(self) -> None:
        super().__init__(classes="panel", id="examples")
        self.border_title = "one word, many examples"
        self.context = 1
        self.corpus: Corpus | None = None
        self.index = 0
        self.split: SplitSummary | None = None
        self._entitle()

    def compose(self) -> ComposeResult:
        """The word, and under it the examples."""
        yield WordRows()
        yield PickList(Nothing(), with_cursor=False, id="pairs")

    def show(self, corpus: Corpus | None, index: int = 0) -> None:
        """Take an item apart."""
        self.corpus, self.index = corpus, index
        self._redraw()

    def show_split(self, split: SplitSummary | None) -> None:
        """Take the split that is chosen, to say where the item stands."""
        self.split = split
        self._redraw()

    def change_context(self, step: int) -> None:
        """Look further back, or less far."""
        self.context = min(max(self.context + step, 1), LONGEST_CONTEXT)
        self._entitle()
        self._redraw()

    def _entitle(self) -> None:
        self.border_subtitle = Content(f"context {self.context}   [ shorter  ] longer")

    def _redraw(self) -> None:
        if self.corpus is None:
            return
        self.query_one(WordRows).show(word_lines(self.corpus, self.index, self.split))
        examples = Examples(self.corpus.ids(self.index), self.context, self.corpus.vocabulary)
        self.query_one(PickList).show(examples)


def word_lines(corpus: Corpus, index: int, split: SplitSummary | None) -> tuple[str, ...]:
    """The text of an item, where it stands, and how many examples it makes.

    While the list is being counted (no split yet) repeats are not looked for: that would hold up the screen.
    """
    text, length = corpus.item(index), int(corpus.lengths[index])
    places = [index] if split is None else corpus.indices_of(text).tolist()
    numbers = ", ".join(f"{place + 1:,}{_side(split, place)}" for place in places[:_PLACES])
    numbers += ", ..." if len(places) > _PLACES else ""
    where = f"item {numbers}" if len(places) == 1 else f"{len(places):,} times in the list: items {numbers}"
    letters = "1 character" if length == 1 else f"{length:,} characters"
    return (text, where, f"{length + 1:,} examples: {letters}, 1 end")


def _side(split: SplitSummary | None, index: int) -> str:
    return "" if split is None else f" ({SIDES[split.side_of[index]]})"
