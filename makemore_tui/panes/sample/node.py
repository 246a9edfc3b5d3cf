"""One text in the tree of what was tried."""

import math
from dataclasses import dataclass, field

from torch import Tensor

from makemore_core.models.base import State
from makemore_core.vocabulary import SENTINEL


@dataclass(eq=False)
class Node:
    """One text in the tree: that of its parent and one more character, or the end."""

    number: int
    parent: "Node | None"
    token: int
    u: float | None
    """What it was drawn with; None where it was forced."""

    probability: float
    """What the model gave it."""

    entropy: float
    """Of the model's distribution that it came from, in nats."""

    logits: Tensor
    """(V,) of what comes next; empty after the end."""

    state: State
    length: int
    """Characters so far, the end not counted."""

    children: dict[int, "Node"] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether the model, or a person, ended the item here."""
        return self.parent is not None and self.token == SENTINEL

    @property
    def surprisal(self) -> float:
        """-ln of the probability of its character, in nats."""
        return -math.log(self.probability) if self.probability > 0 else math.inf

    def path(self) -> list["Node"]:
        """From the first character to this one; empty at the root."""
        nodes: list[Node] = []
        node = self
        while node.parent is not None:
            nodes.append(node)
            node = node.parent
        return nodes[::-1]
