"""How the tree of what was tried grows: one character at a time, or whole once more for another model."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from makemore_core.models.base import LanguageModel, State, select_rows
from makemore_core.sampling import entropy
from makemore_core.vocabulary import SENTINEL
from makemore_tui.panes.sample.node import Node


@dataclass(frozen=True, eq=False)
class Sprout:
    """A node that is to be: which character follows which text, and how it came about."""

    number: int
    parent: Node
    token: int
    u: float | None


@torch.no_grad()
def plant(model: LanguageModel) -> Node:
    """The root: an item before its first character."""
    logits, state = model.step(torch.zeros(1, dtype=torch.int64), model.init_state(1))
    return Node(0, None, SENTINEL, None, 1.0, 0.0, logits[0], state, 0)


@torch.no_grad()
def grow(sprouts: Sequence[Sprout], model: LanguageModel) -> list[Node]:
    """The nodes that these become, each known to its parent; the texts, all of one length, are read together."""
    read = _read([sprout for sprout in sprouts if sprout.token != SENTINEL], model)
    nodes = []
    for sprout in sprouts:
        parent, token = sprout.parent, sprout.token
        probability = parent.logits.double().softmax(-1)
        logits, state = read.get(sprout, (torch.zeros(0), ()))
        node = Node(
            number=sprout.number,
            parent=parent,
            token=token,
            u=sprout.u,
            probability=float(probability[token]),
            entropy=entropy(probability),
            logits=logits,
            state=state,
            length=parent.length + (token != SENTINEL),
        )
        parent.children[token] = node
        nodes.append(node)
    return nodes


def _read(sprouts: Sequence[Sprout], model: LanguageModel) -> dict[Sprout, tuple[Tensor, State]]:
    """What the model expects after each of these texts, and the state that it is in."""
    if not sprouts:
        return {}
    joined = model.join_states([sprout.parent.state for sprout in sprouts])
    tokens = torch.tensor([sprout.token for sprout in sprouts])
    rows, state = model.step(tokens, joined)
    places = torch.arange(len(sprouts))[:, None]
    return {sprout: (row, select_rows(state, place)) for sprout, row, place in zip(sprouts, rows, places, strict=True)}


def replant(old: Node, root: Node, model: LanguageModel) -> list[Node]:
    """Grow the tree below `old` below `root` too, for another model: as many steps as its longest text is long.

    Returns its nodes, each at the place of its number.
    """
    nodes = {root.number: root}
    level = [(root, child) for child in old.children.values()]
    while level:
        grown = grow([Sprout(child.number, parent, child.token, child.u) for parent, child in level], model)
        nodes |= {node.number: node for node in grown}
        pairs = zip(grown, (child for _, child in level), strict=True)
        level = [(node, below) for node, child in pairs for below in child.children.values()]
    return [nodes[number] for number in sorted(nodes)]
