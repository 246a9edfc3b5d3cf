"""What the Compare pane shows: runs and models that count, listed and measured in threads while the pane is shown.

Data flows one way: the engine lists what there is, rows are measured and kept by their keys, and whatever changes is
ranked anew and shown. Nothing is read or measured while the pane is hidden.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.timer import Timer
from textual.worker import Worker

from makemore_core.comparison.ranking import Ranked, grouped, rank
from makemore_core.comparison.rows import REAL, Ground, Row, SideName, measures_for
from makemore_core.comparison.subjects import RunSubject
from makemore_tui.panes.base import Pane
from makemore_tui.panes.compare.choosing import Chosen
from makemore_tui.panes.compare.curves import position_chart
from makemore_tui.panes.compare.engine import Engine, StoppedError
from makemore_tui.panes.compare.view import CompareTable
from makemore_tui.panes.compare.words import NO_LIST, going_words
from makemore_tui.widgets.line_chart import LineChart
from makemore_tui.widgets.titles import put_titles

if TYPE_CHECKING:
    from makemore_core.comparison.subjects import Subject

BUSY_S, QUIET_S = 2.0, 15.0
"""Seconds between two looks at the folder of runs: while some train or wait, and while none does."""


class FillingPane(Pane):
    """A pane with a table of rows that fills as they are measured, and curves below it."""

    engine_for: ClassVar[Callable[..., Engine]] = Engine

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.table, self.chart = CompareTable(), LineChart()
        self.subjects: dict[str, Subject] = {}
        """What there is, by the keys of their rows."""
        self.rows: dict[str, Row] = {}
        self.ground: Ground | None = None
        """The list and split that is shown."""
        self.chosen = Chosen()
        self.has_chosen_ground = False
        self._is_shown = self._is_listed = False
        self._here = ""
        """The identity of the list at hand."""
        self._timer: Timer | None = None
        self._measuring: Worker[None] | None = None
        self._without_real: set[Ground] = set()
        """Those whose real items cannot be measured."""

    def compose(self) -> ComposeResult:
        """The table, and the curves below it."""
        self.engine = self.engine_for(self.app.runs_home)  # type: ignore[attr-defined]
        self.engine.read_only = bool(getattr(self.app, "read_only", False))
        yield self.table
        yield self.chart

    # While it is shown

    def on_mount(self) -> None:
        """Say that nothing is known yet."""
        self.show_rows()

    def on_show(self) -> None:
        """Look at what there is."""
        self.go_on()

    def on_hide(self) -> None:
        """A pane that is not seen measures nothing."""
        self.rest()

    def on_unmount(self) -> None:
        """Let no thread hold up the end."""
        self.rest()

    def go_on(self) -> None:
        """Look at what there is, now and again."""
        self._is_shown = True
        self.look()

    def rest(self) -> None:
        """Look no more, and give up what is being measured."""
        self._is_shown = False
        self.engine.stop()
        for group in ("compare-look", "compare-measure"):
            self.workers.cancel_group(self, group)
        self._measuring = None  # one that is cancelled before it began never counts as finished
        if self._timer is not None:
            self._timer.stop()

    def watch_corpus(self) -> None:
        """Another list: its models come to the front."""
        self.has_chosen_ground = False
        if self._is_shown:
            self.look()

    # What there is

    @work(exclusive=True, group="compare-look")
    async def look(self) -> None:
        """List runs and models that count, and measure those that are shown and not measured yet."""
        if self._timer is not None:
            self._timer.stop()
        corpus = self.corpus
        found = await asyncio.to_thread(self.engine.subjects, corpus)
        self._here = await asyncio.to_thread(self.engine.identity, corpus) if corpus is not None else ""
        fresh = [one for one in found if self.subjects.get(one.key) is not one]
        rows = await asyncio.to_thread(self.engine.known, fresh)
        self._take(found, rows)
        self._is_listed = True
        self._choose_ground()
        self.show_rows()
        self.measure()
        goes_on = any(isinstance(one, RunSubject) and one.summary.state.goes_on for one in found)
        self._timer = self.set_timer(BUSY_S if goes_on else QUIET_S, self.look)

    def _take(self, found: "list[Subject]", rows: list[Row]) -> None:
        """Keep the rows of what is still there."""
        self.subjects = {one.key: one for one in found}
        real = {key: row for key, row in self.rows.items() if row.type == REAL}
        fresh = {row.key: row for row in rows}
        self.rows = {key: fresh.get(key) or self.rows[key] for key in self.subjects} | real

    @property
    def grounds(self) -> list[Ground]:
        """The lists and splits that have models, those of the list at hand first, then those with the most rows."""
        groups = grouped(row for row in self.rows.values() if row.type != REAL)
        return sorted(groups, key=lambda ground: ground.content != self._here)

    def _choose_ground(self) -> None:
        grounds = self.grounds
        if self.ground not in grounds or not self.has_chosen_ground:
            self.ground = grounds[0] if grounds else None
        self.refresh_bindings()

    @property
    def members(self) -> list[Row]:
        """The rows that are shown."""
        return [row for row in self.rows.values() if row.ground == self.ground]

    # Measuring

    @property
    def unmeasured(self) -> "list[Subject]":
        """Of what is shown, what can be measured and has not been, those that count first: they are quick."""
        shown = [self.subjects[row.key] for row in self.members if row.type != REAL and _is_open(row)]
        return sorted((one for one in shown if one.can_be_measured), key=lambda one: isinstance(one, RunSubject))

    def measure(self) -> None:
        """Measure what is shown, unless that is going on: what is new comes in its turn."""
        if self._measuring is None or self._measuring.is_finished:
            self._measuring = self._measure_all()

    @work(group="compare-measure")
    async def _measure_all(self) -> None:
        while self._is_shown:
            try:
                if not (await self._measure_next() or await self._measure_real() or await self._compare_next()):
                    break
            except StoppedError:  # something else is shown now
                continue
        self._say("")

    async def _measure_next(self) -> bool:
        """Measure one model; False where there is none to measure."""
        if not (left := self.unmeasured):
            return False
        row = self.rows[left[0].key]
        self._say(f"measuring {row.name}, {len(left)} to go")
        self._put(await asyncio.to_thread(self.engine.measure, left[0], row, self.engine.turn))
        return True

    async def _measure_real(self) -> bool:
        """Measure real items, once some model has samples to be compared with them."""
        sampled = [row for row in self.members if row.measured is not None and row.measured.samples]
        if not sampled or any(row.type == REAL for row in sampled) or self.ground in self._without_real:
            return False
        self._say("measuring real items")
        row = await asyncio.to_thread(self.engine.real, self.subjects[sampled[0].key], self.engine.turn)
        if row is None:
            self._without_real.add(sampled[0].ground)
        else:
            self._put(row)
        return True

    async def _compare_next(self) -> bool:
        """Work out the differences that are shown; False where all are known."""
        ranked = self.ranked
        reference = next((row for row in ranked.rows if row.key == ranked.reference), None) if ranked else None
        if ranked is None or reference is None:
            return False
        left = [row for row in ranked.rows if self._lacks(row, reference, ranked.side)]
        for row in left:
            await asyncio.to_thread(self.engine.difference, row, reference, ranked.side)
        if left:
            self.show_rows()
        return bool(left)

    def _lacks(self, row: Row, reference: Row, side: SideName) -> bool:
        """Whether a difference could be worked out that was not."""
        there = all(one.measured is not None and side in one.measured.items for one in (row, reference))
        return there and row.key != reference.key and self.engine.lacks_difference(row, reference, side)

    def _put(self, row: Row) -> None:
        """A row was measured: show it, if it is still there."""
        if row.type == REAL or row.key in self.subjects:
            self.rows[row.key] = row
            self.show_rows()

    def _say(self, words: str) -> None:
        others = len(self.grounds) - 1
        more = f"g: {others} other list{'s' * (others > 1)} or split{'s' * (others > 1)}" if others > 0 else ""
        put_titles(self.table, subtitle=words or more)

    # Showing

    @property
    def ranked(self) -> Ranked | None:
        """What is shown, with the differences that are known."""
        if not (rows := self.members):
            return None
        chosen = self.chosen
        return rank(
            rows,
            measures_for(self.engine.samples),
            chosen.sort,
            reverse=chosen.is_reversed,
            side=chosen.side,
            reference=chosen.reference,
            differ=self.engine.known_difference,
        )

    def show_rows(self) -> None:
        """Show the rows as they are known now."""
        ranked = self.ranked
        if ranked is not None:
            self.chosen.keep({row.key for row in ranked.rows})
        slots = self.chosen.slots(ranked)
        self.table.show(ranked, slots, reverse=self.chosen.is_reversed, empty=self._empty)
        put_titles(self.table, self._title(ranked))
        self.chart.chart = position_chart(ranked, slots)

    def show_anew(self) -> None:
        """Something else is to be shown: measure what is missing for it."""
        self.show_rows()
        self.measure()

    def _title(self, ranked: Ranked | None) -> str:
        if ranked is None or self.ground is None:
            return "compare"
        shown = [self.subjects.get(row.key) for row in ranked.rows]
        runs = [one.summary for one in shown if isinstance(one, RunSubject)]
        words = f"{len(runs)} run{'s' * (len(runs) != 1)}" if runs else self._hint
        return f"{self.ground.words}: {words}{going_words(runs)}"

    @property
    def _hint(self) -> str:
        """What a person does who has no runs yet."""
        return "no runs yet: 3 opens Train" if self.engine.read_only else "no runs yet: f trains every family"

    @property
    def _empty(self) -> str:
        if self.corpus is None and self._is_listed:
            return NO_LIST
        return self._hint if self._is_listed else "looking for runs"


def _is_open(row: Row) -> bool:
    return row.measured is None and not row.trouble
