"""Models made up by hand for the tests of the Compare pane, and an engine that gives them."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from makemore_core.comparison.ladder import Ladder
from makemore_core.comparison.rows import Measured, Row
from makemore_core.comparison.subjects import CountSubject, RunSubject, Subject, count_subjects, identity_of
from makemore_core.corpus import Corpus
from makemore_core.errors import RunError
from makemore_core.metrics.by_position import PositionLoss
from makemore_core.metrics.scores import ItemLosses
from makemore_core.runs.listing import RunSummary
from makemore_core.training.config import DataConfig, TrainConfig, make_config
from makemore_tui.panes.compare.engine import Engine, StoppedError
from tests.tui.train_views import a_summary, small_corpus

ITEMS = 200
LOSSES = {  # train, dev, test in nats per character; parameters; seconds; steps
    "bigram": (2.4536, 2.4563, 2.4629, 729, 13.1, 40_000),
    "mlp": (1.8638, 1.9817, 1.9919, 44_707, 60.6, 8000),
    "wavenet": (1.9785, 2.0053, 2.0100, 76_579, 104.2, 4000),
    "gru": (1.8522, 1.9624, 1.9671, 155_739, 90.6, 4500),
    "transformer": (1.8676, 1.9774, 1.9783, 194_480, 291.6, 11_000),
    "counts": (2.4539, 2.4565, 2.4627, 729, 0.02, 0),
    "ngram": (1.9175, 2.1101, 2.1334, 531_441, 0.16, 0),
    "kneser-ney": (1.6447, 2.0106, 2.0283, 387_420_489, 1.23, 0),
}


def a_config(type: str, **changes: Any) -> TrainConfig:
    return make_config({"type": type, "data": DataConfig.of(small_corpus()), "max_steps": 1, **changes})


def a_run(type: str, state: str = "finished", name: str = "", config: TrainConfig | None = None, **changes: Any):
    """A run on the small corpus; `losses` of it are known when it has finished."""
    train, dev, test, parameters, seconds, steps = LOSSES[type]
    known = {"best_train_nll": train, "best_dev_nll": dev, "best_test_nll": test} if state == "finished" else {}
    values = {"step": steps, "max_steps": steps, "seconds": seconds, "best_step": steps, **known, **changes}
    name = name or f"ladder-names-{list(LOSSES).index(type) + 1}"
    summary: RunSummary = a_summary(name, state, type=type, parameters=parameters, **values)
    return RunSubject(summary, config or a_config(type), 460.0)


def all_runs() -> list[RunSubject]:
    return [a_run(type) for type in ("bigram", "mlp", "wavenet", "gru", "transformer")]


def a_measurement(type: str, loss: float) -> Measured:
    """Losses of items that scatter alike for all models, around the loss of this one."""
    lengths = np.random.default_rng(1).integers(3, 10, ITEMS)
    common = np.random.default_rng(2).normal(size=ITEMS)
    own = np.random.default_rng(10 + list(LOSSES).index(type)).normal(size=ITEMS)
    totals = lengths * loss + common + 0.5 * own
    totals += (lengths.sum() * loss - totals.sum()) / ITEMS
    items = ItemLosses(np.arange(ITEMS), totals, lengths)
    gain = 0.3 - 0.1 * loss
    places = tuple(PositionLoss(place, ITEMS, 2.75 - gain * (place - 1)) for place in range(1, 11))
    count = list(LOSSES).index(type)
    samples = {
        "unique": 0.99 - 0.01 * count,
        "novelty": 0.9 + 0.01 * count,
        "nearest": 1.5 + 0.1 * count,
        "diversity": 0.8,
        "lengths": 0.2 + 0.02 * count,
        "trigrams": 0.4 - 0.02 * count,
    }
    return Measured({}, {"dev": items, "test": items}, {"dev": places, "test": places}, samples, 1000)


class StandInEngine(Engine):
    """Models that live nowhere: what the pane asks for is noted in `asked`."""

    def __init__(self, home: Path, runs: list[RunSubject] | None = None) -> None:
        super().__init__(home)
        self.runs = all_runs() if runs is None else runs
        self.asked: list[tuple[object, ...]] = []
        self.cached: set[str] = set()
        """The types of models that were measured before."""
        self.hold: threading.Event | None = None
        """What every measurement waits for."""
        self.finished = self.going = 0
        self.error: RunError | None = None
        self.written: dict[Path, str] = {}

    def subjects(self, corpus: Corpus | None) -> list[Subject]:
        counted: list[CountSubject] = [] if corpus is None else count_subjects(corpus, identity_of(corpus))
        return [*self.runs, *counted]

    def known(self, subjects) -> list[Row]:
        rows = []
        for subject in subjects:
            row = subject.row()
            rows.append(self._measured(row) if row.type in self.cached else row)
        return rows

    def measure(self, subject: Subject, row: Row, turn: int) -> Row:
        self.asked.append(("measure", row.name))
        if self.hold is not None:
            while not self.hold.wait(0.01):
                if turn != self.turn:
                    raise StoppedError
        if self.error is not None:
            return replace(row, trouble=str(self.error))
        return self._measured(row)

    def real(self, subject: Subject, turn: int) -> Row | None:
        self.asked.append(("real",))
        samples = {"unique": 1.0, "novelty": 0.95, "nearest": 1.6, "diversity": 0.82, "lengths": 0.05, "trigrams": 0.3}
        ground = subject.row().ground
        return Row(f"real {ground.split}", "real items", "real", ground).with_measured(Measured({}, samples=samples))

    def plan(self, corpus: Corpus) -> Ladder:
        runs = tuple(run.summary for run in self.runs) if self.going else ()
        configs = tuple(a_config(type) for type in LOSSES)
        return Ladder("ladder-names", configs, self.finished, self.going, 780.0, 96_000, runs)

    def halt(self, ladder: Ladder) -> list[RunSummary]:
        self.asked.append(("halt", ladder.name))
        self.going = 0
        return []

    def climb(self, ladder: Ladder, corpus: Corpus) -> None:
        self.asked.append(("climb", ladder.name))
        self.runs = [a_run("bigram"), a_run("mlp", "running", step=3000, max_steps=8000)]

    def save(self, path: Path, text: str) -> None:
        self.written[path] = text

    def _measured(self, row: Row) -> Row:
        train, dev, test, parameters, seconds, _ = LOSSES[row.type]
        found = replace(a_measurement(row.type, test), parameters=parameters, tokens=182_625, seconds=seconds)
        if not row.recorded:
            found = replace(found, losses={"train": train, "dev": dev, "test": test})
        return row.with_measured(found)
