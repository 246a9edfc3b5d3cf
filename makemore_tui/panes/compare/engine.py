"""What the Compare pane does with runs and models. All of it waits for files or works on models.

The pane calls these methods in threads, never in the app's loop.
"""

import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING

from makemore_core.comparison.cache import known_real_row, known_row
from makemore_core.comparison.differences import Difference, difference
from makemore_core.comparison.rows import Row, SideName
from makemore_core.comparison.subjects import (
    LIKE_RUNS,
    RunSubject,
    Subject,
    count_subjects,
    identity_of,
    run_subjects,
)
from makemore_core.errors import MakemoreError, RunError

if TYPE_CHECKING:
    from makemore_core.comparison.ladder import Ladder
    from makemore_core.comparison.measuring import Bench
    from makemore_core.corpus import Corpus
    from makemore_core.runs.listing import RunSummary

SAMPLES = 1000
"""Of each model, to be compared with real items."""

READ_ONLY = "read-only: nothing is trained here; start the app without --read-only to train"


class StoppedError(Exception):
    """What was being measured is not wanted any more."""


class Engine:
    """The runs of one folder, and the models that count the list at hand."""

    def __init__(self, home: Path, *, read_only: bool = False) -> None:
        self.home = home
        self.read_only = read_only
        self.samples = SAMPLES
        self._runs: list[RunSubject] = []
        self._identity: tuple[Corpus, str] | None = None
        self._bench: Bench | None = None
        self.turn = 0
        """Whoever asks for a measurement says in which turn; it is given up when another one begins."""
        self._lock = threading.Lock()
        self._differences: dict[tuple[str, str, SideName], tuple[Row, Row, Difference | None]] = {}
        self._processes: list[Popen[bytes]] = []

    def subjects(self, corpus: "Corpus | None") -> list[Subject]:
        """All runs, the first one made first, and for each of the splits that they have of this list what counts it."""
        self._processes = [process for process in self._processes if process.poll() is None]
        self._runs = run_subjects(self.home, self._runs)
        if corpus is None:
            return [*self._runs[::-1]]
        here = self.identity(corpus)
        splits = [one.config.split for one in self._runs if one.row().ground.content == here]
        counted = [one for split in dict.fromkeys((LIKE_RUNS, *splits)) for one in count_subjects(corpus, here, split)]
        return [*self._runs[::-1], *counted]

    def identity(self, corpus: "Corpus") -> str:
        """What tells the list from all others."""
        if self._identity is None or self._identity[0] is not corpus:
            self._identity = corpus, identity_of(corpus)
        return self._identity[1]

    def known(self, subjects: Iterable[Subject]) -> list[Row]:
        """The rows of these, with what was measured before."""
        rows = []
        for subject in subjects:
            row = subject.row()
            rows.append(known_row(subject, row, self.samples) or row)
        return rows

    def measure(self, subject: Subject, row: Row, turn: int) -> Row:
        """The row with what is measured now. Raises StoppedError where `turn` is over meanwhile."""
        with self._lock:
            _use_one_core()
            return self.bench.measure(subject, row, partial(self._tell, turn))

    def real(self, subject: Subject, turn: int) -> Row | None:
        """A row of real items on the list and split of a subject; None where their list is not at hand."""
        if (known := known_real_row(subject.row().ground, self.samples)) is not None:
            return known
        with self._lock, suppress(MakemoreError):
            _use_one_core()
            return self.bench.real(subject, partial(self._tell, turn))
        return None

    def stop(self) -> None:
        """What is being measured is not wanted any more: another turn begins."""
        self.turn += 1

    @property
    def bench(self) -> "Bench":
        """What measures; imports torch."""
        from makemore_core.comparison.measuring import Bench

        if self._bench is None:
            self._bench = Bench(self.samples)
        return self._bench

    def _tell(self, turn: int, _part: str, _share: float) -> None:
        if turn != self.turn:
            raise StoppedError

    # Differences

    def known_difference(self, row: Row, reference: Row, side: SideName) -> Difference | None:
        """The difference of two rows, where it was worked out before."""
        if self.lacks_difference(row, reference, side):
            return None
        return self._differences[_pair(row, reference, side)][2]

    def lacks_difference(self, row: Row, reference: Row, side: SideName) -> bool:
        """Whether it was not worked out since both were measured."""
        kept = self._differences.get(_pair(row, reference, side))
        return kept is None or kept[0].measured is not row.measured or kept[1].measured is not reference.measured

    def difference(self, row: Row, reference: Row, side: SideName) -> None:
        """Work out the difference of two rows."""
        self._differences[_pair(row, reference, side)] = row, reference, difference(row, reference, side)

    # All families

    def plan(self, corpus: "Corpus") -> "Ladder":
        """What training every family on a list takes. Imports torch. Raises SettingsError."""
        from makemore_core.comparison.ladder import plan_ladder

        return plan_ladder(corpus, self.home)

    def climb(self, ladder: "Ladder", corpus: "Corpus") -> None:
        """Put what is missing into the queue. Raises RunError, also where the app is read-only."""
        from makemore_core.comparison.ladder import start_ladder
        from makemore_core.queue.launch import ensure_queue

        if self.read_only:
            raise RunError(READ_ONLY)
        start_ladder(ladder, corpus, self.home)
        if (process := ensure_queue(self.home)) is not None:
            self._processes.append(process)

    def halt(self, ladder: "Ladder") -> "list[RunSummary]":
        """Stop what trains and take out of the queue what waits; the runs as they are then. Raises RunError."""
        from makemore_core.comparison.ladder import halt_all

        if self.read_only:
            raise RunError(READ_ONLY)
        return halt_all(ladder.name, self.home)

    def save(self, path: Path, text: str) -> None:
        """Write a file, whole or not at all. Raises RunError."""
        from makemore_core.runs.paths import write_file

        try:
            write_file(path, [text.encode()])
        except OSError as error:
            raise RunError(f"{path}: it cannot be written: {error.strerror}") from None


def _use_one_core() -> None:
    """In this thread: beside the app and what trains, more of them are slower."""
    import torch

    torch.set_num_threads(1)


def _pair(row: Row, reference: Row, side: SideName) -> tuple[str, str, SideName]:
    return row.key, reference.key, side
