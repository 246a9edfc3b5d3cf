"""What there is to compare: runs, and models that count a list on the spot. Without torch.

A model that counts learns from train alone, as the runs beside it do, so that dev and test mean the same for both.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from makemore_core.comparison.rows import SIDES, Ground, Row, SideName
from makemore_core.corpus import Corpus, read_corpus
from makemore_core.errors import ListError, RunError, SettingsError
from makemore_core.models.registry import FAMILIES
from makemore_core.runs import schema
from makemore_core.runs.checkpoints import find_checkpoint
from makemore_core.runs.folder import find_run
from makemore_core.runs.listing import RunSummary, is_run, list_runs, summarise
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.sorting import losses_of_best
from makemore_core.runs.states import RunState
from makemore_core.training.config import SplitConfig, TrainConfig, content_hash

COUNTING = tuple(family.name for family in FAMILIES.values() if family.counts)
"""The families that are fitted in one go."""

UNIFORM = "uniform"
"""The guess that learns nothing but which characters there are: the loss that is no better than none."""

ON_THE_SPOT = (UNIFORM, *COUNTING)
"""What is made of a list where it is compared."""

LIKE_RUNS = SplitConfig()
"""The split of models that count where no run says otherwise."""


@dataclass(frozen=True)
class RunSubject:
    """A run, as it was when it was listed."""

    summary: RunSummary
    config: TrainConfig
    tokens_per_step: float | None

    @property
    def spec(self) -> str:
        """What opens it."""
        return str(self.summary.path)

    @property
    def key(self) -> str:
        """Tells it from all others."""
        return self.spec

    @property
    def folder(self) -> RunFolder:
        """Where it lies."""
        return RunFolder(self.summary.path)

    @property
    def can_be_measured(self) -> bool:
        """Whether it has learnt something and rests: what goes on is another model a moment later."""
        return self.summary.step > 0 and not self.summary.state.goes_on and not self.summary.damage

    def row(self) -> Row:
        """What its store tells. The losses of a run at its end are exact, on all items of each side."""
        run = self.summary
        data, split = self.config.data, self.config.split
        recorded: Mapping[SideName, float] = {}
        if run.state is RunState.FINISHED:
            losses = losses_of_best(run)
            recorded = {side: value for side in SIDES if (value := losses[side]) is not None}
        tokens = run.own_steps * self.tokens_per_step if self.tokens_per_step is not None else None
        return Row(
            key=self.key,
            name=run.name,
            type=run.type,
            ground=Ground.of(identity(data.content, data.characters), split.kind, split.seed, data.name),
            state=_state_words(run),
            parameters=run.parameters,
            steps=run.step or None,
            tokens=tokens or None,
            seconds=run.seconds or None,
            recorded=recorded,
            trouble=run.damage,
        )

    def stamp(self) -> str:
        """What changes whenever other weights would be measured. Raises RunError where it has none."""
        best = find_checkpoint(self.folder, "best")
        return f"{best.path.resolve()} {best.bytes} {best.modified}"


@dataclass(frozen=True, eq=False)
class CountSubject:
    """A family that counts, at its defaults, on the train side of a list; or the uniform guess over its characters."""

    type: str
    corpus: Corpus
    content: str
    """The identity of the list, as `identity_of` gives it."""
    split: SplitConfig = LIKE_RUNS

    @property
    def spec(self) -> str:
        """What a person would call it on the command line."""
        return f"{self.type}:{self.corpus.source}"

    @property
    def key(self) -> str:
        """Tells it from all others."""
        return f"{self.spec} {self.split.kind} {self.split.seed}"

    @property
    def can_be_measured(self) -> bool:
        """Always."""
        return True

    def row(self) -> Row:
        """Nothing is known before it is fitted."""
        ground = Ground.of(self.content, self.split.kind, self.split.seed, self.corpus.name)
        return Row(key=self.key, name=self.type, type=self.type, ground=ground)

    def stamp(self) -> str:
        """What changes whenever it would count something else."""
        return f"{self.type} {self.content} {self.split.kind} {self.split.seed}"


Subject: TypeAlias = RunSubject | CountSubject


def run_subjects(home: Path, known: Iterable[RunSubject] = ()) -> list[RunSubject]:
    """All runs of a folder that can be read, the latest first. Those `known` that rest are not read again."""
    by_summary = {subject.key: subject for subject in known}
    subjects = []
    for summary in list_runs(home):
        if not summary.state.is_readable:
            continue
        before = by_summary.get(str(summary.path))
        if before is not None and before.summary == summary:
            subjects.append(before)
        elif (subject := _read(summary)) is not None:
            subjects.append(subject)
    return subjects


def finished(subjects: Iterable[RunSubject]) -> list[RunSubject]:
    """Those that have come to their end."""
    return [subject for subject in subjects if subject.summary.state is RunState.FINISHED]


def identity_of(corpus: Corpus) -> str:
    """What tells a list from all others, in any encoding; it takes a second for a very large one."""
    return identity(content_hash(corpus), corpus.vocabulary.characters)


def identity(content: str, characters: str) -> str:
    """The same from what the settings of a run tell of its list: its ids, and what they stand for."""
    return sha256(f"{content} {characters}".encode("utf-8", "surrogatepass")).hexdigest()


def count_subjects(corpus: Corpus, content: str, split: SplitConfig = LIKE_RUNS) -> list[CountSubject]:
    """Every family that counts, on one list."""
    return [CountSubject(type, corpus, content, split) for type in COUNTING]


def counted_beside(runs: Iterable[RunSubject]) -> list[CountSubject]:
    """Every family that counts, on each list and split of some runs; lists that are not at hand any more have none."""
    counted: dict[Ground, list[CountSubject]] = {}
    lists: dict[str, Corpus] = {}
    for run in runs:
        ground = run.row().ground
        if ground in counted:
            continue
        with suppress(RunError, ListError):
            corpus = lists[ground.content] = lists.get(ground.content) or run.folder.read_corpus()
            counted[ground] = count_subjects(corpus, ground.content, run.config.split)
    return [one for some in counted.values() for one in some]


def named_subjects(
    names: Sequence[str], home: Path, split: SplitConfig | None = None, encoding: str = "utf-8"
) -> list[Subject]:
    """What a person named: runs by name or folder, and `counts:FILE` with any family that counts before the colon, or
    `uniform`. Without a FILE, these are of the lists of the runs that are named beside them.

    Models that count have the `split`; else that of the runs among them on the same list, if there is one, else the
    default. Raises RunError, ListError or SettingsError; RunError also for a run that cannot be measured.
    """
    specs = {name: spec for name in names if (spec := _spec(name, home)) is not None}
    runs = [_named_run(name, home) for name in names if name not in specs]
    splits = {one.row().ground.content: one.config.split for one in runs}
    lists: dict[str, tuple[Corpus, str]] = {}
    counted: list[CountSubject] = []
    for type, file in specs.values():
        if not file:
            counted += _on_lists_of(type, runs, split)
            continue
        if file not in lists:
            corpus = read_corpus(file, encoding=encoding)
            lists[file] = corpus, identity_of(corpus)
        corpus, content = lists[file]
        counted.append(CountSubject(type, corpus, content, split or splits.get(content, LIKE_RUNS)))
    return _once([*runs, *counted])


def counting_spec(name: str) -> tuple[str, str] | None:
    """The family and the list of `counts:FILE`; None for the name of a run. Raises ListError without a FILE."""
    type, colon, file = name.partition(":")
    if not colon or type not in ON_THE_SPOT:
        return None
    if not file:
        raise ListError(f"{name} names no list: write a file or a built-in list after the colon, as in {name}@names")
    return type, file


def _spec(name: str, home: Path) -> tuple[str, str] | None:
    """The same, also of `counts` alone, with no list, unless a run is called so."""
    if name not in ON_THE_SPOT:
        return counting_spec(name)
    return None if is_run(home / name) else (name, "")


def _on_lists_of(type: str, runs: Sequence[RunSubject], split: SplitConfig | None) -> list[CountSubject]:
    """A model on each list and split of some runs. Raises ListError where there is no list to be had."""
    if not runs:
        raise ListError(f"{type} names no list: write {type}:FILE, or name a run beside it, whose list it is to have")
    found = {}
    for run in runs:
        ground = run.row().ground
        if ground not in found:
            found[ground] = CountSubject(type, run.folder.read_corpus(), ground.content, split or run.config.split)
    return list(found.values())


def _named_run(name: str, home: Path) -> RunSubject:
    summary = summarise(find_run(name, home))
    subject = _read(summary) if summary.state.is_readable else None
    if subject is None:
        raise RunError(f"{summary.name} cannot be compared: it is {summary.state}: {summary.reason}")
    if summary.damage:
        raise RunError(f"{summary.name} cannot be compared: {summary.damage}")
    if not subject.can_be_measured:
        why = "it has not begun" if not summary.step else f"it is {summary.state}: wait for its end, or stop it"
        raise RunError(f"{summary.name} cannot be compared yet: {why}")
    return subject


def _read(summary: RunSummary) -> RunSubject | None:
    """What the summary does not tell; None where the run cannot be read any more."""
    folder = RunFolder(summary.path)
    try:
        config = folder.read_config()
        with closing(schema.open_readable(folder.database)) as connection:
            tokens = schema.read_facts(connection).get("tokens_per_step")
    except (RunError, SettingsError, sqlite3.Error, OSError, ValueError):
        return None
    return RunSubject(summary, config, tokens if isinstance(tokens, int | float) else None)


def _state_words(run: RunSummary) -> str:
    """Empty for a run that is at its end."""
    if run.state is RunState.FINISHED:
        return ""
    if run.turn is not None:
        return f"waits, {run.turn}"
    if run.step and run.max_steps:
        return f"{run.state} {run.step / run.max_steps:.0%}"
    return str(run.state)


def _once(subjects: Iterable[Subject]) -> list[Subject]:
    """Without repeats."""
    return list({subject.key: subject for subject in subjects}.values())
