"""What panes ask of the shell. A pane posts one of these; the shell tells the other panes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus


class CorpusLoaded(Message):
    """The list has been read."""

    def __init__(self, corpus: "Corpus", source: str) -> None:
        super().__init__()
        self.corpus = corpus
        self.source = source


class CorpusFailed(Message):
    """The list cannot be read; a MakemoreError says why, any other error is a fault of the program."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class OpenList(Message):
    """Open another list: a path, or a built-in list as `@name`."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source


class RunSelected(Message):
    """A person selected or started a run: the other panes show the same one. None: no run."""

    def __init__(self, name: str | None) -> None:
        super().__init__()
        self.name = name


@dataclass(frozen=True)
class Moment:
    """A run as it was at a step whose weights are kept."""

    run: str
    """The name of its folder."""
    step: int


class MomentChosen(Message):
    """A person went back to a moment of a run: whatever shows that run shows it as it was then. None: the newest."""

    def __init__(self, moment: Moment | None) -> None:
        super().__init__()
        self.moment = moment


class ShowPane(Message):
    """Bring a pane to the front: "data", "bigrams", "train", "sample" or "compare"."""

    def __init__(self, pane: str) -> None:
        super().__init__()
        self.pane = pane
