"""Calibration: whether what a model is sure of comes as often as it is sure.

Guo, Pleiss, Sun and Weinberger, On Calibration of Modern Neural Networks (2017): the probabilities of the first choice
are sorted into 15 bins of equal width; a bin m holds those above (m - 1) / 15 and up to m / 15. The expected
calibration error (ECE) is the mean over all characters of the distance, in their bin, between how often the first
choice was right and how probable it was held. A reliability diagram shows the one over the other, bin by bin.
"""

from dataclasses import dataclass

import numpy as np

from makemore_core.metrics.part import Part
from makemore_core.metrics.scores import Scores

BINS = 15


@dataclass(frozen=True)
class Bin(Part):
    """The characters whose first choice had a probability above `low` and up to `high`."""

    low: float
    high: float
    characters: int
    confidence: float
    """The mean probability of the first choice; NaN in an empty bin."""
    accuracy: float
    """How often the first choice came; NaN in an empty bin."""


@dataclass(frozen=True)
class Calibration(Part):
    """How well probabilities are matched by what comes."""

    ece: float
    """The expected calibration error, from 0 (none) to 1; NaN where there are no characters."""
    accuracy: float
    """How often the first choice came."""
    confidence: float
    """How probable it was held, on average: above the accuracy, the model is too sure of itself."""
    bins: tuple[Bin, ...]
    """All of them in order, the empty ones too."""


def calibration_of(scores: Scores, bins: int = BINS) -> Calibration:
    """The calibration of the first choice."""
    confidences, right = scores.confidences, (scores.choices == scores.targets).astype(np.float64)
    edges = np.arange(bins + 1) / bins
    place = np.clip(np.searchsorted(edges, confidences, side="left") - 1, 0, bins - 1)
    counts = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        sure = np.bincount(place, weights=confidences, minlength=bins) / counts
        came = np.bincount(place, weights=right, minlength=bins) / counts
    held = counts > 0
    if not len(scores):
        return Calibration(float("nan"), float("nan"), float("nan"), _bins(edges, counts, sure, came))
    ece = float(np.abs(came[held] - sure[held]) @ counts[held]) / len(scores)
    return Calibration(ece, float(right.mean()), float(confidences.mean()), _bins(edges, counts, sure, came))


def _bins(*columns: np.ndarray) -> tuple[Bin, ...]:
    edges, counts, sure, came = (column.tolist() for column in columns)
    return tuple(
        Bin(edges[number], edges[number + 1], counts[number], sure[number], came[number])
        for number in range(len(counts))
    )
