"""A run made up by hand for the tests of the diagnostics: a deep network whose initial weights are too large."""

import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from makemore_core.diagnostics.looks import Histogram, Layer, Look, Parameter
from makemore_core.runs.snapshot import RunView, Series
from tests.tui.train_views import a_config, a_view

STEPS = (0, 200, 400)
UNITS = 100
SHARES = {"h1": (0.54, 0.42, 0.05), "h2": (0.10, 0.06, 0.04), "h3": (0.08, 0.05, 0.03)}
"""How much of each layer is saturated, at each of the steps."""
RATIOS = {"embedding": (-1.6, -2.4, -3.1), "weights.0": (-1.4, -2.6, -3.0), "weights.1": (-2.0, -2.8, -3.2)}
"""log10 update:data of each matrix, at each of the steps."""


def tanh_layer(name: str, share: float) -> Layer:
    """A layer with this share in the two outermost of 40 parts, and the rest in the middle, for 32 characters."""
    total = 32 * UNITS
    edge = round(share * total / 2)
    middle = (total - 2 * edge) // 4
    counts = (edge, *[0] * 17, *[middle] * 4, *[0] * 17, edge)
    dead = 3 if share > 0.5 else 0
    return Layer(name, "tanh", UNITS, 0.01, 0.4 + share / 2, share, dead, Histogram(-1.0, 1.0, counts))


def matrix(name: str, ratio: float) -> Parameter:
    counts = (*[0] * 15, 1, 2, 4, 8, 16, 16, 8, 4, 2, 1, *[0] * 15)
    return Parameter(name, (100, 100), 0.2, 0.0, 0.004, 0.02, ratio, Histogram(-0.016, 0.016, counts))


def a_look(place: int) -> Look:
    bias = Parameter("biases.0", (100,), 0.1, 0.0, 0.002, 0.02, -2.5, Histogram(-0.008, 0.008, (1,) * 40))
    layers = tuple(tanh_layer(name, shares[place]) for name, shares in SHARES.items())
    matrices = tuple(matrix(name, ratios[place]) for name, ratios in RATIOS.items())
    return Look(STEPS[place], layers, (*matrices, bias))


def inside_view(looks: int = 3, **changes: object) -> RunView:
    """The run as it stands after so many looks."""
    steps = np.array(STEPS[:looks])
    series = {f"update_ratio/{name}": Series(steps, np.array(ratios[:looks])) for name, ratios in RATIOS.items()}
    view = a_view(600 if looks else 0, name="deep", type="mlp")
    return replace(
        view,
        series=MappingProxyType({**view.series, **(series if looks else {})}),
        looks=tuple(a_look(place) for place in range(looks)),
        first_loss=math.log(view.vocab_size or 1) * 5 if looks else None,
        **changes,
    )


def without_diagnostics() -> RunView:
    return inside_view(0, config=a_config(diagnostics_interval=0))
