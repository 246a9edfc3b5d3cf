"""The Train pane: start a run, watch it learn, steer it, and choose among the runs."""

from makemore_tui.panes.train.pane import TrainPane

__all__ = ["TrainPane"]
