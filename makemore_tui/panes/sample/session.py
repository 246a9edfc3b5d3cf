"""Stepping through generation: the text so far, what was tried, and the draws that are still to come.

A session holds a model and walks through a tree of texts: drawing or forcing a character goes down, undoing goes back
up, and what was left behind stays as a branch. It knows no screen and is not thread-safe: one thread at a time.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from makemore_core.models.base import State
from makemore_core.sampling import Controls, Distribution, distribution, entropy, pick, sample_items
from makemore_core.sources import Membership, Source
from makemore_core.vocabulary import SENTINEL
from makemore_tui.panes.sample.tape import Tape


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


@dataclass(frozen=True)
class Generated:
    """An item that was finished."""

    text: str
    nll: float
    """Mean NLL in nats per character, the end counted, before the controls."""

    finished: bool
    """False where it was cut off at the longest length."""

    forced: int
    """How many of its characters, the end included, were forced."""

    membership: Membership | None
    source: str
    """The name of the model that it came from, and the controls where they change it."""


@dataclass(frozen=True)
class Moment:
    """All that undoing brings back; what was tried stays in the tree."""

    node: Node
    place: int
    items: tuple[Generated, ...]


class Session:
    """The state machine of the Sample pane."""

    def __init__(self, source: Source, seed: int, controls: Controls | None = None) -> None:
        self.source = source
        self.controls = controls or Controls()
        self.tape = Tape(seed)
        self.place = 0
        """Which number of the tape the next draw uses."""

        self.items: tuple[Generated, ...] = ()
        self.nodes: list[Node] = []
        self.root = self._plant()
        self.node = self.root
        self._history: list[Moment] = []
        self._held: tuple[Node, Controls, Distribution] | None = None

    # What is to be seen

    @property
    def u(self) -> float:
        """The number that the next draw uses."""
        return self.tape[self.place]

    @property
    def ended(self) -> bool:
        """Whether the item is complete: nothing can be drawn until the next one begins."""
        return self.node.ended or self.node.length >= self.controls.max_length

    @property
    def text(self) -> str:
        """The text so far, as it is in a list."""
        return self.source.vocabulary.decode(node.token for node in self.node.path() if node.token)

    @property
    def next(self) -> Distribution:
        """The distribution of the next character, before and after the controls; (V,) each."""
        if self._held is None or self._held[0] is not self.node or self._held[1] != self.controls:
            self._held = (self.node, self.controls, distribution(self.node.logits, self.controls))
        return self._held[2]

    @property
    def picked(self) -> int:
        """The id that the next draw gives."""
        return int(pick(self.next.cumulative, self.u))

    @property
    def origin(self) -> str:
        """The model, and the controls that are not as they are at the start."""
        now = self.controls
        changed = [f"T {now.temperature:g}"] if now.temperature != 1 else []
        changed += [f"top-k {now.top_k}"] if now.top_k is not None else []
        changed += [f"top-p {now.top_p:g}"] if now.top_p is not None else []
        return ", ".join([self.source.name, *changed])

    @property
    def undoable(self) -> int:
        """How many steps can be taken back."""
        return len(self._history)

    # What can be done

    def draw(self) -> None:
        """Draw the next character; at the end of an item, begin the next one instead."""
        if self.ended:
            self.begin()
            return
        self._remember()
        u, token = self.u, self.picked
        self.place += 1
        self._go(token, u)

    def force(self, token: int) -> None:
        """Put a character, or the end, without drawing: no random number is used."""
        if self.ended:
            self.begin()
        self._remember()
        self._go(token, None)

    def finish(self) -> None:
        """Draw until the item ends; at the end of an item, begin the next one and finish that."""
        if self.ended:
            self.begin()
        while not self.ended:
            self.draw()

    def begin(self) -> None:
        """Leave this text and begin a new item."""
        if self.node is not self.root:
            self._remember()
            self.node = self.root

    def undo(self) -> bool:
        """Take the last step back, and the number that it used with it; False where there is none."""
        if not self._history:
            return False
        moment = self._history.pop()
        self.node, self.place, self.items = moment.node, moment.place, moment.items
        return True

    def reroll(self) -> None:
        """Leave the next number out and use the one after it."""
        if not self.ended:
            self._remember()
            self.place += 1

    def go_to(self, number: int) -> None:
        """Go to a node of the tree; undoing from there takes its characters back one by one."""
        self.node = self.nodes[number]
        above = [self.root, *self.node.path()][:-1] if self.node is not self.root else []
        self._history = [Moment(node, self.place, self.items) for node in above]

    def set_controls(self, **changes: float | int | None) -> None:
        """Change temperature, top_k or top_p. Raises SettingsError for a value out of its range."""
        self.controls = replace(self.controls, **changes)  # type: ignore[arg-type]

    def generate(self, count: int, going: Callable[[int], bool] | None = None) -> int:
        """Generate items from the next number on, as finishing one after the other would; the text so far stays.

        `going` is told how many are done and says whether to go on. Returns how many there are in the end.
        """
        self._remember()
        fresh: list[Generated] = []
        for item in self._bulk(count):
            fresh.append(item)
            self.place += len(item.text) + item.finished
            if going is not None and not going(len(fresh)):
                break
        self.items = (*self.items, *fresh)
        return len(fresh)

    def with_source(self, source: Source) -> "Session":
        """A session with another model: the same seed, place, controls, items, and, where it knows them, the same text.

        The branches belong to the old model and stay behind.
        """
        other = Session(source, self.tape.seed, self.controls)
        other.tape, other.place = self.tape, self.place
        if source.vocabulary == self.source.vocabulary:
            for node in self.node.path():
                other._history.append(Moment(other.node, self.place, self.items))
                other.node = other._child(node.token, node.u)
        other.items = self.items
        return other

    # How it is done

    def _bulk(self, count: int) -> Iterator[Generated]:
        source, generator = self.source, self.tape.generator_at(self.place)
        for item in sample_items(source.model, source.vocabulary, count, self.controls, generator):
            yield Generated(item.text, item.nll, item.finished, 0, source.membership(item.text), self.origin)

    def _remember(self) -> None:
        self._history.append(Moment(self.node, self.place, self.items))

    def _go(self, token: int, u: float | None) -> None:
        self.node = self._child(token, u)
        if self.ended:
            self.items = (*self.items, self._finished())

    def _finished(self) -> Generated:
        path = self.node.path()
        nll = math.fsum(node.surprisal for node in path) / len(path)
        forced = sum(node.u is None for node in path)
        membership = self.source.membership(self.text)
        return Generated(self.text, nll, self.node.ended, forced, membership, self.origin)

    @torch.no_grad()
    def _plant(self) -> Node:
        """The root: an item before its first character."""
        model = self.source.model
        logits, state = model.step(torch.zeros(1, dtype=torch.int64), model.init_state(1))
        root = Node(0, None, SENTINEL, None, 1.0, 0.0, logits[0], state, 0)
        self.nodes.append(root)
        return root

    @torch.no_grad()
    def _child(self, token: int, u: float | None) -> Node:
        """The node one character further down, new or known; how it was reached is noted anew."""
        parent = self.node
        if (known := parent.children.get(token)) is not None:
            known.u = u
            return known
        probability = parent.logits.double().softmax(-1)
        logits: Tensor = torch.zeros(0)
        state: State = ()
        if token != SENTINEL:
            rows, state = self.source.model.step(torch.tensor([token]), parent.state)
            logits = rows[0]
        child = Node(
            number=len(self.nodes),
            parent=parent,
            token=token,
            u=u,
            probability=float(probability[token]),
            entropy=entropy(probability),
            logits=logits,
            state=state,
            length=parent.length + (token != SENTINEL),
        )
        self.nodes.append(child)
        parent.children[token] = child
        return child
