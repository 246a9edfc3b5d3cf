"""Every family on one list: what is made, what is found again, and how it is stopped."""

from pathlib import Path

import pytest

from makemore_core.comparison.ladder import (
    SECONDS_PER_STEP,
    TRAINED,
    duration_words,
    halt,
    ladder_runs,
    plan_ladder,
    start_ladder,
)
from makemore_core.corpus import corpus_from_bytes
from makemore_core.errors import ListError
from makemore_core.models.registry import FAMILIES
from makemore_core.queue.settings import write_parallel
from makemore_core.runs.listing import list_runs
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


def test_what_is_left_is_guessed_from_runs_of_this_machine(runs_home: Path) -> None:
    corpus = names_corpus()
    ladder = plan_ladder(corpus, runs_home)
    start_ladder(ladder, corpus, runs_home)
    run = next(run for run in ladder_runs(ladder.name, runs_home) if run.type == "bigram")
    with Store(RunFolder(run.path).database) as store:
        store.claim()
        store.beat("stopped", step=1000, reason="as asked", steps_per_second=0.0, seconds=50.0)
    steps = next(config.max_steps for config in ladder.configs if config.type == "bigram")
    change = steps * (50.0 / 1000 - SECONDS_PER_STEP["bigram"])
    assert plan_ladder(corpus, runs_home).seconds == pytest.approx(ladder.seconds + change)


def test_several_at_a_time_take_less_but_no_less_than_the_longest(runs_home: Path) -> None:
    corpus = names_corpus()
    alone = plan_ladder(corpus, runs_home, max_steps=1000).seconds
    write_parallel(runs_home, 2)
    assert plan_ladder(corpus, runs_home, max_steps=1000).seconds == pytest.approx(alone / 2)
    write_parallel(runs_home, 64)
    assert alone / 64 < plan_ladder(corpus, runs_home, max_steps=1000).seconds < alone / 2


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.1, "about 1 s"), (89, "about 89 s"), (90, "about 2 min"), (800, "about 13 min"), (7200, "about 2.0 h")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words
