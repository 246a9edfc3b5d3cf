"""Everything about a set of samples, or about real items in their place."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from makemore_core.corpus import Corpus
from makemore_core.metrics.details import subsample
from makemore_core.metrics.diversity import Diversity, diversity_of
from makemore_core.metrics.membership import Find, Standing, standing_of
from makemore_core.metrics.nearest import Nearest, nearest_of
from makemore_core.metrics.ngrams import NgramMatch, ngram_matches
from makemore_core.metrics.progress import Progress, quiet, within
from makemore_core.metrics.sample_lengths import LengthMatch, length_match
from makemore_core.metrics.scores import Ints
from makemore_core.metrics.texts import Texts, streams_of, texts_of
from makemore_core.metrics.yardstick import Yardstick
from makemore_core.positions import Indices

MOST_TRAIN_ITEMS = 200_000
"""Distinct items of train that samples are compared with one by one, at the most: a seeded subsample."""

MOST_NGRAM_CHARACTERS = 10_000_000
"""Of a train side that is longer, a seeded subsample of the items says which n-grams were seen."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What samples are held against: the data of the model."""

    corpus: Corpus
    train: Indices
    find: Find
    yardstick: Yardstick
    seed: int = 42

    @cached_property
    def reference(self) -> Texts:
        """The held-out items that samples are compared with."""
        return texts_of(self.corpus, self.yardstick.reference)

    @property
    def real(self) -> Texts:
        """The real items that are measured beside samples."""
        return texts_of(self.corpus, self.yardstick.items)

    @cached_property
    def distinct_train(self) -> Indices:
        """One item for each text of train."""
        groups: Indices = np.unique(self.corpus.groups()[self.train])
        return groups

    @cached_property
    def ngram_train(self) -> Indices:
        """Distinct items of train whose n-grams count as seen: all of them, or a subsample of very many."""
        return subsample(self.corpus, self.distinct_train, self.seed, MOST_NGRAM_CHARACTERS)

    @cached_property
    def train_texts(self) -> list[str]:
        """The distinct texts of train, or a subsample of them."""
        chosen = self.distinct_train
        if len(chosen) > MOST_TRAIN_ITEMS:
            generator = np.random.Generator(np.random.PCG64(self.seed))
            chosen = np.sort(generator.choice(chosen, MOST_TRAIN_ITEMS, replace=False))
        return list(texts_of(self.corpus, chosen).items)


@dataclass(frozen=True)
class SampleMetrics:
    """What can be said of some samples, or of real items in their place."""

    items: int
    standing: Standing
    lengths: LengthMatch
    ngrams: tuple[NgramMatch, ...]
    ngram_train_items: int
    """How many distinct items of train say which n-grams were seen."""
    of_train_items: int
    """How many there are: where more, some n-grams that are called unseen stand in the others."""
    nearest: Nearest | None
    """None where it was not asked for, and `diversity` likewise."""
    diversity: Diversity | None

    def to_json(self) -> dict[str, Any]:
        """Plain values by name."""
        return {
            **self.standing.to_json(),
            "nearest": self.nearest.to_json() if self.nearest else None,
            "diversity": self.diversity.value if self.diversity else None,
            "mean_length": self.lengths.mean,
            "length_distance": self.lengths.distance,
            "ngrams": [match.to_json() for match in self.ngrams],
            "ngram_train_items": self.ngram_train_items,
        }


def measure(texts: Texts, ground: Ground, *, distances: bool = True, progress: Progress = quiet) -> SampleMetrics:
    """Measure samples against the data; `distances` are the nearest items of train, and the diversity."""
    progress("looking samples up", 0.0)
    standing = standing_of(texts, ground.find)
    size = texts.vocabulary.size
    ngrams = ngram_matches(texts.stream, ground.reference.stream, partial(_train_streams, ground, progress), size)
    lengths = length_match(texts.lengths, ground.reference.lengths)
    seen_in = len(ground.ngram_train), len(ground.distinct_train)
    if not distances:
        return SampleMetrics(len(texts), standing, lengths, ngrams, *seen_in, None, None)
    progress("diversity of samples", 0.4)
    diversity = diversity_of(texts, seed=ground.seed)
    nearest = nearest_of(
        texts.distinct,
        ground.train_texts,
        len(ground.distinct_train),
        seed=ground.seed,
        progress=within(progress, 0.5, 1.0),
    )
    return SampleMetrics(len(texts), standing, lengths, ngrams, *seen_in, nearest, diversity)


def _train_streams(ground: Ground, progress: Progress) -> Iterator[Ints]:
    for stream in streams_of(ground.corpus, ground.ngram_train):
        progress("n-grams of samples", 0.2)
        yield stream
