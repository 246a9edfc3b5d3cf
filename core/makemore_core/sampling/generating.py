"""Whole items, drawn one after the other or side by side."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.errors import SettingsError
from makemore_core.models.base import LanguageModel, State
from makemore_core.sampling.controls import Controls
from makemore_core.sampling.distributions import distribution
from makemore_core.sampling.drawing import draw
from makemore_core.sampling.rejecting import until
from makemore_core.vocabulary import Vocabulary

_ROOM = 32
"""Characters of an item for which there is room at first."""


@dataclass(frozen=True)
class SampledItem:
    """One generated item and what the model itself thinks of it."""

    text: str
    nll: float
    """Mean NLL in nats of its characters, a prompt's and the end included, before the controls."""

    finished: bool
    """Whether the model ended it; False where the longest length cut it off, or where nothing was left to draw."""


def sample_items(
    model: LanguageModel,
    vocabulary: Vocabulary,
    count: int,
    controls: Controls,
    generator: torch.Generator,
    *,
    prompt: str = "",
    batch_size: int = 1,
    known: Callable[[str], bool] | None = None,
) -> Iterator[SampledItem]:
    """Generate items that start with the prompt. `known` says whether the data holds a text: for `only_new` alone.

    With a batch size of 1 the random numbers are used up item by item, as in the lectures; larger batches are
    faster and use them in another order. Raises SettingsError for a prompt with characters that the vocabulary
    does not hold, for one that leaves no room for another, where bans leave nothing to draw after it, and where no
    item is new for as long as `tries` allows.
    """
    start = encode_prompt(vocabulary, prompt, controls)
    if not controls.only_new:
        for done in range(0, count, batch_size):
            yield from sample_batch(model, vocabulary, min(batch_size, count - done), controls, generator, start)
        return
    if known is None:
        raise SettingsError("what is new cannot be told without the data: find it again, or allow items that it holds")
    is_known = known

    def new(items: Sequence[SampledItem]) -> list[SampledItem]:
        return [item for item in items if item.text and not is_known(item.text)]

    for batch in until(
        count,
        lambda: sample_batch(model, vocabulary, batch_size, controls, generator, start),
        new,
        controls.tries,
        "the data holds them all; raise the temperature, or allow what is not new",
    ):
        yield from batch.kept


def encode_prompt(vocabulary: Vocabulary, prompt: str, controls: Controls) -> list[int]:
    """The ids of a prompt. Raises SettingsError for unknown characters, and where it leaves no room for another."""
    start = vocabulary.encode(prompt)
    if len(start) >= controls.max_length:
        raise SettingsError(
            f"the prompt has length {len(start)} and items are cut off at {controls.max_length}, which leaves nothing"
            " to draw: shorten it or raise the longest length"
        )
    return start


@torch.inference_mode()
def sample_batch(
    model: LanguageModel,
    vocabulary: Vocabulary,
    count: int,
    controls: Controls,
    generator: torch.Generator,
    start: list[int],
) -> list[SampledItem]:
    """Draw `count` items character by character, side by side; those that have ended leave the batch.

    The batch has a row for each beginning, not for each item: what the model says of `ma` it need be asked once,
    however many items begin with it. All begin as one row.
    """
    logits, state, spent = feed(model, start, 1)
    items = _Growing(count, start, spent, controls.max_length)
    is_looked_back = bool(controls.min_length) or controls.repetition_penalty != 1
    while True:
        here = distribution(logits.cpu(), controls, items.beginnings() if is_looked_back else (), vocabulary)
        if items.have_begun_alike:
            here = here.at(torch.from_numpy(items.rows))
        stuck = None if here.dead_end is None else here.dead_end.numpy()
        if stuck is not None and stuck.all() and not items.drawn:
            raise SettingsError(
                "the bans and the least length leave nothing to begin with: ban fewer characters or shorten the length"
            )
        ids = draw(here, controls, generator)
        losses = -here.probability.gather(1, ids[:, None])[:, 0].log()
        parents, characters = items.take(ids.numpy(), losses.numpy(), stuck)
        if not len(parents):
            return items.finish(vocabulary)
        next_ids = torch.from_numpy(characters).to(model.device)
        if len(parents) == len(logits) and (parents[1:] > parents[:-1]).all():  # each row goes on alone
            logits, state = model.step(next_ids, state)
        else:
            logits, state = model.step_from(next_ids, state, torch.from_numpy(parents).to(model.device))


Integers = NDArray[np.int64]


class _Growing:
    """The items of a batch while they are drawn. Those that have begun with the same characters share a row."""

    def __init__(self, count: int, start: list[int], spent: float, longest: int) -> None:
        self._start, self._longest = start, longest
        self._texts = np.zeros((count, _ROOM), dtype=np.int64)  # what has been drawn, 0 after the end
        self._lengths = np.zeros(count, dtype=np.int64)
        self._spent = np.full(count, spent)  # the total NLL of each so far, in nats
        self._is_finished = np.zeros(count, dtype=bool)
        self._live: Integers = np.arange(count)  # the items that go on
        self._first: Integers = np.zeros(1, dtype=np.int64)  # of each row, the first item that has begun so
        self.rows: Integers = np.zeros(count, dtype=np.int64)
        """Of each item that goes on, the row."""
        self.drawn = 0
        """How many characters of each have been drawn."""

    def beginnings(self) -> list[list[int]]:
        """The ids that the items of each row have begun with."""
        return [self._start + text for text in self._texts[self._first, : self.drawn].tolist()]

    @property
    def have_begun_alike(self) -> bool:
        """Whether there are fewer rows than items; where there are not, the items stand in the order of the rows."""
        return len(self._first) < len(self.rows)

    def take(
        self, ids: Integers, losses: NDArray[np.float64], stuck: NDArray[np.bool_] | None
    ) -> tuple[Integers, Integers]:
        """Go on with a character for each item, its NLL, and whether nothing was left to draw.

        Returns, for each row that there is now, which row it was before and the character that it goes on with.
        """
        self._spent[self._live] += losses if stuck is None else np.where(stuck, 0, losses)
        goes_on = ids > 0
        self._is_finished[self._live] = ~goes_on if stuck is None else ~(goes_on | stuck)
        live, ids, rows = self._live[goes_on], ids[goes_on], self.rows[goes_on]
        if self.drawn == self._texts.shape[1]:
            self._texts = np.concatenate([self._texts, np.zeros_like(self._texts)], 1)
        self._texts[live, self.drawn] = ids
        self._lengths[live] += 1
        self.drawn += 1
        if len(self._start) + self.drawn == self._longest:
            live, ids, rows = live[:0], ids[:0], rows[:0]
        if not self.have_begun_alike:
            first = self.rows = np.arange(len(live))
        else:
            first, self.rows = _branches(rows, ids)
        self._live, self._first = live, live[first]
        return rows[first], ids[first]

    def finish(self, vocabulary: Vocabulary) -> list[SampledItem]:
        """All of them, in their order."""
        begun, lengths = vocabulary.decode(self._start), self._lengths.tolist()
        drawn = vocabulary.decode(self._texts[self._texts > 0].tolist())
        ends = self._lengths.cumsum().tolist()
        means = self._spent / (len(begun) + self._lengths + self._is_finished)
        return [
            SampledItem(begun + drawn[end - length : end], mean, is_finished)
            for length, end, mean, is_finished in zip(
                lengths, ends, means.tolist(), self._is_finished.tolist(), strict=True
            )
        ]


def _branches(rows: Integers, ids: Integers) -> tuple[Integers, Integers]:
    """Items that were in these rows go on with these ids: the first item of each row from now on, and each item's row.

    The rows are numbered in the order in which they come.
    """
    _, first, branch = np.unique(rows * (int(ids.max(initial=0)) + 1) + ids, return_index=True, return_inverse=True)
    order = first.argsort()
    number = np.empty_like(order)
    number[order] = np.arange(len(order))
    return first[order], number[branch]


def feed(model: LanguageModel, start: list[int], count: int) -> tuple[Tensor, State, float]:
    """Step through the sentinel and a prompt: logits (count, V) after it, the state, and the prompt's total NLL."""
    device = model.device
    logits, state = model.step(torch.zeros(count, dtype=torch.int64, device=device), model.init_state(count))
    total = 0.0
    for character in start:
        total -= logits[0].cpu().double().log_softmax(-1)[character].item()
        logits, state = model.step(torch.full((count,), character, device=device), state)
    return logits, state, total
