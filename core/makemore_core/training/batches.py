"""What one step sees of the list: tensors that are ready, drawn with `torch.randint`.

Each kind of batches has `draw(generator) -> Batch`. Ids are int64; B batch, T time, V vocabulary.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from makemore_core.bigrams import count_bigrams
from makemore_core.corpus import Corpus
from makemore_core.errors import SettingsError
from makemore_core.models.base import LanguageModel
from makemore_core.positions import PADDING, Indices, padded_items
from makemore_core.training.beginnings import Beginnings
from makemore_core.training.config import TrainConfig
from makemore_core.training.smoothing import Smoothing


@dataclass(frozen=True)
class Batch:
    """Characters and what follows them."""

    ids: Tensor
    """(B, T) int64."""
    targets: Tensor
    """(B, T) int64, PADDING where nothing is to be predicted; or, of a list that is boiled down to counts,
    (B, V) floating point: the share of the list in which this row's character is followed by each other."""
    shares: Tensor | None = None
    """(K, V) float32, where the settings ask for it: what is expected at each of the K targets that are not padding."""

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        shares = None if self.shares is None else self.shares.to(device)
        return Batch(self.ids.to(device), self.targets.to(device), shares)


class Batches(Protocol):
    """A source of batches."""

    def draw(self, generator: torch.Generator) -> Batch:
        """The batch of the next step."""


def make_batches(config: TrainConfig, corpus: Corpus, indices: Indices, context: int | None) -> Batches:
    """The batches that the settings ask for, of the items with these indices.

    `context` is the model's: how many characters back it sees. Raises SettingsError where the two do not go together
    or there is nothing to learn from.
    """
    if not len(indices):
        raise SettingsError(f"{config.data.name} is too short to split: nothing is left to train on; use split none")
    is_smoothed = config.targets == "smoothed" and Smoothing.suits(corpus, indices)
    beginnings = None
    if is_smoothed or (config.targets != "next" and config.batch_by != "all"):  # all items together are the expectation
        beginnings = Beginnings(corpus, indices, Smoothing(corpus, indices) if is_smoothed else None)
    if config.batch_by == "all":
        return WholeList(corpus, indices, context, beginnings)
    if config.batch_by == "items":
        return ItemBatches(corpus, indices, config.batch_size, beginnings)
    if context is None:
        raise SettingsError(f"batch_by must be items for {config.type}, which remembers any number of characters")
    return PositionBatches(corpus, indices, config.batch_size, context, beginnings)


def characters_per_step(config: TrainConfig, corpus: Corpus, indices: Indices) -> float:
    """How many characters a step predicts, the end of each item counted: the mean, where it draws whole items."""
    if config.batch_by == "positions":
        return float(config.batch_size)
    counts = corpus.lengths[indices] + 1
    return float(counts.sum()) if config.batch_by == "all" else config.batch_size * float(counts.mean())


def batch_loss(model: LanguageModel, batch: Batch) -> Tensor:
    """The mean NLL over the predicted characters of a batch: a scalar, in nats."""
    if batch.targets.is_floating_point():
        # The mean over the list, each distinct pair weighted by how often it occurs: the same sum, put together.
        return F.cross_entropy(model(batch.ids)[:, 0], batch.targets, reduction="sum")
    # Only where something is to be predicted: padding costs next to nothing, and no statistic over the batch sees it.
    targets = batch.targets.flatten()
    places = (targets != PADDING).nonzero()[:, 0]
    expected = targets[places] if batch.shares is None else batch.shares
    return F.cross_entropy(model.forward_at(batch.ids, places), expected)


class ItemBatches:
    """Random items, drawn with replacement, as long as the longest of them (makemore.py's batches, trimmed)."""

    def __init__(self, corpus: Corpus, indices: Indices, size: int, beginnings: Beginnings | None = None) -> None:
        self._beginnings = beginnings
        self._tokens = _tokens(corpus)
        self._first = torch.from_numpy(corpus.starts[indices])  # (items,) where an item's sentinel stands
        self._count = torch.from_numpy(corpus.lengths[indices] + 1)  # (items,) predicted characters
        self._size = size

    def draw(self, generator: torch.Generator) -> Batch:
        """(B, T) ids and targets, T that of the longest item drawn."""
        rows = torch.randint(len(self._first), (self._size,), generator=generator)
        count = self._count.index_select(0, rows)[:, None]
        time = torch.arange(int(count.max()) + 1)
        # One character further than ids go, for the targets; beyond the last item there is nothing.
        place = self._first.index_select(0, rows)[:, None] + time
        text = self._tokens.take(place.clamp_(max=len(self._tokens) - 1)).long()
        outside = time[:-1] >= count
        ids, targets = text[:, :-1].masked_fill(outside, 0), text[:, 1:].masked_fill(outside, PADDING)
        if self._beginnings is None:
            return Batch(ids, targets)
        inside = ~outside
        nodes = self._beginnings.nodes(ids)[inside]
        return Batch(ids, targets, self._beginnings.shares(nodes, targets[inside], place[:, :-1][inside]))


class PositionBatches:
    """Random characters of the list, drawn with replacement, each with the context that the model sees of it.

    The batches of the lectures: with the same generator and the items in the same order, the same rows are drawn.
    """

    def __init__(
        self, corpus: Corpus, indices: Indices, size: int, context: int, beginnings: Beginnings | None = None
    ) -> None:
        self._beginnings = beginnings
        self._tokens = _tokens(corpus)
        self._first = torch.from_numpy(corpus.starts[indices])
        self._end = torch.from_numpy(np.cumsum(corpus.lengths[indices] + 1))  # (items,) numbers below are its own
        self._size = size
        self._lags = torch.arange(max(context, 1) - 1, -1, -1)  # the oldest character first

    def draw(self, generator: torch.Generator) -> Batch:
        """(B, context) ids, and targets that ask for the character after the last of them alone."""
        number = torch.randint(int(self._end[-1]), (self._size,), generator=generator)
        item = torch.searchsorted(self._end, number, right=True)
        depth = number - torch.where(item > 0, self._end[item - 1], 0)  # 0 where an item's first character is asked
        place = self._first[item] + depth
        outside = self._lags > depth[:, None]
        ids = self._tokens[(place[:, None] - self._lags).masked_fill(outside, 0)].long().masked_fill(outside, 0)
        targets = torch.full_like(ids, PADDING)
        targets[:, -1] = following = self._tokens[place + 1].long()
        if self._beginnings is None:
            return Batch(ids, targets)
        nodes = self._nodes(self._first[item], depth)
        return Batch(ids, targets, self._beginnings.shares(nodes, following, place))

    def _nodes(self, first: Tensor, depth: Tensor) -> Tensor:
        """The beginnings of items (B,) that end at these depths (B,), whatever the model sees of them: (B,)."""
        assert self._beginnings is not None
        time = torch.arange(min(int(depth.max()) + 1, self._beginnings.depth))
        outside = time > depth[:, None]
        ids = self._tokens[(first[:, None] + time).masked_fill(outside, 0)].long().masked_fill(outside, 0)
        nodes = self._beginnings.nodes(ids)  # (B, T)
        reached = nodes.gather(1, depth.clamp(max=len(time) - 1)[:, None])[:, 0]
        return reached.masked_fill(depth >= len(time), 0)


class WholeList:
    """The whole list at every step: gradient descent without chance.

    What a model that sees one character makes of a pair does not depend on where the pair stands. So for such a
    model the list is boiled down to the V x V table of its pairs, which gives the same loss and gradient.
    """

    def __init__(
        self, corpus: Corpus, indices: Indices, context: int | None, beginnings: Beginnings | None = None
    ) -> None:
        if context == 1 and beginnings is None:
            counts = torch.from_numpy(count_bigrams(corpus, indices))
            ids = torch.arange(corpus.vocabulary.size)[:, None]
            self._batch = Batch(ids, (counts / counts.sum().double()).float())
        else:
            ids, targets = (torch.from_numpy(array) for array in padded_items(corpus, indices))
            inside = targets != PADDING
            shares = None
            if beginnings is not None:
                places = torch.from_numpy(corpus.positions(indices))
                shares = beginnings.shares(beginnings.nodes(ids)[inside], targets[inside], places)
            self._batch = Batch(ids, targets, shares)

    def draw(self, generator: torch.Generator) -> Batch:
        """The same batch each time; the generator is left alone."""
        return self._batch


def _tokens(corpus: Corpus) -> Tensor:
    """The stream of ids as a tensor of a type that torch can index; short ids stay short."""
    tokens = corpus.tokens if corpus.tokens.dtype == np.uint8 else corpus.tokens.astype(np.int32)
    return torch.from_numpy(tokens)
