"""Whole items, drawn one after the other or side by side."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from makemore_core.errors import SettingsError
from makemore_core.models.base import LanguageModel, State, select_rows
from makemore_core.sampling.controls import Controls
from makemore_core.sampling.distributions import distribution
from makemore_core.sampling.drawing import draw
from makemore_core.sampling.rejecting import until
from makemore_core.vocabulary import Vocabulary


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
    while True:
        here = distribution(logits.cpu(), controls, items.beginnings(), vocabulary)
        if items.have_begun_alike:
            here = here.at(torch.tensor(items.rows))
        stuck = [False] * len(items.rows) if here.dead_end is None else here.dead_end.tolist()
        if all(stuck) and not items.drawn:
            raise SettingsError(
                "the bans and the least length leave nothing to begin with: ban fewer characters or shorten the length"
            )
        ids = draw(here, controls, generator)
        losses = -here.probability.gather(1, ids[:, None])[:, 0].log()
        parents, characters = items.take(ids.tolist(), losses.tolist(), stuck)
        if not parents:
            return items.finish(vocabulary)
        if parents != list(range(len(logits))):
            state = select_rows(state, torch.tensor(parents, device=model.device))
        logits, state = model.step(torch.tensor(characters, device=model.device), state)


class _Growing:
    """The items of a batch while they are drawn. Those that have begun with the same characters share a row."""

    def __init__(self, count: int, start: list[int], spent: float, longest: int) -> None:
        self._texts = [list(start) for _ in range(count)]
        self._spent = [spent] * count  # the total NLL of each so far, in nats
        self._is_finished = [False] * count
        self._longest = longest
        self._live = list(range(count))  # the items that go on
        self._first = [0]  # of each row, the first item that has begun so
        self.rows = [0] * count
        """Of each item that goes on, the row."""
        self.drawn = 0
        """How many characters of each have been drawn."""

    def beginnings(self) -> list[list[int]]:
        """The ids that the items of each row have begun with."""
        return [self._texts[item] for item in self._first]

    @property
    def have_begun_alike(self) -> bool:
        """Whether there are fewer rows than items; where there are not, the items stand in the order of the rows."""
        return len(self._first) < len(self.rows)

    def take(self, ids: list[int], losses: list[float], stuck: list[bool]) -> tuple[list[int], list[int]]:
        """Go on with a character for each item, its NLL, and whether nothing was left to draw.

        Returns, for each row that there is now, which row it was before and the character that it goes on with.
        """
        branches: dict[tuple[int, int], int] = {}
        live, first, rows = list[int](), list[int](), list[int]()
        for item, row, character, loss, is_stuck in zip(self._live, self.rows, ids, losses, stuck, strict=True):
            if not is_stuck:
                self._spent[item] += loss
            if not character:
                self._is_finished[item] = not is_stuck
                continue
            text = self._texts[item]
            text.append(character)
            if len(text) == self._longest:
                continue
            number = branches.setdefault((row, character), len(branches))
            if number == len(first):
                first.append(item)
            live.append(item)
            rows.append(number)
        self._live, self._first, self.rows = live, first, rows
        self.drawn += 1
        return [row for row, _ in branches], [character for _, character in branches]

    def finish(self, vocabulary: Vocabulary) -> list[SampledItem]:
        """All of them, in their order."""
        return [
            SampledItem(vocabulary.decode(text), spent / (len(text) + is_finished), is_finished)
            for text, spent, is_finished in zip(self._texts, self._spent, self._is_finished, strict=True)
        ]


def feed(model: LanguageModel, start: list[int], count: int) -> tuple[Tensor, State, float]:
    """Step through the sentinel and a prompt: logits (count, V) after it, the state, and the prompt's total NLL."""
    device = model.device
    logits, state = model.step(torch.zeros(count, dtype=torch.int64, device=device), model.init_state(count))
    total = 0.0
    for character in start:
        total -= logits[0].cpu().double().log_softmax(-1)[character].item()
        logits, state = model.step(torch.full((count,), character, device=device), state)
    return logits, state, total
