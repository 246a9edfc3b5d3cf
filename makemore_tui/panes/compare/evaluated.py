"""What the Evaluate view evaluates, a model at any checkpoint that it has, and the reports of a session."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from makemore_core.runs.checkpoints import CheckpointInfo, find_checkpoint, list_checkpoints
from makemore_core.runs.folder import find_run

if TYPE_CHECKING:
    from makemore_core.comparison.subjects import Subject
    from makemore_core.corpus import Corpus
    from makemore_core.metrics.report import Report
    from makemore_core.sources import Source

BEST = "best"
"""The checkpoint that is evaluated unless another is chosen."""

MOST = 40
"""Reports that are kept; the one that was looked at longest ago goes first. They are tables, no weights."""


@dataclass(frozen=True)
class Evaluated:
    """A model that can be evaluated. Its functions read files and work on models: they are for threads."""

    name: str
    open: "Callable[[str], Source]"
    """The model at a checkpoint, with its data. Raises MakemoreError."""
    stamp: Callable[[str], str] = lambda _: ""
    """What changes whenever other weights, or another split, would be evaluated; empty where that cannot be told."""
    checkpoints: Callable[[], tuple[CheckpointInfo, ...]] = tuple
    """Those that it has, the latest first; none for what is no run."""
    find: Callable[[str], CheckpointInfo | None] = lambda _: None
    """The one that is opened under a name, which is another where a run has, say, no best one yet; None for what is no
    run. Raises MakemoreError where there is none."""

    def named(self, checkpoint: str) -> str:
        """The name, for a run with the checkpoint that is opened. Raises MakemoreError where there is none."""
        info = self.find(checkpoint)
        return self.name if info is None else f"{self.name}, {info.name} at step {info.step:,}"


def evaluated_run(name: str, home: Path) -> Evaluated:
    """A run, by its name or folder; what is wrong with it is said when it is opened."""

    def find(checkpoint: str) -> CheckpointInfo:
        return find_checkpoint(find_run(name, home), checkpoint)

    def stamp(checkpoint: str) -> str:
        info = find(checkpoint)
        return f"{info.path.resolve()} {info.bytes} {info.modified}"

    def open_run(checkpoint: str) -> "Source":
        from makemore_core.sources import run_source

        return run_source(name, home, checkpoint)

    return Evaluated(Path(name).name, open_run, stamp, lambda: list_checkpoints(find_run(name, home)), find)


def evaluated_subject(subject: "Subject", name: str) -> Evaluated:
    """A row of the comparison."""
    from makemore_core.comparison.subjects import RunSubject

    if isinstance(subject, RunSubject):
        path = subject.folder.path
        return replace(evaluated_run(str(path), path.parent), name=name)

    def open_model(_: str) -> "Source":
        from makemore_core.comparison.measuring import open_subject

        return open_subject(subject)

    return Evaluated(name, open_model, lambda _: subject.stamp())


def evaluated_spec(spec: str, home: Path, corpus: "Corpus | None" = None) -> Evaluated:
    """What the command line takes: a run's name or folder, `counts:FILE` or `uniform:FILE`.

    `corpus` is the list that is open: a model of this very list does not read it again.
    """
    kind, _, file = spec.partition(":")
    if kind not in ("counts", "uniform"):
        return evaluated_run(spec, home)

    def open_model(_: str) -> "Source":
        from makemore_core.sources import counts_source, open_source, uniform_source

        if corpus is not None and file == corpus.source:
            return counts_source(corpus) if kind == "counts" else uniform_source(corpus)
        return open_source(spec, home)

    known = f"{kind} {corpus.sha256}" if corpus is not None and file == corpus.source else ""
    return Evaluated(spec, open_model, lambda _: known)


Key = tuple[str, int, int]
"""The stamp of the model at its checkpoint, how many samples were asked for, and their seed."""


class Reports:
    """The reports of a session, found again by what they are of."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Report] = OrderedDict()

    def find(self, key: Key) -> "Report | None":
        """The report of this model, if it was made before."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: Key, report: "Report") -> None:
        """Keep it, unless it cannot be told what it is of."""
        if key[0]:
            self._kept[key] = report
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)


_OF_APPS: "WeakKeyDictionary[object, Reports]" = WeakKeyDictionary()


def reports_of(app: object) -> Reports:
    """Those of an app, which go when it does."""
    return _OF_APPS.setdefault(app, Reports())
