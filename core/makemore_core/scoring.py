"""What a model thinks of any text, character by character: also of one that it can never write."""

import math
from dataclasses import dataclass

from makemore_core.evaluation import score
from makemore_core.sources import Membership, Source


@dataclass(frozen=True)
class ScoredCharacter:
    """One character of a text, or its end."""

    character: str
    """Empty for the end."""

    known: bool
    """Whether the model has ever seen it."""

    nll: float | None
    """-ln of its probability given those before it, in nats; infinite where the model holds it impossible. None after
    a character that the model does not know, as it cannot read on."""

    @property
    def is_impossible(self) -> bool:
        """Whether the model can never write it here."""
        return self.nll == math.inf

    @property
    def probability(self) -> float | None:
        """What the model gives it; None where it cannot say."""
        return None if self.nll is None else math.exp(-self.nll)


@dataclass(frozen=True)
class Score:
    """A text as one model sees it."""

    text: str
    source: str
    """The name of the model."""

    characters: tuple[ScoredCharacter, ...]
    """Those of the text, and the end."""

    membership: Membership | None
    """Where the text stands in the data of the model; None where that is not at hand."""

    @property
    def total(self) -> float:
        """-ln of the probability of the text as an item, in nats; infinite where the model cannot write it."""
        known = [each.nll for each in self.characters if each.nll is not None]
        return math.fsum(known) if math.inf not in known else math.inf

    @property
    def nll(self) -> float:
        """The mean in nats per character, the end counted."""
        return self.total / len(self.characters)

    @property
    def probability(self) -> float:
        """How often the model would draw this very text."""
        return math.exp(-self.total)

    def reasons(self) -> list["Reason"]:
        """Why the text is impossible, one for each character that is; empty where it is possible."""
        return [
            Reason(place, each.character, each.known)
            for place, each in enumerate(self.characters)
            if each.is_impossible or not each.known
        ]


@dataclass(frozen=True)
class Reason:
    """Why a text is impossible."""

    place: int
    """Which character, from 0."""

    character: str
    """Empty for the end."""

    known: bool
    """True: never after what stands before it. False: in no item at all."""

    def in_words(self, name: str) -> str:
        """One line; `name` says how the character is shown."""
        if not self.known:
            return f"impossible: the model has never seen {name}"
        what = "the end" if not self.character else name
        return f"impossible: the model never expects {what} at place {self.place + 1}, after what stands before it"


def score_text(source: Source, text: str) -> Score:
    """Score any text, the empty one too. A character that the model does not know is impossible, not an error."""
    vocabulary = source.vocabulary
    readable = next((place for place, one in enumerate(text) if one not in vocabulary), len(text))
    losses: list[float | None] = list(score(source.model, vocabulary.encode(text[:readable])))
    if readable < len(text):  # the loss of the end is not asked for: a character stands there
        losses[readable:] = [math.inf, *[None] * (len(text) - readable)]
    characters = tuple(
        ScoredCharacter(one, not one or one in vocabulary, loss) for one, loss in zip([*text, ""], losses, strict=True)
    )
    return Score(text, source.name, characters, source.membership(text))
