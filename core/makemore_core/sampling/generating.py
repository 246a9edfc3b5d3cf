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
    """Draw `count` items character by character, side by side; those that have ended leave the batch."""
    texts = [list(start) for _ in range(count)]
    done: dict[int, SampledItem] = {}
    live = list(range(count))  # which item each row of the batch is
    logits, state, spent = feed(model, start, count)
    total = torch.full((count,), spent, dtype=torch.float64)
    while True:
        here = distribution(logits.cpu(), controls, [texts[item] for item in live], vocabulary)
        stuck = [False] * len(live) if here.dead_end is None else here.dead_end.tolist()
        if all(stuck) and len(texts[live[0]]) == len(start):
            raise SettingsError(
                "the bans and the least length leave nothing to begin with: ban fewer characters or shorten the length"
            )
        ids = draw(here, controls, generator)
        before, total = total, total - here.probability.gather(1, ids[:, None])[:, 0].log()
        goes_on = []
        for row, (item, character) in enumerate(zip(live, ids.tolist(), strict=True)):
            text = texts[item]
            if character:
                text.append(character)
            if character and len(text) < controls.max_length:
                goes_on.append(row)
                continue
            finished = character == 0 and not stuck[row]
            spent = (before if stuck[row] else total)[row].item()
            done[item] = SampledItem(vocabulary.decode(text), spent / (len(text) + finished), finished)
        if not goes_on:
            return [done[item] for item in range(count)]
        if len(goes_on) < len(live):
            rows = torch.tensor(goes_on)
            live, ids, total = [live[row] for row in goes_on], ids[rows], total[rows]
            state = select_rows(state, rows.to(model.device))
        logits, state = model.step(ids.to(model.device), state)


def feed(model: LanguageModel, start: list[int], count: int) -> tuple[Tensor, State, float]:
    """Step through the sentinel and a prompt: logits (count, V) after it, the state, and the prompt's total NLL."""
    device = model.device
    logits, state = model.step(torch.zeros(count, dtype=torch.int64, device=device), model.init_state(count))
    total = 0.0
    for character in start:
        total -= logits[0].cpu().double().log_softmax(-1)[character].item()
        logits, state = model.step(torch.full((count,), character, device=device), state)
    return logits, state, total
