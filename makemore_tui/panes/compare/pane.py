"""The Compare pane: the keys of what `filling` shows."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.binding import Binding
from textual.screen import Screen

from makemore_core.comparison.exports import export
from makemore_core.comparison.rows import REAL
from makemore_core.comparison.subjects import RunSubject
from makemore_core.errors import MakemoreError
from makemore_tui.messages import RunSelected, ShowPane
from makemore_tui.panes.compare.dialogs import AskExport, AskFamilies, AskStop, ExportWanted
from makemore_tui.panes.compare.engine import READ_ONLY
from makemore_tui.panes.compare.filling import FillingPane
from makemore_tui.panes.compare.help import HELP
from makemore_tui.panes.compare.view import CompareTable
from makemore_tui.panes.compare.words import NO_LIST

if TYPE_CHECKING:
    from makemore_core.comparison.ladder import Ladder
    from makemore_core.comparison.subjects import Subject
    from makemore_core.corpus import Corpus

TALL = 30
"""From this height on, the curves have more room."""

OF_ROWS = ("lay", "best", "reference", "export", "to_train")
"""Actions that want rows."""


class ComparePane(FillingPane):
    """Shows what is best, at what cost, and how sure that is."""

    TITLE = "compare"
    HELP = HELP

    BINDINGS = [
        Binding("f", "all_families", "all families", tooltip="train every family on this list"),
        Binding("space,o", "lay", "curve", tooltip="lay it over the others, or take it away"),
        Binding("x", "export", "export", tooltip="Markdown, CSV or JSON, to a file or copied"),
        Binding("r", "reference", "reference", tooltip="measure against this row; again: the best"),
        Binding("d", "turn_side", "dev/test", tooltip="where differences and curves are measured"),
        Binding("g", "turn_ground", "list/split", tooltip="models of another list or split"),
        Binding("a", "best", "curves of the first six rows", show=False),
        Binding("c", "toggle_curves", "curves: hide or show them", show=False),
        Binding("t", "to_train", "show this run on Train", show=False),
    ]

    DEFAULT_CSS = """
    ComparePane {
        layout: vertical;
        & > CompareTable { height: 1fr; }
        & > LineChart { height: 7; padding: 0 1; }
        &.-tall > LineChart { height: 36%; }
        &.-bare > LineChart { display: none; }
    }
    """

    def on_pane_shown(self) -> None:
        """Give the keys to the table."""
        self.table.focus_list()

    def on_resize(self) -> None:
        """Give the curves more room where there is some."""
        self.set_class(self.size.height >= TALL, "-tall")

    def refuses(self, action: str) -> bool:
        """Whether an action is for those who may train, and this app only looks at runs."""
        return action == "all_families" and bool(getattr(self.app, "read_only", False))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys are offered where they do something."""
        if self.refuses(action):
            return False
        if action == "turn_ground":
            return len(self.grounds) > 1
        if action == "turn_side":
            return self.ground is not None and self.ground.split not in ("none", "makemore")
        return action not in OF_ROWS or bool(self.members)

    def on_key(self, event: events.Key) -> None:
        """Say why a key does nothing."""
        if event.key == "f" and self.refuses("all_families"):
            event.stop()
            self.notify(READ_ONLY, timeout=4, markup=False)

    # Keys

    @on(CompareTable.SortWanted)
    def _sort_wanted(self, event: CompareTable.SortWanted) -> None:
        event.stop()
        self.chosen.sort_by(event.key, self.table.ranked.sorted_by if self.table.ranked is not None else None)
        self.show_rows()

    @on(CompareTable.Chosen)
    def _row_chosen(self, event: CompareTable.Chosen) -> None:
        """Open all that can be said of one model."""
        event.stop()
        subject = self.subjects.get(event.key)
        if subject is None:
            return
        if not subject.can_be_measured:
            name, state = self.rows[event.key].name, self.rows[event.key].state
            self.notify(
                f"{name} can be evaluated once it rests and has learnt something: {state}", timeout=4, markup=False
            )
            return
        self.rest()
        self.app.push_screen(self._evaluate_screen(subject), lambda _: self.go_on())

    def _evaluate_screen(self, subject: "Subject") -> Screen[None]:
        from makemore_tui.panes.compare.evaluate import EvaluateScreen
        from makemore_tui.panes.compare.evaluated import evaluated_subject

        name = self.rows[subject.key].name
        return EvaluateScreen(name, self.engine.home, self.corpus, model=evaluated_subject(subject, name))

    def action_lay(self) -> None:
        """Lay the curve of the row under the cursor over the others, or take it away."""
        if (row := self.table.at_cursor) is not None:
            if not self.chosen.toggle(row.key, self.ranked):
                self.notify("at most six curves have room: space takes one away", timeout=4, markup=False)
            self.show_rows()

    def action_best(self) -> None:
        """Lay the first rows of the table over each other."""
        self.chosen.lay_first(self.ranked)
        self.show_rows()

    def action_reference(self) -> None:
        """Measure the others against the row under the cursor, or again against the best."""
        if (row := self.table.at_cursor) is not None and row.type != REAL:
            self.chosen.reference = None if self.chosen.reference == row.key else row.key
            self.show_anew()

    def action_turn_side(self) -> None:
        """Measure differences and curves on the other held-out side."""
        ranked = self.ranked
        if ranked is not None:
            self.chosen.side = "test" if ranked.side == "dev" else "dev"
            self.show_anew()

    def action_turn_ground(self) -> None:
        """Show the models of another list or split."""
        grounds = self.grounds
        if self.ground in grounds:
            self.ground = grounds[(grounds.index(self.ground) + 1) % len(grounds)]
            self.has_chosen_ground = True
            self.chosen.forget()
            self.engine.stop()
            self.show_anew()

    def action_toggle_curves(self) -> None:
        """Leave the curves out, or show them again."""
        self.toggle_class("-bare")

    def action_to_train(self) -> None:
        """Show the run under the cursor on Train."""
        row = self.table.at_cursor
        subject = self.subjects.get(row.key) if row is not None else None
        if isinstance(subject, RunSubject):
            self.post_message(RunSelected(subject.summary.name))
            self.post_message(ShowPane("train"))
        elif row is not None:
            self.notify(f"{row.name} is no run: it was not trained", timeout=3, markup=False)

    # All families

    @work(exclusive=True, group="families")
    async def action_all_families(self) -> None:
        """Ask, and train every family on the list at hand; or show how far that is, and stop it or add the missing."""
        corpus = self.corpus
        if corpus is None:
            self.notify(NO_LIST, timeout=4, markup=False)
            return
        try:
            ladder: Ladder = await asyncio.to_thread(self.engine.plan, corpus)
            if ladder.going:
                match await self.app.push_screen_wait(AskStop(ladder)):
                    case "stop":
                        await self._stop_families(ladder)
                    case "train":
                        await self._train_families(ladder, corpus)
            elif not ladder.missing:
                failed = f", but for {ladder.failed} that failed" if ladder.failed else ""
                self.notify(f"{ladder.name} is whole{failed}: nothing is left to train", timeout=5, markup=False)
            elif await self.app.push_screen_wait(AskFamilies(ladder, corpus.name)):
                await self._train_families(ladder, corpus)
        except MakemoreError as error:
            self.notify(str(error), severity="error", timeout=8, markup=False)

    async def _train_families(self, ladder: "Ladder", corpus: "Corpus") -> None:
        """Put what is missing into the queue."""
        await asyncio.to_thread(self.engine.climb, ladder, corpus)
        self.notify(f"{ladder.name} trains, also when the app is closed", timeout=4, markup=False)
        self.look()

    async def _stop_families(self, ladder: "Ladder") -> None:
        """Stop what goes on, and say when that is done."""
        self.notify(f"{ladder.name}: stopping, with everything saved", timeout=4, markup=False)
        runs = await asyncio.to_thread(self.engine.halt, ladder)
        self.look()
        words = "still stopping" if any(run.state.goes_on for run in runs) else "stopped: f goes on where it was"
        self.notify(f"{ladder.name} {words}", timeout=5, markup=False)

    # Export

    @work(exclusive=True, group="export")
    async def action_export(self) -> None:
        """Ask how and where, and write the table that is shown."""
        ranked = self.ranked
        if ranked is None:
            return
        wanted: ExportWanted | None = await self.app.push_screen_wait(AskExport())
        if wanted is None:
            return
        text = export([ranked], wanted.format)
        if wanted.path is None:
            self.app.copy_to_clipboard(text)
            self.notify("copied, where the terminal takes it (OSC 52)", timeout=4, markup=False)
            return
        await self._save(wanted.path, text)

    async def _save(self, path: Path, text: str) -> None:
        try:
            await asyncio.to_thread(self.engine.save, path, text)
        except MakemoreError as error:
            self.notify(str(error), severity="error", timeout=8, markup=False)
        else:
            self.notify(f"written: {path}", timeout=4, markup=False)
