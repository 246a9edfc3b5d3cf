"""log10 update:data of the matrices over time, with a guide at -3, as in the lecture."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from makemore_core.diagnostics.findings import GOOD_UPDATE
from makemore_tui.display import visible
from makemore_tui.widgets.line_chart import Chart, Reference, Series, View
from makemore_tui.widgets.line_chart.frame import SLOTS

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView

_PREFIX = "update_ratio/"


def matrices(view: "RunView") -> tuple[str, ...]:
    """The parameters that have a curve, in the order of the model."""
    if view.look is None:
        return ()
    return tuple(one.name for one in view.look.parameters if _PREFIX + one.name in view.series)


def group_of(names: Sequence[str], chosen: str) -> Sequence[str]:
    """As many of the names as can be told apart on one chart, the chosen one among them."""
    place = names.index(chosen) if chosen in names else 0
    start = place - place % SLOTS
    return names[start : start + SLOTS]


def slots_of(names: Sequence[str], chosen: str) -> dict[str, int]:
    """The parameters on the chart, and the colour and marker of each, which it keeps whichever is chosen."""
    return {name: slot for slot, name in enumerate(group_of(names, chosen))}


def update_chart(view: "RunView", chosen: str, *, alone: bool, step: int | None) -> Chart:
    """The curves of the parameters around the chosen one, or that one alone; `step` is what the legend reads.

    The chosen one lies above the others, and is the one that the legend names: a list beside the chart names them all.
    """
    names = matrices(view)
    slots = slots_of(names, chosen)
    shown = [name for name in slots if name != chosen and not alone]
    series = [
        _curve(view, name, slots[name], in_legend=name == chosen)
        for name in [*shown, *([chosen] if chosen in slots else [])]
    ]
    return Chart(
        tuple(series),
        (Reference(GOOD_UPDATE, "good"),) if series else (),
        title="log10 update:data",
        note=f"{len(slots)} of {len(names)}" if len(names) > SLOTS and not alone else "",
        view=View(
            cursor=None if step is None else float(step),
            last_step=float(view.max_steps) or None,
            y_range=_range(series),
        ),
    )


def _range(series: Sequence[Series]) -> tuple[float, float] | None:
    """Halves of a power of ten around all values and the guide: the first updates, large as they are, belong in."""
    if not series:
        return None
    values = np.concatenate([np.array([GOOD_UPDATE]), *(one.values[np.isfinite(one.values)] for one in series)])
    return float(np.floor(2 * values.min() - 0.2) / 2), float(np.ceil(2 * values.max()) / 2)


def _curve(view: "RunView", name: str, slot: int, *, in_legend: bool) -> Series:
    found = view.series[_PREFIX + name]
    return Series(visible(name), found.steps, found.values, slot=slot, in_legend=in_legend)
