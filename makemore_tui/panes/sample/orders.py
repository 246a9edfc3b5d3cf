"""The pane's worker: a thread that carries out orders for the engine, one at a time and as they were given."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from makemore_core.errors import MakemoreError
from makemore_tui.panes.sample.choice import SourceChoice

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus
    from makemore_tui.panes.sample.engine import Engine
    from makemore_tui.panes.sample.many.found import Found
    from makemore_tui.panes.sample.many.wanted import Wanted
    from makemore_tui.panes.sample.opening import Journey, Opened
    from makemore_tui.panes.sample.scored import WordScore
    from makemore_tui.panes.sample.view import SampleView

PROGRESS_S = 0.5
"""How often a long generation says how far it is."""

Order = Callable[[], str | None]
"""What is to be done in the thread; it returns what is to be said about it."""


@dataclass(frozen=True)
class Surroundings:
    """What a model is opened in."""

    corpus: "Corpus | None"
    home: Path
    """The folder of runs."""

    seed: int
    """For the first model alone."""

    ascii_only: bool = False


class Orders:
    """A queue of orders and the engine that they are for, which the first of them makes.

    `start` runs a coroutine on the app's loop, which ends when the queue is empty; `show` is called there with what is
    to be said and seen. Of orders that pile up, only the last one's view is made.
    """

    def __init__(
        self,
        start: Callable[[Coroutine[Any, Any, None]], object],
        show: "Callable[[str, SampleView | None], None]",
    ) -> None:
        self.engine: Engine | None = None
        self.opened: Opened | None = None
        """The model that was opened last."""

        self.busy = False
        self.stop = threading.Event()
        """Set it to end a long generation."""

        self.waiting = 0
        """How many keys have been taken that wait for the first model."""

        self._asked = False  # whether a model has been asked for
        self._held: list[Order] = []  # given before that
        self._scores = 0  # how many words were to be scored
        self._journeys = 0  # how many times one was asked to go to a step
        self._words = ""  # what was said last
        self._start, self._show = start, show
        self._queue: deque[Order] = deque()

    def tell(self, what: "Callable[[Engine], str | None]") -> None:
        """Do something with the engine, if there is one by then; what comes before the first one waits for it."""

        def order() -> str | None:
            return None if self.engine is None else what(self.engine)

        self.waiting += self.engine is None and (self.busy or not self._asked)
        if self.engine is None and not self._asked:
            self._held.append(order)
        else:
            self._give(order)

    def open(self, choice: SourceChoice, room: Surroundings) -> None:
        """Open a model and go on with it; the first one makes the engine."""
        self._give(lambda: self._use(choice, room))

    def add(self, choice: SourceChoice, room: Surroundings) -> None:
        """Open a model and put it beside the first one."""

        def work(engine: "Engine") -> str:
            from makemore_tui.panes.sample.engine import open_choice

            opened = open_choice(choice, room.corpus, room.home, self.opened)
            return engine.add(opened.source, opened) or opened.words

        self.tell(work)

    @property
    def choice(self) -> SourceChoice:
        """What was opened last."""
        return SourceChoice() if self.opened is None else self.opened.choice

    @property
    def leader(self) -> "Opened | None":
        """The model whose past can be gone through: the first one, or else the first run beside it."""
        if self.engine is None or self.opened is None or self.opened.journey is not None:
            return self.opened
        beside = (one.opened for one in self.engine.companions if not one.is_pinned)
        return next((one for one in beside if one is not None and one.journey is not None), self.opened)

    @property
    def journey(self) -> "Journey | None":
        """Where one can go in the run at hand; None where no model is a run."""
        return None if self.leader is None else self.leader.journey

    def follow(self, run: str, step: int | None, room: Surroundings) -> None:
        """Go on with the best checkpoint of a selected run, or with a step of it, unless it is in use; and say so.

        A run that has none yet leaves the model as it is, or else the counts of the list.
        """
        choice = SourceChoice("run", run=run, step=step)

        def order() -> str | None:
            from makemore_tui.panes.sample.opening import looked_again, version_of

            known = self.choice.kind == "run" and self.choice.run == run
            try:
                if known and self.opened is not None and version_of(choice, room.home) == self.opened.version:
                    self.opened = looked_again(self.opened, room.home)
                    return self._words
                words = self._use(choice, room)
                self._accompany(choice.step, room)
            except MakemoreError as error:
                if self.engine is None and room.corpus is not None:
                    self._use(SourceChoice(), room)
                return str(error)
            if known and self.choice.step is not None:
                return words
            how = "has learnt on: this is its best so far" if known else "is selected: sampling from it"
            return f"run {run} {how}; {words or '^s chooses another model'}"

        self._give(order)

    def look_again(self, room: Surroundings) -> None:
        """See which steps of the run at hand one can go to by now."""

        def order() -> str | None:
            from makemore_tui.panes.sample.opening import looked_again

            if self.opened is not None:
                self.opened = looked_again(self.opened, room.home)
            for one in self.engine.companions if self.engine is not None else ():
                with suppress(MakemoreError):  # what is gone stays as it was read
                    one.opened = looked_again(one.opened, room.home) if one.opened is not None else None
            return self._words

        self._give(order)

    def travel(self, step: int | None, room: Surroundings) -> None:
        """Go on with the run at hand as it was at a step, and with those beside it; None is what was chosen.

        Of several journeys that wait to be made, only the last one is.
        """
        self._journeys += 1
        number = self._journeys

        def order() -> str | None:
            if number != self._journeys or self.opened is None or self.journey is None:
                return self._words
            if self.opened.journey is None:
                return self._accompany(step, room)
            try:
                words = self._use(replace(self.choice, step=step), room)
                return "; ".join(one for one in (words, self._accompany(step, room)) if one)
            except MakemoreError:
                stayed = replace(self.opened.journey, asked=step)
                self.opened = replace(self.opened, journey=stayed)
                raise

        self._give(order)

    def _accompany(self, step: int | None, room: Surroundings) -> str:
        """The runs beside the first model go to a step, in the thread."""
        first = self.opened.journey if self.opened is not None else None
        return "" if self.engine is None else self.engine.travel(step, room.home, "" if first is None else first.run)

    def _use(self, choice: SourceChoice, room: Surroundings) -> str | None:
        """Open a model, in the thread."""
        from makemore_tui.panes.sample.engine import Engine, open_choice

        opened = open_choice(choice, room.corpus, room.home, self.opened)
        self.opened = opened
        if self.engine is not None:
            return self.engine.use(opened.source) or opened.words
        self.engine = Engine(opened.source, room.seed, ascii_only=room.ascii_only)
        return opened.words

    def find(
        self,
        wanted: "Wanted",
        progress: Callable[[int, int], None],
        done: "Callable[[tuple[Found, ...] | None, str], None]",
    ) -> None:
        """Generate many items. Both are called in the thread: `progress` from time to time, with how many were found
        and how many drawn, and `done` at the end: with None and the reason where it cannot be.
        """
        self.stop.clear()

        def work(engine: "Engine") -> str:
            said = time.monotonic()

            def going(found: int, drawn: int) -> bool:
                nonlocal said
                if time.monotonic() - said > PROGRESS_S:
                    said = time.monotonic()
                    progress(found, drawn)
                return not self.stop.is_set()

            try:
                found, words = engine.find(wanted, going)
            except MakemoreError as error:
                done(None, str(error))
                raise
            done(found, words)
            return f"{words}; ^l goes to the list"

        self.tell(work)

    def score(self, word: str, done: "Callable[[WordScore], None]") -> None:
        """Score a word, unless another one was asked about meanwhile; `done` is called in the thread."""
        self._scores += 1
        number = self._scores

        def work(engine: "Engine") -> str:
            if number == self._scores:
                done(engine.score(word))
            return self._words

        self.tell(work)

    def _give(self, order: Order) -> None:
        self._queue.append(order)
        self._asked = True
        self._queue += self._held
        self._held.clear()
        if not self.busy:
            self.busy = True
            self._start(self._work())

    async def _work(self) -> None:
        try:
            while self._queue:
                orders = list(self._queue)
                self._queue.clear()
                outcome = await asyncio.to_thread(self._carry_out, orders)
                self.waiting = 0
                self._show(*outcome)
        finally:
            self.busy = False

    def _carry_out(self, orders: list[Order]) -> "tuple[str, SampleView | None]":
        from makemore_tui.display import visible

        words = ""
        for order in orders:
            try:
                words = order() or ""
            except MakemoreError as error:
                words = str(error)
        self._words = words = visible(words)  # names of runs and files may hold what a terminal obeys
        return words, None if self.engine is None else self.engine.view()
