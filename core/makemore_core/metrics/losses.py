"""The exact loss on train, dev and test.

NLL is the mean of -ln p over all characters, the end of each item counted, where p is what the model gave the character
that came; perplexity is e to it (Jelinek, Mercer, Bahl and Baker 1977), bits per character are it over ln 2 (Shannon,
"Prediction and Entropy of Printed English", 1951).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from makemore_core.corpus import Corpus
from makemore_core.evaluation import Loss, PairLoss, evaluate
from makemore_core.metrics.progress import Progress, quiet, within
from makemore_core.models.base import LanguageModel
from makemore_core.positions import Indices
from makemore_core.sources import Source

_CHUNK = 1 << 18
"""Characters between two tellings of how far it is."""
_PAIR_CHUNK = 1 << 22
"""The same for models whose whole table is asked each time."""


@dataclass(frozen=True)
class SplitLosses:
    """The loss on each side; NaN on a side without items."""

    train: Loss
    dev: Loss
    test: Loss

    @property
    def final(self) -> Loss:
        """What a model is judged by: test, or train where nothing is held out."""
        return self.test if self.test.characters else self.train

    def of(self, side: str) -> Loss:
        """The loss on train, dev or test."""
        loss: Loss = getattr(self, side)
        return loss

    def to_json(self) -> dict[str, Any]:
        """NLL in nats on each side; perplexity and bits per character are those of `final`."""
        return {
            "train_nll": self.train.nll,
            "dev_nll": self.dev.nll,
            "test_nll": self.test.nll,
            "perplexity": self.final.perplexity,
            "bits_per_character": self.final.bits_per_character,
        }


def losses_of(source: Source, progress: Progress = quiet) -> SplitLosses:
    """The exact losses of a model whose data is at hand; the same items are measured once."""
    assert source.corpus is not None and source.sides is not None
    train, dev, test = source.sides
    total = sum(len(side) for side in source.sides) or 1
    begun, losses = 0, list[Loss]()
    for name, side in (("train", train), ("dev", dev), ("test", test)):
        if name == "test" and np.array_equal(dev, test):
            losses.append(losses[1])
            break
        part = within(progress, begun / total, (begun + len(side)) / total)
        losses.append(loss_on(source.model, source.corpus, side, part, name))
        begun += len(side)
    return SplitLosses(*losses)


def loss_on(
    model: LanguageModel, corpus: Corpus, indices: Indices, progress: Progress = quiet, name: str = "items"
) -> Loss:
    """The exact NLL of these items, as `evaluation.evaluate` gives it, telling now and then how far it is."""
    chunk = _PAIR_CHUNK if PairLoss.suits(model) else _CHUNK
    ends = np.cumsum(corpus.lengths[indices] + 1)
    total, done, first = 0.0, 0, 0
    while first < len(indices):
        end = max(int(np.searchsorted(ends, done + chunk)), first + 1)
        loss = evaluate(model, corpus, indices[first:end])
        total, done, first = total + loss.nll * loss.characters, done + loss.characters, end
        progress(f"the loss on {name}", done / int(ends[-1]))
    return Loss(total / done if done else math.nan, done)
