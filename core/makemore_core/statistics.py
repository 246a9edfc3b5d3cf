"""What can be said of a list before any model is trained: counts, lengths, frequencies, repeats, unusual characters."""

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from makemore_core.bigrams import bigram_nll, count_bigrams, row_probabilities
from makemore_core.corpus import Corpus
from makemore_core.vocabulary import Vocabulary

RARE = 5
"""A character that stands in the list fewer times than this may be rare: too seldom to learn from."""

RARE_RULE = "rare: fewer than 5 times and at most once in 1,000 items, where few are (20, and 1 in 10)"
"""In one line, when a character is called rare. In a short list, and in one with a long tail of characters, being
seldom is nothing unusual."""

_ITEMS_PER_RARE = 1000
_MOST_RARE = 20
_MOST_RARE_SHARE = 0.1  # of the distinct characters

RARE_REASON = "rare"

_MINORITY = 0.02  # of all letters: below, a script that is not the list's main one is called unusual


class Repeat(NamedTuple):
    """A text that stands in the list more than once: the index of the first such item, and how many there are."""

    first: int
    times: int


class Unusual(NamedTuple):
    """A character to look at twice, how often it stands in the list, and why it is named."""

    character: str
    times: int
    reason: str


@dataclass(frozen=True, eq=False)
class Statistics:
    """The facts of a list. Lengths count code points; counts of characters are int64 (V,) in id order.

    `character_counts[0]` counts the ends of items, of which there are as many as items.
    """

    items: int
    unique: int
    blank_lines: int
    vocabulary: Vocabulary
    length_counts: NDArray[np.int64]
    """(longest + 1,) how many items have each length."""
    character_counts: NDArray[np.int64]
    first_counts: NDArray[np.int64]
    """(V,) how many items start with each character."""
    last_counts: NDArray[np.int64]
    """(V,) how many items end with each character."""
    repeated: NDArray[np.int64]
    """(repeats, 2) index of the first item and number of items of each text that stands there more than once."""
    bigram_nll: float
    """The NLL, nats per character, of the bigram counts on their own list: what a pair of characters alone can do."""

    @property
    def duplicates(self) -> int:
        """The items beyond the first of each text: items - unique."""
        return self.items - self.unique

    @cached_property
    def shortest(self) -> int:
        """The length of the shortest item."""
        return int(np.flatnonzero(self.length_counts)[0])

    @property
    def longest(self) -> int:
        """The length of the longest item."""
        return len(self.length_counts) - 1

    @property
    def characters(self) -> int:
        """The number of characters of all items together."""
        return self.bigrams - self.items

    @property
    def bigrams(self) -> int:
        """The number of pairs of neighbours, the sentinels counted: one for each character and one for each end."""
        return int(self.character_counts.sum())

    @property
    def mean_length(self) -> float:
        """The mean length of an item."""
        return self.characters / self.items

    @cached_property
    def median_length(self) -> int:
        """The length that half of the items do not exceed."""
        return int(np.searchsorted(np.cumsum(self.length_counts), self.items / 2))

    @property
    def vocab_size(self) -> int:
        """The distinct characters and the sentinel."""
        return self.vocabulary.size

    @property
    def uniform_nll(self) -> float:
        """The NLL of a guess that gives every id the same probability, nats per character: ln V."""
        return float(np.log(self.vocab_size))

    @cached_property
    def unigram_nll(self) -> float:
        """The NLL of the frequencies of characters and ends, nats per character: the entropy of `character_counts`."""
        share = self.character_counts[self.character_counts > 0] / self.bigrams
        return float(-(share * np.log(share)).sum())

    @cached_property
    def repeats(self) -> tuple[Repeat, ...]:
        """The repeated texts, the most frequent first."""
        return tuple(Repeat(first, times) for first, times in self.repeated.tolist())

    @cached_property
    def unusual(self) -> tuple[Unusual, ...]:
        """The unusual characters, those that are merely rare last."""
        return unusual_characters(self.vocabulary, self.character_counts)

    def to_json(self) -> dict[str, Any]:
        """The facts under the names that `stats --json` prints. Counts of characters leave the sentinel out."""
        return {
            "items": self.items,
            "unique": self.unique,
            "duplicates": self.duplicates,
            "blank_lines": self.blank_lines,
            "shortest": self.shortest,
            "longest": self.longest,
            "mean_length": self.mean_length,
            "median_length": self.median_length,
            "vocab_size": self.vocab_size,
            "vocabulary": list(self.vocabulary.symbols),
            "characters": self.characters,
            "bigrams": self.bigrams,
            "length_counts": {str(n): int(self.length_counts[n]) for n in np.flatnonzero(self.length_counts)},
            "character_counts": self._by_character(self.character_counts),
            "first_counts": self._by_character(self.first_counts),
            "last_counts": self._by_character(self.last_counts),
            "uniform_nll": self.uniform_nll,
            "unigram_nll": self.unigram_nll,
            "bigram_nll": self.bigram_nll,
            "unusual": [entry._asdict() for entry in self.unusual],
        }

    def _by_character(self, counts: NDArray[np.int64]) -> dict[str, int]:
        return dict(zip(self.vocabulary.characters, counts[1:].tolist(), strict=True))


def statistics(corpus: Corpus) -> Statistics:
    """Count everything once."""
    counts = count_bigrams(corpus)
    texts, times = np.unique(corpus.groups(), return_counts=True)
    repeated = np.stack([texts, times], axis=1)[times > 1]
    return Statistics(
        items=len(corpus),
        unique=len(texts),
        blank_lines=corpus.blank_lines,
        vocabulary=corpus.vocabulary,
        length_counts=np.bincount(corpus.lengths),
        character_counts=counts.sum(axis=0),
        first_counts=counts[0],
        last_counts=counts[:, 0],
        repeated=repeated[np.argsort(-repeated[:, 1], kind="stable")],
        bigram_nll=bigram_nll(counts, row_probabilities(counts)).nll,
    )


def unusual_characters(vocabulary: Vocabulary, counts: NDArray[np.int64]) -> tuple[Unusual, ...]:
    """The characters worth a second look: not shown, easily mistaken, of another script, or rare.

    RARE_RULE says which are rare. Those that are merely rare come last; the rarest comes first.

    counts: (V,) in id order, as `Statistics.character_counts`.
    """
    scripts: dict[str, int] = {}
    for character, times in zip(vocabulary.characters, counts[1:].tolist(), strict=True):
        if script := _script(character):
            scripts[script] = scripts.get(script, 0) + times
    minority = {name for name, times in scripts.items() if times < _MINORITY * sum(scripts.values())}
    most = min(RARE - 1, int(counts[0]) // _ITEMS_PER_RARE)  # counts[0]: ends, as many as items
    found, seldom = [], []
    for character, times in zip(vocabulary.characters, counts[1:].tolist(), strict=True):
        script = _script(character)
        if reason := _reason(character) or (f"{script} script" if script in minority else ""):
            found.append(Unusual(character, times, reason))
        elif times <= most:
            seldom.append(Unusual(character, times, RARE_REASON))
    if len(seldom) <= min(_MOST_RARE, _MOST_RARE_SHARE * len(vocabulary.characters)):
        found += seldom
    return tuple(sorted(found, key=lambda entry: (entry.reason == RARE_REASON, entry.times, entry.character)))


_REASONS = {
    "Cc": "control character",
    "Cf": "invisible",
    "Co": "private use",
    "Cn": "not assigned",
    "Zl": "line separator",
    "Zp": "paragraph separator",
    "Mn": "combining mark",
    "Me": "combining mark",
}


def _reason(character: str) -> str:
    """Why a character is unusual in any list, or nothing."""
    category = unicodedata.category(character)
    if category == "Zs":
        return "" if character == " " else "looks like a space"
    if character == "\ufffd":
        return "lost text"
    name = unicodedata.name(character, "")
    if name.startswith("VARIATION SELECTOR"):
        return "invisible"
    # The vowel signs and points of other scripts are part of their usual spelling.
    if category in ("Mn", "Me") and not name.startswith("COMBINING"):
        return ""
    return _REASONS.get(category, "")


def _script(character: str) -> str:
    """The script of a letter by its name in Unicode (Latin, Cyrillic, CJK), or nothing for what is no letter."""
    if not character.isalpha():
        return ""
    name = unicodedata.name(character, "").split(" ", 1)[0]
    return name if name == "CJK" else name.capitalize()
