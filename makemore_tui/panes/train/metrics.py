"""What the charts can show of a run: every metric that was recorded, and the gap between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView

Points = tuple[NDArray[Any], NDArray[Any]]
"""Steps and values, each (n,)."""


@dataclass(frozen=True)
class Metric:
    """Something that is known of a run at many steps."""

    name: str
    title: str
    unit: str = ""
    noisy: bool = False
    """Its values belong to single batches, so that their average says more."""


LOSS = Metric("loss", "loss", "in nats per character", noisy=True)
DEV = Metric("dev_nll", "dev loss", "in nats per character")
GAP = Metric("gap", "gap", "dev minus train")
RATE = Metric("learning_rate", "learning rate")
GRADIENT = Metric("gradient_norm", "gradient norm", noisy=True)
SPEED = Metric("steps_per_second", "steps per second", noisy=True)
TRAIN = Metric("train_nll", "train loss", "as measured like that of dev")

CYCLE = (LOSS, DEV, GAP, RATE, GRADIENT, SPEED)
"""What the metric key goes through."""
_KNOWN: Mapping[str, Metric] = {metric.name: metric for metric in (*CYCLE, TRAIN)}


def points(view: "RunView", metric: Metric) -> Points | None:
    """The points of a metric; None where nothing was recorded."""
    if metric is GAP:
        return _gap(view)
    found = view.series.get(metric.name)
    return None if found is None or not len(found.steps) else (found.steps, found.values)


def recorded(view: "RunView") -> tuple[Metric, ...]:
    """Every metric that there is of a run, those that are asked for most first; the loss always."""
    known = [metric for metric in (*CYCLE, TRAIN) if metric is LOSS or points(view, metric) is not None]
    others = sorted(name for name, found in view.series.items() if name not in _KNOWN and len(found.steps))
    return (*known, *(Metric(name, name.replace("_nll", " loss").replace("_", " ")) for name in others))


def next_metric(view: "RunView", metric: Metric, by: int) -> Metric:
    """The metric that comes `by` places behind this one among those that are asked for most."""
    choices = [one for one in recorded(view) if one in CYCLE]
    if metric not in choices:
        return choices[0]
    return choices[(choices.index(metric) + by) % len(choices)]


def _gap(view: "RunView") -> Points | None:
    dev, train = view.series.get("dev_nll"), view.series.get("train_nll")
    if dev is None or train is None:
        return None
    steps, of_dev, of_train = np.intersect1d(dev.steps, train.steps, assume_unique=True, return_indices=True)
    return (steps, dev.values[of_dev] - train.values[of_train]) if len(steps) else None
