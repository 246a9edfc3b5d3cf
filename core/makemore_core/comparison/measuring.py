"""Looking at the models of a comparison, one after the other. Imports torch."""

import time
from dataclasses import dataclass, field, replace

import numpy as np

from makemore_core.comparison.cache import cache_path, keep_measured
from makemore_core.comparison.rows import REAL, SIDES, Ground, Measured, Row, SideName, real_row
from makemore_core.comparison.subjects import COUNTING, UNIFORM, CountSubject, Subject
from makemore_core.errors import MakemoreError, RunError
from makemore_core.metrics.by_position import PositionLoss, losses_by_position
from makemore_core.metrics.details import subsample
from makemore_core.metrics.losses import loss_on
from makemore_core.metrics.progress import Progress, quiet, within
from makemore_core.metrics.sample_metrics import Ground as SampleGround
from makemore_core.metrics.sample_metrics import SampleMetrics
from makemore_core.metrics.sample_metrics import measure as measure_samples
from makemore_core.metrics.sampling import draw_samples
from makemore_core.metrics.scores import ItemLosses
from makemore_core.metrics.scoring import score_items
from makemore_core.metrics.yardstick import yardstick_of
from makemore_core.models.base import CountModel
from makemore_core.models.registry import build_model, family_defaults
from makemore_core.models.uniform import Uniform
from makemore_core.sources import Source, at_checkpoint, run_source
from makemore_core.splits import bigrams_of

MOST_CHARACTERS = 2_000_000
"""Of a longer side no exact loss is worked out here; that of a run at its end is known all the same."""

MOST_SCORED = 200_000
"""Characters of the items that intervals and losses by position are made of: 2,000 draws from them take a second."""

SEED = 42
"""Of the items that stand for a long side, and of the samples."""

_LOSSES = 0.6
"""The share of the work that losses are, where samples are asked for too."""


@dataclass
class Bench:
    """Measures one model after the other. It keeps the list that it used last, as most models share one."""

    samples: int = 0
    """How many items each model generates to be compared with real ones; 0: none."""
    uses_cache: bool = True
    _last: tuple[Ground, Source] | None = field(default=None, init=False)
    _real: tuple[Ground, SampleGround] | None = field(default=None, init=False)

    def measure(self, subject: Subject, row: Row, progress: Progress = quiet) -> Row:
        """The row with what is measured now, or with the trouble where it cannot be. What `progress` raises ends it."""
        if not subject.can_be_measured:
            return row
        try:
            path = cache_path(subject.stamp(), row.ground, self.samples)
            measured = self._look(subject, row, progress)
        except MakemoreError as error:
            return replace(row, trouble=str(error))
        if self.uses_cache:
            keep_measured(path, measured)
        return row.with_measured(measured)

    def real(self, subject: Subject, progress: Progress = quiet) -> Row | None:
        """A row of real items, measured as if a model had made them; None where no samples are asked for.

        `subject` tells the list and the split. Raises MakemoreError where the list is not at hand.
        """
        if not self.samples:
            return None
        ground = subject.row().ground
        last = self._last[1] if self._last is not None and self._last[0] == ground else None
        source = last if last is not None else self._source(subject, ground)
        held = self._held_against(source, ground)
        measured = Measured({}, samples=_metrics(measure_samples(held.real, held, progress=progress)))
        if self.uses_cache:
            keep_measured(cache_path(REAL, ground, self.samples), measured)
        return real_row(ground).with_measured(measured)

    def _look(self, subject: Subject, row: Row, progress: Progress) -> Measured:
        began = time.perf_counter()
        source = self._source(subject, row.ground)
        took = time.perf_counter() - began
        measured = _measure_losses(source, row, within(progress, 0.0, _LOSSES if self.samples else 1.0))
        if row.type in COUNTING:
            assert source.corpus is not None and source.sides is not None
            tokens = bigrams_of(source.corpus, source.sides.train)
            measured = replace(measured, parameters=source.model.parameter_count, tokens=tokens, seconds=took)
        if not self.samples:
            return measured
        held = self._held_against(source, row.ground)
        drawn = draw_samples(source, self.samples, SEED, within(progress, _LOSSES, 0.8))
        found = measure_samples(drawn.texts, held, progress=within(progress, 0.8, 1.0))
        return replace(measured, samples=_metrics(found), sampled=len(drawn.texts))

    def _source(self, subject: Subject, ground: Ground) -> Source:
        """The model with its data. Raises RunError where that is not at hand."""
        last = self._last[1] if self._last is not None and self._last[0] == ground else None
        source = open_subject(subject, last)
        if source.corpus is None or source.sides is None:
            raise RunError(f"the list of {source.name} is not at hand any more, so that it cannot be measured")
        self._last = (ground, source)
        return source

    def _held_against(self, source: Source, ground: Ground) -> SampleGround:
        """What samples of models on this list are compared with."""
        if self._real is None or self._real[0] != ground:
            assert source.corpus is not None and source.sides is not None
            yardstick = yardstick_of(source.corpus, source.sides, self.samples, SEED)
            self._real = ground, SampleGround(source.corpus, source.sides.train, source.membership, yardstick, SEED)
        return self._real[1]


def open_subject(subject: Subject, like: Source | None = None) -> Source:
    """The model of a subject; `like` has the same list and split, so that these are not read again. Raises RunError."""
    if isinstance(subject, CountSubject):
        return _counted(subject, like)
    if like is not None:
        return at_checkpoint(like, subject.folder, "best")
    return run_source(str(subject.folder.path), subject.folder.path.parent)


def _counted(subject: CountSubject, last: Source | None) -> Source:
    """A model of the train side, or the uniform guess; `last` has the same list and split."""
    corpus = subject.corpus if last is None or last.corpus is None else last.corpus
    sides = subject.split.sides(corpus) if last is None or last.sides is None else last.sides
    if subject.type == UNIFORM:
        return Source(UNIFORM, Uniform(corpus.vocabulary.size), corpus.vocabulary, corpus, sides)
    defaults = family_defaults(subject.type, int(corpus.lengths.max()))
    model = build_model(subject.type, corpus.vocabulary.size, defaults, seed=SEED)
    assert isinstance(model, CountModel)
    model.fit(corpus, sides.train)
    return Source(subject.type, model.eval(), corpus.vocabulary, corpus, sides)


def _measure_losses(source: Source, row: Row, progress: Progress) -> Measured:
    """Items and places of the sides that are held out, and the losses that the run has not told exactly."""
    corpus, sides = source.corpus, source.sides
    assert corpus is not None and sides is not None
    indices = dict(zip(SIDES, sides, strict=True))
    held: list[SideName] = [side for side in ("dev", "test") if len(indices[side])] or ["train"]
    losses: dict[SideName, float] = {}
    items: dict[SideName, ItemLosses] = {}
    positions: dict[SideName, tuple[PositionLoss, ...]] = {}
    for number, side in enumerate(held):
        if side == "test" and "dev" in items and np.array_equal(indices["dev"], indices["test"]):
            items[side], positions[side] = items["dev"], positions["dev"]
        else:
            some = subsample(corpus, indices[side], SEED, MOST_SCORED)
            part = within(progress, number / len(SIDES), (number + 1) / len(SIDES))
            scores = score_items(source.model, corpus, some, part)
            items[side], positions[side] = scores.items, losses_by_position(scores)
        if len(items[side]) == len(indices[side]):
            losses[side] = items[side].nll
    for side in SIDES:
        is_known = side in losses or side in row.recorded
        if not is_known and 0 < bigrams_of(corpus, indices[side]) <= MOST_CHARACTERS:
            part = within(progress, len(held) / len(SIDES), 1.0)
            losses[side] = loss_on(source.model, corpus, indices[side], part, side).nll
    return Measured(losses, items, positions)


def _metrics(found: SampleMetrics) -> dict[str, float]:
    """Those of `SAMPLE_MEASURES`, by their keys."""
    metrics = {
        "unique": found.standing.unique,
        "novelty": found.standing.novelty,
        "lengths": found.lengths.distance,
        "trigrams": next(match.distance for match in found.ngrams if match.n == 3),
    }
    if found.nearest is not None:
        metrics["nearest"] = found.nearest.mean
    if found.diversity is not None:
        metrics["diversity"] = found.diversity.value
    return metrics
