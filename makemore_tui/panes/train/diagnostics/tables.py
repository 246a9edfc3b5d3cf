"""A look inside a network as rows: layers by what they gave out, parameters by their gradients."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from makemore_core.diagnostics.looks import Histogram, Kind, Layer, Parameter
from makemore_tui.widgets.histogram_list import HistogramItem, HistogramTable
from makemore_tui.widgets.histogram_strip import Bars

if TYPE_CHECKING:
    from makemore_core.diagnostics.looks import Look

FLAT = 0.97
"""As the core measures: a tanh beyond it is saturated, a gate beyond it or as near to 0 fully open or shut."""
_NEAR = 1e-9


def is_flat(kind: Kind, low: float, high: float) -> bool:
    """Whether the part of a histogram from `low` to `high` holds values where a nonlinearity is flat."""
    match kind:
        case "tanh":
            return max(-low, high) > FLAT
        case "gate":
            return low < 1 - FLAT or high > FLAT
        case "relu":
            return low <= _NEAR
        case "gelu":
            return high <= _NEAR


def layer_bars(layer: Layer) -> Bars:
    """What a layer gave out; the parts where its nonlinearity is flat are drawn apart."""
    found, edges = layer.histogram, layer.histogram.edges
    flat = tuple(is_flat(layer.kind, edges[part], edges[part + 1]) for part in range(len(found.counts)))
    return Bars(found.counts, found.low, found.high, flat)


def gradient_bars(histogram: Histogram) -> Bars:
    """The gradient of a parameter."""
    return Bars(histogram.counts, histogram.low, histogram.high)


def layer_table(look: "Look", faulty: Collection[str]) -> HistogramTable:
    """All layers of a look; those in `faulty` are marked."""
    items = tuple(_layer_item(layer, layer.name in faulty) for layer in look.layers)
    return HistogramTable(
        "activations", ("mean", "std", "saturated", "dead"), items, empty="this model has no nonlinearity"
    )


def _layer_item(layer: Layer, is_bad: bool) -> HistogramItem:
    cells = (f"{layer.mean:+.2f}", f"{layer.std:.2f}", f"{layer.saturated:.1%}", f"{layer.dead:,}")
    return HistogramItem(layer.name, layer_bars(layer), cells, is_bad=is_bad)


def parameter_table(look: "Look", faulty: Collection[str], signs: Mapping[str, tuple[str, str]]) -> HistogramTable:
    """All parameters of a look; those on the chart have the signs of their curves."""
    items = tuple(_parameter_item(one, one.name in faulty, signs) for one in look.parameters)
    return HistogramTable("gradients", ("grad:data", "update:data"), items, empty="nothing was moved")


def _parameter_item(one: Parameter, is_bad: bool, signs: Mapping[str, tuple[str, str]]) -> HistogramItem:
    update = "-" if one.update_ratio is None else f"10^{one.update_ratio:.1f}"
    cells = (_short(one.grad_ratio), update)
    return HistogramItem(one.name, gradient_bars(one.histogram), cells, signs.get(one.name, ("", "")), is_bad)


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.2g}"
