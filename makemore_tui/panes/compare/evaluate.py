"""The screen that evaluates one model: it computes in a thread, and can be left at any moment.

app.push_screen(EvaluateScreen("my-run", runs_home, corpus))
"""

import asyncio
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from makemore_core.errors import MakemoreError
from makemore_tui.panes.compare.evaluate_view import EvaluateView
from makemore_tui.panes.compare.evaluated import BEST, Evaluated, evaluated_spec, reports_of
from makemore_tui.shell.key_bar import KeyBar

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus
    from makemore_core.metrics.report import Report
    from makemore_core.runs.checkpoints import CheckpointInfo

SAMPLES = 10_000
SEED = 42
INTERVAL_S = 0.25
"""Between two tellings of how far it is."""


class GivenUpError(Exception):
    """The person has left, or wants another checkpoint: nobody waits for the report."""


class EvaluateScreen(Screen[None]):
    """Evaluates a model and shows the report.

    `spec` is what the command line takes: a run's name or folder, `counts:FILE` or `uniform:FILE`. `corpus` is the list
    that is open: a model of this very list does not read it again. Where a `model` is given it is that one, and `spec`
    is what it is called until it is opened.

    Of a run, any checkpoint can be chosen. What was computed once in a session is there at once the next time.
    """

    class Progressed(Message):
        """It is so far."""

        def __init__(self, turn: int, part: str, share: float) -> None:
            super().__init__()
            self.turn, self.part, self.share = turn, part, share

    class Reported(Message):
        """It is done."""

        def __init__(self, turn: int, name: str, checkpoint: str, report: "Report", *, known: bool) -> None:
            super().__init__()
            self.turn, self.name, self.checkpoint, self.report, self.known = turn, name, checkpoint, report, known

    class Failed(Message):
        """It cannot be done."""

        def __init__(self, turn: int, error: MakemoreError) -> None:
            super().__init__()
            self.turn, self.error = turn, error

    class Listed(Message):
        """These checkpoints can be chosen."""

        def __init__(self, checkpoints: "tuple[CheckpointInfo, ...]") -> None:
            super().__init__()
            self.checkpoints = checkpoints

    def __init__(
        self,
        spec: str,
        runs_home: Path,
        corpus: "Corpus | None" = None,
        *,
        model: Evaluated | None = None,
        samples: int = SAMPLES,
        seed: int = SEED,
    ) -> None:
        super().__init__()
        self.spec = spec
        self.model = model or evaluated_spec(spec, runs_home, corpus)
        self.samples, self.seed = samples, seed
        self.checkpoint = BEST
        self.view = EvaluateView(spec)
        self._turn = 0
        """Raised by each evaluation that is begun: those before it are given up."""
        self._told_at = 0.0

    def compose(self) -> ComposeResult:
        """The view, and its keys."""
        yield self.view
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin at once."""
        self._begin(BEST)

    def on_unmount(self) -> None:
        """The thread ends at its next telling."""
        self._turn += 1

    def _begin(self, checkpoint: str) -> None:
        """Evaluate the model at a checkpoint; whatever else is being computed is given up."""
        self._turn += 1
        self.checkpoint, self._told_at = checkpoint, 0.0
        self.view.wait()
        self.view.show_progress("loading the model", 0.0)
        self.run_worker(partial(self._compute, self._turn, checkpoint), thread=True, group="evaluate")

    # In the thread

    def _compute(self, turn: int, checkpoint: str) -> None:
        import torch

        from makemore_core.metrics.report import evaluate_source

        torch.set_num_threads(1)  # the others would take the processor from the app and from what trains
        try:
            if (info := self.model.find(checkpoint)) is not None:
                checkpoint = info.name
            reports, key = reports_of(self.app), (self.model.stamp(checkpoint), self.samples, self.seed)
            name = self.model.named(checkpoint)
            report = known = reports.find(key)
            if report is None:
                source = self.model.open(checkpoint)
                tell = partial(self._tell, turn)
                tell("scoring items", 0.0)
                report = evaluate_source(source, samples=self.samples, seed=self.seed, progress=tell)
                reports.keep(key, report)
            self.post_message(self.Reported(turn, name, checkpoint, report, known=known is not None))
            with suppress(MakemoreError):  # the run was renamed or deleted meanwhile: the report holds all the same
                self.post_message(self.Listed(self.model.checkpoints()))
        except GivenUpError:
            return
        except MakemoreError as error:
            self.post_message(self.Failed(turn, error))

    def _tell(self, turn: int, part: str, share: float) -> None:
        if turn != self._turn:
            raise GivenUpError
        now = time.monotonic()
        if now - self._told_at >= INTERVAL_S:
            self._told_at = now
            self.post_message(self.Progressed(turn, part, share))

    # In the app

    @on(Progressed)
    def _progressed(self, event: Progressed) -> None:
        if event.turn == self._turn:
            self.view.show_progress(event.part, event.share)

    @on(Reported)
    def _reported(self, event: Reported) -> None:
        if event.turn == self._turn:
            self.checkpoint = event.checkpoint
            self.view.show(event.report, event.name, known=event.known)

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        if event.turn == self._turn:
            self.view.show_trouble(str(event.error))

    @on(Listed)
    def _listed(self, event: Listed) -> None:
        self.view.checkpoints = len(event.checkpoints)
        self.refresh_bindings()

    @on(EvaluateView.CheckpointWanted)
    def _checkpoint_wanted(self, event: EvaluateView.CheckpointWanted) -> None:
        """Ask which one; those that the run has by now are read in a thread."""
        event.stop()
        self._ask()

    @work(exclusive=True, group="ask-checkpoint")
    async def _ask(self) -> None:
        from makemore_tui.panes.compare.dialogs import AskCheckpoint

        try:
            infos = await asyncio.to_thread(self.model.checkpoints)
        except MakemoreError as error:
            self.view.show_trouble(str(error))
            return
        chosen = await self.app.push_screen_wait(AskCheckpoint(self.model.name, infos, self.checkpoint))
        if chosen is not None:
            self._begin(chosen)

    @on(EvaluateView.Left)
    def _left(self, event: EvaluateView.Left) -> None:
        event.stop()
        self.dismiss()
