"""Every model family by name. A new family is one file beside this one and one line here.

This module imports no torch, so that screens and `--help` can name the families; `load_family` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from makemore_core.errors import SettingsError, one_line

if TYPE_CHECKING:
    from makemore_core.models.base import Hyperparameters, LanguageModel
    from makemore_core.positions import Ids


@dataclass(frozen=True)
class Family:
    """One entry: where the family lives and how a person reads its name."""

    name: str
    title: str
    summary: str
    location: str
    """`module:Class` below `makemore_core.models`."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Hyperparameters of this entry that differ from the defaults of the class."""

    counts: bool = False
    """Fitted by counting, in one go and without a gradient."""

    remembers_all: bool = False
    """Its `context` has no limit, so that a position alone is nothing to learn from: it is trained by items."""

    normalises: bool = False
    """Over the batch, which has to have two positions for it."""


_FAMILIES = (
    Family(
        "counts",
        "bigram counts",
        "counts of pairs of characters",
        "ngram:NgramCounts",
        counts=True,
    ),
    Family(
        "ngram",
        "n-gram counts",
        "counts with a longer context",
        "ngram:NgramCounts",
        {"order": 4, "smoothing": 0.1},
        counts=True,
    ),
    Family(
        "kneser-ney",
        "Kneser-Ney n-gram",
        "counts of contexts of all lengths",
        "kneser_ney:KneserNey",
        counts=True,
    ),
    Family("bigram", "neural bigram", "one linear layer on one-hot input", "neural_bigram:NeuralBigram"),
    Family("mlp", "MLP", "reads the last characters at once", "mlp:Mlp"),
    Family(
        "batchnorm",
        "MLP with BatchNorm",
        "an MLP normalised over the batch",
        "batchnorm_mlp:BatchNormMlp",
        normalises=True,
    ),
    Family("wavenet", "WaveNet", "joins neighbours in a tree", "wavenet:WaveNet", normalises=True),
    Family("bow", "bag of words", "an average of all characters so far", "bag_of_words:BagOfWords"),
    Family("rnn", "RNN", "a state carried along the characters", "rnn:Rnn", remembers_all=True),
    Family("gru", "GRU", "an RNN whose gates keep and forget", "gru:Gru", remembers_all=True),
    Family("lstm", "LSTM", "an RNN with gates and a cell state", "lstm:Lstm", remembers_all=True),
    Family("transformer", "Transformer", "attention to all characters so far", "transformer:Transformer"),
)

FAMILIES: Mapping[str, Family] = {family.name: family for family in _FAMILIES}


def find_family(name: str) -> Family:
    """The entry of this name. Raises SettingsError where there is none."""
    if name not in FAMILIES:
        raise SettingsError(f"there is no model type '{name}': choose one of {', '.join(FAMILIES)}")
    return FAMILIES[name]


def load_family(name: str) -> "type[LanguageModel]":
    """The class of a family. Imports torch. Raises SettingsError for an unknown name."""
    module, _, attribute = find_family(name).location.partition(":")
    loaded: type[LanguageModel] = getattr(import_module(f"makemore_core.models.{module}"), attribute)
    return loaded


def family_defaults(name: str, longest: int) -> dict[str, Any]:
    """The hyperparameters in which a family departs from its class on a list with a longest item of this length.

    Imports torch. Raises SettingsError for an unknown name.
    """
    return {**find_family(name).defaults, **load_family(name).Settings.suited_to(longest)}


STEP_CHARACTERS = 1 << 11
"""What a step of a family that reads long items in pieces predicts by default, where that is fewer than its batches
of items would hold: four times as much as a step on names does."""


def training_defaults(name: str, lengths: "Ids | None", context: int | None) -> dict[str, Any]:
    """The settings of training that suit a family on items of these lengths, with a model of this context.

    `lengths`: (items,), or None where there is no list yet.

    Where a step reads pieces (`LanguageModel.in_pieces`), a batch holds fewer of them than it would hold names; where
    all items fit, nothing depends on the list. Imports torch. Raises SettingsError for an unknown name.
    """
    family = load_family(name)
    values = dict(family.training_defaults)
    if not family.in_pieces or context is None or lengths is None or lengths.max(initial=0) < context:
        return values
    pieces = context * len(lengths) + int(lengths[lengths >= context].sum())
    mean = context * int((lengths + 1).sum()) / pieces  # predicted in a piece, see `training.pieces`
    return {**values, "batch_size": max(min(values["batch_size"], int(STEP_CHARACTERS / mean)), 1)}


def family_settings(name: str, values: Mapping[str, Any] | None = None) -> "Hyperparameters":
    """The hyperparameters of a family, its defaults overridden by `values`.

    Raises SettingsError, with one line a fault, for an unknown name or a value out of its range.
    """
    settings = load_family(name).Settings
    try:
        return settings(**{**find_family(name).defaults, **(values or {})})
    except ValidationError as error:
        is_unknown = any(fault["type"] == "extra_forbidden" for fault in error.errors())
        known = f": it has {', '.join(settings.model_fields)}" if is_unknown else ""
        raise SettingsError(f"{name}: {one_line(error)}{known}") from None


def build_model(name: str, vocab_size: int, values: Mapping[str, Any] | None = None, *, seed: int) -> "LanguageModel":
    """A new model of a family with random initial weights from the seed. Raises SettingsError."""
    from makemore_core.models.base import seeded

    family: Any = load_family(name)
    model: LanguageModel = family(vocab_size, family_settings(name, values), seeded(seed))
    return model
