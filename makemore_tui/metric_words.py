"""Metrics as people read them: the same names and digits on the command line and in the app."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from makemore_core.metrics.sample_metrics import SampleMetrics


def sample_rows(metrics: "SampleMetrics") -> dict[str, str]:
    """The metrics of some samples as they are shown, by their titles."""
    standing, nearest = metrics.standing, metrics.nearest
    rows = {
        "unique": share(standing.unique),
        "novel, of the unique": share(standing.novelty),
        "in train": share(standing.in_train),
        "in dev": share(standing.in_dev),
        "in test": share(standing.in_test),
        "edits to train, mean": number(nearest.mean if nearest else None, 3),
        "1 edit or none": share(sum(nearest.counts[:2]) / nearest.items if nearest and nearest.items else math.nan),
        "diversity": number(metrics.diversity.value if metrics.diversity else None, 3),
        "mean length": number(metrics.lengths.mean, 3),
        "length distance": number(metrics.lengths.distance, 3),
    }
    rows |= {f"{match.n}-gram distance": number(match.distance, 4) for match in metrics.ngrams}
    rows |= {f"{match.n}-grams never seen": share(match.unseen) for match in metrics.ngrams if match.n > 1}
    return rows


def share(value: float) -> str:
    """A share from 0 to 1 in percent; nothing for NaN."""
    return "" if math.isnan(value) else f"{value:.2%}"


def number(value: float | None, digits: int) -> str:
    """A number with so many digits after the point; nothing for NaN and for None."""
    return "" if value is None or math.isnan(value) else f"{value:.{digits}f}"
