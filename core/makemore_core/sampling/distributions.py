"""What the controls make of the model's distribution of the next character, one after the other."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import torch
from torch import Tensor

from makemore_core.sampling.controls import Controls
from makemore_core.vocabulary import SENTINEL, Vocabulary

StageName = Literal["model", "banned", "min_length", "repetition_penalty", "temperature", "top_k", "top_p", "min_p"]

SoFar: TypeAlias = Sequence[int] | Sequence[Sequence[int]]
"""The ids of the characters of an item so far, its prompt included and the sentinel not; of each item in a batch."""


class Stage(NamedTuple):
    """The distribution after a control: (..., V) float64 that sum to 1."""

    name: StageName
    probability: Tensor


@dataclass(frozen=True)
class Distribution:
    """The next character, before and after the controls. All (..., V) float64, in vocabulary order."""

    probability: Tensor
    """softmax(logits): what the model says."""

    adjusted: Tensor
    """What is drawn from: after all controls, summing to 1."""

    cumulative: Tensor
    """The running sum of `adjusted`; the last kept character and those after it have exactly 1."""

    dead_end: Tensor | None = None
    """(...) bool: where bans and the least length leave nothing that the model thinks possible. There the end, and it
    alone, is kept in `adjusted`, so that the item stops. None where neither takes anything away."""

    def at(self, rows: Tensor) -> "Distribution":
        """Of a batch, the distributions in these rows: (K,) int64."""
        probability = self.probability.index_select(0, rows)
        adjusted = probability if self.adjusted is self.probability else self.adjusted.index_select(0, rows)
        dead_end = None if self.dead_end is None else self.dead_end.index_select(0, rows)
        return Distribution(probability, adjusted, self.cumulative.index_select(0, rows), dead_end)


def distribution(
    logits: Tensor, controls: Controls, so_far: SoFar = (), vocabulary: Vocabulary | None = None
) -> Distribution:
    """What the controls make of logits (V,), or of each row of (B, V).

    `so_far` is looked at by the repetition penalty and the least length alone, the vocabulary by bans alone.
    """
    logits = logits.double()
    probability = adjusted = logits.softmax(-1)
    masks = list(_taken(logits, controls, so_far, vocabulary))
    for stage in _shaped(logits, controls, so_far, masks):
        adjusted = stage.probability
    if cuts := list(_cuts(adjusted, controls)):
        adjusted = cuts[-1].unsorted()
    cumulative = adjusted.cumsum(-1)
    return Distribution(
        probability=probability,
        adjusted=adjusted,
        # Rounding must not leave a gap below 1 into which u could fall.
        cumulative=cumulative / cumulative[..., -1:],
        dead_end=_dead_ends(logits, masks),
    )


def stages(
    logits: Tensor, controls: Controls, so_far: SoFar = (), vocabulary: Vocabulary | None = None
) -> Iterator[Stage]:
    """The model's own distribution, then that after each control that is on, in the order in which they are applied.

    The last one is what `distribution` calls adjusted.
    """
    logits = logits.double()
    stage = Stage("model", logits.softmax(-1))
    yield stage
    for stage in _shaped(logits, controls, so_far, list(_taken(logits, controls, so_far, vocabulary))):
        yield stage
    for cut in _cuts(stage.probability, controls):
        yield Stage(cut.name, cut.unsorted())


def _shaped(
    logits: Tensor, controls: Controls, so_far: SoFar, masks: Sequence[tuple[StageName, Tensor]]
) -> Iterator[Stage]:
    """The controls that work on logits."""
    for name, mask in masks:
        logits = _without(logits, mask)
        yield Stage(name, logits.softmax(-1))
    if controls.repetition_penalty != 1 and any(rows := _rows(logits, so_far)):
        logits = _penalised(logits, _occurred(logits, rows), controls.repetition_penalty)
        yield Stage("repetition_penalty", logits.softmax(-1))
    if controls.temperature != 1:
        yield Stage("temperature", _with_temperature(logits, controls.temperature))


def _taken(
    logits: Tensor, controls: Controls, so_far: SoFar, vocabulary: Vocabulary | None
) -> Iterator[tuple[StageName, Tensor]]:
    """What must not be drawn, and why: masks that broadcast to the logits, True for what is taken away."""
    if controls.banned:
        if vocabulary is None:
            raise ValueError("banned characters have no ids without a vocabulary")
        mask = torch.zeros(logits.shape[-1], dtype=torch.bool, device=logits.device)
        mask[vocabulary.encode("".join(one for one in controls.banned if one in vocabulary))] = True
        yield "banned", mask
    if controls.min_length:
        short = [len(row) < controls.min_length for row in _rows(logits, so_far)]
        if any(short):
            mask = torch.zeros(len(short), logits.shape[-1], dtype=torch.bool, device=logits.device)
            mask[:, SENTINEL] = torch.tensor(short, device=logits.device)
            yield "min_length", mask.view(logits.shape)


def _without(logits: Tensor, mask: Tensor) -> Tensor:
    """The logits with those of the mask at minus infinity; where nothing is left, the end is certain."""
    left = logits.masked_fill(mask, -math.inf)
    end = torch.full_like(left, -math.inf)
    end[..., SENTINEL] = 0
    return torch.where(left.isneginf().all(-1, keepdim=True), end, left)


def _dead_ends(logits: Tensor, masks: Sequence[tuple[StageName, Tensor]]) -> Tensor | None:
    """Where all masks together leave nothing: (...) bool; None without any mask."""
    if not masks:
        return None
    for _, mask in masks:
        logits = logits.masked_fill(mask, -math.inf)
    return logits.isneginf().all(-1)


def _rows(logits: Tensor, so_far: SoFar) -> list[Sequence[int]]:
    """The characters so far of each row of the logits; none where they were not given."""
    if logits.dim() == 1:
        return [so_far]  # type: ignore[list-item]  # one item's ids for one row
    rows: list[Sequence[int]] = list(so_far) or [()] * len(logits)  # type: ignore[arg-type]  # a sequence for each row
    if len(rows) != len(logits):
        raise ValueError(f"{len(rows)} texts so far for {len(logits)} rows of logits")
    return rows


def _occurred(logits: Tensor, rows: list[Sequence[int]]) -> Tensor:
    """Which characters stand in each text so far: bool, of the shape of the logits."""
    found = torch.zeros(len(rows), logits.shape[-1], dtype=torch.bool, device=logits.device)
    for mask, ids in zip(found, rows, strict=True):
        mask[torch.tensor(ids, dtype=torch.int64, device=logits.device)] = True
    return found.view(logits.shape)


def _penalised(logits: Tensor, occurred: Tensor, penalty: float) -> Tensor:
    scores = logits.log_softmax(-1)
    return torch.where(occurred, scores * penalty, scores)


def _with_temperature(logits: Tensor, temperature: float) -> Tensor:
    if temperature == 0:
        return torch.zeros_like(logits).scatter(-1, logits.argmax(-1, keepdim=True), 1.0)
    # The largest logit is taken off first, so that a tiny temperature cannot overflow.
    return ((logits - logits.amax(-1, keepdim=True)) / temperature).softmax(-1)


class _Cut(NamedTuple):
    """What a control leaves of a distribution, the most probable first."""

    name: StageName
    ordered: Tensor
    """(..., V), descending, 0 for what was taken away."""
    order: Tensor
    """(..., V) the id at each place of `ordered`."""

    def unsorted(self) -> Tensor:
        """The same in vocabulary order."""
        return torch.zeros_like(self.ordered).scatter(-1, self.order, self.ordered)


def _cuts(probability: Tensor, controls: Controls) -> Iterator[_Cut]:
    """Set what top-k, top-p and min-p take away to 0, and bring the rest back to a sum of 1 each time."""
    if controls.top_k is None and controls.top_p is None and controls.min_p is None:
        return
    ordered, order = probability.sort(dim=-1, descending=True, stable=True)
    if controls.top_k is not None:
        ordered[..., controls.top_k :] = 0
        ordered = ordered / ordered.sum(-1, keepdim=True)
        yield _Cut("top_k", ordered, order)
    if controls.top_p is not None:
        before = ordered.cumsum(-1) - ordered
        ordered = torch.where(before < controls.top_p, ordered, 0)
        ordered = ordered / ordered.sum(-1, keepdim=True)
        yield _Cut("top_p", ordered, order)
    if controls.min_p is not None:
        ordered = torch.where(ordered >= controls.min_p * ordered[..., :1], ordered, 0)
        ordered = ordered / ordered.sum(-1, keepdim=True)
        yield _Cut("min_p", ordered, order)
