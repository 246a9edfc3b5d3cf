"""Everything about one model at once."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from makemore_core.errors import RunError
from makemore_core.evaluation import evaluate
from makemore_core.metrics import details, sample_metrics, sampling
from makemore_core.metrics.definitions import LOSSES, SAMPLES
from makemore_core.metrics.intervals import nll_difference
from makemore_core.metrics.losses import losses_of
from makemore_core.metrics.report import evaluate_source, sample_report
from makemore_core.metrics.sampling import draw_samples
from makemore_core.sources import Source, counts_source, uniform_source
from makemore_core.training.config import Sides, SplitConfig
from tests.core.models import ready_model, small_corpus

ITEMS = [f"{first}{second}{third}" for first in "abcde" for second in "abcde" for third in "abcde"]


def source_on(kind: str = "disjoint", family: str = "counts") -> Source:
    """A model of 125 items of three letters, 10 of them twice."""
    corpus = small_corpus(*ITEMS, *ITEMS[:10])
    sides = SplitConfig(kind=kind).sides(corpus)  # type: ignore[arg-type]
    model = ready_model(family, corpus)
    if family == "counts":
        model.fit(corpus, sides.train)  # type: ignore[operator]
    return Source("of letters", model, corpus.vocabulary, corpus, sides)


def test_losses_are_the_exact_ones_of_each_side() -> None:
    source = source_on()
    assert source.corpus is not None and source.sides is not None
    report, alone = evaluate_source(source, samples=0), losses_of(source)
    for name, side in zip(("train", "dev", "test"), source.sides, strict=True):
        expected = evaluate(source.model, source.corpus, side)
        for losses in (report.losses, alone):
            assert losses.of(name).nll == pytest.approx(expected.nll, rel=1e-12)
            assert losses.of(name).characters == expected.characters
        assert report.details[name].losses.nll == pytest.approx(expected.nll, rel=1e-12)
    assert report.samples is None and report.final_side == "test"


def test_the_json_has_every_metric_that_is_explained() -> None:
    found = evaluate_source(source_on(), samples=50).to_json()
    json.dumps(found)
    for key in ("train_nll", "dev_nll", "test_nll", "perplexity", "bits_per_character", "nll_by_position", "seconds"):
        assert key in found
    assert found["perplexity"] == pytest.approx(math.exp(found["test_nll"]))
    sets = (found, found["as_many"], found["yardstick"])
    keys = {metric.key for metric in SAMPLES} - {"unseen"}
    assert all(keys <= set(one) for one in sets)
    assert {metric.key for metric in LOSSES} - {"nll"} <= set(found)
    assert [(row["n"], "distance" in row, "unseen" in row) for row in found["ngrams"]] == [
        (n, True, True) for n in range(1, 7)
    ]
    assert found["side"] == "test" and evaluate_source(source_on(), samples=0).to_json("dev")["side"] == "dev"


def test_a_uniform_guess_has_the_loss_ln_v_everywhere() -> None:
    report = evaluate_source(uniform_source(small_corpus(*ITEMS)), samples=0)
    assert report.losses.final.nll == pytest.approx(math.log(6))
    assert {round(row.nll, 12) for row in report.details["train"].by_position} == {round(math.log(6), 12)}
    assert set(report.details) == {"train"}  # nothing is held out
    assert report.final_side == "train" and math.isnan(report.losses.test.nll)


def test_the_yardstick_holds_what_is_known_of_real_items() -> None:
    """Disjoint: no item of dev is in train or test; lecture: all dev items are in dev, and some also in train."""
    found = sample_report(source_on(), 50)
    assert found.yardstick_side == "dev" and found.reference_side == "test"
    assert found.yardstick.standing.novelty == 1
    assert (found.yardstick.standing.in_train, found.yardstick.standing.in_test) == (0, 0)
    assert found.yardstick.standing.in_dev == 1
    assert found.yardstick.nearest is not None and found.yardstick.nearest.counts[0] == 0
    leaking = sample_report(source_on("lecture"), 50)
    assert leaking.yardstick.standing.in_train > 0
    assert found.as_many is not None and found.as_many.items == found.yardstick.items


def test_samples_that_the_seed_decides() -> None:
    one, other = sample_report(source_on(), 60, 1), sample_report(source_on(), 60, 1)
    assert one == replace(other) or one.to_json() == other.to_json()
    assert one.to_json() != sample_report(source_on(), 60, 2).to_json()


def test_what_was_learnt_by_heart_shows_in_the_samples() -> None:
    """Order 4 without smoothing can give nothing but items of the list."""
    corpus = small_corpus(*ITEMS)
    found = sample_report(counts_source(corpus, order=5, smoothing=0.0), 200)
    assert (found.samples.standing.in_train, found.samples.standing.novelty) == (1, 0)
    assert found.samples.nearest is not None and found.samples.nearest.mean == 0
    assert [match.unseen for match in found.samples.ngrams[:5]] == [0] * 5


def test_samples_may_be_as_long_as_the_items_of_the_data() -> None:
    corpus = small_corpus("ab" * 400, "ba")
    source = counts_source(corpus, order=3, smoothing=0.0)
    drawn = draw_samples(source, 20, 1)
    assert max(map(len, drawn.texts.items)) > 500
    assert drawn.unfinished == sum(len(text) == 800 for text in drawn.texts.items)


def test_of_a_long_side_a_subsample_is_looked_at_and_the_loss_stays_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = evaluate_source(source_on(), samples=0)
    monkeypatch.setattr(details.subsample, "__defaults__", (100,))
    part = evaluate_source(source_on(), samples=0)
    train = part.details["train"]
    assert 0 < train.items < train.of_items == whole.details["train"].items
    assert train.losses.characters.sum() <= 100
    assert part.losses.train.nll == pytest.approx(whole.losses.train.nll, rel=1e-12)
    assert part.losses.train.characters == whole.losses.train.characters


def test_where_train_is_very_long_a_subsample_says_which_ngrams_were_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sample_report(source_on(), 100).samples
    assert whole.ngram_train_items == whole.of_train_items
    monkeypatch.setattr(sample_metrics, "MOST_NGRAM_CHARACTERS", 100)
    part = sample_report(source_on(), 100).samples
    assert 0 < part.ngram_train_items < part.of_train_items == whole.of_train_items
    assert part.to_json()["ngram_train_items"] == part.ngram_train_items
    assert part.ngrams[2].unseen > whole.ngrams[2].unseen
    assert part.ngrams[2].distance == whole.ngrams[2].distance


def test_where_dev_is_test_the_two_have_the_same_details() -> None:
    report = evaluate_source(source_on("makemore"), samples=0)
    assert report.losses.dev == report.losses.test
    dev, test = report.details["dev"], report.details["test"]
    assert (dev.side, test.side) == ("dev", "test")
    assert dev.by_position == test.by_position and dev.calibration == test.calibration


def test_two_reports_on_the_same_items_can_be_compared() -> None:
    one, other = evaluate_source(source_on(), samples=0), evaluate_source(source_on(family="bigram"), samples=0)
    found = nll_difference(one.details["test"].losses, other.details["test"].losses)
    assert found.value == pytest.approx(one.losses.test.nll - other.losses.test.nll)


def test_progress_rises_to_the_end_and_what_it_raises_ends_the_evaluation() -> None:
    told: list[float] = []
    evaluate_source(source_on(), samples=50, progress=lambda part, share: told.append(share))
    assert told == sorted(told) and told[-1] == 1 and told[0] < 0.5

    class EnoughError(Exception):
        pass

    def stop(part: str, share: float) -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        evaluate_source(source_on(), samples=50, progress=stop)


def test_without_its_data_a_model_cannot_be_evaluated() -> None:
    source = replace(source_on(), corpus=None, sides=None)
    with pytest.raises(RunError, match="not at hand"):
        evaluate_source(source)


def test_sides_without_items_and_items_that_are_few(tmp_path: Path) -> None:
    corpus = small_corpus("ab", "ba")
    nothing = np.zeros(0, np.int64)
    source = replace(source_on(), model=ready_model("counts", corpus), vocabulary=corpus.vocabulary, corpus=corpus)
    report = evaluate_source(replace(source, sides=Sides(np.array([0]), nothing, np.array([1]))), samples=3)
    assert report.samples is not None and report.samples.yardstick.items == 1
    assert report.samples.reference_items == 0
    assert math.isnan(report.samples.samples.lengths.distance)


def test_of_long_samples_fewer_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MOST_CHARACTERS", 300)
    drawn = draw_samples(source_on(), 10_000, 1).texts
    characters = [len(text) + 1 for text in drawn.items]
    assert sum(characters) >= 300 > sum(characters[:-1])  # one at a time, as each might be that long
    found = sample_report(source_on(), 10_000)
    assert found.samples.items == found.to_json()["samples"] < found.to_json()["of_samples"] == 10_000
    assert found.yardstick.items <= found.samples.items
