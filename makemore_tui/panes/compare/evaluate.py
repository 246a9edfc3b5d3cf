"""The screen that evaluates one model: it computes in a thread, and can be left at any moment.

app.push_screen(EvaluateScreen("my-run", runs_home, corpus))
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from makemore_core.errors import MakemoreError
from makemore_tui.panes.compare.evaluate_view import EvaluateView
from makemore_tui.shell.key_bar import KeyBar

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus
    from makemore_core.metrics.report import Report
    from makemore_core.sources import Source

SAMPLES = 10_000
SEED = 42
INTERVAL_S = 0.25
"""Between two tellings of how far it is."""


class GivenUpError(Exception):
    """The person has left: nobody waits for the report."""


class EvaluateScreen(Screen[None]):
    """Evaluates a model and shows the report.

    `spec` is what the command line takes: a run's name or folder, `counts:FILE` or `uniform:FILE`. `corpus` is the list
    that is open: a model of this very list does not read it again. Where `open_source` is given it opens the model, in
    the thread, and `spec` is what it is called until then.
    """

    class Progressed(Message):
        """It is so far."""

        def __init__(self, part: str, share: float) -> None:
            super().__init__()
            self.part, self.share = part, share

    class Reported(Message):
        """It is done."""

        def __init__(self, report: "Report") -> None:
            super().__init__()
            self.report = report

    class Failed(Message):
        """It cannot be done."""

        def __init__(self, error: MakemoreError) -> None:
            super().__init__()
            self.error = error

    def __init__(
        self,
        spec: str,
        runs_home: Path,
        corpus: "Corpus | None" = None,
        *,
        open_source: "Callable[[], Source] | None" = None,
        samples: int = SAMPLES,
        seed: int = SEED,
    ) -> None:
        super().__init__()
        self.spec, self.runs_home, self.corpus = spec, runs_home, corpus
        self.open_source = open_source
        self.samples, self.seed = samples, seed
        self.view = EvaluateView(spec)
        self._given_up = threading.Event()
        self._told_at = 0.0

    def compose(self) -> ComposeResult:
        """The view, and its keys."""
        yield self.view
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin at once."""
        self.view.show_progress("loading the model", 0.0)
        self.run_worker(self._compute, thread=True, group="evaluate")

    def on_unmount(self) -> None:
        """The thread ends at its next telling."""
        self._given_up.set()

    # In the thread

    def _compute(self) -> None:
        import torch

        from makemore_core.metrics.report import evaluate_source

        torch.set_num_threads(1)  # the others would take the processor from the app and from what trains
        try:
            source = self.open_source() if self.open_source is not None else self._open()
            self._tell("scoring items", 0.0)
            report = evaluate_source(source, samples=self.samples, seed=self.seed, progress=self._tell)
        except GivenUpError:
            return
        except MakemoreError as error:
            self.post_message(self.Failed(error))
        else:
            self.post_message(self.Reported(report))

    def _open(self) -> "Source":
        from makemore_core.sources import counts_source, open_source, uniform_source

        kind, _, file = self.spec.partition(":")
        if self.corpus is not None and file == self.corpus.source and kind in ("counts", "uniform"):
            return counts_source(self.corpus) if kind == "counts" else uniform_source(self.corpus)
        return open_source(self.spec, self.runs_home)

    def _tell(self, part: str, share: float) -> None:
        if self._given_up.is_set():
            raise GivenUpError
        now = time.monotonic()
        if now - self._told_at >= INTERVAL_S:
            self._told_at = now
            self.post_message(self.Progressed(part, share))

    # In the app

    @on(Progressed)
    def _progressed(self, event: Progressed) -> None:
        self.view.show_progress(event.part, event.share)

    @on(Reported)
    def _reported(self, event: Reported) -> None:
        self.view.show(event.report)

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        self.view.show_trouble(str(event.error))

    @on(EvaluateView.Left)
    def _left(self, event: EvaluateView.Left) -> None:
        event.stop()
        self.dismiss()
