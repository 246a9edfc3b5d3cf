"""Which curves a run has on the chart."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from makemore_tui.widgets.line_chart import Chart, Reference, Series, View

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView

TRAIN_SLOT, DEV_SLOT = 0, 1


def apart(steps: NDArray[Any], values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Points (n,) with a gap behind the first one where it stands before all training, as (n + 1,).

    Loss falls fastest at the start: a straight line from the untrained model to the next look would pass far above
    what happened.
    """
    if len(steps) < 2 or steps[0] != 0:
        return steps, values
    return np.insert(steps.astype(np.float64), 1, steps[1] / 2), np.insert(values, 1, np.nan)


def loss_chart(view: "RunView", look: View) -> Chart:
    """The loss of each step's batch, the loss on dev, and the loss of a uniform guess to compare with.

    `look` says how the person wants to see them; where the axis may end is the run's.
    """
    series = []
    batches = view.series.get("loss")
    # Steps on the whole list have no noise to average away.
    noisy = view.config is not None and view.config.batch_by != "all"
    if batches is not None:
        series.append(Series("train", batches.steps, batches.values, noisy=noisy, slot=TRAIN_SLOT))
    dev = view.series.get("dev_nll")
    if dev is not None:
        series.append(Series("dev", *apart(dev.steps, dev.values), slot=DEV_SLOT))
    references = []
    if view.config is not None:
        size = len(view.config.data.characters) + 1
        references.append(Reference(math.log(size), "uniform guess"))
    shown = View(look.log_x, look.log_y, look.smoothing, look.band, look.x_range, look.y_range, view.max_steps or None)
    note = "dots: each batch, line: average" if noisy and look.band else ""
    return Chart(tuple(series), tuple(references), title="loss", unit="in nats per character", note=note, view=shown)
