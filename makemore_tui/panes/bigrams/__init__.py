"""The Bigrams pane: which character follows which, counted and learnt."""

from makemore_tui.panes.bigrams.pane import BigramsPane

__all__ = ["BigramsPane"]
