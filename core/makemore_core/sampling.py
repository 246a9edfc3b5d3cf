"""From logits to characters: what temperature, top-k and top-p do to a distribution, and the draw from it.

The draw is by inverse CDF: one uniform number u in [0, 1), in double precision, falls into the interval of one
character on the cumulative distribution in vocabulary order. It is what the step view shows, and it gives the
samples that the makemore lectures print, which torch.multinomial of torch 2 no longer does.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor

from makemore_core.errors import SettingsError
from makemore_core.models.base import LanguageModel, State, select_rows
from makemore_core.vocabulary import Vocabulary

Rng = Literal["inverse-cdf", "multinomial"]


@dataclass(frozen=True)
class Controls:
    """How to draw from a distribution. Raises SettingsError where a value is out of its range."""

    temperature: float = 1.0
    """Logits are divided by it: below 1 sharper, above 1 flatter; 0 takes the most probable character."""

    top_k: int | None = None
    """Keep the k most probable characters; among equals, the first in the vocabulary."""

    top_p: float | None = None
    """Keep the most probable characters until their probabilities, after temperature, reach p."""

    rng: Rng = "inverse-cdf"
    max_length: int = 500
    """Items are cut off here, in characters: some models would go on for ever."""

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 1e6:
            raise SettingsError(f"temperature must be between 0 and 1,000,000, not {self.temperature:g}")
        if self.top_k is not None and self.top_k < 1:
            raise SettingsError(f"top-k must be 1 or more, not {self.top_k}")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise SettingsError(f"top-p must be above 0 and at most 1, not {self.top_p:g}")
        if self.max_length < 1:
            raise SettingsError(f"the longest length must be 1 or more, not {self.max_length}")
        if self.rng not in get_args(Rng):
            raise SettingsError(f"there is no rng '{self.rng}': choose one of {', '.join(get_args(Rng))}")


@dataclass(frozen=True)
class Distribution:
    """The next character, before and after the controls. All (..., V) float64, in vocabulary order."""

    probability: Tensor
    """softmax(logits): what the model says."""

    adjusted: Tensor
    """What is drawn from: after temperature, top-k and top-p, summing to 1."""

    cumulative: Tensor
    """The running sum of `adjusted`; the last kept character and those after it have exactly 1."""


@dataclass(frozen=True)
class SampledItem:
    """One generated item and what the model itself thinks of it."""

    text: str
    nll: float
    """Mean NLL in nats of its characters, a prompt's and the end included, before the controls."""

    finished: bool
    """Whether the model ended it; False where the longest length cut it off."""


def distribution(logits: Tensor, controls: Controls) -> Distribution:
    """What the controls make of logits (..., V)."""
    logits = logits.double()
    probability = logits.softmax(-1)
    adjusted = probability if controls.temperature == 1 else _with_temperature(logits, controls.temperature)
    adjusted = _truncate(adjusted, controls)
    cumulative = adjusted.cumsum(-1)
    # Rounding must not leave a gap below 1 into which u could fall.
    return Distribution(probability, adjusted, cumulative / cumulative[..., -1:])


def _with_temperature(logits: Tensor, temperature: float) -> Tensor:
    if temperature == 0:
        return torch.zeros_like(logits).scatter(-1, logits.argmax(-1, keepdim=True), 1.0)
    # The largest logit is taken off first, so that a tiny temperature cannot overflow.
    return ((logits - logits.amax(-1, keepdim=True)) / temperature).softmax(-1)


def _truncate(probability: Tensor, controls: Controls) -> Tensor:
    """Set what top-k and top-p take away to 0 and bring the rest back to a sum of 1."""
    if controls.top_k is None and controls.top_p is None:
        return probability
    ordered, order = probability.sort(dim=-1, descending=True, stable=True)
    if controls.top_k is not None:
        ordered[..., controls.top_k :] = 0
        ordered = ordered / ordered.sum(-1, keepdim=True)
    if controls.top_p is not None:
        before = ordered.cumsum(-1) - ordered
        ordered = torch.where(before < controls.top_p, ordered, 0)
        ordered = ordered / ordered.sum(-1, keepdim=True)
    return torch.zeros_like(probability).scatter(-1, order, ordered)


def draw_uniform(generator: torch.Generator) -> float:
    """The next u in [0, 1) of a generator."""
    return float(torch.rand((), dtype=torch.float64, generator=generator))


def pick(cumulative: Tensor, u: float | Tensor) -> Tensor:
    """The id whose interval holds u: the first with a cumulative probability above it.

    `cumulative` (..., V) and u, a number or (...), give (...) int64. A character of probability 0 has an empty
    interval and is never picked.
    """
    values = torch.as_tensor(u, dtype=torch.float64).expand(cumulative.shape[:-1])
    return torch.searchsorted(cumulative.contiguous(), values[..., None].contiguous(), right=True)[..., 0]


def draw(distributions: Distribution, controls: Controls, generator: torch.Generator) -> Tensor:
    """One id for each row of (B, V) distributions: (B,) int64."""
    if controls.rng == "multinomial":
        return torch.multinomial(distributions.adjusted, 1, replacement=True, generator=generator)[:, 0]
    rows = len(distributions.cumulative)
    return pick(distributions.cumulative, torch.rand(rows, dtype=torch.float64, generator=generator))


def sample_items(
    model: LanguageModel,
    vocabulary: Vocabulary,
    count: int,
    controls: Controls,
    generator: torch.Generator,
    *,
    prompt: str = "",
    batch_size: int = 1,
) -> Iterator[SampledItem]:
    """Generate items that start with the prompt.

    With a batch size of 1 the random numbers are used up item by item, as in the lectures; larger batches are
    faster and use them in another order. Raises SettingsError for a prompt with characters that the vocabulary
    does not hold, and for one that leaves no room for another.
    """
    start = vocabulary.encode(prompt)
    if len(start) >= controls.max_length:
        raise SettingsError(
            f"the prompt has length {len(start)} and items are cut off at {controls.max_length}, which leaves nothing"
            " to draw: shorten it or raise the longest length"
        )
    for done in range(0, count, batch_size):
        yield from _sample_batch(model, vocabulary, min(batch_size, count - done), controls, generator, start)


@torch.inference_mode()
def _sample_batch(
    model: LanguageModel,
    vocabulary: Vocabulary,
    count: int,
    controls: Controls,
    generator: torch.Generator,
    start: list[int],
) -> list[SampledItem]:
    """Draw character by character; items that have ended leave the batch."""
    texts = [list(start) for _ in range(count)]
    done: dict[int, SampledItem] = {}
    live = list(range(count))  # which item each row of the batch is
    logits, state, spent = _feed(model, start, count)
    total = torch.full((count,), spent, dtype=torch.float64)
    while True:
        here = distribution(logits.cpu(), controls)
        ids = draw(here, controls, generator)
        total = total - here.probability.gather(1, ids[:, None])[:, 0].log()
        goes_on = []
        for row, (item, character, nll) in enumerate(zip(live, ids.tolist(), total.tolist(), strict=True)):
            text = texts[item]
            if character:
                text.append(character)
            if character and len(text) < controls.max_length:
                goes_on.append(row)
            else:
                predicted = len(text) + (character == 0)
                done[item] = SampledItem(vocabulary.decode(text), nll / predicted, character == 0)
        if not goes_on:
            return [done[item] for item in range(count)]
        if len(goes_on) < len(live):
            rows = torch.tensor(goes_on)
            live, ids, total = [live[row] for row in goes_on], ids[rows], total[rows]
            state = select_rows(state, rows.to(model.device))
        logits, state = model.step(ids.to(model.device), state)


def _feed(model: LanguageModel, start: list[int], count: int) -> tuple[Tensor, State, float]:
    """Step through the sentinel and a prompt: the logits after it, the state, and the prompt's total NLL."""
    device = model.device
    logits, state = model.step(torch.zeros(count, dtype=torch.int64, device=device), model.init_state(count))
    total = 0.0
    for character in start:
        total -= logits[0].cpu().double().log_softmax(-1)[character].item()
        logits, state = model.step(torch.full((count,), character, device=device), state)
    return logits, state, total


@dataclass(frozen=True)
class Candidate:
    """One character that could come next."""

    character: str
    id: int
    logit: float
    probability: float
    adjusted: float
    cumulative: float
    """The upper end of its interval; the lower end is `cumulative - adjusted`."""


@dataclass(frozen=True)
class NextCharacter:
    """What can follow a text: the entropy in nats before the controls, and all V candidates by probability."""

    entropy: float
    candidates: list[Candidate]

    @property
    def perplexity(self) -> float:
        """exp(entropy): among how many equally likely characters the choice would be as open."""
        return math.exp(self.entropy)


@torch.no_grad()
def next_candidates(model: LanguageModel, vocabulary: Vocabulary, prompt: str, controls: Controls) -> NextCharacter:
    """The distribution after a prompt. Raises SettingsError for a character that the vocabulary does not hold."""
    logits = _feed(model, vocabulary.encode(prompt), 1)[0][0].cpu()
    here = distribution(logits, controls)
    columns = (logits.double(), here.probability, here.adjusted, here.cumulative)
    rows = zip(vocabulary.symbols, range(vocabulary.size), *(column.tolist() for column in columns), strict=True)
    ranked = sorted((Candidate(*row) for row in rows), key=lambda candidate: -candidate.probability)
    return NextCharacter(entropy(here.probability), ranked)


def entropy(probability: Tensor) -> float:
    """The entropy of one distribution (V,) in nats."""
    return 0.0 - float(torch.xlogy(probability, probability).sum())  # never -0, which turning the sign could give
