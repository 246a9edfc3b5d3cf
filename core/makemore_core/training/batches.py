"""What one step sees of the list: tensors that are ready, drawn with `torch.randint`.

Each kind of batches chooses by random numbers, and then makes what was chosen: one batch, or many at the price of a
few (see `ahead`). Ids are int64; B batch, T time, V vocabulary.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from makemore_core.bigrams import count_bigrams
from makemore_core.corpus import Corpus
from makemore_core.errors import SettingsError
from makemore_core.models.base import LanguageModel
from makemore_core.models.recurrent import RecurrentModel
from makemore_core.models.registry import load_family
from makemore_core.models.windows import WindowModel
from makemore_core.positions import PADDING, Indices, padded_items
from makemore_core.training.beginnings import Beginnings
from makemore_core.training.config import TrainConfig
from makemore_core.training.pieces import Pieces
from makemore_core.training.smoothing import Smoothing


@dataclass(frozen=True)
class Batch:
    """Characters and what follows them."""

    ids: Tensor
    """(B, T) int64."""
    targets: Tensor
    """(B, T) int64, PADDING where nothing is to be predicted; or, of pairs that are boiled down to their counts,
    (B, V) floating point: the share of all pairs in which this row's character is followed by each other."""
    shares: Tensor | None = None
    """(K, V) float32, where the settings ask for it: what is expected at each of the K targets that are not padding."""
    places: Tensor | None = None
    """(K,) int64: where those K targets stand, b * T + t, ascending. None: they are yet to be found."""
    sizes: list[int] | None = None
    """For a recurrent model: the places stand by time, those at time 0 first, and so many there are at each time."""
    following: Tensor | None = None
    """(K,) int64: the targets at these places. None: they are yet to be looked up."""
    foreseen: Any = None
    """What the model made of the ids and places ahead (`LanguageModel.foresee`), if anything."""

    def with_foreseen(self, foreseen: Any) -> "Batch":
        """The same, and what the model made of it ahead."""
        return Batch(self.ids, self.targets, self.shares, self.places, self.sizes, self.following, foreseen)

    def expected(self) -> Tensor:
        """What is expected at the K targets that are not padding: the characters (K,) int64, or shares (K, V)."""
        found = self.following if self.shares is None else self.shares
        return self.targets.flatten().index_select(0, self.asked()) if found is None else found

    def asked(self) -> Tensor:
        """Where they stand, b * T + t: (K,) int64."""
        return (self.targets.flatten() != PADDING).nonzero()[:, 0] if self.places is None else self.places

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        if self.ids.device == device:
            return self
        shares, places, following = (
            None if tensor is None else tensor.to(device) for tensor in (self.shares, self.places, self.following)
        )
        return Batch(self.ids.to(device), self.targets.to(device), shares, places, self.sizes, following)


class Batches(ABC):
    """A source of batches."""

    cells: int = 0
    """How many characters a batch has, about, padding among them; more where each brings the shares of many others."""

    @abstractmethod
    def choose(self, generator: torch.Generator, count: int) -> Tensor:
        """Draw the random numbers of so many batches, (count, ...): those of one after the other."""

    @abstractmethod
    def make(self, chosen: Tensor) -> list[Batch]:
        """The batches that have been chosen."""

    def draw(self, generator: torch.Generator) -> Batch:
        """One batch."""
        return self.make(self.choose(generator, 1))[0]


def make_batches(config: TrainConfig, corpus: Corpus, indices: Indices, context: int | None) -> Batches:
    """The batches that the settings ask for, of the items with these indices.

    `context` is the model's: how many characters back it sees. Raises SettingsError where the two do not go together
    or there is nothing to learn from.
    """
    if not len(indices):
        raise SettingsError(f"{config.data.name} is too short to split: nothing is left to train on; use split none")
    family = load_family(config.type)
    piece = context if family.in_pieces else None
    is_smoothed = config.targets == "smoothed" and Smoothing.suits(corpus, indices)
    beginnings = None
    if is_smoothed or (config.targets != "next" and config.batch_by != "all"):  # all items together are the expectation
        beginnings = Beginnings(corpus, indices, Smoothing(corpus, indices) if is_smoothed else None)
    if config.batch_by == "all":
        return WholeList(corpus, indices, context, beginnings, piece)
    if config.batch_by == "items":
        by_time = issubclass(family, RecurrentModel)
        drawn: ItemBatches | PositionBatches = ItemBatches(
            corpus, indices, config.batch_size, beginnings, by_time, piece
        )
    elif context is not None:
        from_start = not issubclass(family, WindowModel)
        drawn = PositionBatches(corpus, indices, config.batch_size, context, beginnings, from_start)
    else:
        raise SettingsError(f"batches must be of items for {config.type}, which remembers any number of characters")
    is_table = family.is_table and beginnings is None
    # A character that is looked up and its share of the gradient cost about as much as 8 cells of a table of pairs.
    pairs_pay = corpus.vocabulary.size**2 <= 8 * drawn.cells
    return PairBatches(corpus, drawn) if is_table and pairs_pay else drawn


def characters_per_step(config: TrainConfig, corpus: Corpus, indices: Indices, context: int | None) -> float:
    """How many characters a step predicts, the end of each item counted: the mean, where it draws items.

    `context` is the model's.
    """
    if config.batch_by == "positions":
        return float(config.batch_size)
    counts = corpus.lengths[indices] + 1
    if config.batch_by == "all":
        return float(counts.sum())
    pieces = Pieces.of(torch.from_numpy(counts), context if load_family(config.type).in_pieces else None)
    return config.batch_size * (float(counts.mean()) if pieces is None else pieces.mean)


def batch_loss(model: LanguageModel, batch: Batch) -> Tensor:
    """The mean NLL over the predicted characters of a batch: a scalar, in nats."""
    if batch.targets.is_floating_point():
        # The mean over all pairs, each distinct pair weighted by how often it occurs: the same sum, put together.
        return F.cross_entropy(model(batch.ids).flatten(0, 1), batch.targets, reduction="sum")
    # Only where something is to be predicted: padding costs next to nothing, and no statistic over the batch sees it.
    if batch.foreseen is not None:
        logits = model.forward_foreseen(batch.foreseen)
    elif batch.sizes is not None and isinstance(model, RecurrentModel):
        logits = model.forward_by_time(batch.ids, batch.asked(), batch.sizes)
    else:
        logits = model.forward_at(batch.ids, batch.asked())
    return F.cross_entropy(logits, batch.expected())


class ItemBatches(Batches):
    """Random items, drawn with replacement, as long as the longest of them (makemore.py's batches, trimmed).

    `by_time`: as recurrent models want them, the longest item of a batch first, and the places by time. `piece`: of an
    item with more characters to predict than this a random piece (see `pieces`); None: every item is whole.
    """

    def __init__(
        self,
        corpus: Corpus,
        indices: Indices,
        size: int,
        beginnings: Beginnings | None = None,
        by_time: bool = False,
        piece: int | None = None,
    ) -> None:
        self._beginnings = beginnings
        self._tokens = _tokens(corpus)
        self._first = torch.from_numpy(corpus.starts[indices])  # (items,) where an item's sentinel stands
        self._count = torch.from_numpy(corpus.lengths[indices] + 1)  # (items,) predicted characters
        self._size = size
        self._by_time = by_time
        self._pieces = Pieces.of(self._count, piece)
        self._nodes = None  # (stream,) the beginning that ends at each character: a piece may begin after it
        if self._pieces is not None and beginnings is not None:
            self._nodes = beginnings.everywhere(corpus, indices)
        longest = int(self._count.max()) if self._pieces is None else self._pieces.length
        self.cells = size * longest * (1 if beginnings is None else _cells_of_shares(corpus))

    def choose(self, generator: torch.Generator, count: int) -> Tensor:
        """(count, B) int64: which items, or pieces."""
        number = len(self._first) if self._pieces is None else self._pieces.number
        return torch.randint(number, (count, self._size), generator=generator)

    def _find(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Where in the stream what was chosen begins, and how many characters it predicts: both as `chosen`."""
        if self._pieces is None:
            return self._first[chosen], self._count[chosen]
        item, begins, lengths = self._pieces.find(chosen)
        return self._first[item] + begins, lengths

    def read(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Where in the stream the characters stand that are read, (N,), and how many each batch reads, (count,)."""
        first, lengths = self._find(chosen.flatten())
        begins = lengths.cumsum(0) - lengths  # where each item begins among the N
        shift = (first - begins).repeat_interleave(lengths)
        return shift + torch.arange(len(shift)), lengths.view(chosen.shape).sum(1)

    def make(self, chosen: Tensor) -> list[Batch]:
        """Each with (B, T) ids and targets, T that of its longest item."""
        first, lengths = self._find(chosen)  # (count, B) both
        if self._by_time:
            lengths, ranks = lengths.sort(dim=1, descending=True, stable=True)
            first = first.gather(1, ranks)
        longest = lengths.amax(1)  # (count,)
        time = torch.arange(int(longest.max()) + 1)
        # One character further than ids go, for the targets; beyond the last item there is nothing.
        stream = first[:, :, None] + time
        text = self._tokens.take(stream.clamp_(max=len(self._tokens) - 1)).long()
        inside = time[:-1] < lengths[:, :, None]  # (count, B, T)
        ids, targets = text[:, :, :-1].masked_fill(~inside, 0), text[:, :, 1:].masked_fill(~inside, PADDING)
        if self._by_time:
            batch, depth, item = inside.transpose(1, 2).nonzero().unbind(1)
            steps: Sequence[list[int] | None] = inside.sum(1).tolist()
        else:
            batch, item, depth = inside.nonzero().unbind(1)
            steps = [None] * len(chosen)
        where = (batch, item, depth)
        sizes = lengths.sum(1).tolist()
        places, following = torch.split(item * longest[batch] + depth, sizes), torch.split(targets[where], sizes)
        shares: Sequence[Tensor | None] = [None] * len(chosen)
        if self._beginnings is not None:
            read = stream[where]
            if self._nodes is not None:
                nodes = self._nodes.index_select(0, read)
            else:
                nodes = self._beginnings.nodes(ids.flatten(0, 1)).view(ids.shape)[where]
            shares = torch.split(self._beginnings.shares(nodes, targets[where], read), sizes)
        return [
            Batch(x[:, :most], y[:, :most], share, place, step and step[:most], after)
            for x, y, share, place, step, after, most in zip(
                ids, targets, shares, places, steps, following, longest.tolist(), strict=True
            )
        ]


class PositionBatches(Batches):
    """Random characters of the list, drawn with replacement, each with the context that the model sees of it.

    The batches of the lectures: with the same generator and the items in the same order, the same rows are drawn.
    `from_start`: near the start of an item a row begins with its sentinel, at place 0, and has padding at its end, for
    families that know how far into an item a character stands. Otherwise it begins with more sentinels, as a window.
    """

    def __init__(
        self,
        corpus: Corpus,
        indices: Indices,
        size: int,
        context: int,
        beginnings: Beginnings | None = None,
        from_start: bool = False,
    ) -> None:
        self._beginnings = beginnings
        self._from_start = from_start
        self._tokens = _tokens(corpus)
        self._first = torch.from_numpy(corpus.starts[indices])
        self._end = torch.from_numpy(np.cumsum(corpus.lengths[indices] + 1))  # (items,) numbers below are its own
        self._size = size
        self._lags = torch.arange(max(context, 1) - 1, -1, -1)  # the oldest character first
        self._places = torch.arange(1, size + 1) * len(self._lags) - 1  # (B,) the last of each row
        self.cells = size * max(len(self._lags), 0 if beginnings is None else _cells_of_shares(corpus))

    def choose(self, generator: torch.Generator, count: int) -> Tensor:
        """(count, B) int64: which characters of all."""
        return torch.randint(int(self._end[-1]), (count, self._size), generator=generator)

    def read(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Where in the stream the last characters of all windows stand, (N,), and how many each batch has, (count,)."""
        first, depth = self._find(chosen)
        return first + depth, torch.full((len(chosen),), self._size)

    def _find(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Where the item of each character begins, and how far into it the character stands: both (count * B,)."""
        number = chosen.flatten()
        item = torch.searchsorted(self._end, number, right=True)
        depth = number - torch.where(item > 0, self._end[item - 1], 0)  # 0 where an item's first character is asked
        return self._first[item], depth

    def make(self, chosen: Tensor) -> list[Batch]:
        """Each with (B, context) ids, and targets that ask for the character after the last of them alone."""
        first, depth = self._find(chosen)
        place = first + depth
        lags, where = self._lags, [self._places] * len(chosen)  # how far each column lies before the place
        outside = lags > depth[:, None]
        if self._from_start:
            early = (len(lags) - 1 - depth).clamp(min=0)  # a row is moved by so many columns
            lags = lags - early[:, None]  # (N, context)
            outside = (lags > depth[:, None]) | (lags < 0)
            where = [places - moved for places, moved in zip(where, torch.split(early, self._size), strict=True)]
        ids = self._tokens[(place[:, None] - lags).masked_fill(outside, 0)].long().masked_fill(outside, 0)
        following = self._tokens[place + 1].long()
        targets = torch.where(lags == 0, following[:, None], PADDING)
        shares: Sequence[Tensor | None] = [None] * len(chosen)
        if self._beginnings is not None:
            nodes = self._nodes(first, depth)
            shares = torch.split(self._beginnings.shares(nodes, following, place), self._size)
        parts = zip(*(torch.split(part, self._size) for part in (ids, targets, following)), where, shares, strict=True)
        return [Batch(x, y, share, places, following=after) for x, y, after, places, share in parts]

    def _nodes(self, first: Tensor, depth: Tensor) -> Tensor:
        """The beginnings of items (N,) that end at these depths (N,), whatever the model sees of them: (N,)."""
        assert self._beginnings is not None
        time = torch.arange(min(int(depth.max()) + 1, self._beginnings.depth))
        outside = time > depth[:, None]
        ids = self._tokens[(first[:, None] + time).masked_fill(outside, 0)].long().masked_fill(outside, 0)
        nodes = self._beginnings.nodes(ids)  # (N, T)
        reached = nodes.gather(1, depth.clamp(max=len(time) - 1)[:, None])[:, 0]
        return reached.masked_fill(depth >= len(time), 0)


class PairBatches(Batches):
    """The same batches for a model whose predictions are the rows of a table: how often each pair occurs in them.

    What such a model makes of a pair does not depend on where the pair stands, so that V x V numbers say it all.
    """

    def __init__(self, corpus: Corpus, batches: ItemBatches | PositionBatches) -> None:
        self._batches = batches
        self._tokens = _tokens(corpus)
        self._ids = torch.arange(corpus.vocabulary.size)[:, None]  # (V, 1)
        self.cells = max(batches.cells, corpus.vocabulary.size**2)

    def choose(self, generator: torch.Generator, count: int) -> Tensor:
        """What the batches choose."""
        return self._batches.choose(generator, count)

    def make(self, chosen: Tensor) -> list[Batch]:
        """Each with (V, 1) ids, every character once, and shares of the pairs (V, V) as targets."""
        count, size = len(chosen), len(self._ids)
        places, sizes = self._batches.read(chosen)
        batch = torch.arange(count).repeat_interleave(sizes)
        pairs = (batch * size + self._tokens[places]) * size + self._tokens[places + 1]
        counts = torch.bincount(pairs, minlength=count * size * size).view(count, size, size)
        shares = counts / sizes[:, None, None].double()
        return [Batch(self._ids, share) for share in shares.float()]


class WholeList(Batches):
    """The whole list at every step: gradient descent without chance.

    What a model that sees one character makes of a pair does not depend on where the pair stands. So for such a
    model the list is boiled down to the V x V table of its pairs, which gives the same loss and gradient. `piece`: an
    item with more characters to predict than this is cut into pieces of so many, from its start on.
    """

    def __init__(
        self,
        corpus: Corpus,
        indices: Indices,
        context: int | None,
        beginnings: Beginnings | None = None,
        piece: int | None = None,
    ) -> None:
        if context == 1 and beginnings is None:
            counts = torch.from_numpy(count_bigrams(corpus, indices))
            ids = torch.arange(corpus.vocabulary.size)[:, None]
            self._batch = Batch(ids, (counts / counts.sum().double()).float())
        else:
            ids, targets = (torch.from_numpy(array) for array in padded_items(corpus, indices, piece))
            inside = targets != PADDING
            shares = None
            if beginnings is not None:
                places = torch.from_numpy(corpus.positions(indices))
                nodes = beginnings.everywhere(corpus, indices)[places]
                shares = beginnings.shares(nodes, targets[inside], places)
            self._batch = Batch(ids, targets, shares, inside.flatten().nonzero()[:, 0])
        self.cells = self._batch.ids.numel()

    def choose(self, generator: torch.Generator, count: int) -> Tensor:
        """(count, 0): the generator is left alone."""
        return torch.empty(count, 0)

    def make(self, chosen: Tensor) -> list[Batch]:
        """The same batch each time."""
        return [self._batch] * len(chosen)


def _cells_of_shares(corpus: Corpus) -> int:
    """As how many characters the shares of one count, V float32: a character counts as much as 64 of them."""
    return max(1, corpus.vocabulary.size // 64)


def _tokens(corpus: Corpus) -> Tensor:
    """The stream of ids as a tensor of a type that torch can index; short ids stay short."""
    tokens = corpus.tokens if corpus.tokens.dtype == np.uint8 else corpus.tokens.astype(np.int32)
    return torch.from_numpy(tokens)
