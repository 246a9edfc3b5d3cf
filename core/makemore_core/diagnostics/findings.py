"""What a look into a network means, in plain words: one line each, the most important first.

The bounds are those that part 3 of the makemore lectures (Karpathy, 2022) goes by, where it names them:

- the first loss of a classifier that knows nothing is ln V: 27 instead of 3.3 is a network that is confidently wrong,
  because its output weights are too large;
- a tanh is saturated beyond 0.97. With the gain of 5/3 a first layer has 21% there and deeper ones 5%, which is well;
  the lecture's first network, whose weights are not scaled at all, has 70%. In between, 40% at the start are too many;
- a unit that is saturated for every character of the batch learns nothing: it is dead. A few of a layer may come to
  that by learning;
- activations whose deviation shrinks from layer to layer have too small a gain (the deviation of a good one is 0.65);
- update:data near 10^-3 is good; well above, from 10^-2 on, the learning rate is too high, below 10^-4 too low.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from makemore_core.diagnostics.looks import Kind, Layer, Look, Parameter

FIRST_LOSS_FACTOR = 1.2
"""A first loss above so many times ln V is confidently wrong."""

SATURATED: dict[Kind, float] = {"tanh": 0.4, "gate": 0.6, "relu": 0.9, "gelu": 0.9}
"""Above these shares before the first update, an outcome is worth a word. Gates are there to open and close; half of
what a ReLU is given lies below 0 at first."""

LEARNT: dict[Kind, float] = {"tanh": 0.6, "gate": 0.6, "relu": 0.99, "gelu": 0.99}
"""Above these, what was not so at first. Learning saturates: tanh of recurrent networks reach 47% at our defaults, and
of a Transformer's GELU 97% are off. That few are on at a time is how trained ones are (Li et al. 2022, The Lazy Neuron
Phenomenon)."""

FEW_DEAD = 0.1
"""The share of units that may have died by learning before it is worth a word."""

SMALL_TANH = 0.1
"""A tanh whose deviation is smaller is next to linear, and its network next to a single layer."""

GOOD_UPDATE, HIGH_UPDATE, LOW_UPDATE = -3.0, -2.0, -4.0
"""log10 update:data."""

UNEVEN = 100.0
"""A gradient that is so many times smaller than those of the others is worth a word."""

ENOUGH_CHARACTERS = 32
"""The lecture's batch. Of fewer characters, a unit may well be saturated for all without being dead."""


@dataclass(frozen=True)
class Finding:
    """One thing that a person should know."""

    name: str
    """Of the layer or parameter; empty for the whole network."""
    text: str
    weight: float
    """How much it matters: 1 and more is a fault, less is worth knowing."""


def explain(part: Layer | Parameter, initial: Layer | None = None) -> str:
    """One line in plain words about a layer or parameter, whether or not there is a fault in it.

    `initial` is the same layer before the first update: it tells what is due to the initial weights.
    """
    found = _layer(part, initial) if isinstance(part, Layer) else _parameter(part)
    return found.text if found is not None else _healthy(part)


def explain_first_loss(loss: float, vocab_size: int) -> str:
    """One line about the loss before the first update, in nats per character."""
    found = _first_loss(loss, vocab_size)
    uniform = math.log(vocab_size)
    return (
        found.text if found else f"the first loss was {loss:.2f}; a uniform guess has ln {vocab_size} = {uniform:.2f}"
    )


def find(
    look: Look | None, first: Look | None = None, first_loss: float | None = None, vocab_size: int | None = None
) -> tuple[Finding, ...]:
    """Everything worth a word over all layers and parameters, the most important first; nothing where all is well.

    `first` is the look before the first update, and `first_loss` the loss then, in nats per character.
    """
    initial = _initial(first)
    found: list[Finding | None] = []
    if first_loss is not None and vocab_size is not None:
        found.append(_first_loss(first_loss, vocab_size))
    if look is not None:
        found += [fault for layer in look.layers for fault in _faults(layer, initial.get(layer.name))]
        found += _updates(look.parameters)
        found += _uneven(look.parameters)
    return tuple(sorted((finding for finding in found if finding), key=lambda finding: -finding.weight))


def saturated(look: Look, first: Look | None = None) -> tuple[Finding, ...]:
    """The layers of a look that let little of the gradient pass, as `find` would tell of them."""
    initial = _initial(first)
    found = (_saturation(layer, initial.get(layer.name)) for layer in look.layers)
    return tuple(finding for finding in found if finding is not None)


def _initial(first: Look | None) -> dict[str, Layer]:
    """The layers before the first update, by name, where they were looked at then."""
    return {layer.name: layer for layer in first.layers} if first is not None and first.step == 0 else {}


def _first_loss(loss: float, vocab_size: int) -> Finding | None:
    uniform = math.log(vocab_size)
    if loss <= FIRST_LOSS_FACTOR * uniform:
        return None
    text = f"the first loss was {loss:.3g}, a uniform guess has {uniform:.2f}: the initial output weights are too large"
    return Finding("", text, min(loss / uniform - 1, 2.0))


# Layers


def _layer(layer: Layer, initial: Layer | None) -> Finding | None:
    """The worst that is to be said of a layer."""
    return max(_faults(layer, initial), key=lambda fault: fault.weight, default=None)


def _faults(layer: Layer, initial: Layer | None) -> list[Finding]:
    return [
        fault for fault in (_saturation(layer, initial), _dead(layer, initial), _shrunk(layer)) if fault is not None
    ]


def _saturation(layer: Layer, initial: Layer | None) -> Finding | None:
    from_the_start = initial is not None and initial.saturated > SATURATED[layer.kind]
    bound = (SATURATED if from_the_start else LEARNT)[layer.kind]
    if not layer.saturated > bound:
        return None
    share, name = _percent(layer.saturated), layer.name
    match layer.kind:
        case "tanh" if from_the_start:
            text = f"{share} of {name} is saturated: initial weights are too large"
        case "tanh":
            text = f"{share} of {name} is saturated: little of the gradient passes it"
        case "gate":
            text = f"{share} of the gate {name} is fully open or shut: it hardly learns"
        case _:
            text = f"{share} of {name} is switched off: little passes it, forwards or backwards"
    return Finding(name, text, layer.saturated / bound - 0.5)


def _dead(layer: Layer, initial: Layer | None) -> Finding | None:
    bound = 0.0 if initial is not None and initial.dead else FEW_DEAD
    if layer.dead_share <= bound or layer.characters < ENOUGH_CHARACTERS:
        return None
    if layer.kind == "gate":  # a gate that stands still may be right for what it lets through
        return None
    what = "saturated for every character" if layer.kind == "tanh" else "never active"
    are, learns = ("is", "it learns") if layer.dead == 1 else ("are", "they learn")
    text = f"{layer.dead:,} of {layer.units:,} units of {layer.name} {are} dead ({what}): {learns} nothing"
    return Finding(layer.name, text, 0.5 + 5 * layer.dead_share)


def _shrunk(layer: Layer) -> Finding | None:
    if layer.kind != "tanh" or not layer.std < SMALL_TANH:
        return None
    text = f"the activations of {layer.name} are small (deviation {layer.std:.2g}): initial weights are too small"
    return Finding(layer.name, text, 0.5)


# Parameters


def _parameter(parameter: Parameter) -> Finding | None:
    """What is to be said of a parameter by itself."""
    if parameter.grad_std is not None and parameter.grad_std == 0 == parameter.grad_mean:
        return Finding(parameter.name, f"{parameter.name} gets no gradient: nothing that it does counts", 1.5)
    if parameter.is_matrix and parameter.update_ratio is not None:
        return _pace(parameter.update_ratio, parameter.name)
    return None


def _pace(ratio: float, name: str = "") -> Finding | None:
    """What a log10 update:data says of the learning rate; of one parameter, or of most."""
    where = f"update:data of {name}" if name else "update:data"
    if ratio > HIGH_UPDATE:
        text = f"{where} is 10^{ratio:.1f}: the learning rate is too high; about 10^-3 is good"
        return Finding(name, text, 1 + (ratio - HIGH_UPDATE))
    if ratio < LOW_UPDATE:
        text = f"{where} is 10^{ratio:.1f}: it learns slowly; about 10^-3 is good, less at the end of a schedule"
        return Finding(name, text, min(0.2 * (LOW_UPDATE - ratio), 0.8))
    return None


def _updates(parameters: Iterable[Parameter]) -> list[Finding | None]:
    """The learning rate, by the middle of the matrices; then those of them that are far from it."""
    known = [(one, one.update_ratio) for one in parameters if one.is_matrix and one.update_ratio is not None]
    if not known:
        return []
    middle = median(ratio for _, ratio in known)
    whole = _pace(middle)
    if whole is not None:
        return [whole]
    return [_pace(ratio, one.name) for one, ratio in known]


def _uneven(parameters: Sequence[Parameter]) -> list[Finding | None]:
    """Matrices whose gradient is far smaller than those of the others, or missing."""
    known = [(one, one.grad_std) for one in parameters if one.is_matrix and one.grad_std is not None]
    found: list[Finding | None] = []
    for one, std in known:
        others = [other for another, other in known if another is not one]
        if std == 0 == one.grad_mean:
            found.append(_parameter(one))
        elif others and 0 < std < median(others) / UNEVEN:
            times = f"{median(others) / std:,.0f} times"
            found.append(Finding(one.name, f"the gradients of {one.name} are {times} smaller than the others'", 0.7))
    return found


def _healthy(part: Layer | Parameter) -> str:
    if isinstance(part, Layer):
        flat = "switched off" if part.kind in ("relu", "gelu") else "saturated"
        return f"{part.name}: mean {part.mean:+.2f}, deviation {part.std:.2f}, {_percent(part.saturated)} {flat}"
    if part.update_ratio is None:
        return f"{part.name}: its numbers are all the same, or none has changed"
    if not part.is_matrix:
        return f"{part.name}: update:data is 10^{part.update_ratio:.1f}"
    return f"{part.name}: update:data is 10^{part.update_ratio:.1f}, near the 10^-3 that is good"


def _percent(share: float) -> str:
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"
