"""Which panes there are. Their modules are imported at the first visit, never before the first frame."""

from dataclasses import dataclass
from importlib import import_module

from makemore_tui.panes.base import Pane


@dataclass(frozen=True)
class PaneEntry:
    """A tab: its name (also the word on it), and where its pane is found."""

    name: str
    module: str
    attribute: str

    def load(self) -> type[Pane]:
        """Import the pane's class."""
        pane: type[Pane] = getattr(import_module(self.module), self.attribute)
        return pane


PANES = (
    PaneEntry("data", "makemore_tui.panes.data", "DataPane"),
    PaneEntry("bigrams", "makemore_tui.panes.bigrams", "BigramsPane"),
    PaneEntry("train", "makemore_tui.panes.train", "TrainPane"),
    PaneEntry("sample", "makemore_tui.panes.sample", "SamplePane"),
    PaneEntry("compare", "makemore_tui.panes.compare", "ComparePane"),
)
"""In the order of the tabs; the first is shown at the start."""
