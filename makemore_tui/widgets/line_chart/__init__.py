"""A line chart for the terminal: arrays in, rows of cells out, and a widget that repaints only what changed."""

from makemore_tui.widgets.line_chart.drawing import draw
from makemore_tui.widgets.line_chart.frame import Frame, Plot
from makemore_tui.widgets.line_chart.series import Chart, Reference, Series, View
from makemore_tui.widgets.line_chart.smoothing import smooth
from makemore_tui.widgets.line_chart.widget import LineChart

__all__ = ["Chart", "Frame", "LineChart", "Plot", "Reference", "Series", "View", "draw", "smooth"]
