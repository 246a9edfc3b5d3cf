"""The Sample pane: generation, one character at a time."""

from makemore_tui.panes.sample.pane import SamplePane

__all__ = ["SamplePane"]
