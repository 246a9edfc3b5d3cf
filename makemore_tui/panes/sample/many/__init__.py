"""Many items at once: filtered, sorted, marked, and kept."""

from makemore_tui.panes.sample.many.screen import ManyScreen

__all__ = ["ManyScreen"]
