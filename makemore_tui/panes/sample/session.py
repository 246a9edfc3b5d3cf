"""Stepping through generation: the text so far, what was tried, and the draws that are still to come.

A session holds a model and walks through a tree of texts: drawing or forcing a character goes down, undoing goes back
up, and what was left behind stays as a branch. It knows no screen and is not thread-safe: one thread at a time.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from makemore_core.bulk import BulkItem, Filters, generate
from makemore_core.errors import SettingsError
from makemore_core.neighbours import Neighbours
from makemore_core.sampling import (
    Controls,
    Distribution,
    NothingLeftError,
    Why,
    distribution,
    draw_uniform,
    encode_prompt,
    pick,
    why,
)
from makemore_core.sources import Membership, Source
from makemore_tui.panes.sample.control_fields import changed_words
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

    @property
    def is_new(self) -> bool:
        """Whether the data is known not to hold it; the empty item, which no list can hold, is none."""
        return bool(self.text) and self.membership is not None and self.membership.is_new


@dataclass(frozen=True)
class Moment:
    """All that undoing brings back; what was tried stays in the tree."""

    node: Node
    place: int
    items: tuple[Generated, ...]


@dataclass
class Many:
    """What came of generating many items at once."""

    items: list[BulkItem] = field(default_factory=list)
    drawn: int = 0
    """How many were drawn, whether or not they passed."""

    words: str = ""
    """Why there are not more of them, where that is worth a word."""


class Session:
    """The state machine of the Sample pane."""

    def __init__(self, source: Source, seed: int, controls: Controls | None = None, prompt: str = "") -> None:
        self.source = source
        self.controls = controls or Controls()
        self.prompt = prompt
        """What every new item begins with."""

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
        return self.is_full or self.stuck

    @property
    def is_full(self) -> bool:
        """Whether the end stands there, or the text is as long as items may get."""
        return self.node.ended or self.node.length >= self.controls.max_length

    @property
    def stuck(self) -> bool:
        """Whether bans and the least length leave nothing that the model thinks possible."""
        return not self.is_full and self.next.dead_end is not None and bool(self.next.dead_end)

    @property
    def text(self) -> str:
        """The text so far, as it is in a list."""
        return self.source.vocabulary.decode(self.so_far)

    @property
    def next(self) -> Distribution:
        """The distribution of the next character, before and after the controls; (V,) each."""
        if self._held is None or self._held[0] is not self.node or self._held[1] != self.controls:
            here = distribution(self.node.logits, self.controls, self.so_far, self.source.vocabulary)
            self._held = (self.node, self.controls, here)
        return self._held[2]

    @property
    def so_far(self) -> list[int]:
        """The ids of the text so far, without the end."""
        return [node.token for node in self.node.path() if node.token]

    @property
    def why(self) -> Why | None:
        """What the controls took away, and where u falls; None at the end of an item."""
        if self.is_full:
            return None
        return why(self.node.logits, self.controls, self.source.vocabulary, self.so_far, self.u)

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
        return ", ".join([self.source.name, *changed, *changed_words(now, self.prompt)])

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
        """Draw until the item ends; at the end of an item, begin the next one and finish that.

        Where only new items are wanted, go on until one is. Raises SettingsError where none is.
        """
        if self.controls.only_new and self.source.corpus is None:
            raise SettingsError("what is new cannot be told without the data: allow items that it holds (^f)")
        known = len(self.items)
        for _ in range(self.controls.tries):
            if self.ended:
                self.begin()
            while not self.ended:
                self.draw()
            if not self.controls.only_new or len(self.items) > known:
                return
        raise NothingLeftError(f"{self.controls.tries:,} items in a row were in the data: ^f allows them")

    def begin(self) -> None:
        """Leave this text and begin a new item, with the prompt."""
        self.leave()
        for token in self.source.vocabulary.encode(self.prompt):
            self._remember()
            self.node = self._child(token, None)

    def leave(self) -> None:
        """Leave this text: nothing stands any more, no prompt either."""
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

    def set_all(self, controls: Controls, prompt: str) -> None:
        """Change all controls; the prompt is put at once where nothing stands yet. Raises SettingsError."""
        encode_prompt(self.source.vocabulary, prompt, controls)
        fresh = prompt != self.prompt and self.node is self.root
        self.controls, self.prompt = controls, prompt
        if fresh:
            self.begin()

    def generate(
        self,
        count: int,
        going: Callable[[int, int], bool] | None = None,
        filters: Filters | None = None,
        *,
        starts: str = "",
        neighbours: Neighbours | None = None,
        batch_size: int = 1,
    ) -> Many:
        """Generate items from the next number on, as finishing one after the other would; the text so far stays.

        Where several are drawn side by side, it is faster, and the numbers are used in another order.

        `going` is told how many passed the filters and how many were drawn, and says whether to go on. `starts` is
        what they start with, beside the prompt; `neighbours` are asked for the nearest item of each, where given.
        Raises SettingsError.
        """
        generator, moment = self.tape.generator_at(self.place), Moment(self.node, self.place, self.items)
        prompt = joined(self.prompt, starts)
        many = Many()
        try:
            for step in generate(
                self.source,
                count,
                filters,
                self.controls,
                generator=generator,
                prompt=prompt,
                batch_size=batch_size,
                with_distance=neighbours is not None,
                neighbours=neighbours,
            ):
                many.items += step.items
                many.drawn = step.drawn
                if going is not None and not going(step.kept, step.drawn):
                    break
        except NothingLeftError as error:
            many.words = str(error)
        self._history.append(moment)
        self.place = self.tape.place_of(draw_uniform(generator), self.place)
        self.items = (*self.items, *(self._generated(item, prompt) for item in many.items))
        return many

    def with_source(self, source: Source) -> "Session":
        """A session with another model: the same seed, place, controls and items.

        Where it knows the same characters, the text stays, and the tree of what was tried, as this model sees it.
        """
        other = Session(source, self.tape.seed, self.controls, self.prompt if self.prompt in source.vocabulary else "")
        other.tape, other.place, other.items = self.tape, self.place, self.items
        if source.vocabulary == self.source.vocabulary:
            other.nodes = replant(self.root, other.root, source.model)
            other.go_to(self.node.number)
        return other

    # How it is done

    def _generated(self, item: BulkItem, prompt: str) -> Generated:
        return Generated(item.text, item.nll, item.finished, len(prompt), item.membership, self.origin)

    def _remember(self) -> None:
        self._history.append(Moment(self.node, self.place, self.items))

    def _go(self, token: int, u: float | None) -> None:
        self.node = self._child(token, u)
        if not self.ended:
            return
        if self.stuck and u is not None:
            self.place += 1  # as whole items use it: a number is drawn, and finds nothing
        item = self._finished()
        if not self.controls.only_new or item.is_new:
            self.items = (*self.items, item)

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


def joined(prompt: str, starts: str) -> str:
    """What items begin with that begin with both. Raises SettingsError where nothing does."""
    if starts.startswith(prompt):
        return starts
    if prompt.startswith(starts):
        return prompt
    raise SettingsError(f"every item begins with the prompt {prompt!a}, so none starts with {starts!a}")
