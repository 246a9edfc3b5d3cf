"""A row of a comparison, and what it must share with another row so that the two can be compared.

A loss says something only of the items that it was measured on, and of the items that the model did not learn from. So
rows of another list, or of the same list split otherwise, are shown apart and never ranked together. Losses are in
nats per character, the end of each item counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from makemore_core.metrics.by_position import PositionLoss
from makemore_core.metrics.scores import ItemLosses

SideName = Literal["train", "dev", "test"]
SIDES: tuple[SideName, ...] = ("train", "dev", "test")

REAL = "real"
"""The type of a row of real items: a yardstick for samples, and no model."""

DEFAULT_SEED = 42
"""The seed of a split where nobody chose one: it goes without saying."""


@dataclass(frozen=True)
class Ground:
    """What rows must share to be compared: the list, letter for letter, and the split."""

    content: str
    """The identity of the list."""
    split: str
    seed: int
    """Of the split; 0 where everything is train."""
    data: str = field(compare=False)
    """What the list is called; two copies of a list may have two names."""

    @classmethod
    def of(cls, content: str, split: str, seed: int, data: str) -> "Ground":
        """The ground of a list and a split."""
        return cls(content, split, 0 if split == "none" else seed, data)

    @property
    def words(self) -> str:
        """For a person: `names.txt, disjoint split`."""
        if self.split == "none":
            return f"{self.data}, no split: everything is train"
        seed = "" if self.seed == DEFAULT_SEED else f" with seed {self.seed}"
        return f"{self.data}, {self.split} split{seed}"

    @property
    def chosen_by(self) -> SideName:
        """The side by which models are chosen here."""
        return "train" if self.split == "none" else "dev"

    @property
    def judged_by(self) -> SideName:
        """The side on which differences are measured unless another is asked for: nothing was chosen by it."""
        return "train" if self.split == "none" else "test"


@dataclass(frozen=True, eq=False)
class Measured:
    """What was found out about one model by looking at it, not read from its run."""

    losses: Mapping[SideName, float]
    """Exact: on all items of each of these sides."""
    items: Mapping[SideName, ItemLosses] = field(default_factory=dict)
    """What intervals are made of: the held-out items, or those of train; of a very long side, some of them."""
    positions: Mapping[SideName, tuple[PositionLoss, ...]] = field(default_factory=dict)
    """The loss by the place in the item, of those same items."""
    samples: Mapping[str, float] | None = None
    """The metrics of samples by their names; None where none were asked for."""
    sampled: int = 0
    """How many samples they are of."""
    parameters: int | None = None
    """Of a model that counts, as are the next two."""
    tokens: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Row:
    """One model. What is not known (yet) is None."""

    key: str
    """Tells it from all others: a run's name, or what a count model is made of."""
    name: str
    type: str
    ground: Ground
    state: str = ""
    """Of a run, in words; empty where it has come to its end, and for models that count."""
    parameters: int | None = None
    steps: int | None = None
    """Made so far; None for models that count."""
    tokens: float | None = None
    """Characters that it has learnt from, as often as it has seen them, the ends of items counted. Of a fork,
    as of its seconds: what it has cost since it was made, while its steps count on."""
    seconds: float | None = None
    """Spent in training, pauses left out."""
    recorded: Mapping[SideName, float] = field(default_factory=dict)
    """The exact losses that the run has told of its best checkpoint."""
    measured: Measured | None = None
    trouble: str = ""
    """Why it could not be measured."""

    def loss(self, side: SideName) -> float | None:
        """Its exact loss on a side, in nats per character."""
        found = self.measured.losses.get(side) if self.measured is not None else None
        return self.recorded.get(side) if found is None else found

    def with_measured(self, measured: Measured) -> "Row":
        """The same with what was measured; what its run has told of its costs stays."""
        return replace(
            self,
            measured=measured,
            trouble="",
            parameters=measured.parameters if self.parameters is None else self.parameters,
            tokens=measured.tokens if self.tokens is None else self.tokens,
            seconds=measured.seconds if self.seconds is None else self.seconds,
        )


def real_row(ground: Ground) -> Row:
    """A row of real items in the place of samples, before they are measured."""
    return Row(f"{REAL} {ground.content} {ground.split} {ground.seed}", "real items", REAL, ground)


Better = Literal["low", "high", ""]


@dataclass(frozen=True)
class Measure:
    """A column: what it is called, and which values are good."""

    key: str
    title: str
    better: Better
    form: Literal["text", "count", "seconds", "loss", "share", "number"]
    words: str
    """What it is, in a line."""


OWN_MEASURES = (
    Measure("name", "model", "", "text", "a run, or a model that counts the list on the spot"),
    Measure("type", "type", "", "text", "the family"),
    Measure("parameters", "params", "low", "count", "trained numbers; of a table of counts, its cells"),
    Measure("steps", "steps", "", "count", "updates of the weights"),
    Measure(
        "tokens",
        "tokens",
        "low",
        "count",
        "characters learnt from, each as often as it was seen; of a fork, since then",
    ),
    Measure("seconds", "seconds", "low", "seconds", "spent in training; of a fork, since then"),
    Measure("train", "train", "low", "loss", "NLL on what it learnt from, in nats per character"),
    Measure("dev", "dev", "low", "loss", "NLL on what it was chosen by"),
    Measure("test", "test", "low", "loss", "NLL on what nothing was chosen by"),
)
"""The columns that every comparison has; those of samples come behind them."""

SAMPLE_MEASURES = (
    Measure("unique", "unique", "", "share", "share of distinct texts among the samples"),
    Measure("novelty", "novel", "", "share", "share of the distinct ones that train does not hold"),
    Measure("nearest", "nearest", "", "number", "mean edits to the nearest item of train"),
    Measure("diversity", "diverse", "", "share", "mean distance between two samples"),
    Measure("lengths", "lengths", "low", "number", "distance of their lengths from those of held-out items"),
    Measure("trigrams", "3-grams", "low", "number", "distance of their 3-grams from those of held-out items"),
)
"""Columns of samples. Those without a better end want to be near what real items have, the row that is no model."""


def measures_for(samples: int) -> tuple[Measure, ...]:
    """The columns of a comparison with so many samples of each model."""
    return (*OWN_MEASURES, *SAMPLE_MEASURES) if samples else OWN_MEASURES


def value_of(row: Row, key: str) -> str | float | None:
    """What a row has in a column; None where it has nothing there."""
    if key in SIDES:
        return row.loss(key)
    if key in ("name", "type"):
        return str(getattr(row, key))
    if key in ("parameters", "steps", "tokens", "seconds"):
        number: float | None = getattr(row, key)
        return number
    return (row.measured.samples or {}).get(key) if row.measured is not None else None
