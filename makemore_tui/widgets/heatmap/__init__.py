"""A heatmap of any matrix: pure drawing (drawing, layout, scales, texts) apart from the widget (grid, widget)."""

from makemore_tui.widgets.heatmap.data import ArrayValues, Bounds, HeatmapData, Notation, Values
from makemore_tui.widgets.heatmap.grid import HeatmapGrid
from makemore_tui.widgets.heatmap.layout import CellSize
from makemore_tui.widgets.heatmap.scales import Scale
from makemore_tui.widgets.heatmap.widget import Heatmap

__all__ = [
    "ArrayValues",
    "Bounds",
    "CellSize",
    "Heatmap",
    "HeatmapData",
    "HeatmapGrid",
    "Notation",
    "Scale",
    "Values",
]
