"""Everything about one model: its losses, and what it generates beside real items."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from makemore_core.corpus import Corpus
from makemore_core.errors import RunError
from makemore_core.evaluation import Loss
from makemore_core.metrics.details import Details, details_of, subsample
from makemore_core.metrics.losses import SplitLosses, loss_on
from makemore_core.metrics.progress import Progress, quiet, within
from makemore_core.metrics.sample_metrics import Ground, SampleMetrics, measure
from makemore_core.metrics.sampling import SAMPLES, draw_samples
from makemore_core.metrics.scoring import score_items
from makemore_core.metrics.yardstick import yardstick_of
from makemore_core.sources import Source
from makemore_core.training.config import Sides

SEED = 42
SIDES = ("train", "dev", "test")


@dataclass(frozen=True, eq=False)
class SampleReport:
    """What a model generates, beside real items."""

    seed: int
    of_samples: int
    """How many samples were asked for: more than there are where they are long."""
    unfinished: int
    """How many samples were cut off at the longest length."""
    samples: SampleMetrics
    as_many: SampleMetrics | None
    """Of as many of the first samples as there are real items, without distances: what depends on how many there are
    is compared with the yardstick by these. None where there are as many anyway."""
    yardstick: SampleMetrics
    """Of real items."""
    yardstick_side: str
    """Where the real items are from."""
    reference_side: str
    """Where the items are from with which lengths and n-grams are compared."""
    reference_items: int

    def to_json(self) -> dict[str, Any]:
        """Plain values by name; the metrics of the samples themselves stand at the top."""
        return {
            "samples": self.samples.items,
            "of_samples": self.of_samples,
            "seed": self.seed,
            "unfinished": self.unfinished,
            **self.samples.to_json(),
            "as_many": {"samples": self.as_many.items, **self.as_many.to_json()} if self.as_many else None,
            "yardstick": {
                "side": self.yardstick_side,
                "items": self.yardstick.items,
                "reference_side": self.reference_side,
                "reference_items": self.reference_items,
                **self.yardstick.to_json(),
            },
        }


@dataclass(frozen=True, eq=False)
class Report:
    """All that is known of one model."""

    name: str
    losses: SplitLosses
    details: Mapping[str, Details]
    """By side; a side without items has none."""
    samples: SampleReport | None
    """None where no samples were asked for."""
    seconds: float
    """How long it took."""

    @property
    def final_side(self) -> str:
        """What the model is judged by: test, or train where nothing is held out."""
        return "test" if "test" in self.details else "train"

    def to_json(self, side: str | None = None) -> dict[str, Any]:
        """Plain values by name; the details are those of one side, by default of the one that it is judged by."""
        return {
            "name": self.name,
            **self.losses.to_json(),
            **self.details[side or self.final_side].to_json(),
            **(self.samples.to_json() if self.samples else {}),
            "seconds": self.seconds,
        }


def evaluate_source(source: Source, *, samples: int = SAMPLES, seed: int = SEED, progress: Progress = quiet) -> Report:
    """Evaluate a model on its data, and so many samples of it; 0 for none. The seed decides all that is drawn.

    Raises RunError where its data is not at hand.
    """
    if source.corpus is None or source.sides is None:
        raise RunError(f"the data of '{source.name}' is not at hand, so there is nothing to evaluate it on")
    began = time.perf_counter()
    losses, details = _sides(source, source.corpus, source.sides, seed, within(progress, 0.0, 0.5 if samples else 1.0))
    found = sample_report(source, samples, seed, within(progress, 0.5, 1.0)) if samples else None
    progress("done", 1.0)
    return Report(source.name, losses, details, found, time.perf_counter() - began)


def sample_report(source: Source, count: int, seed: int = SEED, progress: Progress = quiet) -> SampleReport:
    """Draw so many samples and measure them beside real items. Raises RunError where the data is not at hand."""
    if source.corpus is None or source.sides is None:
        raise RunError(f"the data of '{source.name}' is not at hand, so there is nothing to compare samples with")
    drawn = draw_samples(source, count, seed, within(progress, 0.0, 0.4))
    yardstick = yardstick_of(source.corpus, source.sides, len(drawn.texts), seed)
    ground = Ground(source.corpus, source.sides.train, source.membership, yardstick, seed)
    measured = measure(drawn.texts, ground, progress=within(progress, 0.4, 0.8))
    real = measure(ground.real, ground, progress=within(progress, 0.8, 0.95))
    fewer = len(yardstick.items) < len(drawn.texts)
    as_many = measure(drawn.texts.first(len(yardstick.items)), ground, distances=False) if fewer else None
    return SampleReport(
        seed=seed,
        of_samples=count,
        unfinished=drawn.unfinished,
        samples=measured,
        as_many=as_many,
        yardstick=real,
        yardstick_side=yardstick.items_side,
        reference_side=yardstick.reference_side,
        reference_items=len(yardstick.reference),
    )


def _sides(
    source: Source, corpus: Corpus, sides: Sides, seed: int, progress: Progress
) -> tuple[SplitLosses, dict[str, Details]]:
    """The loss and the details of each side; the same items are scored once."""
    losses: dict[str, Loss] = {}
    details: dict[str, Details] = {}
    total, begun = sum(len(side) for side in sides) or 1, 0
    for name, indices in zip(SIDES, sides, strict=True):
        if name == "test" and np.array_equal(indices, sides.dev):
            losses["test"] = losses["dev"]
            details |= {"test": replace(details["dev"], side="test")} if "dev" in details else {}
            break
        part = within(progress, begun / total, (begun + len(indices)) / total)
        chosen = subsample(corpus, indices, seed)
        is_whole = len(chosen) == len(indices)
        scores = score_items(source.model, corpus, chosen, part if is_whole else within(part, 0.0, 0.2))
        losses[name] = Loss(scores.items.nll, len(scores))
        if not is_whole:
            losses[name] = loss_on(source.model, corpus, indices, within(part, 0.2, 1.0), name)
        if len(indices):
            details[name] = details_of(corpus, name, scores, len(indices), sides.train if name != "train" else None)
        begun += len(indices)
    return SplitLosses(losses["train"], losses["dev"], losses["test"]), details
