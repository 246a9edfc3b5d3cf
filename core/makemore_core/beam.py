"""The most probable items of a model, by beam search.

Lowerre, "The HARPY Speech Recognition System" (1976); for neural networks Sutskever, Vinyals and Le, "Sequence to
Sequence Learning with Neural Networks" (2014). The most probable beginnings, as many as the beam is wide, go on side
by side, each by all characters; whatever falls out of the beam is lost. Items are ranked by their probability as a
whole, with no correction for length, since the question is which items are the most probable.

As an item is never more probable than its beginning, the most probable beginning that was lost is a bound: what is
more probable than it stands where an exhaustive search would put it. `Found.certain` says so.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from makemore_core.errors import SettingsError
from makemore_core.models.base import LanguageModel, State
from makemore_core.sampling.controls import Controls
from makemore_core.sampling.generating import feed
from makemore_core.vocabulary import SENTINEL, Vocabulary

WIDEST = 10_000
CELLS = 20_000_000
"""Numbers that are sorted at once: bounds memory at any vocabulary."""


class Asked:
    """Passes on the question whether a search goes on, and remembers the first no: `going` of `most_probable`."""

    def __init__(self, going: Callable[[int, int], bool]) -> None:
        self._going = going
        self.stopped_at: int | None = None
        """The characters that the beginnings had when it was left; None where it came to its end."""

    def __call__(self, found: int, length: int) -> bool:
        """Whether to go on, with so many items found and beginnings of so many characters."""
        if self.stopped_at is None and not self._going(found, length):
            self.stopped_at = length
        return self.stopped_at is None


@dataclass(frozen=True)
class Found:
    """One item and how probable the model thinks it."""

    text: str
    log_probability: float
    """Of the whole item in nats, a prompt's characters and the end included."""

    certain: bool
    """Whether no item that was not found can be more probable."""

    @property
    def probability(self) -> float:
        """exp(log_probability): how often the model would draw this item."""
        return math.exp(self.log_probability)

    @property
    def nll(self) -> float:
        """Mean NLL in nats per character, the end counted."""
        return 0.0 - self.log_probability / (len(self.text) + 1)


@dataclass(frozen=True, eq=False)
class _Beam:
    """The beginnings that go on, the most probable first: W of them, all of the same length."""

    texts: list[list[int]]
    scores: Tensor
    """(W,) float64: the log probability of each beginning."""

    logits: Tensor
    """(W, V) of what comes next."""

    state: State


@torch.inference_mode()
def most_probable(
    model: LanguageModel,
    vocabulary: Vocabulary,
    width: int,
    *,
    prompt: str = "",
    controls: Controls | None = None,
    known: Callable[[str], bool] | None = None,
    going: Callable[[int, int], bool] | None = None,
) -> list[Found]:
    """The most probable items, up to `width` of them, the most probable first; among equals, those found first.

    Of the controls those count that say which items are wanted: banned, min_length, max_length and only_new, for
    which `known` says whether the data holds a text. Raises SettingsError for controls that shape a draw, as nothing
    is drawn here, for a width out of its range, and as `sample_items` does for a prompt.

    `going` is told before each further character how many items have been found and how many characters the
    beginnings have, and says whether to go on. Where it does not, the result is what was found by then, and certain
    is what nothing that would still have been found can surpass.
    """
    controls = controls or Controls()
    _check(width, vocabulary.size, controls, known)
    start = vocabulary.encode(prompt)
    if len(start) > controls.max_length:
        raise SettingsError(f"the prompt has length {len(start)}, more than the longest of {controls.max_length}")
    banned = vocabulary.encode("".join(one for one in controls.banned if one in vocabulary))

    def wanted(text: str) -> bool:
        return not controls.only_new or known is None or bool(text and not known(text))

    logits, state, spent = feed(model, start, 1)
    beam = _Beam([start], torch.tensor([-spent], dtype=torch.float64), logits.cpu(), state)
    found: list[tuple[float, str]] = []
    least = -math.inf  # what an item must be above to be one of the best so far
    lost = -math.inf  # the log probability of the most probable beginning that fell out of the beam
    while beam.texts:
        scores = beam.scores[:, None] + beam.logits.double().log_softmax(-1)  # (W, V)
        length = len(beam.texts[0])
        if length >= controls.min_length:
            ended = zip(scores[:, SENTINEL].tolist(), map(vocabulary.decode, beam.texts), strict=True)
            found += [(score, text) for score, text in ended if score > least and wanted(text)]
            found = sorted(found, key=lambda item: -item[0])[:width]
            least = found[-1][0] if len(found) == width else least
        if length >= controls.max_length:
            break
        scores[:, [SENTINEL, *banned]] = -math.inf
        if going is not None and not going(len(found), length):
            lost = max(lost, float(scores.max()))  # as if all that would go on had fallen out
            break
        beam, fell = _advance(model, beam, scores, width, least)
        lost = max(lost, fell)
    return [Found(text, score, score >= lost) for score, text in found]


def _advance(model: LanguageModel, beam: _Beam, scores: Tensor, width: int, least: float) -> tuple[_Beam, float]:
    """Go on with the `width` best of scores (W, V) that are above `least`; and the best of those that are left out.

    What is not above `least` could only end in items that are less probable than those that were found.
    """
    flat = scores.flatten()
    order = flat.sort(descending=True, stable=True).indices
    order = order[flat[order] > least]
    fell = float(flat[order[width]]) if len(order) > width else -math.inf
    order = order[:width]
    if not len(order):
        return _Beam([], flat[:0], beam.logits[:0], ()), fell
    parents, characters = order // scores.shape[1], order % scores.shape[1]
    texts = [[*beam.texts[row], token] for row, token in zip(parents.tolist(), characters.tolist(), strict=True)]
    device = model.device
    logits, state = model.step_from(characters.to(device), beam.state, parents.to(device))
    return _Beam(texts, flat[order], logits.cpu(), state), fell


def _check(width: int, size: int, controls: Controls, known: Callable[[str], bool] | None) -> None:
    plain = Controls()
    names = ("temperature", "top_k", "top_p", "min_p", "repetition_penalty", "rng")
    shaping = [name.replace("_", "-") for name in names if getattr(controls, name) != getattr(plain, name)]
    if shaping:
        raise SettingsError(
            f"beam search finds what is most probable and draws nothing: leave out {' and '.join(shaping)}"
        )
    widest = min(WIDEST, max(CELLS // size, 1))
    if not 1 <= width <= widest:
        raise SettingsError(f"over {size:,} characters a beam can be 1 to {widest:,} wide, not {width:,}")
    if controls.only_new and known is None:
        raise SettingsError("what is new cannot be told without the data: find it again, or allow items that it holds")
