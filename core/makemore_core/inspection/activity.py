"""What the units of a network give out for each character of a text, and what a recurrent one carries along.

Nothing here knows a family: nonlinearities are seen because they are shown (`models/observing.py`), and what is carried
is what a model says it carries.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.diagnostics.looks import Kind
from makemore_core.inspection.texts import last_window, read
from makemore_core.models.base import LanguageModel
from makemore_core.models.observing import observing
from makemore_core.training.modes import evaluating

What: TypeAlias = Kind | Literal["carried"]


@dataclass(frozen=True, eq=False)
class Units:
    """One layer, or one kind of gate of it."""

    name: str
    """What its units are called in the formulas of the family, and which layer it is: `h1`, `r2`."""
    what: What
    values: NDArray[np.float32]
    """(T, H): what each of H units gives out when the model has read the character at a place."""
    nodes: int = 1
    """How many nodes of a tree over the characters it has, each with H / nodes units, the oldest characters first."""


@dataclass(frozen=True, eq=False)
class Activity:
    """What goes on in a network as it reads a text."""

    ids: tuple[int, ...]
    """(T,) the characters, the sentinel first."""
    parts: tuple[Units, ...]
    """In the order in which data passes through them."""


def states(model: LanguageModel, ids: Sequence[int]) -> Activity | None:
    """The states of a recurrent network, then its gates; None where nothing is carried along."""
    if not model.carried:
        return None
    read_ids = read(model, ids)
    gates = [units for units in _seen(model, read_ids) if units.name.rstrip("0123456789") not in model.carried]
    return Activity(tuple(read_ids.tolist()), (*_carried(model, read_ids), *gates))


def activations(model: LanguageModel, ids: Sequence[int]) -> Activity | None:
    """What the hidden layers of a network give out; None where it has none, or is recurrent and shows `states`.

    Of a text longer than a context in which places have vectors of their own, the last window is looked at.
    """
    if model.carried:
        return None
    whole = read(model, ids)
    parts = _seen(model, whole)
    if any(len(units.values) != len(whole) for units in parts):
        whole = last_window(model, whole)
        parts = _seen(model, whole)
    return Activity(tuple(whole.tolist()), tuple(parts)) if parts else None


@torch.no_grad()
def _carried(model: LanguageModel, ids: Tensor) -> list[Units]:
    """The state after each character, of each layer."""
    steps = []
    with evaluating(model):
        state = model.init_state(1)
        for token in ids:
            _, state = model.step(token[None], state)
            steps.append(state)
    parts = []
    for number, name in enumerate(model.carried):
        values = torch.cat([state[number] for state in steps]).float().cpu().numpy()  # (T, layers, H)
        parts += [Units(f"{name}{layer + 1}", "carried", values[:, layer]) for layer in range(values.shape[1])]
    return parts


@torch.no_grad()
def _seen(model: LanguageModel, ids: Tensor) -> list[Units]:
    """What the model shows while it reads (T,) ids."""
    collector = _Collector(len(ids))
    with evaluating(model), observing(collector):
        model.forward_at(ids[None], torch.arange(len(ids), device=ids.device))
    return collector.parts


class _Collector:
    """Keeps what it sees of T characters."""

    def __init__(self, time: int) -> None:
        self.time = time
        self.parts: list[Units] = []
        self._seen: Counter[str] = Counter()

    def see(self, name: str, kind: Kind, values: Tensor) -> None:
        """Take the outputs (T, H), or of a tree (T * nodes, H); of a window that is shorter than the text, fewer."""
        self._seen[name] += 1
        nodes = max(len(values) // self.time, 1)
        kept = values.float().cpu().numpy().copy().reshape(len(values) // nodes, -1)
        self.parts.append(Units(f"{name}{self._seen[name]}", kind, kept, nodes))
