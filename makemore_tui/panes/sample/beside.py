"""Models beside the first one: each reads the text that the session holds, and says what it makes of it."""

import math
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.disagreement import ids_in
from makemore_core.models.base import State
from makemore_core.sources import Source
from makemore_core.vocabulary import SENTINEL, Vocabulary
from makemore_tui.panes.sample.node import Node
from makemore_tui.panes.sample.opening import Opened


@dataclass(frozen=True, eq=False)
class Reading:
    """What a model makes of one text of the tree."""

    nats: float
    """The surprisal of the whole text; infinite where the model holds it impossible."""

    logits: Tensor | None
    """(V,) of what comes next; None after the end, and after a character that the model does not know."""

    state: State
    so_far: tuple[int, ...] = ()
    """The ids of the text in the vocabulary of this model, as far as it knows its characters."""

    unknown: str = ""
    """The first character of the text that the model does not know."""


class Companion:
    """A model that reads along. It draws nothing itself: the text is the session's, so it is the same for all.

    What it has read of the tree is kept as long as the tree, so that undoing and going back cost it nothing.
    """

    def __init__(self, source: Source, opened: Opened | None = None) -> None:
        self.source = source
        self.opened = opened
        """How it was opened, where it is a run with a past."""

        self.is_pinned = opened is not None and opened.choice.step is not None
        """Whether it was asked for at a step of its own, and stays there."""

        self._readings: WeakKeyDictionary[Node, Reading] = WeakKeyDictionary()
        self._ids: tuple[Vocabulary, NDArray[np.int64]] | None = None

    def at(self, opened: Opened) -> "Companion":
        """The same run with the weights of another moment."""
        other = Companion(opened.source, opened)
        other.is_pinned = self.is_pinned
        return other

    def ids(self, vocabulary: Vocabulary) -> NDArray[np.int64]:
        """For each id of the session's vocabulary the id here; -1 for a character that this model does not know."""
        if self._ids is None or self._ids[0] != vocabulary:
            self._ids = (vocabulary, ids_in(self.source.vocabulary, vocabulary))
        return self._ids[1]

    def read(self, node: Node, vocabulary: Vocabulary) -> Reading:
        """What the model makes of the text at a node of the session with this vocabulary."""
        unread = []
        above: Node | None = node
        while above is not None and above not in self._readings:
            unread.append(above)
            above = above.parent
        for one in reversed(unread):
            self._readings[one] = self._read_on(one, vocabulary)
        return self._readings[node]

    @torch.no_grad()
    def _read_on(self, node: Node, vocabulary: Vocabulary) -> Reading:
        """One character further than the parent, which has been read."""
        model = self.source.model
        if node.parent is None:
            logits, state = model.step(torch.zeros(1, dtype=torch.int64), model.init_state(1))
            return Reading(0.0, logits[0], state)
        before = self._readings[node.parent]
        if before.logits is None:
            return before
        token = int(self.ids(vocabulary)[node.token])
        if token < 0:
            return Reading(math.inf, None, (), before.so_far, vocabulary.symbol(node.token))
        nats = before.nats - float(before.logits.double().log_softmax(-1)[token])
        if token == SENTINEL:
            return Reading(nats, None, (), before.so_far)
        rows, state = model.step(torch.tensor([token]), before.state)
        return Reading(nats, rows[0], state, (*before.so_far, token))
