"""What is measured, against the same numbers worked out with dictionaries."""

import json
import math
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from makemore_core.comparison.cache import cache_path, keep_measured, known_row, read_measured
from makemore_core.comparison.measuring import Bench
from makemore_core.comparison.rows import Row
from makemore_core.comparison.subjects import COUNTING, CountSubject, count_subjects, identity_of, run_subjects
from makemore_core.corpus import Corpus
from makemore_core.runs.paths import RunFolder
from makemore_core.splits import split_corpus
from makemore_core.training.config import SplitConfig
from tests.core.comparison.making import names_corpus, trained


class ByHand:
    """Bigram counts of the train side with one added to each, in a dictionary."""

    def __init__(self, corpus: Corpus) -> None:
        self.split = split_corpus(corpus, "disjoint", 42)
        self.corpus = corpus
        self.symbols = len(corpus.vocabulary.characters) + 1
        self.pairs = Counter(pair for text in self.texts("train") for pair in self.pairs_of(text))
        self.firsts = Counter(first for first, _ in self.pairs.elements())

    def texts(self, side: str) -> list[str]:
        return [self.corpus.item(int(index)) for index in getattr(self.split, side)]

    @staticmethod
    def pairs_of(text: str) -> list[tuple[str, str]]:
        marked = f"\n{text}\n"
        return list(pairwise(marked))

    def losses(self, text: str) -> list[float]:
        """-ln P of each character and of the end."""
        pairs = self.pairs_of(text)
        return [-math.log((self.pairs[pair] + 1) / (self.firsts[pair[0]] + self.symbols)) for pair in pairs]

    def mean(self, side: str) -> float:
        losses = [loss for text in self.texts(side) for loss in self.losses(text)]
        return sum(losses) / len(losses)


def counting(corpus: Corpus, type: str = "counts") -> CountSubject:
    return next(one for one in count_subjects(corpus, identity_of(corpus)) if one.type == type)


def measure(subject, bench: Bench | None = None) -> Row:
    row = (bench or Bench(uses_cache=False)).measure(subject, subject.row())
    assert row.trouble == ""
    assert row.measured is not None
    return row


def test_a_model_that_counts_learns_from_train_alone() -> None:
    corpus = names_corpus()
    by_hand, row = ByHand(corpus), measure(counting(corpus))
    for side in ("train", "dev", "test"):
        assert row.loss(side) == pytest.approx(by_hand.mean(side), abs=1e-12)
    assert row.parameters == by_hand.symbols**2
    assert row.tokens == sum(len(text) + 1 for text in by_hand.texts("train"))
    assert row.seconds > 0


def test_items_and_places_are_those_of_the_held_out_items() -> None:
    corpus = names_corpus()
    by_hand, row = ByHand(corpus), measure(counting(corpus))
    texts = by_hand.texts("test")
    assert row.measured.items["test"].totals.tolist() == pytest.approx([sum(by_hand.losses(text)) for text in texts])
    third = [by_hand.losses(text)[2] for text in texts if len(text) >= 2]
    place = next(place for place in row.measured.positions["test"] if place.position == 3)
    assert (place.characters, place.nll) == (len(third), pytest.approx(sum(third) / len(third)))


def test_without_a_split_everything_is_measured_on_train() -> None:
    corpus = names_corpus()
    subject = CountSubject("counts", corpus, identity_of(corpus), SplitConfig(kind="none"))
    row = measure(subject)
    assert set(row.measured.items) == {"train"}
    assert row.loss("dev") is None
    assert row.loss("train") == row.measured.items["train"].nll


def test_a_run_at_its_end_has_the_losses_that_it_told_and_they_are_those_of_its_items(runs_home: Path) -> None:
    trained(runs_home, max_steps=5, learning_rate=0.1)
    (subject,) = run_subjects(runs_home)
    told = subject.row()
    assert told.tokens == pytest.approx(5 * subject.tokens_per_step)
    assert told.steps == 5
    row = measure(subject)
    for side in ("dev", "test"):
        assert row.measured.items[side].nll == pytest.approx(told.recorded[side], abs=1e-6)
    assert row.loss("train") == told.recorded["train"]


def test_runs_and_counts_on_one_list_are_comparable_and_on_another_are_not(runs_home: Path) -> None:
    corpus = names_corpus()
    trained(runs_home, corpus, max_steps=2)
    (run,) = run_subjects(runs_home)
    assert run.row().ground == counting(corpus).row().ground
    trained(runs_home, corpus, "other", max_steps=2, split={"kind": "lecture"})
    grounds = {subject.summary.name: subject.row().ground for subject in run_subjects(runs_home)}
    assert grounds["other"] != grounds["bigram-1"]


@pytest.mark.parametrize("type", COUNTING)
def test_every_family_that_counts_can_be_measured(type: str) -> None:
    row = measure(counting(names_corpus(), type))
    assert 0 < row.loss("test") < 10


def test_samples_are_measured_beside_real_items() -> None:
    corpus, bench = names_corpus(), Bench(samples=20, uses_cache=False)
    row = measure(counting(corpus), bench)
    assert row.measured.sampled == 20
    assert 0 < row.measured.samples["unique"] <= 1
    real = bench.real(counting(corpus))
    # Dev holds three different names, none of which stands in train.
    assert (real.measured.samples["unique"], real.measured.samples["novelty"]) == (1.0, 1.0)
    assert Bench().real(counting(corpus)) is None


# The cache


def test_what_was_measured_is_there_the_next_time_without_looking(runs_home: Path) -> None:
    trained(runs_home, max_steps=3)
    (subject,) = run_subjects(runs_home)
    row = subject.row()
    assert known_row(subject, row, 0) is None
    first = measure(subject, Bench())
    again = known_row(subject, row, 0)
    assert again.measured.losses == first.measured.losses
    assert again.measured.items["test"].totals.tolist() == pytest.approx(first.measured.items["test"].totals.tolist())
    assert again.measured.items["test"].indices.tolist() == first.measured.items["test"].indices.tolist()
    assert again.measured.positions == first.measured.positions
    assert known_row(subject, row, 5) is None  # samples were not asked for then


def test_other_weights_are_measured_anew(runs_home: Path) -> None:
    folder = trained(runs_home, max_steps=3)
    (subject,) = run_subjects(runs_home)
    measure(subject, Bench())
    best = folder.checkpoints / "best.safetensors"
    best.write_bytes(best.read_bytes())  # another time of writing
    assert known_row(subject, subject.row(), 0) is None


def test_a_damaged_cache_and_one_that_cannot_be_written_cost_nothing_but_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = names_corpus()
    subject = counting(corpus)
    row = subject.row()
    path = cache_path(subject.stamp(), row.ground, 0)
    path.parent.mkdir(parents=True)
    for damage in ("", "[]", '{"losses": 1}', json.dumps({"losses": {}, "items": {"dev": {}}})):
        path.write_text(damage)
        assert read_measured(path) is None
    monkeypatch.setenv("MAKEMORE_CACHE", str(tmp_path / "file"))
    (tmp_path / "file").write_text("in the way")
    assert measure(subject, Bench()).loss("dev") is not None


def test_infinite_losses_are_kept(tmp_path: Path) -> None:
    corpus = names_corpus()
    found = measure(counting(corpus)).measured
    path = tmp_path / "one.json"
    keep_measured(path, type(found)({"dev": math.inf}, found.items, found.positions, {"unique": math.nan}))
    kept = read_measured(path)
    assert kept.losses == {"dev": math.inf}
    assert math.isnan(kept.samples["unique"])


# What cannot be measured


def test_a_run_whose_list_is_gone_says_so(runs_home: Path, tmp_path: Path) -> None:
    folder = trained(runs_home, max_steps=2)
    folder.items.unlink()
    (subject,) = run_subjects(runs_home)
    row = Bench(uses_cache=False).measure(subject, subject.row())
    assert "is not at hand any more" in row.trouble
    assert row.loss("dev") is not None  # the run has told it


def test_a_run_that_has_not_begun_is_no_model_yet(runs_home: Path) -> None:
    from tests.core.runs.making import make_run

    make_run(runs_home, names_corpus())
    (subject,) = run_subjects(runs_home)
    assert not subject.can_be_measured
    assert Bench().measure(subject, subject.row()).measured is None


def test_a_run_without_weights_says_so(runs_home: Path) -> None:
    folder: RunFolder = trained(runs_home, max_steps=2)
    subjects = run_subjects(runs_home)
    for file in folder.checkpoints.glob("*.safetensors"):
        file.unlink()
    assert "no checkpoint" in Bench().measure(subjects[0], subjects[0].row()).trouble
