"""What a person names to be compared."""

import subprocess
import sys
from pathlib import Path

import pytest

from makemore_core.comparison.subjects import (
    COUNTING,
    CountSubject,
    RunSubject,
    counted_beside,
    counting_spec,
    finished,
    identity,
    named_subjects,
    run_subjects,
)
from makemore_core.corpus import read_corpus
from makemore_core.errors import ListError, RunError
from makemore_core.runs.forking import fork_run
from makemore_core.runs.store import Store
from makemore_core.training.config import SplitConfig
from tests.core.comparison.making import NAMES, names_corpus, trained
from tests.core.runs.making import make_run


@pytest.fixture
def names_file(tmp_path: Path) -> Path:
    path = tmp_path / "names.txt"
    path.write_text("\n".join(NAMES))
    return path


def test_runs_and_lists_are_named(runs_home: Path, names_file: Path) -> None:
    trained(runs_home, max_steps=1)
    names = ["bigram-1", f"counts:{names_file}", f"kneser-ney:{names_file}", "bigram-1"]
    found = named_subjects(names, runs_home)
    assert [type(one) for one in found] == [RunSubject, CountSubject, CountSubject]
    assert len({one.row().ground for one in found}) == 1


def test_what_counts_is_split_as_the_runs_beside_it_or_as_a_person_says(runs_home: Path, names_file: Path) -> None:
    trained(runs_home, max_steps=1, split={"kind": "lecture", "seed": 7})
    found = named_subjects([f"counts:{names_file}", "bigram-1"], runs_home)
    assert {one.row().ground.words for one in found} == {"names.txt, lecture split with seed 7"}
    asked = named_subjects([f"counts:{names_file}", "bigram-1"], runs_home, SplitConfig(kind="none"))
    assert len({one.row().ground for one in asked}) == 2


def test_time_and_tokens_of_a_fork_begin_at_the_fork_and_its_steps_do_not(runs_home: Path) -> None:
    source = trained(runs_home, name="first", max_steps=4)
    fork = fork_run(source, runs_home, checkpoint="last", name="fork", max_steps=10)
    with Store(fork.database) as store:
        store.fact("tokens_per_step", 200.0)
        store.claim()
        store.beat("finished", step=10, seconds=3.0)
    row = next(row for one in run_subjects(runs_home) if (row := one.row()).name == "fork")
    assert (row.steps, row.tokens, row.seconds) == (10, 6 * 200.0, 3.0)


def test_lists_with_the_same_pattern_of_other_letters_are_two_lists() -> None:
    assert identity("same ids", "abc") != identity("same ids", "xyz")


def test_what_is_named_without_a_list_has_those_of_the_runs_beside_it(runs_home: Path, names_file: Path) -> None:
    trained(runs_home, name="one", max_steps=1)
    trained(runs_home, name="other", max_steps=1, split={"kind": "lecture", "seed": 7})
    found = named_subjects(["uniform", "one", "counts", "other"], runs_home)
    assert [one.type for one in found if isinstance(one, CountSubject)] == ["uniform"] * 2 + ["counts"] * 2
    grounds = [one.row().ground for one in found]
    assert len(set(grounds)) == 2 and all(grounds.count(ground) == 3 for ground in grounds)
    with pytest.raises(ListError, match="uniform names no list: write uniform:FILE, or name a run beside it"):
        named_subjects(["uniform", f"counts:{names_file}"], runs_home)
    trained(runs_home, name="counts", max_steps=1)  # a run may be called so
    (named,) = named_subjects(["counts"], runs_home)
    assert isinstance(named, RunSubject)


def test_what_counts_stands_beside_all_runs_whose_lists_are_there(runs_home: Path, tmp_path: Path) -> None:
    trained(runs_home, name="one", max_steps=1)
    trained(runs_home, name="two", max_steps=1)
    path = tmp_path / "gone.txt"
    path.write_text("\n".join(["ab", "ba", "abba"] * 9))
    gone = trained(runs_home, read_corpus(str(path)), name="gone", max_steps=1)
    path.unlink()
    gone.items.unlink()
    found = counted_beside(run_subjects(runs_home))
    assert [one.type for one in found] == list(COUNTING)
    assert {one.row().ground for one in found} == {find_subject(runs_home, "one").row().ground}


def find_subject(home: Path, name: str) -> RunSubject:
    return next(one for one in run_subjects(home) if one.summary.name == name)


def test_what_cannot_be_compared_is_told(runs_home: Path) -> None:
    make_run(runs_home, names_corpus(), "young")
    with pytest.raises(RunError, match="young cannot be compared yet: it has not begun"):
        named_subjects(["young"], runs_home)
    with pytest.raises(RunError, match="there is no run 'old'"):
        named_subjects(["old"], runs_home)
    with pytest.raises(ListError, match="counts: names no list"):
        named_subjects(["counts:"], runs_home)
    assert counting_spec("gru:names.txt") is None  # it needs training


def test_of_all_runs_those_at_their_end_are_told_from_the_others(runs_home: Path) -> None:
    trained(runs_home, max_steps=1)
    make_run(runs_home, names_corpus(), "young")
    (runs_home / "damaged").mkdir()
    (runs_home / "damaged" / "config.json").write_text("{}")
    found = run_subjects(runs_home)
    assert {one.summary.name for one in found} == {"bigram-1", "young"}
    assert [one.summary.name for one in finished(found)] == ["bigram-1"]
    young = next(one for one in found if one.summary.name == "young")
    assert (young.row().state, young.row().steps, young.row().recorded) == ("stopped", None, {})


def test_runs_that_rest_are_not_read_again(runs_home: Path) -> None:
    trained(runs_home, max_steps=1)
    first = run_subjects(runs_home)
    assert run_subjects(runs_home, first)[0] is first[0]


def test_nothing_but_measuring_imports_torch() -> None:
    modules = ("cache", "exports", "ladder", "ranking", "subjects")
    names = [*(f"makemore_core.comparison.{name}" for name in modules), "makemore_tui.panes.compare"]
    code = f"import sys, {', '.join(names)}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=300).returncode == 0
