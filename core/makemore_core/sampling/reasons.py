"""Why this character: what each control took away from the model's distribution, and where u fell, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from makemore_core.sampling.controls import Controls
from makemore_core.sampling.distributions import SoFar, StageName, distribution, stages
from makemore_core.sampling.drawing import pick
from makemore_core.vocabulary import SENTINEL, Vocabulary

NAMED = 6
"""As many characters are named; of more, only how many there are is said."""


@dataclass(frozen=True)
class Effect:
    """What one control did to the distribution that the controls before it left."""

    control: StageName
    setting: float | str
    """Its value."""

    taken: tuple[int, ...]
    """The ids that were possible before it and no longer are, the most probable first."""

    share: float
    """The probability that those had before it, together."""

    left: int
    """How many ids are possible after it."""

    touched: tuple[int, ...] = ()
    """The ids that it favours or puts back without taking them away: for temperature those that it makes more
    probable, for the repetition penalty those that occurred. The most probable first."""

    before: float = 0.0
    """The probability of what it touched, before it."""

    after: float = 0.0
    """The same after it."""


@dataclass(frozen=True)
class Fall:
    """Where u fell: the interval [low, high) of one character."""

    u: float
    token: int
    low: float
    high: float
    model: float
    """What the model itself gave the character."""


@dataclass(frozen=True)
class Why:
    """The way from the model's distribution to one character."""

    effects: tuple[Effect, ...]
    """Of the controls that are on, in the order in which they are applied."""

    possible: int
    """How many ids the model gave any probability."""

    kept: int
    """How many of them can be drawn."""

    kept_share: float
    """What the model gave those, together."""

    dead_end: bool
    """Whether nothing was left, so that the item stops."""

    fall: Fall | None
    """None where no u was given."""

    def lines(self, names: Sequence[str]) -> list[str]:
        """A line for each control, one for what is kept, and one for u. `names` says how each id is shown."""
        lines = [effect_in_words(effect, names) for effect in self.effects]
        if self.dead_end:
            lines.append("nothing is left that the model thinks possible: the item stops here")
        elif self.effects:
            share = percent(self.kept_share)
            lines.append(f"kept: {self.kept} of {self.possible}, to which the model gave {share}")
        else:
            lines.append(f"no control is on: all {self.possible} that the model thinks possible are kept")
        if self.fall is not None:
            lines.append(fall_in_words(self.fall, names))
        return lines


@torch.no_grad()
def why(
    logits: Tensor,
    controls: Controls,
    vocabulary: Vocabulary,
    so_far: SoFar = (),
    u: float | None = None,
) -> Why:
    """What the controls do to logits (V,) after a text, and which character u gives. u must be in [0, 1)."""
    here = distribution(logits, controls, so_far, vocabulary)
    steps = list(stages(logits, controls, so_far, vocabulary))
    occurred = tuple(sorted({int(token) for token in so_far}))  # type: ignore[arg-type]  # one item's ids
    kept = here.adjusted > 0
    dead_end = here.dead_end is not None and bool(here.dead_end)
    effects = [
        _effect(name, controls, before, after, occurred)
        for (_, before), (name, after) in pairwise(steps)
        if not dead_end or name in ("banned", "min_length")
    ]
    fall = None
    if u is not None:
        token = int(pick(here.cumulative, u))
        low = float(here.cumulative[token - 1]) if token else 0.0
        fall = Fall(u, token, low, float(here.cumulative[token]), float(here.probability[token]))
    return Why(
        effects=tuple(effects),
        possible=int((here.probability > 0).sum()),
        kept=0 if dead_end else int(kept.sum()),
        kept_share=0.0 if dead_end else float(here.probability[kept].sum()),
        dead_end=dead_end,
        fall=fall,
    )


def _effect(name: StageName, controls: Controls, before: Tensor, after: Tensor, occurred: tuple[int, ...]) -> Effect:
    if name == "min_length":  # after a dead end it is the end that is kept
        after = after.clone()
        after[SENTINEL] = 0
    taken = (before > 0) & (after == 0)
    touched = torch.zeros_like(taken)
    if name == "temperature" and controls.temperature > 0:
        touched = after > before
    elif name == "repetition_penalty":
        touched[list(occurred)] = True
        touched &= before > 0
    return Effect(
        control=name,
        setting=getattr(controls, name),
        taken=_by_probability(taken, before),
        share=float(before[taken].sum()),
        left=int(((before > 0) & (after > 0)).sum()),
        touched=_by_probability(touched, before),
        before=float(before[touched].sum()),
        after=float(after[touched].sum()),
    )


def _by_probability(mask: Tensor, probability: Tensor) -> tuple[int, ...]:
    """The ids of a mask (V,), the most probable first."""
    ids = mask.nonzero()[:, 0]
    return tuple(ids[probability[ids].argsort(descending=True, stable=True)].tolist())


def effect_in_words(effect: Effect, names: Sequence[str]) -> str:
    """One line: the control, its setting, and what it did."""
    match effect.control:
        case "banned":
            return f"banned {_listed(effect.taken, names) or 'characters'}: {_loss(effect, names, named=False)}"
        case "min_length":
            loss = percent(effect.share) if effect.taken else "nothing, as it was impossible anyway"
            return f"least length {effect.setting}: the end cannot come yet, which takes away {loss}"
        case "repetition_penalty":
            shift = _shift(effect, names, ("stands in the text and", "stand in the text and"))
            return f"repetition penalty {effect.setting:g}: {shift}"
        case "temperature" if not effect.setting:
            return f"temperature 0: only the most probable counts; {_loss(effect, names)}"
        case "temperature":
            how = "favours the probable" if float(effect.setting) < 1 else "favours the improbable"
            return f"temperature {effect.setting:g}: {how}; {_shift(effect, names, ('', 'together'))}"
        case _:
            name = effect.control.replace("_", "-")
            return f"{name} {effect.setting:g}: {_loss(effect, names)}"


def fall_in_words(fall: Fall, names: Sequence[str]) -> str:
    """One line: u, and the interval that it fell into."""
    what = "the end" if fall.token == SENTINEL else names[fall.token]
    return (
        f"u = {fall.u:.4f} falls into the interval of {what}, {fall.low:.4f} to {fall.high:.4f};"
        f" the model gave it {percent(fall.model)}"
    )


def percent(share: float) -> str:
    """A share that is read at a glance: 12.3%, 0.01%, less than 0.01%."""
    if share == 0 or share >= 0.001:
        return f"{share:.1%}"
    return f"{share:.2%}" if share >= 0.0001 else "less than 0.01%"


def _loss(effect: Effect, names: Sequence[str], *, named: bool = True) -> str:
    """What was taken away and how much is left."""
    if not effect.taken:
        return f"takes nothing away; {effect.left} are possible"
    count = len(effect.taken)
    which = f" ({_listed(effect.taken, names)})" if named and count <= NAMED else ""
    kind = "character" if count == 1 else "characters"
    return f"takes away {count} {kind}{which} with {percent(effect.share)}, and leaves {effect.left}"


def _shift(effect: Effect, names: Sequence[str], words: tuple[str, str]) -> str:
    """How the share of what was touched changed, and what became impossible by it; `words` for one and for several."""
    if not effect.touched:
        return "changes nothing here"
    count = len(effect.touched)
    which = _listed(effect.touched, names) if count <= NAMED else f"{count} characters"
    verb = f"{words[0]} goes" if count == 1 else f"{words[1]} go"
    moved = f"{which} {verb.strip()} from {percent(effect.before)} to {percent(effect.after)}"
    return f"{moved}; {_loss(effect, names)}" if effect.taken else moved


def _listed(ids: Sequence[int], names: Sequence[str]) -> str:
    """Some names in a row; of many the first, and how many more there are."""
    shown = ", ".join("the end" if token == SENTINEL else names[token] for token in ids[:NAMED])
    return shown if len(ids) <= NAMED else f"{shown} and {len(ids) - NAMED} more"
