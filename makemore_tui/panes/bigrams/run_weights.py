"""The weights of the run that the map shows, read again when a newer checkpoint is there."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from makemore_core.bigrams import count_bigrams
from makemore_core.corpus import Corpus
from makemore_core.errors import MakemoreError
from makemore_tui.display import visible
from makemore_tui.panes.bigrams.tables import Counts, CountTable, ModelShares

if TYPE_CHECKING:
    from makemore_core.runs.folder import RunFolder
    from makemore_core.runs.view import RunReader
    from makemore_core.training.config import TrainConfig

HELD_OUT_UP_TO = 2000
"""Up to this size of the vocabulary the loss on dev is measured too: the table of its pairs grows with the square."""


@dataclass(frozen=True, eq=False)
class RunMap:
    """What is known of a run as a map. Where there is no `model`, `note` says why in one line."""

    run: str
    note: str
    live: bool = False
    """Whether more is to come: the run goes on."""
    model: ModelShares | None = None
    step: int = 0
    """The step of the checkpoint."""
    learnt: CountTable | None = None
    """The counts of what the run learns from: its train side; None where its list is not the one at hand."""
    held_out: Counts | None = None
    """The counts (V, V) of its dev side, where it has one and they are known."""
    warning: str = ""
    """What must be known before the map is believed: that it learnt from another list."""


class RunWeights:
    """Reads one run: the selected one, or else the newest neural bigram run of the list.

    `poll` is for a worker; it reads tensors only when the checkpoint has changed.
    """

    def __init__(self, selected: str | None, home: Path, corpus: Corpus) -> None:
        self.selected, self.home, self.corpus = selected, home, corpus
        self._followed: _Followed | None = None
        self._looked: int | None = None
        self._missing = ""

    def poll(self) -> RunMap:
        """The run as it is now."""
        try:
            if self._followed is None or self._followed.chosen_by:
                self._find()
            if self._followed is None:
                return RunMap(self.selected or "", self._missing, live=True)
            return self._followed.poll()
        except MakemoreError as error:
            return RunMap(self.selected or "", str(error), live=True)

    # Which run

    def _find(self) -> None:
        """Choose the run to follow; look again only when a run has come or gone."""
        changed = _modified(self.home)
        if changed == self._looked and changed is not None:
            return
        self._looked = changed  # before looking: what comes meanwhile is looked for the next time
        folder, self._missing = self._selected_folder()
        chosen_by = ""
        if folder is None:
            folder, chosen_by = self._newest(), "newest here"
        if folder is None:
            self._followed = None
        elif self._followed is None or self._followed.folder != folder:
            self._followed = _Followed(folder, self.corpus, self._content, chosen_by)

    def _selected_folder(self) -> "tuple[RunFolder | None, str]":
        """The run that a person selected where it can be shown, and why it cannot where it is not."""
        from makemore_core.runs.folder import find_run

        if self.selected is None:
            return None, "There is no neural bigram run of this list yet: start one on 3, as type bigram."
        try:
            folder = find_run(self.selected, self.home)
            config = folder.read_config()
        except MakemoreError as error:
            return None, str(error)
        name = visible(self.selected)
        if config.type != "bigram":
            return (
                None,
                f"{name} is of type {config.type}: this map is for runs of type bigram. Start or select one on 3.",
            )
        if config.data.characters != self.corpus.vocabulary.characters:
            listed = visible(config.data.name)
            return (
                None,
                f"{name} was trained on {listed}, whose characters differ. Open that list, or select a run on 3.",
            )
        return folder, ""

    def _newest(self) -> "RunFolder | None":
        """The latest made neural bigram run of this list; one that has no weights yet only if there is no other."""
        from makemore_core.runs.listing import run_folders

        without_weights = None
        for folder in run_folders(self.home):
            try:
                config = folder.read_config()
            except MakemoreError:
                continue
            if config.type != "bigram" or not self._is_of_this_list(config):
                continue
            if _has_weights(folder):
                if without_weights is not None:
                    self._looked = None  # its first weights change nothing in the folder of runs
                return folder
            without_weights = without_weights or folder
        return without_weights

    def _is_of_this_list(self, config: "TrainConfig") -> bool:
        same = config.data.characters == self.corpus.vocabulary.characters and config.data.items == len(self.corpus)
        return same and config.data.content == self._content

    @cached_property
    def _content(self) -> str:
        from makemore_core.training.config import content_hash

        return content_hash(self.corpus)


class _Followed:
    """One run that can be shown."""

    def __init__(self, folder: "RunFolder", corpus: Corpus, content: str, chosen_by: str) -> None:
        self.folder, self.corpus, self.content, self.chosen_by = folder, corpus, content, chosen_by
        self._reader: RunReader | None = None
        self._learnt: CountTable | None = None
        self._held_out: Counts | None = None
        self._warning = ""
        self._seen: tuple[Path, int] | None = None
        self._model: ModelShares | None = None

    def poll(self) -> RunMap:
        """The run as it is now. Raises RunError where its weights are damaged."""
        from makemore_core.runs.checkpoints import find_checkpoint, read_tensors_numpy

        name = visible(self.folder.name)
        view = self._open().poll()
        live = view.state.is_live
        named = f"{name} ({self.chosen_by})" if self.chosen_by else name
        if not _has_weights(self.folder):
            return RunMap(name, f"{named} is {view.state}: no weights have been saved yet.", live=live)
        checkpoint = find_checkpoint(self.folder, "last")
        seen = checkpoint.path, checkpoint.modified
        if seen != self._seen or self._model is None:
            self._model = ModelShares(read_tensors_numpy(self.folder, checkpoint.name)["weight"])
            self._seen = seen
        return RunMap(
            run=name,
            note=f"{named} {view.state} · step {checkpoint.step:,} of {view.max_steps:,}",
            live=live,
            model=self._model,
            step=checkpoint.step,
            learnt=self._learnt,
            held_out=self._held_out,
            warning=self._warning,
        )

    def _open(self) -> "RunReader":
        """At the first look, count what the run learns from."""
        from makemore_core.runs.view import RunReader

        if self._reader is None:
            config = self.folder.read_config()
            if config.data.content == self.content:
                sides = config.split.sides(self.corpus)
                self._learnt = CountTable(count_bigrams(self.corpus, sides.train))
                if len(sides.dev) and self._learnt.size <= HELD_OUT_UP_TO:
                    self._held_out = count_bigrams(self.corpus, sides.dev)
            else:
                self._warning = f"learnt from {visible(config.data.name)}, not from this list"
            self._reader = RunReader(self.folder)
        return self._reader


def _has_weights(folder: "RunFolder") -> bool:
    return any(folder.checkpoints.glob("*.safetensors"))


def _modified(folder: Path) -> int | None:
    """When something was last made in a folder, in nanoseconds; None where there is no folder."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return None
