"""The loss of a model on items: exact averages over characters, never means of batch means."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from makemore_core.bigrams import count_bigrams
from makemore_core.corpus import Corpus
from makemore_core.devices import doubled
from makemore_core.errors import ListError
from makemore_core.models.base import LanguageModel
from makemore_core.positions import PADDING, Ids, Indices, padded_items
from makemore_core.training.modes import evaluating

CELLS = 4_000_000
"""Logits in one evaluation batch at the most: bounds memory at any vocabulary and length."""

MOST_CELLS = 250_000_000
"""Logits of one item at the most, where a model has to read it at once: 1 GB."""

TOKENS = 1 << 13
"""Characters in one evaluation batch at the most: bounds what the layers of a network hold."""

PAIR_CELLS = 25_000_000
"""Cells of the largest table in which pairs of characters are counted: 200 MB."""


@dataclass(frozen=True)
class Loss:
    """The NLL of some items. Infinite where a character has probability 0; NaN where there are no items."""

    nll: float
    """Mean in nats per character, the end of each item counted."""

    characters: int
    """How many characters were predicted."""

    @property
    def log_likelihood(self) -> float:
        """The log probability of all items together, in nats."""
        return 0.0 - self.nll * self.characters

    @property
    def bits_per_character(self) -> float:
        """The same mean in bits."""
        return self.nll / math.log(2)

    @property
    def perplexity(self) -> float:
        """exp(nll): the number of equally likely characters that would be as hard to guess."""
        return math.exp(self.nll) if self.nll < 700 else math.inf


@torch.no_grad()
def evaluate(model: LanguageModel, corpus: Corpus, indices: Indices) -> Loss:
    """The exact NLL of the items with these indices. The model is put in its evaluation mode meanwhile.

    Raises ListError for an item that is too long for the model.
    """
    if PairLoss.suits(model):
        return PairLoss(corpus, indices).measure(model)
    total, characters = 0.0, 0
    with evaluating(model):
        for batch in item_batches(model, corpus, indices):
            losses = _losses(model, batch.inputs, batch.targets)
            total += losses.sum().item()
            characters += int((batch.targets != PADDING).sum())
    return Loss(total / characters if characters else math.nan, characters)


def characters_beyond(model: LanguageModel, corpus: Corpus, indices: Indices) -> int:
    """What it takes to measure these items beyond the first piece of each that a model reads in one go.

    A family that is trained in pieces (`LanguageModel.in_pieces`) makes a pass over `context` characters for each
    character further on: so many passes, times `context`. 0 for others, and where all items fit.
    """
    if not model.in_pieces or model.context is None:
        return 0
    return int(_beyond(corpus, indices, model.context).sum()) * model.context


def _beyond(corpus: Corpus, indices: Indices, context: int) -> Ids:
    """How many characters of each item are predicted after the first `context`, its end counted: (items,)."""
    return np.maximum(corpus.lengths[indices] + 1 - context, 0)


@torch.no_grad()
def estimate(model: LanguageModel, corpus: Corpus, indices: Indices, most: int) -> float:
    """The NLL of the items, in nats per character, where it takes no more than `most` to measure what lies beyond.

    Where it takes more (see `characters_beyond`), as many characters as there is room for, evenly spaced over all that
    lie beyond, stand for the rest, each predicted from all that the model sees of it; what the first pieces hold is
    measured whole. Always the same characters, so that two looks differ by the model alone.
    """
    if characters_beyond(model, corpus, indices) <= most or model.context is None:
        return evaluate(model, corpus, indices).nll
    context, first, count = model.context, corpus.starts[indices], corpus.lengths[indices] + 1
    beyond = _beyond(corpus, indices, context)
    ends = beyond.cumsum()
    numbers = np.linspace(0, ends[-1] - 1, max(most // context, 1)).astype(np.int64)  # of those beyond
    item = np.searchsorted(ends, numbers, side="right")
    windows = first[item] + 1 + numbers - (ends - beyond)[item]  # (K,) where in the stream each begins
    order = count.argsort(kind="stable")
    with evaluating(model):
        near = _sum(model, corpus, first[order], np.minimum(count, context)[order], last_alone=False)
        far = _sum(model, corpus, windows, np.full(len(windows), context), last_alone=True)
    return (near + far / len(windows) * int(ends[-1])) / int(count.sum())


def _sum(model: LanguageModel, corpus: Corpus, starts: Ids, lengths: Ids, *, last_alone: bool) -> float:
    """The NLL of stretches of the stream that fit the model, all together: of all their characters, or the last."""
    size = max(min(CELLS // model.vocab_size, TOKENS) // int(lengths.max()), 1)
    total = 0.0
    for begin in range(0, len(starts), size):
        first, length = starts[begin : begin + size, None], lengths[begin : begin + size, None]  # (B, 1) both
        time = np.arange(length.max())
        inside = time < length
        place = np.where(inside, first + time, 0)
        asked = time == length - 1 if last_alone else inside
        inputs = np.where(inside, corpus.tokens[place], 0).astype(np.int64)
        targets = np.where(asked, corpus.tokens[place + 1].astype(np.int64), PADDING)
        given = (torch.from_numpy(array).to(model.device) for array in (inputs, targets))
        total += _losses(model, *given).sum().item()
    return total


class PairLoss:
    """The exact loss on some items of models that see one character: how often each pair occurs is all it takes."""

    @staticmethod
    def suits(model: LanguageModel) -> bool:
        """Whether the model sees one character at the most, and the table of its pairs has a size to be counted in."""
        return model.context is not None and model.context <= 1 and model.vocab_size**2 <= PAIR_CELLS

    def __init__(self, corpus: Corpus, indices: Indices) -> None:
        counts = count_bigrams(corpus, indices).reshape(-1)
        cells = np.flatnonzero(counts)
        self._cells = torch.from_numpy(cells)  # (K,) int64, ascending: first * V + second
        self._counts = torch.from_numpy(counts[cells])  # (K,) int64

    @torch.no_grad()
    def measure(self, model: LanguageModel) -> Loss:
        """The loss of a model that this suits. It is put in its evaluation mode meanwhile."""
        size, device = model.vocab_size, model.device
        rows = max(min(CELLS // size, TOKENS), 1)
        total = 0.0
        with evaluating(model):
            for start in range(0, size, rows):
                end = min(start + rows, size)
                logits = model(torch.arange(start, end, device=device)[:, None])[:, 0].cpu().double()  # (rows, V)
                low, high = torch.searchsorted(self._cells, torch.tensor([start, end]) * size).tolist()
                chances = logits.log_softmax(-1).view(-1)[self._cells[low:high] - start * size]
                total -= float(self._counts[low:high].double() @ chances)
        characters = int(self._counts.sum())
        return Loss(total / characters if characters else math.nan, characters)


@torch.no_grad()
def score(model: LanguageModel, ids: list[int]) -> list[float]:
    """The NLL in nats of each character of one item and of its end: len(ids) + 1 numbers."""
    device = model.device
    inputs, targets = torch.tensor([[0, *ids]], device=device), torch.tensor([[*ids, 0]], device=device)
    losses: list[float] = _losses(model, inputs, targets)[0].tolist()
    return losses


def _losses(model: LanguageModel, inputs: Tensor, targets: Tensor) -> Tensor:
    """The NLL of each target: (B, T) float64, 0 at padding. Of a very long item, some places at a time in doubles."""
    logits = model(inputs)  # (B, T, V)
    places = max(CELLS // (len(inputs) * logits.shape[-1]), 1)
    pieces = zip(torch.split(logits, places, 1), torch.split(targets, places, 1), strict=True)
    return torch.cat([_nll(doubled(some), wanted) for some, wanted in pieces], 1)


def _nll(logits: Tensor, targets: Tensor) -> Tensor:
    losses = F.cross_entropy(logits.transpose(1, 2), targets.to(logits.device), ignore_index=PADDING, reduction="none")
    return losses + 0.0  # what is certain costs 0, not -0


@dataclass(frozen=True, eq=False)
class Batch:
    """Some items for a model to read, or a piece of one that is too long to be read at once."""

    places: Ids
    """(B,) where the items stand among those that were asked for."""
    inputs: Tensor
    """(B, T) int64, on the device of the model."""
    targets: Tensor
    """(B, T) int64; PADDING past the end of an item, and for what a piece holds only to be looked back at."""
    start: int = 0
    """Which character of the item the first column predicts, from 0."""


def item_batches(model: LanguageModel, corpus: Corpus, indices: Indices) -> Iterator[Batch]:
    """Batches for a model, items of similar length together, so that little is padding.

    A very long item comes in pieces where the model looks back at a limited number of characters, each with as many
    before it as that; a model without such a limit reads it at once. Raises ListError where that would not fit.
    """
    device = model.device
    most = min(CELLS // model.vocab_size, TOKENS)
    order = corpus.lengths[indices].argsort(kind="stable")
    if len(order):
        _check_length(model, int(corpus.lengths[indices[order[-1]]]) + 1)
    while len(order):
        # The longest item of a batch is its last: shrink the batch until that many characters fit.
        size = len(order)
        while size > 1 and size * (int(corpus.lengths[indices[order[size - 1]]]) + 1) > most:
            size = (size + 1) // 2
        if size == 1 and model.context is not None and int(corpus.lengths[indices[order[0]]]) >= most:
            yield from _pieces(model, corpus, order[:1], int(indices[order[0]]), max(most, model.context, 1))
        else:
            inputs, targets = padded_items(corpus, indices[order[:size]])
            yield Batch(order[:size], torch.from_numpy(inputs).to(device), torch.from_numpy(targets).to(device))
        order = order[size:]


def _pieces(model: LanguageModel, corpus: Corpus, places: Ids, index: int, length: int) -> Iterator[Batch]:
    """One item in pieces that predict so many characters each."""
    first, end = int(corpus.starts[index]), int(corpus.starts[index + 1])
    back = max((model.context or 0) - 1, 0)
    for start in range(first, end, length):
        seen, stop = max(start - back, first), min(start + length, end)
        ids = torch.from_numpy(corpus.tokens[seen : stop + 1].astype(np.int64))
        targets = ids[1:].clone()
        targets[: start - seen] = PADDING
        yield Batch(places, ids[None, :-1].to(model.device), targets[None].to(model.device), seen - first)


def _check_length(model: LanguageModel, longest: int) -> None:
    """Raise ListError for an item that a model reads at once, and that would not fit into memory."""
    most = MOST_CELLS // model.vocab_size
    if model.context is None and longest > most:
        raise ListError(
            f"an item has {longest - 1:,} characters: a model that remembers all of them can be measured on {most:,} "
            "at the most; cut it into lines, or take it out of the list"
        )
