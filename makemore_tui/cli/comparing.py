"""The command that sets models beside each other."""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from makemore_tui.cli.options import AsJson, Encoding, Runs
from makemore_tui.cli.ranges import at_least
from makemore_tui.completion import complete_compared, complete_list

if TYPE_CHECKING:
    from makemore_core.comparison.measuring import Bench
    from makemore_core.comparison.ranking import Ranked
    from makemore_core.comparison.rows import Ground, Row
    from makemore_core.comparison.subjects import Subject
    from makemore_core.training.config import SplitConfig
    from makemore_tui.cli.following import Interrupts

SAMPLES = 1000

NOT_ON_TRAIN = "differences are measured on items that are held out: take --on dev or --on test"

SomeRuns = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="RUN",
        help="Names or folders of runs, or counts:FILE, ngram:FILE, kneser-ney:FILE, uniform:FILE (FILE may be @names; "
        "without :FILE, the lists of the runs beside).",
        show_default="all runs, and what counts on their lists",
        autocompletion=complete_compared,
    ),
]
AllFamilies = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Train every family at its defaults on this list, and compare them: from counts to the Transformer.",
        autocompletion=complete_list,
    ),
]
MaxSteps = Annotated[int | None, typer.Option(help="--all-families: steps of every run.", callback=at_least(1))]
Samples = Annotated[
    int, typer.Option(help="Samples of each model to compare with real items; 0: none.", callback=at_least(0))
]
Sort = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="By any column, the lowest first.", show_default="dev")
]
Reverse = Annotated[bool, typer.Option("--reverse", help="The highest first.")]
Against = Annotated[
    str | None,
    typer.Option(metavar="RUN", help="Differences are measured against this one.", show_default="the best on dev"),
]
On = Annotated[str | None, typer.Option(metavar="SIDE", help="Differences on dev or test.", show_default="test")]
SplitKind = Annotated[
    str | None,
    typer.Option(
        "--split",
        help="Of models that count: disjoint, lecture, makemore or none.",
        show_default="as the runs beside them",
    ),
]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Write Markdown.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Write CSV.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(compare)


def compare(
    run: SomeRuns = None,
    all_families: AllFamilies = None,
    max_steps: MaxSteps = None,
    samples: Samples = SAMPLES,
    sort: Sort = None,
    reverse: Reverse = False,
    against: Against = None,
    on: On = None,
    split: SplitKind = None,
    encoding: Encoding = "utf-8",
    runs: Runs = None,
    markdown: AsMarkdown = False,
    csv: AsCsv = False,
    as_json: AsJson = False,
) -> int:
    """Compare runs and models that count: costs, losses on every split, and samples beside real items.

    The best of each column is marked. Differences of losses come with intervals: a bootstrap over items. Models of
    another list or split are listed apart. What was measured is kept, so that the next time is quick.

    With --all-families the runs wait in the queue like those of a sweep; ctrl-c stops them and compares what is done,
    and asking for the same again goes on.
    """
    from makemore_core.errors import SettingsError
    from makemore_tui.cli.errors import INTERRUPTED
    from makemore_tui.cli.following import Interrupts

    if markdown + csv + as_json > 1:
        raise typer.BadParameter("choose one of --markdown, --csv and --json")
    if max_steps is not None and all_families is None:
        raise typer.BadParameter("--max-steps is for --all-families")
    if split is not None and all_families is not None:
        raise typer.BadParameter("--split is not for --all-families: its runs have the split that is the default")
    if on not in (None, "train", "dev", "test"):
        raise SettingsError(f"differences can be measured on train, dev or test, not on {on!r}")
    if on == "train" and all_families is not None:
        raise SettingsError(NOT_ON_TRAIN)
    _check_sort(sort, samples)
    with Interrupts() as interrupts:
        subjects = _subjects(run or [], all_families, max_steps, split, encoding, runs, interrupts)
        _check_side(subjects, on)
        stopped, reference = interrupts.count, _reference(subjects, against, encoding, runs)
        rows = _measure(subjects, samples, interrupts)
    groups = _ranked(rows, sort, reverse, reference, on, samples)
    _report(groups, "markdown" if markdown else "csv" if csv else "json" if as_json else "")
    return INTERRUPTED if stopped or interrupts.count else 0


def _check_sort(sort: str | None, samples: int) -> None:
    """Raise SettingsError for a column that there will not be, before anything takes time."""
    if sort is not None:
        from makemore_core.comparison.ranking import find_measure
        from makemore_core.comparison.rows import measures_for

        find_measure(sort, measures_for(samples))


def _subjects(
    names: Sequence[str],
    all_families: str | None,
    max_steps: int | None,
    split: str | None,
    encoding: str,
    runs: Path | None,
    interrupts: "Interrupts",
) -> "list[Subject]":
    """What is to be compared. Raises RunError where there is nothing."""
    from makemore_core.comparison.subjects import counted_beside, named_subjects, run_subjects
    from makemore_core.errors import RunError
    from makemore_core.runs.folder import runs_home

    home = runs_home(runs)
    found = named_subjects(names, home, _split(split), encoding)
    if all_families is not None:
        from makemore_tui.cli.climbing import climb

        ladder = climb(all_families, encoding, max_steps, home, interrupts)
        return list({subject.key: subject for subject in (*found, *ladder)}.values())
    if not found:
        there = run_subjects(home)
        found = [*there, *counted_beside(there)]
    if not found:
        raise RunError(
            f"there are no runs in {home} to compare: `makemore-tui train` makes one, and `makemore-tui "
            "compare --all-families FILE` trains every family on a list"
        )
    return found


def _check_side(subjects: "Sequence[Subject]", on: str | None) -> None:
    """Raise SettingsError for differences on train where items are held out: those are measured on held-out items."""
    from makemore_core.errors import SettingsError

    if on == "train" and subjects and all(subject.row().ground.split != "none" for subject in subjects):
        raise SettingsError(NOT_ON_TRAIN)


def _reference(
    subjects: "Sequence[Subject]", against: str | None, encoding: str = "utf-8", runs: Path | None = None
) -> str | None:
    """The key of the row that a person named. Raises RunError where it is not there."""
    from makemore_core.comparison.subjects import named_subjects
    from makemore_core.errors import MakemoreError, RunError
    from makemore_core.runs.folder import runs_home

    if against is None:
        return None
    for subject in subjects:
        if against in (subject.row().name, subject.spec):
            return subject.key
    with suppress(MakemoreError):
        (named,) = named_subjects([against], runs_home(runs), encoding=encoding)  # a path may be written in many ways
        for subject in subjects:
            if subject.spec == named.spec:
                return subject.key
    raise RunError(f"{against} is not among what is compared: name it as well")


def _split(kind: str | None) -> "SplitConfig | None":
    """The split that a person named. Raises SettingsError."""
    from makemore_core.errors import SettingsError
    from makemore_core.training.config import SplitConfig, choices

    if kind is None:
        return None
    if kind not in choices("split"):
        raise SettingsError(f"there is no split {kind!r}: it is one of {', '.join(choices('split'))}")
    return SplitConfig.model_validate({"kind": kind})


# Measuring


class _EnoughError(Exception):
    """A person wants no more to be measured."""


def _measure(subjects: "Sequence[Subject]", samples: int, interrupts: "Interrupts") -> "list[Row]":
    """The rows, measured one after the other until ctrl-c; the progress is drawn on standard error.

    Where all was measured before, torch is not imported.
    """
    from makemore_core.comparison.cache import known_row
    from makemore_tui.cli.comparison_tables import measuring_progress

    rows, before = [subject.row() for subject in subjects], interrupts.count
    with measuring_progress() as progress:
        task = progress.add_task("", total=float(len(rows)))

        def tell(number: int, part: str, share: float) -> None:
            if interrupts.count > before:
                raise _EnoughError
            progress.update(task, completed=number + share, description=f"{rows[number].name}: {part}")

        with suppress(_EnoughError):
            for number, subject in enumerate(subjects):
                tell(number, "reading", 0.0)
                known = known_row(subject, rows[number], samples)
                rows[number] = known or _bench(samples).measure(subject, rows[number], partial(tell, number))
            rows += _real_rows(subjects, rows, samples, partial(tell, len(rows) - 1))
    return rows


@cache
def _bench(samples: int) -> "Bench":
    """What measures; imports torch."""
    import torch

    from makemore_core.comparison.measuring import Bench

    torch.set_num_threads(1)  # as in training: beside other work, more of them are slower
    return Bench(samples)


def _real_rows(
    subjects: "Sequence[Subject]", rows: "Sequence[Row]", samples: int, tell: Callable[[str, float], None]
) -> "list[Row]":
    """For each list and split whose samples were measured, a row of real items."""
    from makemore_core.comparison.cache import known_real_row
    from makemore_core.errors import MakemoreError

    first: dict[Ground, Subject] = {}
    for subject, row in zip(subjects, rows, strict=True):
        if row.measured is not None and row.measured.samples is not None:
            first.setdefault(row.ground, subject)
    found: list[Row] = []
    for ground, one in first.items():
        with suppress(MakemoreError):  # where the list has gone meanwhile, what was measured stands without real items
            if (real := known_real_row(ground, samples) or _bench(samples).real(one, tell)) is not None:
                found.append(real)
    return found


def _ranked(
    rows: "Sequence[Row]", sort: str | None, reverse: bool, reference: str | None, on: str | None, samples: int
) -> "list[Ranked]":
    """The rows of each list and split in their order."""
    from makemore_core.comparison.ranking import find_measure, grouped, rank
    from makemore_core.comparison.rows import SIDES, measures_for

    measures = measures_for(samples)
    column = None if sort is None else find_measure(sort, measures)
    side = next((side for side in SIDES if side == on), None)
    return [
        rank(group, measures, column, reverse=reverse, side=side, reference=reference)
        for group in grouped(rows).values()
    ]


def _report(groups: "Sequence[Ranked]", format: str) -> None:
    from makemore_core.comparison.exports import FORMATS, export, to_json
    from makemore_tui.cli.comparison_tables import print_comparison
    from makemore_tui.cli.output import print_json

    written = next((one for one in FORMATS if one == format), None)
    if written is None:
        print_comparison(groups)
    elif written == "json":
        print_json({"comparable": to_json(groups)})
    else:
        sys.stdout.write(export(groups, written))
