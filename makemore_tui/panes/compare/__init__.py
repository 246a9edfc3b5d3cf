"""Models beside each other: losses, costs, samples, differences with their intervals."""

from makemore_tui.panes.compare.pane import ComparePane

__all__ = ["ComparePane"]
