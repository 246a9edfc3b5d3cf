"""What the list of items can show: all items, some of them, repeats, unusual characters."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from makemore_core.corpus import Corpus
from makemore_core.statistics import Repeat, Unusual
from makemore_tui.display import character_name, fit, glyph, is_shown_as_itself
from makemore_tui.panes.data.analysis import SIDES, SplitSummary
from makemore_tui.widgets.inks import Inks
from makemore_tui.widgets.rows import Row, right, span

_DETAILS = 44  # cells from which on there is room for an item's length and side


@dataclass(frozen=True, eq=False)
class Items:
    """Items of the list: those at `indices`, or all of them."""

    corpus: Corpus
    indices: NDArray[np.int64] | None = None
    split: SplitSummary | None = None
    words: str = "no item"
    """What is said where there is none."""

    def __len__(self) -> int:
        return len(self.corpus) if self.indices is None else len(self.indices)

    def item_at(self, place: int) -> int:
        """The index of the item at this place."""
        return place if self.indices is None else int(self.indices[place])

    def row(self, place: int, width: int, inks: Inks, ascii: bool) -> Row:
        """Its number in the list, the text, and where there is room its length and its side of the split."""
        index = self.item_at(place)
        number = right(f"{index + 1:,}", len(f"{len(self.corpus):,}")) + "  "
        tail = ""
        if width >= _DETAILS:
            side = "" if self.split is None else SIDES[self.split.side_of[index]]
            tail = f"  {self.corpus.lengths[index]:>4} long  {side:<5}"
        room = width - len(number) - len(tail)
        text = fit(self.corpus.item(index), room, ascii=ascii)
        return [span(number, inks.muted), span(text), span(tail, inks.muted)]


@dataclass(frozen=True, eq=False)
class Repeats:
    """Texts that stand in the list more than once."""

    corpus: Corpus
    repeats: tuple[Repeat, ...]
    words: str = "every item stands in the list once"

    def __len__(self) -> int:
        return len(self.repeats)

    def item_at(self, place: int) -> int:
        """The index of the first item with this text."""
        return self.repeats[place].first

    def row(self, place: int, width: int, inks: Inks, ascii: bool) -> Row:
        """How many there are, and the text."""
        repeat = self.repeats[place]
        times = right(f"{repeat.times:,}", len(f"{self.repeats[0].times:,}")) + " times  "
        text = fit(self.corpus.item(repeat.first), width - len(times), ascii=ascii)
        return [span(times, inks.muted), span(text)]


@dataclass(frozen=True, eq=False)
class UnusualCharacters:
    """Characters to look at twice."""

    corpus: Corpus
    unusual: tuple[Unusual, ...]
    words: str = "no unusual character"

    def __len__(self) -> int:
        return len(self.unusual)

    def character_at(self, place: int) -> str:
        """The character at this place."""
        return self.unusual[place].character

    def item_at(self, place: int) -> int:
        """The index of the first item that holds the character."""
        return first_item_with(self.corpus, self.character_at(place))

    def row(self, place: int, width: int, inks: Inks, ascii: bool) -> Row:
        """The character, how often it stands there, what it is called, and why it is unusual."""
        entry = self.unusual[place]
        times = right(f"{entry.times:,}x", max(len(f"{other.times:,}") for other in self.unusual) + 1)
        number, _, name = character_name(entry.character).partition(" ")
        words = f"{number} {name}, {entry.reason}"
        if cell_len(words) > width - len(times) - _LABEL - 2:  # one of the two: what cannot be seen is to be named
            words = f"{number} {entry.reason if is_shown_as_itself(entry.character) else name}"
        return character_row(entry.character, times, words, width, inks, ascii)


@dataclass(frozen=True, eq=False)
class Characters:
    """All characters of the list, the commonest first."""

    corpus: Corpus
    counts: NDArray[np.int64]
    """(V,) how often each stands there, in id order."""
    words: str = "no character"

    def __len__(self) -> int:
        return len(self.counts) - 1

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.argsort(-self.counts[1:], kind="stable") + 1

    def character_at(self, place: int) -> str:
        """The character at this place."""
        return self.corpus.vocabulary.symbol(int(self._order[place]))

    def item_at(self, place: int) -> int:
        """The index of the first item that holds the character."""
        return first_item_with(self.corpus, self.character_at(place))

    def row(self, place: int, width: int, inks: Inks, ascii: bool) -> Row:
        """The character, how often it stands there, its part of all characters, and what it is called."""
        count, total = int(self.counts[self._order[place]]), int(self.counts[1:].sum())
        times = right(f"{count:,}", len(f"{int(self.counts[1:].max()):,}"))
        if width >= _DETAILS:
            times += right(f"{count / total:.1%}", 7)
        character = self.character_at(place)
        return character_row(character, times, character_name(character), width, inks, ascii)


_LABEL = 3  # cells: the widest stand-in and a blank


def character_row(character: str, times: str, words: str, width: int, inks: Inks, ascii: bool) -> Row:
    """A character, a number, and words, cut to the width."""
    label = fit(glyph(character, ascii=ascii), _LABEL)
    room = width - _LABEL - len(times) - 2
    if cell_len(words) > room:
        words = words.replace("LATIN ", "").replace("LETTER ", "")
    return [span(label, inks.strong), span(f"{times}  ", inks.muted), span(fit(words, room, ascii=ascii))]


_BLOCK = 1 << 20


def first_item_with(corpus: Corpus, character: str) -> int:
    """The index of the first item that holds a character of the list; reads as much of the list as it takes."""
    token = corpus.vocabulary.encode(character)[0]
    for start in range(0, len(corpus.tokens), _BLOCK):
        found = np.flatnonzero(corpus.tokens[start : start + _BLOCK] == token)
        if len(found):
            return int(np.searchsorted(corpus.starts, start + found[0], side="right")) - 1
    raise ValueError(f"{character!r} is in no item")


ListSource = Items | Repeats | UnusualCharacters | Characters
