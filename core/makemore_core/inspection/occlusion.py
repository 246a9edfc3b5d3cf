"""Which earlier characters mattered for a prediction: each is taken away in turn, and the model asked again.

Zeiler & Fergus, "Visualizing and Understanding Convolutional Networks" (2014), section 4.2, slide a grey square over a
picture. A text has no grey: what is in place of a character is every other character in turn, and the predictions are
averaged, about as by a model that does not know this character (Robnik-Sikonja & Kononenko, "Explaining Classifications
for Individual Instances", 2008; Zintgraf et al., 2017). It is the average over the other characters; unlike in these
sources, the actual one is left out. It takes no more of a model than `forward`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.corpus import Corpus
from makemore_core.devices import doubled
from makemore_core.inspection.texts import last_window, read
from makemore_core.models.base import LanguageModel
from makemore_core.training.modes import evaluating

STAND_INS = 64
"""So many characters stand in for the one that is taken away, at the most: the most frequent."""

REACH = 64
"""So many characters back are taken away, at the most."""

COUNTED = 1_000_000
"""Characters of a list in which `character_counts` counts."""

_CELLS = 1 << 16
"""Characters that are read at a time: bounds memory."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Occlusion:
    """What each character did for the probability of the next one."""

    ids: tuple[int, ...]
    """(T,) what the prediction is made from, the sentinel first."""
    target: int
    """The id whose probability is asked for."""
    chances: Numbers
    """(V,) what the model gives each character, the target among them."""
    without: Numbers
    """(T,) what it gives it on average when the character at a place is not known; NaN further back than is asked."""

    @property
    def probability(self) -> float:
        """What the model gives the target."""
        return float(self.chances[self.target])

    @property
    def effects(self) -> Numbers:
        """(T,) in nats: by how much a character raised the log probability of the target; negative where it lowered it.

        Infinite where the target would be impossible without it.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.log(self.probability) - np.log(self.without), np.float64)


@torch.no_grad()
def occlude(
    model: LanguageModel, ids: Sequence[int], target: int | None = None, *, counts: NDArray[np.int64] | None = None
) -> Occlusion:
    """What each of the characters so far did for the prediction after the last of them.

    `target` is the id that is asked for, the most probable by default. What stands in for a character are the others of
    the vocabulary, in proportion to their `counts` (V,) in a list where they are given, else evenly.
    """
    text = read(model, ids)
    with evaluating(model):
        chances = _chances(model, text[None])[0]  # (V,)
        target = int(chances.argmax()) if target is None else target
        without = np.full(len(text), np.nan)
        first = max(len(text) - REACH, 0)
        unseen = 0 if model.context is None else max(len(text) - model.context, 0)
        without[first:unseen] = float(chances[target])  # a prediction does not depend on what it does not see
        window = last_window(model, text)
        for place in range(max(first, unseen), len(text)):
            without[place] = _unknowing(model, window, place - len(text), target, counts)
    return Occlusion(tuple(text.tolist()), target, chances.cpu().numpy(), without)


def character_counts(corpus: Corpus) -> NDArray[np.int64] | None:
    """How often a list has each character (V,), for `occlude`; of a large list, how often its beginning does."""
    counts = np.bincount(corpus.tokens[:COUNTED], minlength=corpus.vocabulary.size).astype(np.int64)
    return counts if counts[1:].any() else None


def _unknowing(model: LanguageModel, text: Tensor, place: int, target: int, counts: NDArray[np.int64] | None) -> float:
    """The probability of the target, averaged over what else could stand at a place: all but the actual character."""
    stand_ins, shares = _stand_ins(model.vocab_size, int(text[place]), counts)
    texts = text.repeat(len(stand_ins), 1)  # (N, T)
    texts[:, place] = torch.from_numpy(stand_ins).to(text.device)
    asked = torch.cat([_chances(model, some)[:, target] for some in _some(texts)])  # (N,)
    return float(np.dot(asked.cpu().numpy(), shares))


def _stand_ins(size: int, instead_of: int, counts: NDArray[np.int64] | None) -> tuple[NDArray[np.int64], Numbers]:
    """The ids that take the place of one, the most frequent ones, and their shares, which sum to 1."""
    weights = np.ones(size) if counts is None else counts.astype(np.float64)
    weights[0] = 0.0  # within an item there is no sentinel
    if 0 < instead_of < size and np.count_nonzero(weights) > 1:
        weights[instead_of] = 0.0
    order = np.argsort(-weights, kind="stable")[:STAND_INS]
    order = order[weights[order] > 0]
    return order, weights[order] / weights[order].sum()


def _some(texts: Tensor) -> Iterator[Tensor]:
    return iter(torch.split(texts, max(_CELLS // texts.shape[1], 1)))


def _chances(model: LanguageModel, texts: Tensor) -> Tensor:
    """The distribution after the last character of each text: (N, T) int64 to (N, V) float64."""
    places = torch.arange(1, len(texts) + 1, device=texts.device) * texts.shape[1] - 1
    return doubled(model.forward_at(texts, places)).softmax(-1)
