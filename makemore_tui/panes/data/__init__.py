"""The Data pane."""

from makemore_tui.panes.data.pane import DataPane

__all__ = ["DataPane"]
