"""What the list of items can show: all items, some of them, repeats, unusual characters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from makemore_core.corpus import Corpus
from makemore_core.statistics import Repeat, Unusual
from makemore_tui.display import character_label, character_name, fit, glyph
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

    def item_at(self, place: int) -> int:
        """The index of the first item that holds the character."""
        token = self.corpus.vocabulary.encode(self.unusual[place].character)[0]
        position = int(np.argmax(self.corpus.tokens == token))
        return int(np.searchsorted(self.corpus.starts, position, side="right")) - 1

    def row(self, place: int, width: int, inks: Inks, ascii: bool) -> Row:
        """The character, how often it stands there, why it is unusual, and where there is room its name."""
        entry = self.unusual[place]
        wide = width >= _DETAILS
        label = fit((character_label if wide else glyph)(entry.character, ascii=ascii), 8 if wide else 3)
        times = right(f"{entry.times:,}x", max(len(f"{other.times:,}") for other in self.unusual) + 1) + "  "
        number, _, name = character_name(entry.character).partition(" ")
        words = f"{number} {entry.reason}" + (f": {name}" if wide else "")
        room = width - cell_len(label) - len(times)
        return [span(label, inks.strong), span(times, inks.muted), span(fit(words, room, ascii=ascii))]


ListSource = Items | Repeats | UnusualCharacters
