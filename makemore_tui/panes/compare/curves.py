"""The loss by the place in the item, of several rows over each other."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from makemore_tui.display import visible
from makemore_tui.widgets.line_chart import Chart, Series, View

if TYPE_CHECKING:
    from makemore_core.comparison.ranking import Ranked

FEWEST = 10
"""Characters of a place that is drawn: the mean of fewer says little."""


def position_chart(ranked: "Ranked | None", slots: Mapping[str, int]) -> Chart:
    """A curve for each row that has a slot; the first character of an item is at 1.

    Curves are named by the type of the model where that tells them apart, else by its name.
    """
    title = "NLL by position"
    if ranked is None:
        return Chart(title=title, x_title="position")
    drawn = [row for row in ranked.rows if row.key in slots]
    by_type = len({row.type for row in drawn}) == len(drawn)  # shorter, and what a person looks for
    series = []
    for row in drawn:
        places = row.measured.positions.get(ranked.side, ()) if row.measured is not None else ()
        shown = [place for place in places if place.characters >= FEWEST] or list(places)
        if shown:
            x, y = np.array([place.position for place in shown]), np.array([place.nll for place in shown])
            name = row.type if by_type else row.name
            series.append(Series(visible(name), x, y, slot=slots[row.key]))
    return Chart(
        tuple(series),
        title=title,
        unit="nats",
        note=f"on {ranked.side}",
        x_title="position",
        view=View(band=False),
    )
