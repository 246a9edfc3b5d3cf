"""Stepping through generation: the text so far, what was tried, and the draws that are still to come.

A session holds a model and walks through a tree of texts: drawing or forcing a character goes down, undoing goes back
up, and what was left behind stays as a branch. It knows no screen and is not thread-safe: one thread at a time.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from makemore_core.sampling import Controls, Distribution, distribution, pick, sample_items
from makemore_core.sources import Membership, Source
from makemore_tui.panes.sample.growing import Sprout, grow, plant, replant
from makemore_tui.panes.sample.node import Node
from makemore_tui.panes.sample.tape import Tape


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
        self.root = plant(source.model)
        self.nodes = [self.root]
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
        """A session with another model: the same seed, place, controls and items.

        Where it knows the same characters, the text stays, and the tree of what was tried, as this model sees it.
        """
        other = Session(source, self.tape.seed, self.controls)
        other.tape, other.place, other.items = self.tape, self.place, self.items
        if source.vocabulary == self.source.vocabulary:
            other.nodes = replant(self.root, other.root, source.model)
            other.go_to(self.node.number)
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

    def _child(self, token: int, u: float | None) -> Node:
        """The node one character further down, new or known; how it was reached is noted anew."""
        if (known := self.node.children.get(token)) is not None:
            known.u = u
            return known
        (child,) = grow([Sprout(len(self.nodes), self.node, token, u)], self.source.model)
        self.nodes.append(child)
        return child
