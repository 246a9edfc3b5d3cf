"""The score of any text, on counts whose probabilities are known in closed form."""

import math
from dataclasses import replace

import pytest

from makemore_core.evaluation import score
from makemore_core.scoring import score_text
from makemore_core.sources import Source, counts_source, whole
from tests.core.models import FAMILY_NAMES, ready_model, small_corpus

# At the start: `a` twice, `b` once. After an `a`: `a` once, `b` twice, the end once. After a `b`: `a` once, the end
# twice.
CORPUS = small_corpus("aab", "ab", "ba")


@pytest.mark.parametrize(
    ("text", "probabilities"),
    [
        ("ab", [2 / 3, 1 / 2, 2 / 3]),
        ("aaab", [2 / 3, 1 / 4, 1 / 4, 1 / 2, 2 / 3]),
        ("bb", [1 / 3, 0, 2 / 3]),
        ("", [0]),
    ],
)
def test_each_character_costs_what_the_counts_say(text: str, probabilities: list[float]) -> None:
    found = score_text(counts_source(CORPUS, smoothing=0.0), text)
    assert [each.character for each in found.characters] == [*text, ""]
    assert [each.probability for each in found.characters] == pytest.approx(probabilities)
    assert found.probability == pytest.approx(math.prod(probabilities))
    assert found.total == pytest.approx(-math.log(math.prod(probabilities)) if all(probabilities) else math.inf)
    assert found.nll == pytest.approx(found.total / len(probabilities))
    assert bool(found.reasons()) == (0 in probabilities)


def test_smoothing_makes_everything_possible() -> None:
    # Three ids: the end, a, b. Each count is one higher, each row three.
    found = score_text(counts_source(CORPUS, smoothing=1.0), "bb")
    assert [each.probability for each in found.characters] == pytest.approx([2 / 6, 1 / 6, 3 / 6])
    assert not found.reasons()


def test_a_character_that_was_never_seen_is_impossible_and_no_error() -> None:
    found = score_text(counts_source(CORPUS), "aéb")
    assert [each.known for each in found.characters] == [True, False, True, True]
    assert found.characters[0].nll == pytest.approx(-math.log(3 / 6))
    assert [each.nll for each in found.characters[1:]] == [math.inf, None, None]
    assert (found.total, found.probability, found.nll) == (math.inf, 0.0, math.inf)
    assert [(each.place, each.character, each.known) for each in found.reasons()] == [(1, "é", False)]
    assert found.reasons()[0].in_words("é") == "impossible: the model has never seen é"
    assert found.membership is not None and found.membership.is_new


def test_each_reason_is_said() -> None:
    found = score_text(counts_source(CORPUS, smoothing=0.0), "bbxay")
    assert [reason.in_words(reason.character) for reason in found.reasons()] == [
        "impossible: the model never expects b at place 2, after what stands before it",
        "impossible: the model has never seen x",
        "impossible: the model has never seen y",
    ]
    (reason,) = score_text(counts_source(CORPUS, smoothing=0.0), "").reasons()
    assert reason.in_words("") == "impossible: the model never expects the end at place 1, after what stands before it"


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_what_comes_before_an_unknown_character_costs_what_it_costs_without_it(family: str) -> None:
    corpus = small_corpus()
    source = Source(family, ready_model(family, corpus), corpus.vocabulary, corpus, whole(corpus))
    plain = score_text(source, "emma")
    assert [each.nll for each in plain.characters] == score(source.model, corpus.vocabulary.encode("emma"))
    cut = score_text(source, "emmaß")
    assert [each.nll for each in cut.characters[:4]] == pytest.approx([each.nll for each in plain.characters[:4]])
    assert cut.total == math.inf


def test_without_the_data_nothing_is_said_about_it() -> None:
    source = replace(counts_source(CORPUS), corpus=None)
    assert score_text(source, "ab").membership is None
    assert score_text(counts_source(CORPUS), "ab").membership is not None
