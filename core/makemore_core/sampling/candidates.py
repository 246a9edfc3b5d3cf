"""What could come next after a text, ranked."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from makemore_core.models.base import LanguageModel
from makemore_core.sampling.controls import Controls
from makemore_core.sampling.distributions import distribution
from makemore_core.sampling.generating import feed
from makemore_core.sampling.reasons import Why, why
from makemore_core.vocabulary import Vocabulary


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
    why: Why
    """What the controls took away, and which candidate u gives."""

    @property
    def perplexity(self) -> float:
        """exp(entropy): among how many equally likely characters the choice would be as open."""
        return math.exp(self.entropy)


@torch.no_grad()
def next_candidates(
    model: LanguageModel, vocabulary: Vocabulary, prompt: str, controls: Controls, u: float | None = None
) -> NextCharacter:
    """The distribution after a prompt. Raises SettingsError for a character that the vocabulary does not hold."""
    start = vocabulary.encode(prompt)
    logits = feed(model, start, 1)[0][0].cpu()
    here = distribution(logits, controls, start, vocabulary)
    columns = (logits.double(), here.probability, here.adjusted, here.cumulative)
    rows = zip(vocabulary.symbols, range(vocabulary.size), *(column.tolist() for column in columns), strict=True)
    ranked = sorted((Candidate(*row) for row in rows), key=lambda candidate: -candidate.probability)
    return NextCharacter(entropy(here.probability), ranked, why(logits, controls, vocabulary, start, u))


def entropy(probability: Tensor) -> float:
    """The entropy of one distribution (V,) in nats."""
    return 0.0 - float(torch.xlogy(probability, probability).sum())  # never -0, which turning the sign could give
