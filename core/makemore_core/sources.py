"""Whatever can be sampled and evaluated, opened by name: a run, counts of a list made on the spot, or a guess.

- `NAME` or a folder: a run, at its best checkpoint unless told otherwise;
- `counts:LIST`: n-gram counts of a whole list;
- `uniform:LIST`: the uniform guess over the characters of a list.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from makemore_core.corpus import Corpus, read_corpus
from makemore_core.errors import RunError
from makemore_core.models.base import LanguageModel
from makemore_core.models.ngram import NgramCounts, NgramSettings
from makemore_core.models.registry import build_model, family_settings
from makemore_core.models.uniform import Uniform
from makemore_core.runs.checkpoints import read_tensors_numpy
from makemore_core.runs.folder import RunFolder, find_run
from makemore_core.training.config import Sides, SplitConfig, TrainConfig
from makemore_core.vocabulary import Vocabulary


@dataclass(frozen=True)
class Membership:
    """Where an item stands in the data; in several places where a list repeats it."""

    in_train: bool
    in_dev: bool
    in_test: bool

    @property
    def is_new(self) -> bool:
        """Whether the data does not hold the item."""
        return not (self.in_train or self.in_dev or self.in_test)


@dataclass(frozen=True, eq=False)
class Source:
    """A model with the characters that it knows and the data that it was made from."""

    name: str
    model: LanguageModel
    vocabulary: Vocabulary
    corpus: Corpus | None
    """None where a run's data is no longer to be found."""

    sides: Sides | None

    def membership(self, text: str) -> Membership | None:
        """Where an item stands in the data; None where the data is not at hand."""
        if self.corpus is None:
            return None
        index = self.corpus.index_of(text)
        if index is None:
            return Membership(False, False, False)
        group = self.corpus.groups()[index]
        return Membership(*(bool(side[group]) for side in self._held))

    @cached_property
    def _held(self) -> tuple[NDArray[np.bool_], ...]:
        """For train, dev and test: whether the side holds the group of repeats that starts at an item."""
        assert self.corpus is not None and self.sides is not None
        sides = []
        for indices in self.sides:
            held = np.zeros(len(self.corpus), dtype=np.bool_)
            held[self.corpus.groups()[indices]] = True
            sides.append(held)
        return tuple(sides)


def whole(corpus: Corpus) -> Sides:
    """The sides of a model that is made from the whole list: everything is train."""
    return SplitConfig(kind="none").sides(corpus)


def counts_source(corpus: Corpus, order: int = 2, smoothing: float = 1.0) -> Source:
    """N-gram counts of a whole list. Raises SettingsError."""
    settings = NgramSettings.model_validate(family_settings("ngram", {"order": order, "smoothing": smoothing}))
    model = NgramCounts(corpus.vocabulary.size, settings)
    model.fit(corpus)
    return Source(f"counts of {corpus.name}", model, corpus.vocabulary, corpus, whole(corpus))


def uniform_source(corpus: Corpus) -> Source:
    """The uniform guess over the characters of a list."""
    model = Uniform(corpus.vocabulary.size)
    return Source(f"uniform guess on {corpus.name}", model, corpus.vocabulary, corpus, whole(corpus))


def open_source(
    spec: str,
    home: Path,
    *,
    order: int = 2,
    smoothing: float = 1.0,
    encoding: str = "utf-8",
    checkpoint: str = "best",
) -> Source:
    """Open what a person named. `home` is the folder of runs.

    Raises ListError, RunError or SettingsError, each with one line for the person.
    """
    kind, separator, rest = spec.partition(":")
    if separator and kind == "counts":
        return counts_source(read_corpus(rest, encoding=encoding), order, smoothing)
    if separator and kind == "uniform":
        return uniform_source(read_corpus(rest, encoding=encoding))
    return run_source(spec, home, checkpoint)


def run_source(name: str, home: Path, checkpoint: str = "best") -> Source:
    """A run's model at one of its checkpoints: `best`, `last`, `final`, or the name of a file. Raises RunError."""
    folder = find_run(name, home)
    config = folder.read_config()
    model = _model_at(folder, config, checkpoint)
    corpus = _corpus_of(folder)
    sides = config.split.sides(corpus) if corpus else None
    return Source(folder.name, model, Vocabulary(config.data.characters), corpus, sides)


def at_checkpoint(source: Source, folder: RunFolder, checkpoint: str) -> Source:
    """A source of this run with the weights of another checkpoint; its data is not read again. Raises RunError."""
    return replace(source, name=folder.name, model=_model_at(folder, folder.read_config(), checkpoint))


def _model_at(folder: RunFolder, config: TrainConfig, checkpoint: str) -> LanguageModel:
    model = build_model(config.type, Vocabulary(config.data.characters).size, config.model, seed=config.seed)
    tensors = read_tensors_numpy(folder, checkpoint)
    try:
        model.load_tensors({key: torch.from_numpy(tensor) for key, tensor in tensors.items()})
    except (RuntimeError, KeyError) as error:
        raise RunError(f"{folder.name}: its checkpoint does not fit its settings: {error}") from None
    return model.eval()


def _corpus_of(folder: RunFolder) -> Corpus | None:
    """The list of a run, where it can still be found unchanged."""
    try:
        return folder.read_corpus()
    except RunError:
        return None
