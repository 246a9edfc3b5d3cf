"""Beam search, against asking the model about every text there is."""

import itertools
import math
from collections.abc import Callable

import pytest

from makemore_core.beam import Asked, Found, most_probable
from makemore_core.errors import SettingsError
from makemore_core.evaluation import score
from makemore_core.models.base import LanguageModel, seeded
from makemore_core.sampling import Controls, sample_items
from makemore_core.vocabulary import Vocabulary
from tests.core.models import FAMILY_NAMES, ready_model, small_corpus

LONGEST = 5
CORPUS = small_corpus("ab", "ba", "aab", "abba", "bab")


def every_item(
    model: LanguageModel, vocabulary: Vocabulary, wanted: Callable[[str], bool] = lambda text: True
) -> list[tuple[str, float]]:
    """All texts of up to LONGEST characters that are wanted and possible, the most probable first."""
    texts = ["".join(letters) for length in range(LONGEST + 1) for letters in itertools.product("ab", repeat=length)]
    scored = [(text, -math.fsum(score(model, vocabulary.encode(text)))) for text in texts if wanted(text)]
    return sorted((item for item in scored if item[1] > -math.inf), key=lambda item: -item[1])


def assert_same(found: list[Found], expected: list[tuple[str, float]]) -> None:
    assert [item.log_probability for item in found] == pytest.approx([value for _, value in expected], abs=1e-4)
    known = dict(expected)
    for item in found:  # texts with the same probability may change places
        assert item.log_probability == pytest.approx(known[item.text], abs=1e-4)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_a_beam_that_loses_nothing_finds_what_an_exhaustive_search_finds(family: str) -> None:
    model = ready_model(family, CORPUS)
    every = every_item(model, CORPUS.vocabulary)
    found = most_probable(model, CORPUS.vocabulary, 2**LONGEST, controls=Controls(max_length=LONGEST))
    assert_same(found, every[: 2**LONGEST])
    assert all(item.certain for item in found) and len({item.text for item in found}) == len(found)


@pytest.mark.parametrize("family", ["counts", "gru", "transformer"])
@pytest.mark.parametrize("width", [1, 2, 3, 5, 8])
def test_what_a_narrow_beam_is_certain_of_is_so(family: str, width: int) -> None:
    model = ready_model(family, CORPUS)
    every = every_item(model, CORPUS.vocabulary)
    found = most_probable(model, CORPUS.vocabulary, width, controls=Controls(max_length=LONGEST))
    certain = [item for item in found if item.certain]
    assert 0 < len(found) <= width and certain == found[: len(certain)]
    assert_same(certain, every[: len(certain)])
    for item in found:
        assert item.log_probability == pytest.approx(dict(every)[item.text], abs=1e-4)


def test_a_beam_that_is_too_narrow_says_so() -> None:
    # `b` opens fewer items, but goes on in one way only; `a` opens more, of which none is as probable.
    corpus = small_corpus("bb", "bb", "bb", "aa", "aba", "abb", "abaa")
    model = ready_model("ngram", corpus, order=4, smoothing=0.0)
    (narrow,) = most_probable(model, corpus.vocabulary, 1)
    (wide, *_) = most_probable(model, corpus.vocabulary, 4)
    assert (narrow.text != "bb", narrow.certain) == (True, False)
    assert (wide.text, wide.certain) == ("bb", True)
    assert wide.probability == pytest.approx(3 / 7)


@pytest.mark.parametrize(
    ("prompt", "controls", "wanted"),
    [
        ("", Controls(max_length=LONGEST, banned="b"), lambda text: "b" not in text),
        ("", Controls(max_length=LONGEST, min_length=3), lambda text: len(text) >= 3),
        ("ba", Controls(max_length=LONGEST), lambda text: text.startswith("ba")),
        ("abbab", Controls(max_length=LONGEST), lambda text: text == "abbab"),
        (
            "",
            Controls(max_length=LONGEST, only_new=True),
            lambda text: text not in ("", "ab", "ba", "aab", "abba", "bab"),
        ),
    ],
)
def test_what_is_wanted(prompt: str, controls: Controls, wanted: Callable[[str], bool]) -> None:
    model = ready_model("gru", CORPUS)
    every = every_item(model, CORPUS.vocabulary, wanted)
    found = most_probable(
        model,
        CORPUS.vocabulary,
        40,
        prompt=prompt,
        controls=controls,
        known=lambda text: CORPUS.index_of(text) is not None,
    )
    assert_same(found, every[:40])
    assert all(wanted(item.text) for item in found)


def test_the_most_probable_item_is_drawn_as_often_as_it_is_probable() -> None:
    corpus = small_corpus("ab", "ab", "ba", "aab")
    model = ready_model("counts", corpus, smoothing=0.1)
    (best, *_) = most_probable(model, corpus.vocabulary, 8)
    count = 4000
    drawn = sample_items(model, corpus.vocabulary, count, Controls(), seeded(2), batch_size=count)
    share = sum(item.text == best.text for item in drawn) / count
    assert share == pytest.approx(best.probability, abs=5 * math.sqrt(best.probability / count))


def test_the_nll_is_that_of_the_item() -> None:
    model = ready_model("gru", CORPUS)
    for item in most_probable(model, CORPUS.vocabulary, 5, controls=Controls(max_length=LONGEST)):
        losses = score(model, CORPUS.vocabulary.encode(item.text))
        assert item.nll == pytest.approx(sum(losses) / len(losses), rel=1e-5)


def test_a_certain_item_has_a_probability_of_one() -> None:
    corpus = small_corpus("ab", "ab")
    (item,) = most_probable(ready_model("counts", corpus, smoothing=0.0), corpus.vocabulary, 5)
    assert (item.text, item.probability, str(item.nll), item.certain) == ("ab", 1.0, "0.0", True)


def test_what_a_beam_cannot_do_is_said() -> None:
    model, vocabulary = ready_model("counts", CORPUS), CORPUS.vocabulary
    with pytest.raises(SettingsError, match="leave out temperature and min-p"):
        most_probable(model, vocabulary, 3, controls=Controls(temperature=0.5, min_p=0.1))
    for width in (0, 10_001):
        with pytest.raises(SettingsError, match="over 3 characters a beam can be 1 to 10,000 wide"):
            most_probable(model, vocabulary, width)
    with pytest.raises(SettingsError, match="without the data"):
        most_probable(model, vocabulary, 3, controls=Controls(only_new=True))
    with pytest.raises(SettingsError, match="length 6"):
        most_probable(model, vocabulary, 3, prompt="ababab", controls=Controls(max_length=5))


@pytest.mark.parametrize(("width", "stopped_at"), [(3, 0), (3, 1), (3, 2), (2**LONGEST, 0), (2**LONGEST, 3)])
def test_a_search_that_is_stopped_is_certain_of_no_more_than_is_so(width: int, stopped_at: int) -> None:
    model = ready_model("gru", CORPUS)
    every = every_item(model, CORPUS.vocabulary)
    asked: list[tuple[int, int]] = []

    def going(found: int, length: int) -> bool:
        asked.append((found, length))
        return length < stopped_at

    found = most_probable(model, CORPUS.vocabulary, width, controls=Controls(max_length=LONGEST), going=going)
    assert [length for _, length in asked] == list(range(stopped_at + 1)) and asked[-1][0] == len(found)
    assert max(len(item.text) for item in found) <= stopped_at
    certain = [item for item in found if item.certain]
    assert certain == found[: len(certain)]
    assert_same(certain, every[: len(certain)])


def test_what_stopped_a_search_is_remembered() -> None:
    answers = iter([True, False])
    asked = Asked(lambda found, length: next(answers))
    assert asked(0, 1) and asked.stopped_at is None
    assert not asked(3, 2)
    assert not asked(5, 3)  # it is not asked again
    assert asked.stopped_at == 2
