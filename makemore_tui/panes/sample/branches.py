"""The tree of what was tried, as lines to draw and as a list of branches to choose from."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from makemore_core.vocabulary import SENTINEL
from makemore_tui.panes.sample.node import Node
from makemore_tui.widgets.branch_tree import BranchLine

Symbols = Callable[[int], str]


@dataclass(frozen=True)
class Branch:
    """One way down to a text that was not gone on with."""

    node: int
    symbols: str
    surprisal: float
    """Of the whole text, in nats."""

    forced: int
    ended: bool
    here: bool


def branch_lines(root: Node, here: Node, symbols: Symbols) -> tuple[BranchLine, ...]:
    """The tree from the root, a line for each run of characters without a fork and for the place where we are."""
    lines: list[BranchLine] = []
    # Depth first, without recursion: an item can be 500 characters long.
    pending: list[tuple[Node, tuple[bool, ...]]] = [(root, ())]
    while pending:
        first, guides = pending.pop()
        run = _run(first, here)
        last = run[-1]
        lines.append(
            BranchLine(
                node=last.number,
                guides=guides,
                characters=tuple((symbols(node.token), node.u is None) for node in run if node.parent is not None)
                or (("start", False),),
                here=last is here,
                note=f"{total_surprisal(last):.1f} nats" if not last.children and last.parent is not None else "",
            )
        )
        children = list(last.children.values())
        pending += [(child, (*guides, child is not children[-1])) for child in reversed(children)]
    return tuple(lines)


def _run(first: Node, here: Node) -> list[Node]:
    """From a node down to the next fork, end, or the place where we are; the root stands alone."""
    run = [first]
    while run[-1] is not here and run[-1].parent is not None and len(run[-1].children) == 1:
        run += run[-1].children.values()
    return run


def branches(nodes: list[Node], here: Node, symbols: Symbols) -> list[Branch]:
    """Every tip of the tree and the place where we are, the newest first."""
    tips = [node for node in nodes if (not node.children and node.parent is not None) or node is here]
    return [
        Branch(
            node=tip.number,
            symbols="".join(symbols(node.token) for node in tip.path()),
            surprisal=total_surprisal(tip),
            forced=sum(node.u is None for node in tip.path()),
            ended=tip.token == SENTINEL and tip.parent is not None,
            here=tip is here,
        )
        for tip in reversed(tips)
    ]


def neighbour(root: Node, here: Node, by: int) -> Node:
    """The tip of the tree that is so many branches below the place where we are, as the tree is drawn; round the ends.

    Where we are counts as a branch, wherever it is; without any other it is the answer.
    """
    tips: list[Node] = []
    pending = [root]
    while pending:
        node = pending.pop()
        if node is here or (not node.children and node.parent is not None):
            tips.append(node)
        pending += reversed(node.children.values())
    return tips[(tips.index(here) + by) % len(tips)]


def total_surprisal(node: Node) -> float:
    """The surprisal of a whole text so far, in nats."""
    return math.fsum(above.surprisal for above in node.path())
