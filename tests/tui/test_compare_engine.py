"""What the Compare pane does in threads: on real runs and models, and without the pane."""

from pathlib import Path

import pytest

from makemore_core.errors import RunError
from makemore_core.queue.settings import write_parallel
from makemore_core.runs.listing import list_runs
from makemore_tui.panes.compare.engine import Engine, StoppedError
from tests.core.comparison.making import names_corpus, trained


def test_runs_and_what_counts_their_list_under_each_of_their_splits(runs_home: Path) -> None:
    corpus = names_corpus()
    trained(runs_home, corpus, "first", max_steps=1)
    trained(runs_home, corpus, "lecture", max_steps=1, split={"kind": "lecture"})
    rows = [subject.row() for subject in Engine(runs_home).subjects(corpus)]
    assert [row.name for row in rows] == ["first", "lecture", *["counts", "ngram", "kneser-ney"] * 2]
    assert [row.ground.split for row in rows] == ["disjoint", "lecture", *["disjoint"] * 3, *["lecture"] * 3]
    assert len({row.key for row in rows}) == len(rows)
    assert [subject.row().name for subject in Engine(runs_home).subjects(None)] == ["first", "lecture"]


def test_what_is_measured_is_known_afterwards_and_lies_apart(runs_home: Path) -> None:
    trained(runs_home, max_steps=1)
    engine = Engine(runs_home)
    engine.samples = 10
    run, counts, *_ = engine.subjects(names_corpus())
    assert [row.measured for row in engine.known([run, counts])] == [None, None]
    rows = [engine.measure(one, one.row(), engine.turn) for one in (run, counts)]
    assert [row.measured.sampled for row in rows] == [10, 10]
    assert [row.measured is not None for row in Engine(runs_home).known([run, counts])] == [False, False]  # of 1,000
    assert engine.known_difference(*rows, "test") is None
    engine.difference(*rows, "test")
    interval = engine.known_difference(*rows, "test").interval
    assert interval.value == pytest.approx(rows[0].loss("test") - rows[1].loss("test"), abs=1e-6)
    again = engine.measure(counts, counts.row(), engine.turn)
    assert engine.lacks_difference(rows[0], again, "test")  # it may be of other weights
    assert engine.real(run, engine.turn).name == "real items"


def test_a_measurement_whose_turn_is_over_is_given_up(runs_home: Path) -> None:
    engine = Engine(runs_home)
    subject = engine.subjects(names_corpus())[0]
    turn = engine.turn
    engine.stop()
    with pytest.raises(StoppedError):
        engine.measure(subject, subject.row(), turn)


def test_a_ladder_is_put_into_the_queue_but_not_where_the_app_only_looks(runs_home: Path) -> None:
    write_parallel(runs_home, 0)
    corpus = names_corpus()
    engine = Engine(runs_home, read_only=True)
    ladder = engine.plan(corpus)
    with pytest.raises(RunError, match="read-only: nothing is trained here"):
        engine.climb(ladder, corpus)
    assert list_runs(runs_home) == []
    Engine(runs_home).climb(ladder, corpus)
    assert {run.state for run in list_runs(runs_home)} == {"queued"}


def test_a_file_that_cannot_be_written_is_told(runs_home: Path, tmp_path: Path) -> None:
    engine = Engine(runs_home)
    engine.save(tmp_path / "table.md", "| ü |\n")
    assert (tmp_path / "table.md").read_text(encoding="utf-8") == "| ü |\n"
    with pytest.raises(RunError, match="it cannot be written: No such file"):
        engine.save(tmp_path / "missing" / "table.md", "")
