"""The weights of the run that the map shows: the newest, read again when there are newer ones, or those of a step."""

import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from makemore_core.bigrams import count_bigrams
from makemore_core.corpus import Corpus
from makemore_core.errors import MakemoreError
from makemore_tui.display import visible
from makemore_tui.messages import Moment
from makemore_tui.panes.bigrams.tables import Counts, CountTable, ModelShares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from makemore_core.runs.checkpoints import CheckpointInfo
    from makemore_core.runs.folder import RunFolder
    from makemore_core.runs.looking_back import KeptWeights
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
    """Whether more may come: the run goes on, waits for its turn, or cannot be read for now."""
    model: ModelShares | None = None
    step: int = 0
    """The step of the checkpoint."""
    learnt: CountTable | None = None
    """The counts of what the run learns from: its train side; None where its list is not the one at hand."""
    held_out: Counts | None = None
    """The counts (V, V) of its dev side, where it has one and they are known."""
    warning: str = ""
    """What must be known before the map is believed: that it learnt from another list."""
    folder: str = ""
    """The name of its folder, as it is."""
    at: int | None = None
    """The step that was gone back to; None is the newest."""
    steps: tuple[int, ...] = ()
    """Those that one can go back to, ascending."""
    newest: int = 0
    """The step of the newest weights."""
    asked: int | None = None
    """The step that was asked for, where it is no longer kept; `at` is the nearest."""


class RunWeights:
    """Reads one run: the selected one, or else the newest neural bigram run of the list.

    `poll` is for workers; it reads tensors only when the checkpoint is another one.
    """

    def __init__(self, selected: str | None, home: Path, corpus: Corpus) -> None:
        self.selected, self.home, self.corpus = selected, home, corpus
        self._followed: _Followed | None = None
        self._looked: int | None = None
        self._missing = ""
        self._lock = threading.Lock()  # a worker that nobody waits for any more may still be at it

    def poll(self, moment: Moment | None = None) -> RunMap:
        """The run as it is now, with its weights at a moment; those of the newest where the moment is of another."""
        with self._lock:
            try:
                if self._followed is None or self._followed.chosen_by:
                    self._find()
                if self._followed is None:
                    return RunMap(self.selected or "", self._missing, live=True)
                return self._followed.poll(moment)
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
        self._known: tuple[CheckpointInfo, ...] = ()

    def poll(self, moment: Moment | None) -> RunMap:
        """The run as it is now. Raises RunError where its weights are damaged."""
        name = visible(self.folder.name)
        view = self._open().poll()
        live = view.state.goes_on or not view.state.is_readable
        named = f"{name} ({self.chosen_by})" if self.chosen_by else name
        if view.state == "gone":
            return RunMap(name, f"{named} is gone: it was deleted or renamed meanwhile.", live=live)
        if not _has_weights(self.folder):
            return RunMap(name, f"{named} is {view.state}: no weights have been saved yet.", live=live)
        step = moment.step if moment is not None and moment.run == self.folder.name else None
        kept, checkpoint, model = self._read(step)
        at = checkpoint.step if step is not None and kept.snapshots else None
        when = f"back at step {checkpoint.step:,}" if at is not None else f"{view.state} · step {checkpoint.step:,}"
        if view.max_steps:
            when = f"{when} of {view.max_steps:,}"
        elif any(event.kind == "imported" for event in view.events):
            when = "imported"
        return RunMap(
            run=name,
            note=f"{named} {when}",
            live=live,
            model=model,
            step=checkpoint.step,
            learnt=self._learnt,
            held_out=self._held_out,
            warning=self._warning,
            folder=self.folder.name,
            at=at,
            steps=kept.steps,
            newest=kept.newest.step,
            asked=step if step != at else None,
        )

    def _read(self, step: int | None) -> "tuple[KeptWeights, CheckpointInfo, ModelShares]":
        """What is kept, and the weights of a step or of the newest; read where they are not those read last."""
        from makemore_core.runs.looking_back import read_kept

        kept, checkpoint, weights = read_kept(self.folder, step, self._unless_seen, known=self._known)
        self._known = kept.snapshots
        if weights is not None:
            beside = self._learnt.share_bounds(0.0) if kept.steps and self._learnt is not None else None
            self._model, self._seen = ModelShares(weights, beside), (checkpoint.path, checkpoint.modified)
        assert self._model is not None
        return kept, checkpoint, self._model

    def _unless_seen(self, checkpoint: "CheckpointInfo") -> "NDArray[Any] | None":
        """The weights of a checkpoint; None where they are those read last."""
        from makemore_core.runs.checkpoints import read_tensors_numpy

        if self._model is not None and (checkpoint.path, checkpoint.modified) == self._seen:
            return None
        return read_tensors_numpy(self.folder, checkpoint.name)["weight"]

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
            self._reader = RunReader(self.folder, brief=True)
        return self._reader


def _has_weights(folder: "RunFolder") -> bool:
    return any(folder.checkpoints.glob("*.safetensors"))


def _modified(folder: Path) -> int | None:
    """When something was last made in a folder, in nanoseconds; None where there is no folder."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return None
