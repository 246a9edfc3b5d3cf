"""Every family on one list: what is made, what is found again, and how it is stopped."""

from dataclasses import replace
from pathlib import Path

import pytest

from makemore_core.comparison.ladder import (
    TRAINED,
    duration_words,
    effort_words,
    far_words,
    halt,
    halt_all,
    ladder_runs,
    plan_ladder,
    progress_words,
    start_ladder,
)
from makemore_core.corpus import corpus_from_bytes
from makemore_core.errors import ListError
from makemore_core.models.registry import FAMILIES
from makemore_core.queue.settings import write_parallel
from makemore_core.runs.listing import RunSummary, list_runs
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.states import RunState
from makemore_core.runs.store import Store
from tests.core.comparison.making import NAMES, names_corpus


def test_every_family_that_needs_training_is_on_it_at_its_defaults(runs_home: Path) -> None:
    ladder = plan_ladder(names_corpus(), runs_home, max_steps=3)
    assert [config.type for config in ladder.configs] == [name for name, one in FAMILIES.items() if not one.counts]
    assert {config.max_steps for config in ladder.configs} == {3}
    assert (ladder.name, ladder.finished) == ("ladder-names", 0)


def test_its_runs_wait_in_the_queue_and_are_found_again(runs_home: Path) -> None:
    corpus = names_corpus()
    ladder = plan_ladder(corpus, runs_home, max_steps=3)
    made = start_ladder(ladder, corpus, runs_home)
    assert len(made) == len(TRAINED)
    assert [run.type for run in ladder_runs(ladder.name, runs_home)] == list(TRAINED)
    assert {run.state for run in list_runs(runs_home)} == {RunState.QUEUED}
    again = plan_ladder(corpus, runs_home, max_steps=3)
    assert (again.name, again.finished, again.going) == (ladder.name, 0, len(TRAINED))
    start_ladder(again, corpus, runs_home)
    assert len(list_runs(runs_home)) == len(TRAINED)


def test_another_length_or_another_list_of_the_same_name_is_another_ladder(runs_home: Path) -> None:
    corpus = names_corpus()
    start_ladder(plan_ladder(corpus, runs_home, max_steps=3), corpus, runs_home)
    assert plan_ladder(corpus, runs_home, max_steps=4).name == "ladder-names.2"
    changed = corpus_from_bytes("\n".join(NAMES[::-1]).encode(), name="names.txt", source="-")
    assert plan_ladder(changed, runs_home, max_steps=3).name == "ladder-names.2"


def test_a_path_that_no_run_can_keep_is_told_before_anything_is_made(runs_home: Path) -> None:
    corpus = corpus_from_bytes("\n".join(NAMES).encode(), name="x", source="/tmp/\udcff.txt")
    with pytest.raises(ListError, match="is not UTF-8"):
        plan_ladder(corpus, runs_home)


def test_it_is_called_after_the_list_whatever_that_is_called(runs_home: Path) -> None:
    for name, called in (("@towns", "ladder-towns"), ("Märchen & Co.txt", "ladder-M-rchen-Co"), ("…", "ladder-list")):
        corpus = corpus_from_bytes("\n".join(NAMES).encode(), name=name, source="-")
        assert plan_ladder(corpus, runs_home, max_steps=1).name == called


def test_halted_runs_wait_no_longer_and_go_on_when_asked_for_again(runs_home: Path) -> None:
    corpus = names_corpus()
    ladder = plan_ladder(corpus, runs_home, max_steps=3)
    start_ladder(ladder, corpus, runs_home)
    told: set[str] = set()
    halt(ladder_runs(ladder.name, runs_home), told)
    assert {run.state for run in list_runs(runs_home)} == {RunState.STOPPED}
    assert told == set()  # nobody was training
    start_ladder(plan_ladder(corpus, runs_home, max_steps=3), corpus, runs_home)
    assert {run.state for run in list_runs(runs_home)} == {RunState.QUEUED}
    assert [run.turn for run in ladder_runs(ladder.name, runs_home)] == list(range(1, len(TRAINED) + 1))


def claim(run: RunSummary, state: str, step: int, seconds: float, pace: float = 0.0) -> None:
    """As if its process had come so far."""
    with Store(RunFolder(run.path).database) as store:
        store.claim()
        store.beat(state, step=step, reason="as asked", steps_per_second=pace, seconds=seconds)


def test_how_long_it_takes_is_told_only_by_what_was_measured_here(runs_home: Path) -> None:
    corpus = names_corpus()
    ladder = plan_ladder(corpus, runs_home)
    steps = {config.type: config.max_steps for config in ladder.configs}
    assert ladder.seconds is None and ladder.steps == sum(steps.values())
    assert effort_words(ladder) == f"{sum(steps.values()):,} steps"
    start_ladder(ladder, corpus, runs_home)
    *runs, last = ladder_runs(ladder.name, runs_home)
    for number, run in enumerate(runs, 1):
        claim(run, "stopped", 1000, seconds=number * 10.0)
    some = plan_ladder(corpus, runs_home)
    assert some.seconds is None  # of one family nothing is known
    assert some.steps == sum(steps.values()) - 1000 * len(runs)
    claim(last, "stopped", 1000, seconds=10.0 * len(steps))
    expected = [(steps[run.type] - 1000) * number * 10.0 / 1000 for number, run in enumerate([*runs, last], 1)]
    alone = plan_ladder(corpus, runs_home)
    assert alone.seconds == pytest.approx(sum(expected))
    assert effort_words(alone).endswith(f"steps, {duration_words(sum(expected))} by earlier runs")
    write_parallel(runs_home, 2)
    assert plan_ladder(corpus, runs_home).seconds == pytest.approx(max(sum(expected) / 2, max(expected)))
    write_parallel(runs_home, 64)
    assert plan_ladder(corpus, runs_home).seconds == pytest.approx(max(expected))


def test_a_family_that_failed_is_not_missing(runs_home: Path) -> None:
    corpus = names_corpus()
    ladder = plan_ladder(corpus, runs_home, max_steps=100)
    start_ladder(ladder, corpus, runs_home)
    first, *others = ladder_runs(ladder.name, runs_home)
    claim(first, "failed", 10, seconds=1.0)
    for run in others:
        claim(run, "finished", 100, seconds=1.0)
    again = plan_ladder(corpus, runs_home, max_steps=100)
    assert (again.finished, again.failed, again.missing, again.steps) == (len(others), 1, 0, 0)


def test_what_is_under_way_is_told_with_how_far_it_is(runs_home: Path) -> None:
    corpus = names_corpus()
    start_ladder(plan_ladder(corpus, runs_home, max_steps=1000), corpus, runs_home)
    first, second, *_ = ladder_runs("ladder-names", runs_home)
    claim(first, "finished", 1000, seconds=10.0)
    running = replace(second, state=RunState.RUNNING, step=250, steps_per_second=5.0)
    runs = [next(run for run in ladder_runs("ladder-names", runs_home) if run.name == first.name), running]
    runs += ladder_runs("ladder-names", runs_home)[2:]
    assert progress_words(runs) == f"1 of 9 at their end; {second.type} 25%, about 2 min left; 7 wait"
    assert far_words(replace(running, state=RunState.STOPPED)) == "stopped 25%"
    assert far_words(replace(running, state=RunState.QUEUED)) == "waits at 25%"
    assert far_words(replace(running, steps_per_second=0.0)) == "25%"


def test_all_are_halted_with_what_they_did(runs_home: Path) -> None:
    corpus = names_corpus()
    start_ladder(plan_ladder(corpus, runs_home, max_steps=1000), corpus, runs_home)
    first, *_ = ladder_runs("ladder-names", runs_home)
    claim(first, "finished", 1000, seconds=10.0)
    runs = halt_all("ladder-names", runs_home, patience=5.0)
    assert [run.state for run in runs] == [RunState.FINISHED, *[RunState.STOPPED] * 8]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.1, "about 1 s"), (89, "about 89 s"), (90, "about 2 min"), (800, "about 13 min"), (7200, "about 2.0 h")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words
