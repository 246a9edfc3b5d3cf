"""Which curves a chart has: those of one run, or one of each of several runs laid over each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from makemore_tui.display import visible
from makemore_tui.panes.train.metrics import DEV, GAP, LOSS, Metric, points
from makemore_tui.widgets.line_chart import Chart, Reference, Series, View

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView

TRAIN_SLOT, DEV_SLOT, GAP_SLOT = 0, 1, 2
NO_POINTS: NDArray[np.float64] = np.empty(0)


@dataclass(frozen=True, eq=False)
class Laid:
    """A run on a chart of several."""

    view: "RunView"
    slot: int
    """Its colour and marker."""


def apart(steps: NDArray[Any], values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Points (n,) with a gap behind the first one where it stands before all training, as (n + 1,).

    Loss falls fastest at the start: a straight line from the untrained model to the next look would pass far above
    what happened.
    """
    if len(steps) < 2 or steps[0] != 0:
        return steps, values
    return np.insert(steps.astype(np.float64), 1, steps[1] / 2), np.insert(values, 1, np.nan)


def metric_chart(metric: Metric, view: "RunView", look: View, others: Sequence[Laid] = (), *, slot: int = 0) -> Chart:
    """The curves of a metric: of the run at hand, or where there are `others`, one of each run by name.

    `look` says how the person wants to see them; where the axis may end is the runs'. `slot` is that of the run at
    hand among others.
    """
    laid = sorted([Laid(view, slot), *others], key=lambda one: one.slot) if others else []
    series = [_of_run(metric, one, at_hand=one.view is view) for one in laid] if laid else _of_one(metric, view)
    ends = [one.view.max_steps for one in laid] or [view.max_steps]
    shown = replace(look, last_step=float(max(ends)) or None)
    return Chart(
        tuple(series),
        _references(metric, view),
        title=metric.title,
        unit=metric.unit,
        note=_note(look, any(one.noisy for one in series)),
        view=shown,
    )


def loss_chart(view: "RunView", look: View) -> Chart:
    """The loss of each step's batch, the loss on dev, and the loss of a uniform guess to compare with."""
    return metric_chart(LOSS, view, look)


def _is_noisy(metric: Metric, view: "RunView") -> bool:
    """Steps on the whole list have no noise to average away."""
    return metric.noisy and view.config is not None and view.config.batch_by != "all"


def _of_one(metric: Metric, view: "RunView") -> list[Series]:
    """The curves of the run at hand alone."""
    found = []
    own = points(view, metric)
    if own is not None and metric is not DEV:
        name = "train" if metric is LOSS else metric.title
        slot = GAP_SLOT if metric is GAP else TRAIN_SLOT
        steps, values = apart(*own) if metric is GAP else own
        found.append(Series(name, steps, values, noisy=_is_noisy(metric, view), slot=slot))
    dev = points(view, DEV) if metric in (LOSS, DEV) else None
    if dev is not None:
        found.append(Series("dev", *apart(*dev), slot=DEV_SLOT))
    return found


def _of_run(metric: Metric, laid: Laid, *, at_hand: bool) -> Series:
    """The curve of a run among others, under its name; only the run at hand has a band."""
    found = points(laid.view, metric) or (NO_POINTS, NO_POINTS)
    steps, values = apart(*found) if metric in (DEV, GAP) else found
    noisy = _is_noisy(metric, laid.view)
    return Series(visible(laid.view.name), steps, values, noisy=noisy, band=at_hand, slot=laid.slot)


def _references(metric: Metric, view: "RunView") -> tuple[Reference, ...]:
    if metric is LOSS and view.config is not None:
        return (Reference(math.log(len(view.config.data.characters) + 1), "uniform guess"),)
    if metric is DEV and view.best_dev_nll is not None:
        return (Reference(view.best_dev_nll, "best"),)
    return ()


def _note(look: View, noisy: bool) -> str:
    if look.x_range is not None:
        return "follows the end, 0 shows all" if look.follow else "zoomed, 0 shows all"
    if noisy and look.band:
        return f"dots: each batch, line: average {look.smoothing:g}"
    return f"average {look.smoothing:g}" if noisy else ""
